"""The release for the public: sound and readable without network or script, true to merge, and silent about units."""

import base64
import csv
import hashlib
import io
import json
import re
import subprocess
import zipfile
from collections import Counter
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

import docx
import office
import pytest
from browser import chromium
from campaigns import begun, send
from click.testing import CliRunner
from conftest import small_plan
from msgspec.structs import replace
from reports import AT, province, sending, total

from lsindicators import assignment, compute, exports, layout, values, wording
from lsindicators.cli import main
from lsindicators.exports import public
from lsindicators.model import (
    Choice,
    Conflict,
    Dataset,
    Decision,
    Figure,
    Kind,
    Method,
    PastFigure,
    Point,
    Series,
    Side,
    State,
    Total,
)
from lsindicators.papers import printing
from lsindicators.pipeline.publishing import doubtful
from lsindicators.pipeline.publishing import made as published
from lsindicators.pipeline.results import Merged

PAGE, BRIEF, ARCHIVE = "index.html", "tom-tat.docx", "du-lieu-mo.zip"
HOSTILE = "</script><script>alert(1)</script> & <img src=x onerror=a()> \"'> {{ 7*7 }} {% raw %} </style> =1+1"
SECRET = "GIẢI TRÌNH RIÊNG của ông Nguyễn Văn An 0912 345 678"

# ------------------------------------------------------------------ what is published


def merged(plan, dataset, results=None, sendings=(), differences=(), **more):
    results = compute.evaluate(plan, dataset) if results is None else results
    facts = {"findings": (), "answers": {}, "mending": False, "path": None}
    return Merged(
        plan=plan, dataset=dataset, results=results, sendings=sendings, differences=differences, **{**facts, **more}
    )


def made(of):
    """Name -> bytes of all that is published."""
    return {name: body for name, _, body in published(of, doubtful(of))}


def small(**changes):
    told = province(**changes)
    known = told["dataset"].totals
    empty = {(v.code, 2025): total(v.code, None, ()) for v in told["plan"].variables}
    told["dataset"] = replace(told["dataset"], totals={**empty, **known})
    return merged(told["plan"], told["dataset"], told["results"], told["sendings"])


def real(plan=None, **changes):
    """The 46 criteria with a figure of every variable in both years, on all units or on all but some."""
    plan = plan or assignment.builtin(2025)
    totals = {}
    for i, v in enumerate(plan.variables):
        assigned = plan.assignment[v.code]
        units = assigned.lead if v.aggregation.method is Method.LEAD else assigned.units
        for year in (2024, 2025):
            number = Decimal((10 if v.code.endswith("_A") else 90) + i % 37 + (year - 2020) * (i % 3))
            number = number if v.kind is Kind.WHOLE else number / 8
            short = units[: len(units) - 1] if year == 2025 and i % 5 == 3 else units
            parts = tuple(said(v.code, u, year, number) for u in short[:2])
            value = number if v.kind.numeric or v.aggregation.method is Method.SHARE_YES else SECRET
            totals[v.code, year] = Total(
                variable=v.code, year=year, value=value, expected=units, reported=short, contributions=parts
            )
    dataset = Dataset(year=2025, figures=(), totals=totals, gaps=(), conflicts=())
    sendings = tuple(sending(u.code, file=f"tra-ve/{u.code}-bí-mật.xlsx") for u in plan.units if u.code in plan.owed)
    return merged(plan, dataset, sendings=sendings, **changes)


def said(variable, unit, year, value):
    return Figure(
        variable=variable, unit=unit, year=year, value=value, state=State.GIVEN, source=SECRET, reason=SECRET, at=AT,
        sha256="abcdef0123456789" * 4,
    )  # fmt: skip


@cache
def whole():
    of = real()
    return of, made(of)


# ------------------------------------------------------------------ the page, as a parser sees it

VOID = {"meta", "link", "input", "rect", "line", "circle", "br"}


class Element:
    def __init__(self, tag, attributes, parent):
        self.tag, self.at, self.parent, self.children = tag, dict(attributes), parent, []

    def all(self, tag=None, **at):
        """The elements below that have this tag and these words in their attributes."""
        for child in self.children:
            if isinstance(child, Element):
                fits = tag in (None, child.tag)
                if fits and all(value in (child.at.get(name.rstrip("_")) or "").split() for name, value in at.items()):
                    yield child
                yield from child.all(tag, **at)

    def text(self):
        parts = (c if isinstance(c, str) else c.text() for c in self.children)
        return re.sub(r"\s+", " ", "".join(parts)).strip()


