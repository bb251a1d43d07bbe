"""What comes in: which files are opened, which are refused with which code, and under which name."""

import email
import email.policy
import io
import os
import zipfile
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
import sheets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lsindicators import inbox
from lsindicators.findings import needs_person

FORM = sheets.one("Mã số liệu | 5")
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
AN_HOUR = datetime(2026, 3, 28, 2, 15, tzinfo=UTC)


def ole(*streams):
    """As much of a compound file as names its streams."""
    content = OLE.ljust(512, b"\0")
    for name in streams:
        raw = name.encode("utf-16-le") + b"\0\0"
        content += raw.ljust(64, b"\0") + len(raw).to_bytes(2, "little") + b"\0" * 62
    return content


def ods(kind="spreadsheet"):
    return sheets.zipped(
        {"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": "<a/>"}, method=zipfile.ZIP_STORED
    )


def with_password(kind):
    if kind == "ods":
        manifest = '<manifest><file-entry full-path="content.xml"><encryption-data/></file-entry></manifest>'
        declared = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "META-INF/manifest.xml": manifest}
        return sheets.zipped({**declared, "content.xml": b"\x8f\x12"}, method=zipfile.ZIP_STORED)
    records = bytes.fromhex("09081000 00060500 00000000 00000000 00000000 8600 0000 2f00 3600")
    return ole("Root Entry", "Workbook").ljust(1024, b"\0") + records.ljust(512, b"\x01")


def package(*names):
    return sheets.zipped({"[Content_Types].xml": "<Types/>", **dict.fromkeys(names, "<a/>")})


def collected(paths, root):
    """(file, kind, codes) of everything that comes in."""
    return [
        (a.file, a.kind, *(f.code.word for f in a.findings))
        for a in inbox.collect(paths if isinstance(paths, list) else [paths], root)
    ]


