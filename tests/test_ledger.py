from datetime import datetime, timedelta, timezone

import pytest

from lsindicators import ledger
from lsindicators.errors import UnusableInputError

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
    (tmp_path / "so-cai" / "khoa-ky.txt").write_text("xyz")
    with pytest.raises(UnusableInputError, match="tệp khóa"):
        ledger.key(tmp_path)