class Tree(HTMLParser):
    """Builds elements, and tells what is not closed, or closed and never opened."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("", [], None)
        self.feed(page.decode())
        assert self.here is self.root, self.here.tag

    def handle_starttag(self, tag, attributes):
        assert len(dict(attributes)) == len(attributes), (tag, attributes)
        new = Element(tag, attributes, self.here)
        self.here.children.append(new)
        if tag not in VOID:
            self.here = new

    def handle_startendtag(self, tag, attributes):
        self.here.children.append(Element(tag, attributes, self.here))

    def handle_endtag(self, tag):
        assert tag == self.here.tag, (tag, self.here.tag, self.getpos())
        self.here = self.here.parent

    def handle_data(self, data):
        self.here.children.append(data)


def parsed(page):
    return Tree(page).root


@cache
def page():
    return parsed(whole()[1][PAGE])


def row_of(root, code):
    return next(r for r in root.all("tr", role="row") if r.at.get("id") == f"tc-{code}")


def cells_of(row):
    return {c.at["data-label"]: c.text() for c in row.all("td") if "data-label" in c.at}


def test_the_page_has_one_language_one_title_and_landmarks():
    root = page()
    html = next(root.all("html"))
    assert html.at["lang"] == "vi"
    assert [len(list(root.all(tag))) for tag in ("h1", "main", "header", "footer", "nav")] == [1] * 5
    assert next(root.all("nav")).at["aria-label"]
    assert next(next(root.all("head")).all("title")).text().startswith("Kết quả thực hiện Bộ tiêu chí")
    assert 'name="viewport" content="width=device-width, initial-scale=1"' in whole()[1][PAGE].decode()


def test_names_of_places_are_unique_and_every_link_in_the_page_leads_somewhere():
    ids = Counter(e.at["id"] for e in page().all() if "id" in e.at)
    assert set(ids.values()) == {1}
    links = [a.at["href"] for a in page().all("a")]
    assert links[0] == "#noi-dung"
    assert all(link.startswith("data:") or link[1:] in ids for link in links)
    named = [i for e in page().all() for i in (e.at.get("aria-labelledby") or "").split()]
    assert named and set(named) <= set(ids)
    fields = [e.at["id"] for e in page().all() if e.tag in ("input", "select")]
    assert sorted(fields) == sorted(e.at["for"] for e in page().all("label"))


def test_headings_go_down_step_by_step():
    levels = [int(e.tag[1]) for e in page().all() if re.fullmatch("h[1-6]", e.tag)]
    assert levels[0] == 1 and all(b - a <= 1 for a, b in pairwise(levels))


def test_tables_have_captions_and_headings_with_their_scope():
    listed = list(page().all("table"))
    assert len(listed) == 2 + 9  # counts, gaps, and the parts of the groups
    for table in listed:
        assert table.children[1].tag == "caption" and table.children[1].text()
        head = next(table.all("thead"))
        headings = list(head.all("th"))
        assert headings and all(h.at["scope"] == "col" for h in headings)
        for row in table.all("tr"):
            if row.parent.tag == "tbody":
                assert [h.at["scope"] for h in row.all("th")] == ["row"]
                assert 1 + len(list(row.all("td"))) == len(headings)
                assert {c.at["data-label"] for c in row.all("td") if "data-label" in c.at} <= {
                    h.text() for h in headings
                }


def test_charts_say_in_words_what_they_show():
    drawn = [s for s in page().all("svg") if "aria-hidden" not in s.at]
    assert len(drawn) > 4
    for svg in drawn:
        assert svg.at["role"] == "img"
        title, desc = (next(svg.all(tag)) for tag in ("title", "desc"))
        assert svg.at["aria-labelledby"] == f"{title.at['id']} {desc.at['id']}"
        numbers = [t.text() for t in svg.all("text") if t.at.get("class") != "label"]
        assert numbers and all(re.search(rf"(?<!\d)(?<!\d,){re.escape(n)}(?!\d|,\d)", desc.text()) for n in numbers)


def test_nothing_is_loaded_and_the_policy_forbids_it():
    text = whole()[1][PAGE].decode()
    policy = next(m.at["content"] for m in page().all("meta") if m.at.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    for kind in ("style", "script"):
        (inline,) = (e for e in page().all(kind))
        digest = base64.b64encode(hashlib.sha256("".join(inline.children).encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert not re.search(r"https?:|//[a-z]|@import|url\((?!#)", re.sub(r"data:[^\"]*", "", text))
    assert not [(e.tag, n) for e in page().all() for n in e.at if n == "style" or n.startswith("on") or n == "src"]


def test_every_criterion_stands_once_in_the_tables():
    of = whole()[0]
    listed = [r.at["id"][3:] for t in page().all("table", class_="criteria") for r in t.all("tr") if "id" in r.at]
    assert listed == [c.code for c in of.plan.criteria]
    beside = [next(r.all("span", class_="code")).text() for r in page().all("tr", class_="companion")]
    assert beside == [c.code for c in of.plan.companions]


def test_a_row_says_what_the_report_says():
    root = parsed(made(small())[PAGE])
    assert cells_of(row_of(root, "DV01")) == {
        "Năm 2024": "1.200",
        "Năm 2025": "1.234",
        "Tăng, giảm": "+34 người",
        "Độ phủ": "3/3",
        "Tình trạng": "Đủ đơn vị",
    }
    partial, missing = cells_of(row_of(root, "KQ07")), cells_of(row_of(root, "HQ02"))
    assert (partial["Năm 2025"], partial["Tăng, giảm"], partial["Tình trạng"]) == (
        "12,35",
        "+1,15 điểm %",
        "Một phần đơn vị",
    )
    assert (missing["Năm 2025"], missing["Tăng, giảm"], missing["Tình trạng"]) == (
        "Chưa có số liệu",
        "–",
        "Chưa có số liệu",
    )
    worked = next(row_of(root, "KQ07").all("details")).text()
    assert "KQ07 = C09_A / C09_B × 100" in worked
    assert "C09_A: Số sáng chế được khai thác, năm 2025: 25 sáng chế (cộng số của các đơn vị; 2/3 đơn vị)" in worked
    gaps = [r.text() for r in next(root.all("table", class_="gaps")).all("tr") if r.parent.tag == "tbody"]
    assert [g[:4] for g in gaps] == ["HQ02", "KQ07"]
    assert gaps[0].endswith("Thiếu: GRDP theo giá so sánh.")


# ------------------------------------------------------------------ every number

NUMBER = re.compile(r"(?<![\w.,/])[+-]?\d[\d.]*(?:,\d+)?(?![\w,]|\.\d)")


def numbers_of(of):
    """All numbers of ``merge --json``, and what the page works out of two of them."""
    found = set()

    def take(told):
        if isinstance(told, dict | list):
            for part in told.values() if isinstance(told, dict) else told:
                take(part)
            if isinstance(told, list) and told and isinstance(told[0], str):
                found.add(Decimal(len(told)))
        elif isinstance(told, int | float) and not isinstance(told, bool):
            found.add(Decimal(repr(told)))

    document = json.loads(
        json.dumps(exports.to_json(of.plan, of.dataset, of.results, of.differences, of.sendings), default=str)
    )
    take(document)
    for c in (*document["criteria"], *document["companions"]):
        if c["value"] is not None and c["previous"] is not None:
            found.add(Decimal(repr(c["value"])) - Decimal(repr(c["previous"])))
        found.add(Decimal(c["coverage"]["expected"] - c["coverage"]["reported"]))
    counts = document["summary"]["criteria"]
    found |= {Decimal(counts["total"] - counts["missing"]), Decimal(counts["enough"] + counts["partial"])}
    found |= {Decimal(len(moved)) for moved in document["summary"]["moves"].values()}
    found |= {
        Decimal(sum(len(document["summary"]["moves"][k]) for k in ("risen", "fallen", "same"))),
        Decimal(of.plan.year - 1),
    }
    for t in of.dataset.totals.values():  # inputs of the year before stand in du-lieu.json
        found |= {t.value} if isinstance(t.value, Decimal) else set()
        found |= {Decimal(len(t.expected)), Decimal(len(t.reported))}
    return found


def strange(texts, known):
    """The numbers that are none of those known, at as many places as they are printed with."""
    for text in texts:
        for written in NUMBER.findall(text):
            number = Decimal(written.replace(".", "").replace(",", "."))
            places = len(written.partition(",")[2])
            if not any(values.rounded(k, places) == number for k in known):
                yield written, text


@pytest.mark.parametrize("of", [small, lambda: whole()[0]], ids=["small", "46 criteria"])
def test_every_number_of_the_page_is_found_in_merge(of):
    of = of()
    root = parsed(made(of)[PAGE])
    shown = [c.text() for c in root.all("td")]
    shown += [e.text() for e in root.all("span", class_="value")]
    shown += [e.text() for e in root.all("b") if e.parent.tag == "li" and e.parent.parent.at.get("class") == "inputs"]
    shown += [t.text() for t in root.all("text") if t.at.get("class") != "label"]
    shown += [
        re.sub(r"\b[A-Z]{2}\d\d\b", "", p.text())
        for s in root.all("section")
        for p in s.children
        if isinstance(p, Element) and p.tag == "p"
    ]
    measures = "|".join(re.escape(c.measure) for c in of.plan.criteria if re.search(r"\d", c.measure))
    shown = [re.sub(measures, "", text) if measures else text for text in shown]
    assert sum(len(NUMBER.findall(t)) for t in shown) > (30 if of.plan.criteria[0].name.endswith("công nghệ") else 300)
    assert list(strange(shown, numbers_of(of))) == []


def test_every_number_of_the_summary_is_found_in_merge():
    of, products = whole()
    document = docx.Document(io.BytesIO(products[BRIEF]))
    shown = [c.text.rstrip("*†") for t in document.tables for r in t.rows for c in r.cells[2:]]
    shown += [p.text for p in document.paragraphs if p.style.name in ("LS Tóm tắt nội dung", "LS Tóm tắt câu dẫn")]
    assert sum(len(NUMBER.findall(t)) for t in shown) > 100
    assert list(strange(shown, numbers_of(of))) == []


# ------------------------------------------------------------------ the open data


def files_of(archive):
    with zipfile.ZipFile(io.BytesIO(archive)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def table_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_what_is_taken_out_of_the_page_is_what_lies_beside_it_and_what_stands_in_it():
    of, products = whole()
    inside = files_of(products[ARCHIVE])
    taken = {}
    for a in page().all("a"):
        if a.at["href"].startswith("data:"):
            head, _, data = a.at["href"].partition(";base64,")
            taken[a.at["download"]] = base64.b64decode(data, validate=True)
            assert head in ("data:application/zip", "data:text/csv;charset=utf-8")
    assert taken == {
        ARCHIVE: products[ARCHIVE],
        "tieu-chi.csv": inside["tieu-chi.csv"],
        "so-lieu.csv": inside["so-lieu.csv"],
    }
    rows = {r["ma_tieu_chi"]: r for r in table_of(taken["tieu-chi.csv"]) if r["nam"] == "2025"}
    for c in of.plan.criteria:
        told, row = cells_of(row_of(page(), c.code)), rows[c.code]
        number = row["gia_tri_in"]
        assert told["Năm 2025"] == (values.format_number(Decimal(number), c.decimals) if number else wording.NO_FIGURE)
        assert told["Độ phủ"] == f"{row['so_don_vi_da_bao']}/{row['so_don_vi_phai_bao']}"
    assert len(products[PAGE]) < 1_500_000


def test_the_package_describes_all_that_is_in_it():
    inside = files_of(whole()[1][ARCHIVE])
    described = json.loads(inside["datapackage.json"])
    assert [r["path"] for r in described["resources"]] == [
        "danh-muc-tieu-chi.csv", "danh-muc-so-lieu.csv", "so-lieu.csv", "tieu-chi.csv", "tu-dien.csv", "cong-khai.json",
    ]  # fmt: skip
    assert {r["path"] for r in described["resources"]} | {"datapackage.json"} == set(inside)
    for resource in described["resources"]:
        content = inside[resource["path"]]
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}" and resource["bytes"] == len(content)
        if resource["format"] == "csv":
            assert list(table_of(content)[0]) == [f["name"] for f in resource["schema"]["fields"]]
            for key in resource["schema"].get("foreignKeys", ()):
                assert key["reference"]["resource"] in {r["name"] for r in described["resources"]} | {""}
    words_ = {(r["tep"], r["cot"]) for r in table_of(inside["tu-dien.csv"])}
    assert {("tieu-chi.csv", "gia_tri_in"), ("so-lieu.csv", "so_don_vi_da_bao"), ("so-lieu.csv", "(cả tệp)")} <= words_


def test_nothing_of_a_unit_is_published():
    of, products = whole()
    everything = "\n".join(
        part.decode("utf-8", "replace")
        for body in (products[PAGE], *files_of(products[ARCHIVE]).values(), *files_of(products[BRIEF]).values())
        for part in [body]
    )
    everything = re.sub(r"base64,[A-Za-z0-9+/=]+", "", everything)
    assert "GIẢI TRÌNH" not in everything and "0912" not in everything
    assert "bí-mật" not in everything and "abcdef0123456789" not in everything and AT.workbook not in everything
    named = [u.name for u in of.plan.units if u.code in of.plan.owed and u.type in ("xa", "phuong")]
    assert len(named) == 65 and not [n for n in named if n in everything]
    assert not [u.code for u in of.plan.units if f'"{u.code}"' in everything]
    texts = {v.code for v in of.plan.variables if v.kind is Kind.TEXT}
    assert texts and not [r for r in table_of(files_of(products[ARCHIVE])["so-lieu.csv"]) if r["ma_so_lieu"] in texts]


# ------------------------------------------------------------------ what is open, made up, hostile, or not there at all


def disputing(plan, code, severity="question"):
    sides = (Side(label="một", value=Decimal(1)), Side(label="hai", value=Decimal(2)))
    return Conflict(
        code="totals-disagree", variable=code, year=2025, sides=sides, message="không khớp", severity=severity
    )


def test_what_is_open_is_marked_where_it_stands_and_told_above():
    of = small()
    of = replace(of, differences=(disputing(of.plan, "C09_A"), disputing(of.plan, "C01_A", "warning")))
    assert of.exit_code == 1
    root = parsed(made(of)[PAGE])
    (alert,) = root.all("div", class_="alert")
    assert "1 tiêu chí có số liệu thành phần đang được đối chiếu, ghi “Tạm tính”: KQ07." in alert.text()
    assert "1 đơn vị còn số liệu phải bổ sung, làm rõ" in alert.text()
    assert [m.text() for m in row_of(root, "KQ07").all("span", class_="mark")] == ["Đề xuất", "Tạm tính"]
    assert "Tạm tính" not in row_of(root, "DV01").text()
    rows = {r["ma_tieu_chi"]: r for r in table_of(files_of(made(of)[ARCHIVE])["tieu-chi.csv"]) if r["nam"] == "2025"}
    assert rows["KQ07"]["ghi_chu"].startswith("Tạm tính") and not rows["DV01"]["ghi_chu"]
    brief = docx.Document(io.BytesIO(made(of)[BRIEF]))
    assert "12,35*†" in "\n".join(c.text for t in brief.tables for r in t.rows for c in r.cells)
    assert any(p.text.endswith("đang được đối chiếu, ghi †: KQ07.") for p in brief.paragraphs)


def test_leads_that_disagree_leave_no_figure():
    plan = small_plan()
    totals = [total("C09_A", 25), total("C09_B", None, conflict=True)]
    totals += [total(c, 5) for c in ("C01_A", "C01_B", "C14_A", "C14_B", "C43_A")]
    dataset = Dataset(year=2025, figures=(), totals={(t.variable, 2025): t for t in totals}, gaps=(), conflicts=())
    of = merged(plan, dataset, differences=(replace(disputing(plan, "C09_B", "error"), code="conflict"),))
    root = parsed(made(of)[PAGE])
    assert cells_of(row_of(root, "KQ07"))["Năm 2025"] == "Chưa có số liệu"
    assert (
        "chờ thống nhất"
        in next(r for r in next(root.all("table", class_="gaps")).all("tr") if "KQ07" in r.text()).text()
    )
    assert "Tạm tính" not in row_of(root, "KQ07").text()


def test_a_break_a_correction_and_unlike_years_have_their_words():
    of = small()
    broken, unlike = (
        replace(of.results[i], **c)
        for i, c in ((0, {"seam": "năm 2024 chưa có số của Xã A", "comparable": False}), (2, {"comparable": False}))
    )
    of = replace(of, results=(broken, of.results[1], unlike, *of.results[3:]))
    root = parsed(made(of)[PAGE])
    assert "Đứt chuỗi" in row_of(root, "DV01").text() and "Xã A" not in made(of)[PAGE].decode()
    assert "hai năm không dựa trên cùng các đơn vị" in row_of(root, "KQ07").text()
    assert cells_of(row_of(root, "DV01"))["Tăng, giảm"] == "–"


def test_a_figure_that_the_clerk_decided_is_marked():
    of = small()
    decided = Decision(
        unit="so-khcn", variable="C09_A", year=2025, choice=Choice.CORRECT, sent=None, value=Decimal(25), reason=SECRET,
        document="12/SKHCN", at=AT,
    )  # fmt: skip
    corrected = replace(of.dataset.totals["C09_A", 2025], contributions=(decided.figure,))
    totals = {**of.dataset.totals, ("C09_A", 2025): corrected}
    products = made(replace(of, dataset=replace(of.dataset, totals=totals)))
    root = parsed(products[PAGE])
    assert "Có điều chỉnh: có số liệu thành phần lấy theo quyết định" in row_of(root, "KQ07").text()
    assert "Có điều chỉnh" not in row_of(root, "DV01").text() and SECRET not in products[PAGE].decode()


def test_a_break_of_the_series_names_no_unit_in_the_data():
    plan, of = small_plan(), small()
    points = (
        Point(year=2024, value=Decimal(1), reported=1, expected=1, seam="năm 2024 chưa có số của Xã Hoa Thám"),
        Point(year=2025, value=Decimal(2), reported=1, expected=1),
    )
    series = [Series(criterion=plan.criterion["DV01"], points=points)]
    inside = public.contents(plan, of.dataset, of.results, series, of.sendings, ())
    rows = table_of(inside["tieu-chi.csv"])
    assert [r["dut_gay"] for r in rows] == [public.SEAM, ""]


def test_made_up_figures_are_marked_everywhere():
    plan = small_plan()
    products = made(
        small(
            plan=replace(plan, settings=replace(plan.settings, made_up=True), companions=province()["plan"].companions)
        )
    )
    root = parsed(products[PAGE])
    assert next(next(root.all("head")).all("title")).text().startswith(layout.MADE_UP)
    assert (
        next(root.all("p", class_="fake")).text() == next(root.all("div", class_="watermark")).text() == layout.MADE_UP
    )
    assert f'content: "{layout.MADE_UP}"' in next(root.all("style")).text()
    document = docx.Document(io.BytesIO(products[BRIEF]))
    assert document.sections[0].header.paragraphs[0].text == layout.MADE_UP
    assert all(r["luu_y"] for r in table_of(files_of(products[ARCHIVE])["tieu-chi.csv"]))
    assert layout.MADE_UP not in made(small())[PAGE].decode()


def nasty():
    plan = province()["plan"]
    criteria = [replace(c, name=f"{HOSTILE} {c.code} " + "rất dài " * 40, measure="<b>&") for c in plan.criteria]
    variables = [replace(v, name=f"={HOSTILE}") for v in plan.variables]
    settings = replace(plan.settings, compiler=f"Sở {HOSTILE}", raw={"Liên hệ công khai": f"{HOSTILE} 0205 3812 345"})
    plan = replace(plan, criteria=tuple(criteria), variables=tuple(variables), settings=settings)
    of = small(plan=plan)
    named = {c.code: c for c in (*plan.criteria, *plan.companions)}
    return replace(of, results=tuple(replace(r, criterion=named[r.criterion.code]) for r in of.results))


def test_hostile_names_are_texts_and_nothing_else():
    products = made(nasty())
    root = parsed(products[PAGE])
    assert len(list(root.all("script"))) == len(list(root.all("style"))) == 1 and not list(root.all("img"))
    assert HOSTILE in row_of(root, "DV01").text()
    assert HOSTILE in next(root.all("footer")).text() and "0205 3812 345" in next(root.all("footer")).text()
    inside = files_of(products[ARCHIVE])
    assert all(r["ten_so_lieu"].startswith("'=") for r in table_of(inside["danh-muc-so-lieu.csv"]))
    assert json.loads(inside["cong-khai.json"])["criteria"][0]["name"].startswith(HOSTILE)
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(products[BRIEF])).paragraphs)
    assert HOSTILE in text and "49" not in text


def test_no_figure_is_never_a_zero_and_no_unit_is_told_as_such():
    plan = province()["plan"]
    dataset = Dataset(
        year=2025,
        figures=(),
        totals={(v.code, 2025): total(v.code, None, ()) for v in plan.variables},
        gaps=(),
        conflicts=(),
    )
    of = merged(plan, dataset, sendings=tuple(sending(u.code, None) for u in plan.units))
    products = made(of)
    root = parsed(products[PAGE])
    for c in plan.criteria:
        told = cells_of(row_of(root, c.code))
        assert told["Năm 2024"] == told["Năm 2025"] == "Chưa có số liệu" and told["Tăng, giảm"] == "–"
    assert "Chưa có tiêu chí nào đủ số liệu của cả hai năm để so sánh với năm 2024." in root.text()
    assert "0/3" in [e.text() for e in root.all("span", class_="value")]
    rows = table_of(files_of(products[ARCHIVE])["tieu-chi.csv"])
    assert {r["gia_tri"] for r in rows} == {""}
    nobody = merged(plan, dataset)
    assert "Chưa có đơn vị nào được phân công" in parsed(made(nobody)[PAGE]).text()


def test_a_full_first_year_lacks_nothing_and_compares_nothing():
    plan = small_plan(past=())
    totals = [total(v.code, 7) for v in plan.variables if v.kind is not Kind.TEXT] + [total("C43_B", "x")]
    dataset = Dataset(year=2025, figures=(), totals={(t.variable, 2025): t for t in totals}, gaps=(), conflicts=())
    plan = replace(plan, criteria=tuple(c for c in plan.criteria if c.code != "HQ02"))
    of = merged(plan, dataset, sendings=tuple(sending(u.code) for u in plan.units))
    root = parsed(made(of)[PAGE])
    assert "Không thiếu: các tiêu chí đều đã có đủ số liệu của các đơn vị." in root.text()
    assert not list(root.all("table", class_="gaps")) and not list(root.all("div", class_="alert"))
    assert {cells_of(row_of(root, c.code))["Tăng, giảm"] for c in plan.criteria} == {"–"}


def test_negative_and_large_rates_are_drawn_or_named():
    from reports import result

    from lsindicators.release import svg

    plan = small_plan()
    rates = [replace(plan.criterion["KQ07"], code=f"KQ{n}") for n in range(4)]
    found = [
        result(c, v, p) for c, v, p in zip(rates, ("-12.5", "50", "250", None), ("4", None, "1", "3"), strict=True)
    ]
    chart = svg.years(found, 2025, "Nhóm")
    assert [b["label"][:3] for b in chart["bars"]] == ["KQ0", "KQ1"] and chart["left_out"] == "KQ2"
    first = chart["bars"][0]["years"]
    assert first[0]["x"] < first[0]["x"] + first[0]["width"] == pytest.approx(chart["zero"])
    assert first[1]["x"] == pytest.approx(chart["zero"]) and first[0]["value"] == "-12,50"
    assert all(y["x"] >= 0 and y["text"] < svg.WIDTH - 50 for b in chart["bars"] for y in b["years"])
    assert svg.years(found[:1], 2025, "Nhóm") is None


# ------------------------------------------------------------------ the command


def run(*arguments):
    done = CliRunner().invoke(main, [str(a) for a in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    """Two of three units have answered."""
    past = (*small_plan().past, PastFigure(variable="DV01", unit=None, year=2024, value=Decimal(150)))
    folder = begun(tmp_path_factory.mktemp("cong-khai") / "ky-2025", small_plan(past=past))
    send(folder, "so-khcn")
    send(folder, "xa-hoa-tham")
    run("read", folder)
    return folder


def test_publishing_twice_writes_the_same_and_leaves_strangers_alone(campaign):
    code, printed = run("publish", campaign, "--json")
    told = json.loads(printed)
    assert code == run("merge", campaign)[0]
    assert [(f["path"], f["what"], f["written"]) for f in told["files"]] == [
        (PAGE, "page", True), (BRIEF, "summary", True), (ARCHIVE, "data", True),
    ]  # fmt: skip
    first = {name: (campaign / "cong-khai" / name).read_bytes() for name in (PAGE, BRIEF, ARCHIVE)}
    assert {f["path"]: f["sha256"] for f in told["files"]} == {
        n: hashlib.sha256(b).hexdigest() for n, b in first.items()
    }
    (campaign / "cong-khai" / "logo.png").write_bytes(b"x")
    code, printed = run("publish", campaign)
    assert {name: (campaign / "cong-khai" / name).read_bytes() for name in first} == first
    assert printed.count("không đổi") == 3 and "logo.png không do lệnh này lập" in printed
    assert "Liên hệ công khai" in printed
    elsewhere = campaign.parent / "nơi khác"
    assert run("publish", campaign, "--to", elsewhere)[0] == code
    assert {p.name: p.read_bytes() for p in elsewhere.iterdir()} == first
    (campaign / "cong-khai" / "logo.png").unlink()


def test_a_page_of_others_and_words_of_a_person_are_not_written_over(campaign, tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    (site / PAGE).write_text("<h1>Trang của Sở</h1>", encoding="utf-8")
    code, printed = run("publish", campaign, "--to", site)
    assert code == 2 and PAGE in printed and (site / PAGE).read_text(encoding="utf-8") == "<h1>Trang của Sở</h1>"
    assert [p.name for p in site.iterdir()] == [PAGE]
    (site / PAGE).unlink()
    run("publish", campaign, "--to", site)
    document = docx.Document(site / BRIEF)
    document.paragraphs[0].insert_paragraph_before("Lời của Giám đốc")
    document.save(site / BRIEF)
    edited = (site / BRIEF).read_bytes()
    code, printed = run("publish", campaign, "--to", site)
    assert (site / BRIEF).read_bytes() == edited and "được giữ nguyên" in printed
    assert (site / "tom-tat-moi.docx").is_file()


@pytest.mark.parametrize("to", ["phan-cong.xlsx", ".", "tra-ve", "so-cai/x", "niem-phong", "gì đó"])
def test_the_campaigns_own_places_are_refused(campaign, to):
    code, printed = run("publish", campaign, "--to", campaign / to)
    assert code == 2 and "--to" in printed and not (campaign / PAGE).exists()


def test_what_nobody_has_sent_or_read_is_not_sent_out(tmp_path):
    folder = begun(tmp_path / "ky-2025")
    assert "chưa đơn vị nào gửi số liệu dùng được" in run("publish", folder)[1]
    send(folder, "so-khcn")
    run("read", folder)
    assert "Đưa cả thư mục lên" in run("publish", folder)[1]
    send(folder, "xa-hoa-tham")
    printed = run("publish", folder)[1]
    assert "1 tệp chưa đọc" in printed and "Chưa nên công khai" in printed and "Đưa cả thư mục" not in printed


def test_a_decision_waits_and_the_screen_says_so(tmp_path):
    folder = begun(tmp_path / "ky-2025")
    send(folder, "so-khcn", F12="ba")
    run("read", folder)
    code, printed = run("publish", folder)
    assert code == 1 and "Chưa nên công khai: còn 1 đơn vị còn số phải sửa, làm rõ" in printed
    assert "Số liệu còn tạm tính" in (folder / "cong-khai" / PAGE).read_text(encoding="utf-8")


# ------------------------------------------------------------------ as people see it

WIDE = "Tên tiêu chí rất dài của một phụ lục mà không ai rút gọn, " * 4


@office.needs_libreoffice
def test_the_summary_keeps_to_two_pages(tmp_path):
    of = whole()[0]
    settings = replace(of.plan.settings, made_up=True, raw={"Liên hệ công khai": WIDE})
    long = replace(
        of.plan,
        settings=settings,
        criteria=tuple(replace(c, name=f"{c.code} {WIDE}", group=f"{WIDE}{c.group}") for c in of.plan.criteria),
    )
    nothing = {k: replace(t, value=None, reported=()) for k, t in of.dataset.totals.items()}
    asked = tuple(disputing(of.plan, v.code) for v in of.plan.variables)
    many = replace(long, criteria=tuple(replace(c, code=f"{c.code}{n}") for n in range(3) for c in long.criteria))
    cases = {
        "du": of,
        "khong-co": merged(
            of.plan, replace(of.dataset, totals=nothing), sendings=tuple(replace(s, sent_at=None) for s in of.sendings)
        ),
        "dai": merged(long, of.dataset, sendings=tuple(replace(s, open=2) for s in of.sendings), differences=asked),
        "nhieu": merged(replace(many, companions=()), of.dataset),
    }
    papers = {name: tmp_path / f"{name}.docx" for name in cases}
    for name, case in cases.items():
        papers[name].write_bytes(made(case)[BRIEF])
    office.soffice()
    printed = printing.to_pdf(list(papers.values()), tmp_path)
    for name, case in cases.items():
        told = subprocess.run(["pdfinfo", printed[papers[name]]], capture_output=True, text=True, check=True).stdout
        assert re.search(r"Pages: +2\n", told), (name, told)
        text = subprocess.run(
            ["pdftotext", "-layout", printed[papers[name]], "-"], capture_output=True, text=True, check=True
        ).stdout
        assert "Liên hệ" in text and "Cách đọc" in text
        assert (layout.MADE_UP in text) == case.plan.settings.made_up
        codes = [c.code for c in case.plan.criteria]
        assert sum(len(re.findall(rf"^ *{code}\b", text, re.M)) > 0 for code in codes) >= min(len(codes), 46)


MEASURE = """
(function () {
  var said = [];
  addEventListener("error", function (e) { said.push("error: " + e.message); });
  document.addEventListener("securitypolicyviolation", function (e) { said.push("policy: " + e.violatedDirective); });
  function light(text) {
    var c = text.match(/[0-9.]+/g).map(Number).slice(0, 3).map(function (v) {
      v /= 255; return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
    });
    return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
  }
  function behind(e) {
    for (; e; e = e.parentElement) {
      var c = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$|transparent/.test(c)) { return c; }
    }
    return "rgb(255, 255, 255)";
  }
  addEventListener("load", function () {
    var faint = [], wide = [], small = [];
    document.querySelectorAll("body *:not(svg *):not(script):not(.watermark)").forEach(function (e) {
      var box = e.getBoundingClientRect(), own = Array.prototype.some.call(e.childNodes, function (n) { return n.nodeType === 3 && n.data.trim(); });
      if (!own || !box.width) { return; }
      var a = light(getComputedStyle(e).color), b = light(behind(e)), ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < 4.5) { faint.push(e.tagName + "." + e.className + " " + ratio.toFixed(2)); }
      if (box.right > innerWidth + 1) { wide.push(e.tagName + "." + e.className); }
      if (parseFloat(getComputedStyle(e).fontSize) < 12) { small.push(e.tagName + "." + e.className); }
    });
    document.querySelectorAll("svg[role=img] text").forEach(function (e) {
      var box = e.getBoundingClientRect(), all = e.closest("svg").getBoundingClientRect();
      if (box.right > all.right + 1 || box.left < all.left - 1) { wide.push("text " + e.textContent); }
    });
    var find = document.getElementById("tim"), order = document.getElementById("xep"), seen = function () {
      return Array.prototype.filter.call(document.querySelectorAll(".criteria tbody"), function (b) { return b.offsetHeight; }).length;
    };
    var all = seen();
    find.value = "TY LE SANG CHE"; find.dispatchEvent(new Event("input"));
    var found = seen(), counted = document.getElementById("dem").textContent;
    find.value = ""; find.dispatchEvent(new Event("input"));
    order.value = "tang"; order.dispatchEvent(new Event("change"));
    var moved = Array.prototype.map.call(document.querySelectorAll("#nhom-4 ~ .part tbody"), function (b) { return b.dataset.change; });
    document.getElementById("mo").click();
    parent.postMessage(JSON.stringify({
      width: innerWidth, scroll: document.documentElement.scrollWidth, wide: wide, faint: faint, small: small, said: said, all: all, found: found,
      counted: counted, opened: document.querySelectorAll("details[open]").length, moved: moved.slice(0, 8),
      loaded: performance.getEntriesByType("resource").map(function (r) { return r.name.slice(0, 60); })
    }), "*");
  });
}());
"""


def measured(page, dark):
    """A copy of the page that measures itself and tells the page around it; the policy lets this one script in."""
    text = page.decode()
    digest = base64.b64encode(hashlib.sha256(MEASURE.encode()).digest()).decode()
    text = text.replace("script-src ", f"script-src 'sha256-{digest}' ", 1)
    text = text.replace("<title>", f"<script>{MEASURE}</script>\n<title>", 1)
    if dark:
        (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        forced = style.replace("@media screen and (prefers-color-scheme: dark)", "@media screen")
        assert forced != style
        old, new = (base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in (style, forced))
        text = text.replace(style, forced).replace(old, new)
    return text


def test_a_phone_and_a_desk_show_all_of_it(tmp_path):
    frames = {
        "phone": (360, 740, False),
        "narrow": (320, 640, False),
        "desk": (1280, 800, False),
        "dark": (360, 740, True),
    }
    plan = assignment.builtin(2025)
    unbroken = tuple(replace(c, name="Đ" * 300, group="v" * 200) if c.code == "TD29" else c for c in plan.criteria)
    settings = replace(plan.settings, made_up=True, compiler="M" * 90)
    of = real(replace(plan, settings=settings, criteria=unbroken), differences=(disputing(plan, "C09_A"),))
    body = made(of)[PAGE]
    for name, (_, _, dark) in frames.items():
        (tmp_path / f"{name}.html").write_text(measured(body, dark), encoding="utf-8", newline="\n")
    drawn = "".join(
        f'<iframe src="{n}.html" width="{w}" height="{h}" style="border:0"></iframe>' for n, (w, h, _) in frames.items()
    )
    listen = (
        "addEventListener('message', function (e) { document.getElementById('said').textContent += e.data + '\\n'; });"
    )
    (tmp_path / "around.html").write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><pre id="said"></pre><script>{listen}</script>{drawn}', encoding="utf-8"
    )
    printed, console = chromium(
        tmp_path / "around.html", "--virtual-time-budget=20000", "--window-size=1400,900", "--dump-dom"
    )
    told = [json.loads(line) for line in values_of(printed)]
    assert sorted(t["width"] for t in told) == [320, 360, 360, 1280]
    for t in told:
        assert t["scroll"] <= t["width"] and t["wide"] == t["faint"] == t["small"] == t["said"] == t["loaded"] == [], t
        assert (t["all"], t["found"], t["counted"]) == (46, 1, "Đang hiện 1/46 tiêu chí."), t
        assert t["opened"] == 46 + len(of.plan.companions)
        known = [Decimal(m) for m in t["moved"] if m]
        assert known == sorted(known, reverse=True) and known
    assert console == ""


def values_of(printed):
    (text,) = re.findall(r'<pre id="said">(.*?)</pre>', printed, re.DOTALL)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip().split("\n")


def test_the_page_prints_on_paper(tmp_path):
    of = whole()[0]
    of = replace(of, plan=replace(of.plan, settings=replace(of.plan.settings, made_up=True)))
    (tmp_path / PAGE).write_bytes(made(of)[PAGE])
    chromium(tmp_path / PAGE, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'trang.pdf'}")
    info = subprocess.run(["pdfinfo", tmp_path / "trang.pdf"], capture_output=True, text=True, check=True).stdout
    pages = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "trang.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout.split("\f")[:-1]
    assert "(A4)" in info and 5 <= len(pages) <= 14
    assert all("KHÔNG CÓ GIÁ TRỊ SỬ DỤNG" in page for page in pages)
    text = "\n".join(pages)
    assert all(re.search(rf"\b{c.code}\b", text) for c in of.plan.criteria)
    assert "Cách tính và ghi chú" not in text and "Tìm tiêu chí" not in text