def put(folder: Path, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


# ------------------------------------------------------------------ what a file is


@pytest.mark.parametrize(
    ("content", "kind", "code", "word"),
    [
        (FORM, "xlsx", None, ""),
        (ods(), "ods", None, ""),
        (ods("spreadsheet-template"), "ods", None, ""),
        (ole("Root Entry", "Workbook"), "xls", None, ""),
        (ole("Root Entry", "Book"), "xls", None, ""),
        (ole("Root Entry", "EncryptionInfo", "EncryptedPackage"), "", "encrypted-file", ""),
        (with_password("ods"), "", "encrypted-file", ""),
        (with_password("xls"), "", "encrypted-file", ""),
        (ole("Root Entry", "WordDocument"), "", "unsupported-format", "Word"),
        (ole("Root Entry", "PowerPoint Document"), "", "unsupported-format", "PowerPoint"),
        (ole("Root Entry", "__properties_version1.0"), "", "unsupported-format", ".msg"),
        (ole("Root Entry"), "", "unreadable-file", "hỏng"),
        (OLE, "", "unreadable-file", "hỏng"),
        (ods("text"), "", "unsupported-format", "OpenDocument"),
        (package("word/document.xml"), "", "unsupported-format", "Word"),
        (package("ppt/presentation.xml"), "", "unsupported-format", "PowerPoint"),
        (package("xl/workbook.bin"), "", "unsupported-format", ".xlsb"),
        (sheets.zipped({"Index/Document.iwa": "x"}), "", "unsupported-format", "Numbers"),
        (b"", "", "unreadable-file", "rỗng"),
        (b"PK\x03\x04 cut", "", "unreadable-file", "hỏng"),
        (FORM[: len(FORM) // 2], "", "unreadable-file", "chưa đủ"),
        (b"%PDF-1.7\n", "", "unsupported-format", "PDF"),
        (b"Rar!\x1a\x07\x01\x00", "", "unsupported-format", "RAR"),
        (b"7z\xbc\xaf\x27\x1c\x00", "", "unsupported-format", "7z"),
        (b"\x1f\x8b\x08", "", "unsupported-format", "gzip"),
        (b"\x89PNG\r\n\x1a\n", "", "unsupported-format", "PNG"),
        (b"\xff\xd8\xff\xe0", "", "unsupported-format", "JPEG"),
        (b"\0\0\0\x18ftypheic", "", "unsupported-format", "HEIC"),
        (b"{\\rtf1", "", "unsupported-format", "RTF"),
        (b"\x09\x08\x08\x00\x00\x05\x05\x00", "", "unsupported-format", "đời cũ"),
        (b"<html><table><tr><td>1", "", "unsupported-format", "HTML"),
        (b"\xef\xbb\xbf<!DOCTYPE html>", "", "unsupported-format", "HTML"),
        ("<html>".encode("utf-16"), "", "unsupported-format", "HTML"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "",
            "unsupported-format",
            "2003",
        ),
        (b"<?xml version='1.0'?><a/>", "", "unsupported-format", "XML"),
        (b'{"url": "https://docs.google.com", "doc_id": "1"}', "", "unsupported-format", "Google"),
        (b"TT,M\xc3\xa3 s\xe1\xbb\x91 li\xe1\xbb\x87u\n1,C01_A\n", "", "unreadable-file", "CSV"),
        ("TT\tMã số liệu\n".encode("utf-16"), "", "unreadable-file", "CSV"),
        (
            b"MIME-Version: 1.0\nContent-Type: multipart/related\nFrom: <Saved by Excel>\nDate: x\n\n",
            "",
            "unsupported-format",
            "MHTML",
        ),
        (bytes(range(256)) * 8, "", "unreadable-file", "không phải sổ tính"),
        (b"\0" * 3000, "", "unreadable-file", "không phải sổ tính"),
        (b"PK\x05\x06" + b"\0" * 18, "", "unsupported-format", "không kèm"),
        (sheets.zipped({"a.txt": "x"}), "", "unsupported-format", "không kèm"),
        (b"From: a@b.vn\nDate: x\nSubject: y\n\nxin ch\xc3\xa0o", "", "unsupported-format", "thư điện tử"),
        (b"\0" * ((10 << 20) + 1), "", "too-large", "10,0 MB"),
        (FORM + b"\0" * (10 << 20), "", "too-large", "MB"),
    ],
    ids=lambda value: repr(value)[:50],
)
def test_what_a_file_is(content, kind, code, word):
    found, findings = inbox.examine(content, "tra-ve/tệp.xlsx")
    assert (found, [f.code.word for f in findings]) == (kind, [code] if code else [])
    assert all(word in f.message and f.at.workbook == "tra-ve/tệp.xlsx" for f in findings)
    assert needs_person(findings) == (kind == "")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a.csv", "unsupported-format"),
        ("a.txt", "unsupported-format"),
        ("a", "unsupported-format"),
        ("a.xlsx", "unreadable-file"),
        ("A.XLS", "unreadable-file"),
        ("thư.eml!a.ods", "unreadable-file"),
    ],
)
def test_text_is_a_damaged_workbook_only_by_its_name(name, code):
    kind, (finding,) = inbox.examine(b"khong phai so tinh", name)
    assert (kind, finding.code.word) == ("", code) and "CSV" in finding.message


def test_a_word_in_a_cell_is_no_stream():
    book = ole("Root Entry", "Workbook")
    entry = ole("EncryptedPackage")[512:]
    assert inbox.examine(book + entry, "")[1][0].code.word == "encrypted-file"
    assert inbox.examine(book + b"\0" * 6 + entry, "")[0] == "xls"
    assert inbox.examine(book + entry[:64] + b"\0" * 64, "")[0] == "xls"


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=200), st.sampled_from([FORM, ods(), ole("Workbook")])), st.data())
def test_any_bytes_are_a_workbook_or_a_finding(content, data):
    if content and data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(content) - 1))
        content = content[:at] + data.draw(st.binary(max_size=8)) + content[at + data.draw(st.integers(0, 8)) :]
    kind, findings = inbox.examine(content, "tệp")
    assert bool(kind) != needs_person(findings)


