import hashlib
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta, timezone

import pytest

from lsindicators import ledger
from lsindicators.errors import UnusableInputError, UnwritableError
from lsindicators.model import Status, Told

SENT = datetime(2026, 3, 20, 9, 0, tzinfo=timezone(timedelta(hours=7)))
READ = SENT + timedelta(hours=1)


def test_a_receipt_is_filed_once_and_keeps_its_first_reading(tmp_path):
    with ledger.opened(tmp_path) as book:
        first = book.receive("tra-ve/a.xlsx", b"bytes", SENT, READ)
        again = book.receive("tra-ve/a.xlsx", b"bytes", SENT, READ + timedelta(days=1))
        other = book.receive("tra-ve/b.xlsx", b"bytes", SENT, READ)
        changed = book.receive("tra-ve/a.xlsx", b"other", SENT, READ)
    with ledger.opened(tmp_path) as book:
        assert again == first
        assert book.receipts() == (first, other, changed)
        assert [r.order for r in book.receipts()] == sorted({r.order for r in book.receipts()})
        assert book.original(changed.sha256) == b"other"
        assert first.sent_at == SENT and first.read_at == READ


def test_a_damaged_original_is_told_and_not_used(tmp_path):
    with ledger.opened(tmp_path) as book:
        receipt = book.receive("a.xlsx", b"bytes", SENT, READ)
        (tmp_path / "so-cai" / "goc" / receipt.sha256).write_bytes(b"tampered")
        with pytest.raises(UnusableInputError, match="đã bị thay đổi"):
            book.original(receipt.sha256)


def test_a_damaged_database_is_one_sentence(tmp_path):
    (tmp_path / "so-cai").mkdir()
    (tmp_path / "so-cai" / "so-cai.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(UnusableInputError, match="không đọc được sổ cái"), ledger.opened(tmp_path) as book:
        book.receipts()


def test_the_key_is_made_once(tmp_path):
    key = ledger.key(tmp_path)
    assert len(key) == 32
    assert ledger.key(tmp_path) == key
    path = tmp_path / "so-cai" / "khoa-ky.txt"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())  # saved by Notepad
    assert ledger.key(tmp_path) == key
    (tmp_path / "so-cai" / "khoa-ky.txt").write_text("xyz")
    with pytest.raises(UnusableInputError, match="tệp khóa"):
        ledger.key(tmp_path)


# ------------------------------------------------------------------ damage, and what heals it


@pytest.mark.parametrize("damage", [b"", b"byt", b"BYTES", b"bytes and more", None])
def test_an_original_that_is_not_its_bytes_is_put_right_by_the_next_receipt(tmp_path, damage):
    with ledger.opened(tmp_path) as book:
        receipt = book.receive("a.xlsx", b"bytes", SENT, READ)
    original = tmp_path / "so-cai" / "goc" / receipt.sha256
    original.unlink() if damage is None else original.write_bytes(damage)
    with ledger.opened(tmp_path) as book:
        assert book.receive("a.xlsx", b"bytes", SENT, READ) == receipt
        assert book.healed == [receipt.sha256]
    with ledger.opened(tmp_path) as book:
        assert book.original(receipt.sha256) == b"bytes"
        assert book.receive("a.xlsx", b"bytes", SENT, READ) == receipt
        assert book.healed == []


def test_receipts_of_a_reading_stay_all_or_none(tmp_path):
    with pytest.raises(KeyboardInterrupt), ledger.opened(tmp_path) as book:
        book.receive("a.xlsx", b"bytes", SENT, READ)
        raise KeyboardInterrupt
    with ledger.reading(tmp_path) as book:
        assert book.receipts() == ()
    assert [p.read_bytes() for p in (tmp_path / "so-cai" / "goc").iterdir()] == [b"bytes"]


def test_looking_makes_nothing(tmp_path):
    with ledger.reading(tmp_path) as book:
        assert (book.receipts(), book.told(), book.check()) == ((), (), ())
    assert list(tmp_path.iterdir()) == []


def test_who_looks_while_another_writes_sees_what_was_there_before(tmp_path):
    with ledger.opened(tmp_path) as book:
        first = book.receive("a.xlsx", b"a", SENT, READ)
    with ledger.opened(tmp_path) as writing:
        writing.receive("b.xlsx", b"b", SENT, READ)
        with ledger.reading(tmp_path) as book:
            assert book.receipts() == (first,)
            assert book.original(first.sha256) == b"a"
    with ledger.reading(tmp_path) as book:
        assert [r.file for r in book.receipts()] == ["a.xlsx", "b.xlsx"]


