"""The templates are found from the package, and everything is packed into the wheel."""

import configparser
from importlib.resources import files
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    "path",
    [
        "xlsx/bo-tieu-chi.xlsx",
        "xlsx/bieu-mau.xlsx",
        "docx/bao-cao.docx",
        "docx/phu-luc.docx",
        "docx/cong-van-gui-bieu.docx",
        "docx/truy-nguyen.docx",
        "docx/tom-tat.docx",
    ],
)
def test_a_template_is_package_data(path):
    assert files("lsindicators.templates").joinpath(path).read_bytes().startswith(b"PK")


def test_the_page_of_the_release_is_package_data():
    assert "<!DOCTYPE html>" in files("lsindicators.templates").joinpath("html/cong-khai.html").read_text("utf-8")
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    packed = config["options.package_data"]["lsindicators.templates"].split()
    lying = {f"{p.parent.name}/*{p.suffix}" for p in (ROOT / "templates").glob("*/*")}
    assert {kind for kind in lying if "__pycache__" not in kind} == set(packed)


def test_every_package_is_listed_for_the_wheel():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = set(config["options"]["packages"].split())
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "lsindicators").rglob("__init__.py")}
    assert listed == found | {"lsindicators.templates", "lsindicators.examples"}