# ------------------------------------------------------------------ folders


def packed(*names, comment=b""):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name in names:
            package.writestr(name, b"x" * 30)
        package.comment = comment
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "plain"),
    [
        (packed("[Content_Types].xml", "xl/workbook.xml"), True),
        (packed(), True),
        (packed("xl/workbook.xml", comment=b"x"), False),
        (b"more" + packed("xl/workbook.xml"), False),
        (packed("biểu.xml", "xl/workbook.xml"), False),
        (packed(*map(str, range(inbox.MEMBERS + 1))), False),
        (packed("xl/workbook.xml").replace(b"PK\x01\x02", b"PK\x01\x03"), False),
        (b"PK\x03\x04", False),
        (b"PK\x05\x06" + bytes(17), False),
    ],
)
def test_names_of_a_zip_are_read_off_where_it_is_plain(content, plain):
    assert (inbox._plain_names(content) is not None) is plain


@settings(deadline=None)
@given(st.data())
def test_names_that_are_read_off_are_those_that_zipfile_finds(data):
    content = bytearray(packed("[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml"))
    begin = content.index(b"PK\x01\x02")
    for _ in range(data.draw(st.integers(0, 3))):
        content[data.draw(st.integers(begin, len(content) - 1))] = data.draw(st.integers(0, 255))
    names = inbox._plain_names(bytes(content))
    if names is not None:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            assert names == package.namelist()


def test_a_folder_is_read_in_the_order_of_names_and_without_leftovers(tmp_path):
    ky = tmp_path / "ky"
    put(
        ky / "tra-ve",
        {
            "b.xlsx": FORM,
            "a/2.xlsx": FORM,
            "a/1.xlsx": FORM,
            "~$b.xlsx": b"x",
            ".~lock.b.xlsx#": b"x",
            ".an.xlsx": FORM,
            "b.xlsx.crdownload": b"x",
            "b.tmp": b"x",
            "Thumbs.db": b"x",
            "desktop.ini": b"x",
            "__MACOSX/b.xlsx": FORM,
        },
    )
    assert collected(ky / "tra-ve", ky) == [
        ("tra-ve/a/1.xlsx", "xlsx"),
        ("tra-ve/a/2.xlsx", "xlsx"),
        ("tra-ve/b.xlsx", "xlsx"),
    ]


def test_what_is_passed_over_and_tells_of_a_return_is_told(tmp_path):
    left = [
        "~$a.xlsx",
        ".~lock.b.xlsx#",
        "~$so-khcn.xlsx",
        "~$x.xlsx",
        "d.xlsx.crdownload",
        ".~lock.gone.xlsx#",
        "t.tmp",
    ]
    put(tmp_path / "tra-ve", {"a.xlsx": FORM, "b.xlsx": FORM, "so-khcn.xlsx": FORM, **dict.fromkeys(left, b"x")})
    told = dict(sentence.split(": ") for sentence in inbox.passed_over([tmp_path / "tra-ve"], tmp_path))
    assert {name: sentence.split(" ")[0] for name, sentence in told.items()} == {
        "tra-ve/.~lock.b.xlsx#": "b.xlsx",
        "tra-ve/d.xlsx.crdownload": "tệp",
        "tra-ve/~$a.xlsx": "a.xlsx",
        "tra-ve/~$so-khcn.xlsx": "so-khcn.xlsx",
        "tra-ve/~$x.xlsx": "đây",
    }
    assert all("chưa lưu" in told[name] for name in ("tra-ve/.~lock.b.xlsx#", "tra-ve/~$so-khcn.xlsx"))


def test_a_folder_named_like_a_workbook_is_told_unless_it_holds_one(tmp_path):
    put(tmp_path, {"a.xlsx/xl/workbook.xml": b"<a/>", "a.xlsx/[Content_Types].xml": b"<a/>", "b.xlsx/c.xlsx": FORM})
    assert collected(tmp_path, tmp_path) == [("a.xlsx", "", "unreadable-file"), ("b.xlsx/c.xlsx", "xlsx")]