@pytest.mark.parametrize("table", ["receipt", "told"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET rowid = rowid + 1", "DELETE FROM {}"])
def test_receipts_and_log_are_only_ever_added_to(tmp_path, table, verb):
    with ledger.opened(tmp_path) as book:
        receipt = book.receive("a.xlsx", b"bytes", SENT, READ)
        book.log([line(receipt.order)])
    with closing(sqlite3.connect(tmp_path / "so-cai" / "so-cai.sqlite")) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
            connection.execute(verb.format(table))
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)


# ------------------------------------------------------------------ the log


def line(receipt, **more):
    facts = {
        "receipt": receipt, "told_at": READ, "tool": "1", "plan": "a" * 64, "decisions": "", "unit": "so-khcn", "round": 1,
        "status": Status.PARTIAL, "counts": True, "values": 3, "errors": 1, "questions": 0, "warnings": 2, "infos": 0,
        "control": "K7Q2-M9XD", "figures": "b" * 64,
    }  # fmt: skip
    return Told(**{**facts, **more})


def test_the_log_gets_a_line_only_where_the_outcome_is_another(tmp_path):
    later = READ + timedelta(days=1)
    with ledger.opened(tmp_path) as book:
        one = book.receive("a.xlsx", b"a", SENT, READ).order
        two = book.receive("b.xlsx", b"b", SENT, READ).order
        book.log([line(one), line(two, unit=None)])
        book.log([line(one, told_at=later, plan="c" * 64), line(two, unit=None, told_at=later, tool="2")])
        book.log([line(one, told_at=later, status=Status.ACCEPTED, errors=0), line(two, unit=None)])
        book.log([line(one, told_at=later)])  # as it was first: that is news again
    with ledger.reading(tmp_path) as book:
        assert book.told() == (
            line(one),
            line(two, unit=None),
            line(one, told_at=later, status=Status.ACCEPTED, errors=0),
            line(one, told_at=later),
        )


OLD = """
CREATE TABLE receipt ("order" INTEGER PRIMARY KEY, file TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
    sent_at TEXT NOT NULL, read_at TEXT NOT NULL, UNIQUE (file, sha256)) STRICT
"""


def test_a_ledger_from_before_the_log_opens_and_is_extended(tmp_path):
    (tmp_path / "so-cai").mkdir()
    digest = hashlib.sha256(b"bytes").hexdigest()
    with closing(sqlite3.connect(tmp_path / "so-cai" / "so-cai.sqlite")) as connection:
        connection.execute(OLD)
        row = (7, "a.xlsx", digest, 5, SENT.isoformat(), READ.isoformat())
        connection.execute("INSERT INTO receipt VALUES (?, ?, ?, ?, ?, ?)", row)
        connection.commit()
    with ledger.reading(tmp_path) as book:
        assert [r.order for r in book.receipts()] == [7]
        assert book.told() == ()
    with ledger.opened(tmp_path) as book:
        assert book.receive("b.xlsx", b"other", SENT, READ).order == 8
        book.log([line(7)])
    with ledger.reading(tmp_path) as book:
        assert [r.order for r in book.receipts()] == [7, 8]
        assert book.told() == (line(7),)


@pytest.mark.parametrize(
    "row",
    [
        (1, "a", "../../etc/passwd", 5, SENT.isoformat(), READ.isoformat()),
        (1, "a", "a" * 64, 5, "yesterday", READ.isoformat()),
        (1, "a", "a" * 64, 5, "2026-03-20T09:00:00", READ.isoformat()),
    ],
)
def test_a_receipt_that_nobody_can_have_filed_is_one_sentence(tmp_path, row):
    with ledger.opened(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / "so-cai" / "so-cai.sqlite")) as connection:
        connection.execute("INSERT INTO receipt VALUES (?, ?, ?, ?, ?, ?)", row)
        connection.commit()
    with ledger.reading(tmp_path) as book, pytest.raises(UnusableInputError, match="biên nhận số 1"):
        book.receipts()


# ------------------------------------------------------------------ the key, and the disk


def test_a_lost_key_is_not_made_anew_where_returns_were_received(tmp_path):
    ledger.key(tmp_path)
    with ledger.opened(tmp_path) as book:
        book.receive("a.xlsx", b"bytes", SENT, READ)
    (tmp_path / "so-cai" / "khoa-ky.txt").unlink()
    with pytest.raises(UnusableInputError, match="không còn tệp khóa"):
        ledger.key(tmp_path)
    assert not (tmp_path / "so-cai" / "khoa-ky.txt").exists()


@pytest.mark.parametrize("left", ["bieu-mau/so-khcn.xlsx", f"so-cai/goc/{'a' * 64}"])
def test_a_lost_key_is_not_made_anew_where_forms_were_made_or_originals_lie(tmp_path, left):
    path = tmp_path / left
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    with pytest.raises(UnusableInputError, match=r"không còn tệp khóa .* xóa bieu-mau/|không đọc được sổ cái"):
        ledger.key(tmp_path)
    assert not (tmp_path / "so-cai" / "khoa-ky.txt").exists()
    path.unlink()
    assert len(ledger.key(tmp_path)) == 32


def test_originals_without_a_receipt_are_known(tmp_path):
    with ledger.opened(tmp_path) as book:
        assert book.unfiled() == ()
        receipt = book.receive("a.xlsx", b"bytes", SENT, READ)
    for name in ("b" * 64, "c" * 63, ".~lsi-x.tmp"):
        (tmp_path / "so-cai" / "goc" / name).write_bytes(b"x")
    with ledger.reading(tmp_path) as book:
        assert book.unfiled() == ("b" * 64,)
        assert [r.sha256 for r in book.receipts()] == [receipt.sha256]


def test_a_lock_file_with_something_in_it_is_one_sentence(tmp_path):
    (tmp_path / "so-cai").mkdir()
    (tmp_path / "so-cai" / ledger.LOCK).write_bytes(b"not ours" * 500)
    with pytest.raises(UnusableInputError, match="xóa tệp này"), ledger.alone(tmp_path):
        pass


def test_a_file_where_the_store_should_be_is_one_sentence(tmp_path):
    (tmp_path / "so-cai").write_text("")
    with pytest.raises(UnwritableError, match="không tạo được thư mục"), ledger.opened(tmp_path):
        pass
