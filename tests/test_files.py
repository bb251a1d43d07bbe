import errno
import os
from threading import Event

import pytest

from lsindicators import files
from lsindicators.errors import OutputLockedError, UnwritableError


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


def test_an_output_that_is_marked_read_only_is_told_so(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    monkeypatch.setattr(files, "WAITS", ())
    monkeypatch.setattr(os, "access", lambda name, mode: False)

    def refused(self, target):
        raise PermissionError(13, "in use")

    monkeypatch.setattr(type(path), "replace", refused)
    with pytest.raises(OutputLockedError, match=r"a\.xlsx: tệp được đặt chỉ cho đọc"):
        files.write(path, b"new")


@pytest.mark.parametrize(("number", "why"), [(errno.ENOSPC, "ổ đĩa đã đầy"), (errno.EROFS, "ổ đĩa chỉ cho đọc")])
def test_a_disk_that_refuses_leaves_the_former_file_and_no_other(tmp_path, monkeypatch, number, why):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")

    def refused(handle):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refused)
    with pytest.raises(UnwritableError, match=rf"a\.xlsx: không ghi được tệp \({why}\)"):
        files.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


def test_what_a_killed_command_left_is_swept_and_nothing_else(tmp_path):
    for name in (".~lsi-abc.tmp", ".~lsi-.tmp", "~lsi-abc.tmp", ".~lsi-abc.xlsx", "a.tmp"):
        (tmp_path / name).write_bytes(b"half")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / ".~lsi-abc.tmp").write_bytes(b"half")
    assert [p.name for p in sorted(tmp_path.iterdir()) if files.is_half_written(p)] == [".~lsi-.tmp", ".~lsi-abc.tmp"]
    files.sweep(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [".~lsi-abc.xlsx", "a.tmp", "deeper", "~lsi-abc.tmp"]
    assert len(list((tmp_path / "deeper").iterdir())) == 1


@pytest.mark.parametrize("count", [1, 4, 5, 9])
def test_many_files_are_settled_at_once_and_few_each_by_itself(tmp_path, monkeypatch, count):
    done = []
    monkeypatch.setattr(os, "fsync", lambda handle: done.append("fsync"))
    monkeypatch.setattr(os, "sync", lambda: done.append("sync"), raising=False)
    monkeypatch.setattr(files, "TOGETHER", True)
    paths = [tmp_path / str(i) for i in range(count)]
    for path in paths:
        assert files.write(path, b"x", settled=False)
    assert done == []
    files.settle(paths)
    assert done == (["sync"] if count > 4 else ["fsync"] * count)


def test_what_has_to_be_done_anyway_is_done_while_the_disk_is_at_work_and_never_ends_before_it(tmp_path, monkeypatch):
    done, begun = [], Event()

    def sync():
        assert begun.wait(10)
        done.append("sync")

    def work():
        begun.set()
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "sync", sync, raising=False)
    monkeypatch.setattr(files, "TOGETHER", True)
    with pytest.raises(KeyboardInterrupt):
        files.settle([tmp_path / str(i) for i in range(5)], work)
    assert done == ["sync"]


def test_a_file_that_the_disk_has_lost_is_told(tmp_path):
    with pytest.raises(UnwritableError, match=r"a\.xlsx: không ghi được"):
        files.settle([tmp_path / "a.xlsx"])


def test_what_is_written_to_a_stream_replaces_the_former_file_in_one_step(tmp_path):
    path = tmp_path / "a" / "tong-hop.xlsx"
    assert files.write_by(path, lambda stream: stream.write(b"mot"))
    assert not files.write_by(path, lambda stream: stream.write(b"mot"))
    assert files.write_by(path, lambda stream: [stream.write(part) for part in (b"ha", b"i")])
    assert path.read_bytes() == b"hai" and [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_writer_that_fails_leaves_the_former_file_and_no_other(tmp_path):
    path = tmp_path / "tong-hop.xlsx"
    path.write_bytes(b"cu")

    def broken(stream):
        stream.write(b"moi")
        raise ValueError

    with pytest.raises(ValueError):
        files.write_by(path, broken)
    assert path.read_bytes() == b"cu" and [p.name for p in tmp_path.iterdir()] == [path.name]