def test_a_huge_file_is_not_loaded(tmp_path):
    with (tmp_path / "a.zip").open("wb") as stream:
        stream.truncate(1 << 40)
    (arrival,) = inbox.collect([tmp_path], tmp_path)
    assert (arrival.content, [f.code.word for f in arrival.findings]) == (b"", ["too-large"])


def test_names_are_given_in_nfc_below_the_campaign_and_whole_outside(tmp_path):
    put(tmp_path, {"ky/tra-ve/Sở_khác.xlsx": FORM, "ngoài/x.xlsx": FORM})
    put(tmp_path / "ky", {"So\u031b\u0309.xlsx": FORM})
    found = collected([tmp_path / "ky", tmp_path / "ngoài"], tmp_path / "ky")
    assert [name for name, *_ in found] == ["Sở.xlsx", "tra-ve/Sở_khác.xlsx", f"{tmp_path.as_posix()}/ngoài/x.xlsx"]


def test_a_name_that_cannot_be_printed_is_made_printable(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"a\xff\n.xlsx")).write_bytes(FORM)
    except OSError:
        pytest.skip("this file system takes no such name")
    assert collected(tmp_path, tmp_path) == [("a\ufffd\ufffd.xlsx", "xlsx")]


def test_paths_are_found_below_a_relative_campaign(tmp_path, monkeypatch):
    put(tmp_path, {"tra-ve/a.xlsx": FORM})
    monkeypatch.chdir(tmp_path)
    assert collected(Path("tra-ve"), Path()) == [("tra-ve/a.xlsx", "xlsx")]


def test_links_pipes_and_sockets_are_not_opened(tmp_path):
    put(tmp_path, {"b/thật.xlsx": FORM})
    (tmp_path / "lien-ket.xlsx").symlink_to(tmp_path / "b/thật.xlsx")
    (tmp_path / "thu-muc").symlink_to(tmp_path / "b")
    os.mkfifo(tmp_path / "ong.xlsx")
    assert collected(tmp_path, tmp_path) == [
        ("b/thật.xlsx", "xlsx"),
        ("lien-ket.xlsx", "", "unreadable-file"),
        ("ong.xlsx", "", "unreadable-file"),
        ("thu-muc", "", "unreadable-file"),
    ]


def test_a_linked_folder_is_read_where_the_clerk_names_it(tmp_path):
    put(tmp_path, {"b/a.xlsx": FORM})
    (tmp_path / "tra-ve").symlink_to(tmp_path / "b")
    assert [kind for _, kind, *_ in collected(tmp_path / "tra-ve", tmp_path)] == ["xlsx"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path):
    put(tmp_path, {"a.xlsx": FORM})
    (tmp_path / "a.xlsx").chmod(0)
    assert collected(tmp_path, tmp_path) == [("a.xlsx", "", "unreadable-file")]


def test_a_failing_disk_spoils_one_file(tmp_path, monkeypatch):
    put(tmp_path, {"a.xlsx": FORM, "b.xlsx": FORM})
    real = Path.open

    def failing(self, *arguments, **more):
        if self.name == "a.xlsx":
            raise PermissionError(13, "in use")
        return real(self, *arguments, **more)

    monkeypatch.setattr(Path, "open", failing)
    first, second = inbox.collect([tmp_path], tmp_path)
    assert "đang mở" in first.findings[0].message
    assert (first.kind, second.kind) == ("", "xlsx")


def test_the_modification_time_is_told_in_our_zone(tmp_path):
    put(tmp_path, {"a.xlsx": FORM})
    os.utime(tmp_path / "a.xlsx", (AN_HOUR.timestamp(),) * 2)
    (arrival,) = inbox.collect([tmp_path], tmp_path)
    assert arrival.sent_at.isoformat() == "2026-03-28T09:15:00+07:00"
    assert arrival.content == FORM


# ------------------------------------------------------------------ .zip


