"""The command line from outside: help, wrong usage, exit codes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lsindicators.cli import main

ROOT = Path(__file__).parent.parent


def run(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lsindicators", *map(str, arguments)],
        capture_output=True, text=True, encoding="utf-8", cwd=cwd, env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip


def options(text: str) -> list[str]:
    """The lines that tell of options."""
    return [line for line in text.partition("Tùy chọn:\n")[2].splitlines() if line.strip()]


@pytest.mark.parametrize("command", list(main.commands))
def test_every_command_has_vietnamese_help_and_stands_in_the_readme(command):
    done = run(command, "--help")
    assert done.returncode == 0
    assert "Cách dùng: " in done.stdout
    assert "Hiện hướng dẫn này" in done.stdout
    assert "Options" not in done.stdout
    assert all(line.lstrip().startswith("-") or line.startswith("    ") for line in options(done.stdout))
    assert f"lsindicators {command}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_version():
    assert run("--version").stdout.startswith("lsindicators 0.")


WRONG = [
    (["--nothing"], "không có tùy chọn --nothing"),
    (["nothing"], "không có lệnh"),
    (["init"], "còn thiếu KY"),
    (["init", "ky", "--year", "abc"], "cần một số nguyên"),
    (["status", "--date", "hôm qua"], "không phải ngày"),
    (["status", "--date"], "cần có giá trị"),
    (["init", "ky", "nữa"], "thừa tham số nữa."),
    (["rehearse", "ky", "nữa", "thêm"], "thừa tham số nữa thêm."),
    (["rehearse", "ky", "--seed", "một"], "cần một số nguyên. Xem: "),
    (["status", "ky", "--verify", "--date", "1/4/2026"], "--verify dùng riêng, không đi cùng --date"),
    (["status", "ky", "--verify"], "không phải thư mục kỳ báo cáo"),
    (["read", "ky", "a.xlsx", "--explain", "b.xlsx"], "--explain dùng riêng, không đi cùng a.xlsx"),
    (["read", "ky", "--explain", "b.xlsx"], "không phải thư mục kỳ báo cáo"),
    (["generate"], "không phải thư mục kỳ báo cáo"),
    (["export", "ky"], "không phải thư mục kỳ báo cáo"),
    (["export", "ky", "--to"], "cần có giá trị"),
    (["read", "không-có"], "không phải thư mục kỳ báo cáo"),
    (["init", "ky", "--year", "20"], "Năm số liệu 20"),
    (["init", "ky", "--appendix", "không-có.docx"], "không-có.docx"),
    (["init", "ky", "--print-appendix", "a.docx", "--year", "2025"], "không đi cùng --year"),
    (["init", "ky", "--print-appendix", "a.docx", "--appendix", "b.docx"], "không đi cùng --appendix"),
    (["init", "ky", "--compare", "cu", "--previous", "cu"], "không đi cùng --previous"),
    (["init", "ky", "--compare", "cu", "--print-appendix", "a.docx"], "không đi cùng --compare"),
    (["init", "ky", "--print-appendix", "a.docx"], "không phải thư mục kỳ báo cáo"),
    (["init", "ky", "--compare", "cu"], "không phải thư mục kỳ báo cáo"),
]


@pytest.mark.parametrize(("arguments", "told"), WRONG, ids=lambda x: " ".join(x) if isinstance(x, list) else "")
def test_wrong_usage_is_one_vietnamese_sentence_and_exit_2(arguments, told, tmp_path):
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("Lỗi: ")
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_without_a_command_it_says_the_next_step(tmp_path):
    assert "Cách dùng" in run(cwd=tmp_path).stdout
    assert run("init", "ky", "--year", 2025, cwd=tmp_path).returncode == 0
    assert "generate" in run(cwd=tmp_path / "ky").stdout


def test_an_edited_assignment_is_never_overwritten(tmp_path):
    assert run("init", tmp_path / "ky").returncode == 0
    plan = tmp_path / "ky" / "phan-cong.xlsx"
    plan.write_bytes(plan.read_bytes() + b" ")
    done = run("init", tmp_path / "ky")
    assert done.returncode == 2
    assert "phan-cong.xlsx" in done.stderr
    assert plan.read_bytes().endswith(b" ")


def test_a_folder_in_a_campaign_or_a_file_is_no_campaign_to_be_made(tmp_path):
    run("init", tmp_path / "ky")
    done = run("merge", "ky/tra-ve", cwd=tmp_path)
    assert (done.returncode, done.stderr.strip().rpartition(": ")[2]) == (2, str(tmp_path / "ky"))
    (tmp_path / "a.xlsx").write_bytes(b"x")
    done = run("read", "a.xlsx", cwd=tmp_path)
    assert done.returncode == 2
    assert "đây là một tệp" in done.stderr and "init" not in done.stderr


def test_missing_path_is_told(tmp_path):
    run("init", tmp_path / "ky")
    done = run("read", tmp_path / "ky", tmp_path / "khong-co.xlsx")
    assert done.returncode == 2
    assert "khong-co.xlsx" in done.stderr


def test_a_folder_that_cannot_be_read_is_told_in_vietnamese(tmp_path, monkeypatch):
    from click.testing import CliRunner

    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    run = CliRunner().invoke(main, ["status", str(tmp_path)])
    assert run.exit_code == 2
    assert "readable" not in run.output and "không phải thư mục kỳ báo cáo" in run.output
