import pytest

from lsindicators import files
from lsindicators.errors import OutputLockedError


def test_same_bytes_are_not_written_again(tmp_path):
    path = tmp_path / "sub" / "a.bin"
    assert files.write(path, b"one")
    before = path.stat().st_mtime_ns
    assert not files.write(path, b"one")
    assert path.stat().st_mtime_ns == before
    assert files.write(path, b"two")
    assert path.read_bytes() == b"two"


def test_a_locked_output_stays_whole(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    monkeypatch.setattr(files, "WAITS", (0, 0))

    def locked(self, target):
        raise PermissionError(13, "in use")

    monkeypatch.setattr(type(path), "replace", locked)
    with pytest.raises(OutputLockedError, match=r"a\.xlsx: tệp đang mở"):
        files.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]