def test_a_zip_is_read_one_level_deep(tmp_path):
    content = sheets.zipped(
        {
            "xã Thất Khê.xlsx": FORM,
            "a/b.ods": ods(),
            "a/": b"",
            "__MACOSX/._b.ods": b"x",
            "~$b.ods": b"x",
            "đọc tôi.txt": b"xin chao",
            "công văn.pdf": b"%PDF-1.4",
            "trong.zip": sheets.zipped({"c.xlsx": FORM}),
        }
    )
    put(tmp_path, {"tra-ve/gom.zip": content})
    assert collected(tmp_path / "tra-ve", tmp_path) == [
        ("tra-ve/gom.zip!a/b.ods", "ods"),
        ("tra-ve/gom.zip!công văn.pdf", "", "unsupported-format"),
        ("tra-ve/gom.zip!trong.zip", "", "unsupported-format"),
        ("tra-ve/gom.zip!xã Thất Khê.xlsx", "xlsx"),
    ]


@pytest.mark.parametrize(
    ("raw", "flag", "wanted"),
    [
        ("UBND xã Đồng Đăng.xlsx", 0x800, "UBND xã Đồng Đăng.xlsx"),
        ("UBND xa\u0303 Đo\u0302\u0300ng Đa\u0306ng.xlsx", 0x800, "UBND xã Đồng Đăng.xlsx"),
        ("UBND xa\u0303 Đo\u0302\u0300ng Đa\u0306ng.xlsx", 0, "UBND xã Đồng Đăng.xlsx"),
        ("Phươ\u0300ng Ky\u0300 Lư\u0300a_Biê\u0309u 01.xlsx".encode("cp1258"), 0, "Phường Kỳ Lừa_Biểu 01.xlsx"),
        ("Lang Son à é.xlsx".encode("cp437"), 0, "Lang Son à é.xlsx"),
        ("a.xlsx", 0, "a.xlsx"),
    ],
)
def test_a_name_in_a_zip_is_read_as_its_author_saw_it(tmp_path, raw, flag, wanted):
    raw = raw.encode() if isinstance(raw, str) else raw
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x" * len(raw), FORM)
    content = bytearray(stream.getvalue().replace(b"x" * len(raw), raw))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = (content.index(mark) if at == 6 else content.rindex(mark)) + at
        content[place : place + 2] = flag.to_bytes(2, "little")
    put(tmp_path, {"a.zip": bytes(content)})
    assert collected(tmp_path, tmp_path) == [(f"a.zip!{wanted}", "xlsx")]


def spoilt(**changes):
    """A zip of a good and a second member, with the directory entry of the second changed at an offset."""
    content = bytearray(sheets.zipped({"a.xlsx": FORM, "b.xlsx": FORM}))
    second = content.rindex(b"PK\x01\x02")
    for at, value in changes.items():
        offset = second + int(at[1:])
        content[offset : offset + len(value)] = value
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (spoilt(_8=b"\x01"), "encrypted-file"),
        (spoilt(_10=b"\x63"), "unreadable-file"),
        (spoilt(_16=b"\0\0\0\0"), "unreadable-file"),
        (spoilt(_42=b"\0\0\0\0"), "unreadable-file"),
        (spoilt(_46=b"../b.x"), "unreadable-file"),
        (spoilt(_46=b"/b.xls"), "unreadable-file"),
        (sheets.zipped({"a.xlsx": FORM, "b.xlsx": b"\0" * (12 << 20)}), "unreadable-file"),
    ],
    ids=["password", "method", "checksum", "overlap", "dots", "root", "bomb"],
)
def test_a_bad_member_is_told_at_the_zip_and_hides_no_good_one(tmp_path, content, code):
    put(tmp_path, {"a.zip": content})
    assert collected(tmp_path, tmp_path) == [("a.zip!a.xlsx", "xlsx"), ("a.zip", "", code)]


