"""Who may import whom, read off the source; and what the command line may load."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import lsindicators

PACKAGE = Path(lsindicators.__file__).parent

GROUND = {
    "ledger", "layout", "control", "succession", "expressions", "names", "values", "findings", "model", "files", "errors", "workbook",
    "legacy", "papers", "told", "memory", "frames", "settlement", "provenance", "summary", "wording",
    "decree", "lazily",
}  # fmt: skip
STAGES = {
    "appendix", "assignment", "forms", "inbox", "returns", "checks", "merge", "compute", "slips", "exports", "report",
    "rehearsal", "letters", "decisions", "reconcile", "annex", "sealing",
    "release",
}  # fmt: skip

ALLOWED = {
    "cli": {"pipeline", "screen", "errors", "values", "findings", "model"},
    "screen": {
        "pipeline",
        "told",
        "settlement",
        "findings",
        "files",
        "values",
        "model",
        "expressions",
        "provenance",
    },
    "pipeline": STAGES | GROUND,
    "appendix": {"model", "findings", "values", "errors", "names", "workbook", "expressions", "legacy", "files"},
    "assignment": {"model", "findings", "names", "expressions", "values", "errors", "workbook"},
    "forms": {"model", "layout", "control", "findings", "expressions", "values", "errors", "files", "told", "workbook"},
    "slips": {"model", "layout", "findings", "expressions", "values"},
    "inbox": {"model", "findings", "errors", "workbook", "values"},
    "returns": {"model", "findings", "layout", "errors", "workbook", "values"},
    "checks": {"model", "findings", "layout", "control", "values", "expressions"},
    "merge": {"model", "findings", "values", "succession", "settlement"},
    "reconcile": {"model", "findings", "expressions", "values", "layout", "names", "settlement"},
    "decisions": {
        "settlement",
        "model",
        "findings",
        "values",
        "errors",
        "workbook",
        "layout",
        "names",
        "succession",
        "files",
    },
    "compute": {"model", "findings", "expressions", "succession"},
    "exports": {"model", "findings", "expressions", "values", "layout", "files", "summary", "wording"},
    "report": {
        "model",
        "findings",
        "values",
        "errors",
        "layout",
        "files",
        "succession",
        "papers",
        "summary",
        "wording",
    },
    "letters": {"model", "values", "errors", "layout", "papers", "findings", "told"},
    "release": {"model", "values", "errors", "layout", "expressions", "provenance", "papers", "summary", "wording"},
    "annex": {"model", "values", "papers", "provenance", "errors"},
    "sealing": {"model", "values", "errors", "files", "layout", "papers"},
    "rehearsal": {"model", "layout", "findings", "values", "files", "errors", "expressions"},
    "ledger": {"model", "files", "errors"},
    "layout": {"model", "values", "errors", "succession", "control"},
    "control": {"model"},
    "succession": {"model", "values"},
    "settlement": {"model", "values"},
    "summary": {"model", "values", "succession"},
    "wording": {"model", "values", "summary"},
    "papers": {"model", "values", "layout", "files", "errors", "workbook"},
    "decree": {"model", "findings", "errors", "papers"},
    "provenance": {"model", "values", "expressions"},
    "names": {"model", "values", "errors"},
    "expressions": {"model", "values", "errors"},
    "workbook": {"errors", "values"},
    "legacy": set(),
    "told": {"findings", "layout", "values"},
    "values": {"model", "findings", "errors"},
    "findings": {"model"},
    "frames": {"model"},
    "model": {"frames"},  # the door of Dataset.to_frame: opened when it is called, so that a noun still loads nothing
    "memory": {"model", "findings", "ledger", "files", "errors"},
    "files": {"errors"},
    "errors": set(),
    "lazily": set(),
}

HEAVY = (
    "pandas", "numpy", "openpyxl", "xlsxwriter", "docx", "docxtpl", "lxml", "jinja2", "lark", "rapidfuzz",
    "importlib.metadata", "rich.console", "concurrent.futures",
)  # fmt: skip


def imported(path: Path) -> set[str]:
    """Rooms of ours that a file imports, wherever in the file."""
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "lsindicators":
            parts = node.module.split(".")
            rooms |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            rooms |= {a.name.split(".")[1] for a in node.names if a.name.startswith("lsindicators.")}
    return rooms - {"__version__", "templates", "examples"}


def test_the_table_speaks_of_every_room():
    assert {room for room, _ in rooms()} == set(ALLOWED)
    for stage in STAGES:
        assert not ALLOWED[stage] & STAGES


def rooms() -> list[tuple[str, Path]]:
    return [
        (path.relative_to(PACKAGE).parts[0].removesuffix(".py"), path)
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.parent != PACKAGE or not path.name.startswith("__")
    ]


@pytest.mark.parametrize(("room", "path"), rooms(), ids=lambda x: x.name if isinstance(x, Path) else x)
def test_room_imports_only_what_it_may(room, path):
    assert imported(path) - {room} <= ALLOWED[room] | {"lazily"}


def loaded_after(*arguments: str, cwd: Path | None = None) -> set[str]:
    code = (
        "import sys\n"
        "from lsindicators.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, encoding="utf-8", cwd=cwd, check=True
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["read", "--help"], ["--nothing"]])
def test_help_loads_no_heavy_library(arguments):
    assert loaded_after(*arguments) & set(HEAVY) == set()


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["read", "--help"], ["--nothing"]])
def test_help_loads_nothing_that_it_does_not_print_with(arguments):
    code = "import sys, click; print(*sys.modules)"
    of_click = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    loaded = loaded_after(*arguments) - set(of_click)  # an editable install loads more at every start
    assert loaded & {"json", "pathlib", "msgspec", "sqlite3", "hashlib", "lsindicators.model"} == set()


@pytest.mark.parametrize("arguments", [["status"], ["trace", "KQ07"], ["trace", "C01_A"]])
def test_who_only_looks_opens_no_workbook_and_parses_nothing(campaign, arguments):
    from campaigns import send

    send(campaign, "so-khcn")
    loaded_after("read", str(campaign))
    command, *asked = arguments
    loaded = loaded_after(command, str(campaign), *asked, "--json")
    assert loaded & {*HEAVY, "rich", "zipfile"} == set()
    ours = {name.split(".")[1] for name in loaded if name.startswith("lsindicators.")}
    assert ours & {"workbook", "names", "papers", "assignment", "checks", "returns", "exports", "reconcile"} == set()
    told = {"summary", "control", "pipeline.status", "pipeline.results", "pipeline.explaining"}
    judged = {"expressions.excel", "expressions.measures", "expressions.sense"}
    others = judged | (told if command == "trace" else set())
    assert loaded & {f"lsindicators.{name}" for name in others} == set()


def test_reading_clean_returns_loads_neither_openpyxl_nor_pandas(tmp_path):
    from lsindicators import pipeline

    pipeline.begin(tmp_path / "ky", year=2025)
    loaded = loaded_after("read", str(tmp_path / "ky"))
    assert loaded & {"openpyxl", "pandas", "docx", "docxtpl"} == set()
    assert "lsindicators.checks" in loaded or "lsindicators.inbox" in loaded


def test_reading_a_return_that_must_be_mended_loads_neither_openpyxl_nor_pandas(tmp_path):
    from datetime import UTC, datetime

    from lsindicators import layout, pipeline
    from lsindicators.pipeline.campaign import read_plan
    from lsindicators.rehearsal import packing

    campaign = tmp_path / "ky"
    pipeline.begin(campaign, year=2025)
    pipeline.issue(campaign, ("so-khcn",))
    plan, _ = read_plan(campaign)
    row = layout.form(plan, "so-khcn").variables[0].row
    typed = {layout.DATA: {layout.address(row, layout.CURRENT): "mười hai"}}
    content = packing.typed(
        (campaign / "bieu-mau" / "so-khcn.xlsx").read_bytes(), typed, datetime(2026, 3, 20, tzinfo=UTC)
    )
    (campaign / "tra-ve").mkdir(exist_ok=True)
    (campaign / "tra-ve" / "a.xlsx").write_bytes(content)
    loaded = loaded_after("read", str(campaign))
    assert (campaign / "phieu-tra-lai" / "so-khcn.xlsx").is_file()
    assert loaded & {"openpyxl", "pandas", "docx", "docxtpl", "lxml"} == set()


def test_the_page_of_the_director_loads_no_library_for_documents(campaign):
    loaded = loaded_after("status", str(campaign), "--xlsx")
    assert (campaign / "tinh-hinh.xlsx").exists()
    assert loaded & {"pandas", "numpy", "openpyxl", "docx", "docxtpl", "matplotlib", "lxml", "jinja2"} == set()


def test_exports_load_no_pandas(campaign):
    loaded = loaded_after("export", str(campaign))
    assert (campaign / "xuat" / "du-lieu" / "datapackage.json").exists()
    assert loaded & {"pandas", "numpy", "openpyxl", "docx", "docxtpl"} == set()


def test_a_slip_and_its_letter_load_no_library_for_documents(campaign):
    from campaigns import send

    send(campaign, "xa-hoa-tham", F12="ba")
    loaded = loaded_after("read", str(campaign))
    assert (campaign / "phieu-tra-lai" / "xa-hoa-tham.docx").exists()
    assert loaded & {"pandas", "docx", "docxtpl"} == set()


def test_the_collector_looks_seldom_and_not_at_all_at_the_end():
    told = (
        "import atexit, gc, sys\n"
        "atexit.register(lambda: print(gc.get_threshold()[0], gc.get_freeze_count() > 0))\n"
        "from lsindicators.__main__ import run\n"
        "sys.argv[1:] = ['--version']\n"
        "run()\n"
    )
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert run.stdout.split()[-2:] == ["200000", "True"]