def test_a_zip_that_promises_too_much_is_refused_as_a_whole(tmp_path):
    put(tmp_path, {"a.zip": spoilt(_24=b"\xff\xff\xff\x7f")})
    assert collected(tmp_path, tmp_path) == [("a.zip", "", "unreadable-file")]


def test_a_crowded_zip_is_refused(tmp_path):
    put(tmp_path, {"a.zip": sheets.zipped({f"{i}.txt": "" for i in range(1100)})})
    assert collected(tmp_path, tmp_path) == [("a.zip", "", "unreadable-file")]


def test_the_time_of_a_member_is_its_own_but_never_after_the_zip(tmp_path):
    put(tmp_path, {"a.zip": sheets.zipped({"a.xlsx": FORM})})
    os.utime(tmp_path / "a.zip", (AN_HOUR.timestamp(),) * 2)
    (arrival,) = inbox.collect([tmp_path], tmp_path)
    assert arrival.sent_at.isoformat() == "2026-03-01T08:00:00+07:00"
    os.utime(tmp_path / "a.zip", (0, 0))
    (arrival,) = inbox.collect([tmp_path], tmp_path)
    assert arrival.sent_at.timestamp() == 0


def test_a_zip_may_say_the_time_of_a_member_in_world_time(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        entry = zipfile.ZipInfo("a.xlsx", (2026, 3, 1, 8, 0, 0))
        entry.extra = b"UT\x05\x00\x01" + int(AN_HOUR.timestamp()).to_bytes(4, "little")
        archive.writestr(entry, FORM)
        archive.writestr(zipfile.ZipInfo("b.xlsx"), FORM)
    put(tmp_path, {"a.zip": stream.getvalue()})
    os.utime(tmp_path / "a.zip", (AN_HOUR.timestamp() + 3600,) * 2)
    dated, undated = inbox.collect([tmp_path], tmp_path)
    assert dated.sent_at.isoformat() == "2026-03-28T09:15:00+07:00"
    assert undated.sent_at.isoformat() == "2026-03-28T10:15:00+07:00"


# ------------------------------------------------------------------ .eml


def mail(*attachments, date="Sat, 28 Mar 2026 02:15:00 +0000", picture=False):
    message = EmailMessage()
    message["From"] = "Xã Thất Khê <thatkhe@langson.gov.vn>"
    message["To"] = "khcn@langson.gov.vn"
    message["Subject"] = "Số liệu năm 2025"
    if date:
        message["Date"] = date
    message.set_content("Kính gửi Sở, xã gửi số liệu.\n")
    if picture:
        message.add_attachment(
            b"\x89PNG", maintype="image", subtype="png", disposition="inline", filename="chu-ky.png", cid="<1>"
        )
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def test_attachments_of_an_e_mail_come_in_with_its_date(tmp_path):
    put(tmp_path, {"thu.eml": mail(("Biểu xã Thất Khê.xlsx", FORM), ("công văn.pdf", b"%PDF-1.4"), picture=True)})
    arrivals = list(inbox.collect([tmp_path], tmp_path))
    assert [(a.file, a.kind) for a in arrivals] == [
        ("thu.eml!Biểu xã Thất Khê.xlsx", "xlsx"),
        ("thu.eml!công văn.pdf", ""),
    ]
    assert {a.sent_at.isoformat() for a in arrivals} == {"2026-03-28T09:15:00+07:00"}
    assert arrivals[0].content == FORM


@pytest.mark.parametrize("date", ["", "hôm nay", "Sat, 99 Mar 2026 02:15:00 +0000"])
def test_without_a_date_the_time_of_the_file_counts(tmp_path, date):
    put(tmp_path, {"thu.eml": mail(("a.xlsx", FORM), date=date)})
    os.utime(tmp_path / "thu.eml", (AN_HOUR.timestamp(),) * 2)
    (arrival,) = inbox.collect([tmp_path], tmp_path)
    assert arrival.sent_at.isoformat() == "2026-03-28T09:15:00+07:00"


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ('name="=?utf-8?B?WMOjLnhsc3g=?="', "Xã.xlsx"),
        ('name="=?utf-8?Q?X=C3=A3.xlsx?="', "Xã.xlsx"),
        ("name*=utf-8''X%C3%A3.xlsx", "Xã.xlsx"),
        ("name*0*=utf-8''X%C3%A3; name*1=\".xlsx\"", "Xã.xlsx"),
        ("name*=windows-1258''Xa%DE.xlsx", "Xã.xlsx"),
        ('name="=?windows-1258?Q?Ph=FD=F5=CCng.xlsx?="', "Phường.xlsx"),
        ('name="=?utf-8?B?WMOj?=\r\n =?utf-8?B?Lnhsc3g=?="', "Xã.xlsx"),
        ('name="=?utf-9?B?WMOjLnhsc3g=?="', "Xã.xlsx"),
        ('name="Xã Đồng Đăng.xlsx"', "Xã Đồng Đăng.xlsx"),
        ('name="Xa\u0303.xlsx"', "Xã.xlsx"),
        (b'name="Xa\xde.xlsx"', "Xã.xlsx"),
        (b'name="\xd0\xcc\xff.xlsx"', "Đ\u0300ÿ.xlsx"),
        ("name=" + ";" * 100_000, "tệp đính kèm 1"),
        ('name="..\\\\..\\\\a.xlsx"', "a.xlsx"),
        ('name="../../a.xlsx"', "a.xlsx"),
        ("", "tệp đính kèm 1"),
    ],
)
def test_names_of_attachments_as_mail_programs_write_them(tmp_path, header, wanted):
    import base64

    content = (
        b"From: a@b.vn\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: application/octet-stream"
        + (b"; " + (header if isinstance(header, bytes) else header.encode()) if header else b"")
        + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(FORM)
        + b"\r\n--b--\r\n"
    )
    put(tmp_path, {"thu.eml": content})
    assert collected(tmp_path, tmp_path) == [(f"thu.eml!{wanted}", "xlsx")]


def test_a_mail_that_is_passed_on_gives_its_attachments_with_their_own_date(tmp_path):
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Date"] = "a@b.vn", "c@d.vn", "Mon, 30 Mar 2026 02:15:00 +0000"
    outer.set_content("Chuyển tiếp.")
    outer.add_attachment(email.message_from_bytes(mail(("a.xlsx", FORM)), policy=email.policy.default))
    put(tmp_path, {"thu.eml": outer.as_bytes()})
    (arrival,) = inbox.collect([tmp_path], tmp_path)
    assert (arrival.file, arrival.kind) == ("thu.eml!a.xlsx", "xlsx")
    assert arrival.sent_at.isoformat() == "2026-03-28T09:15:00+07:00"


def test_a_large_attachment_comes_in_byte_by_byte(tmp_path):
    large = {f"{i}.xlsx": FORM + os.urandom(1 << 17) for i in range(3)}
    put(tmp_path, {"thu.eml": mail(*large.items())})
    assert {a.file.partition("!")[2]: a.content for a in inbox.collect([tmp_path], tmp_path)} == large


def test_an_e_mail_without_a_workbook_is_told(tmp_path):
    put(tmp_path, {"thu.eml": mail(), "thu-2.eml": mail(("gom.zip", sheets.zipped({"a.xlsx": FORM})))})
    assert collected(tmp_path, tmp_path) == [
        ("thu-2.eml!gom.zip", "", "unsupported-format"),
        ("thu.eml", "", "unsupported-format"),
    ]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_containers_stop_nothing(tmp_path, data):
    content = bytearray(data.draw(st.sampled_from([mail(("a.xlsx", FORM)), sheets.zipped({"a.xlsx": FORM})])))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "gom.zip").write_bytes(content)
    (tmp_path / "sau.xlsx").write_bytes(FORM)
    found = list(inbox.collect([tmp_path], tmp_path))
    assert len(found) >= 2
    assert found[-1].file == "sau.xlsx"
    assert all(bool(a.kind) != needs_person(a.findings) for a in found)
