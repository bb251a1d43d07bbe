"""The bytes of phan-cong.xlsx -> Plan. What cannot be used is told together, each with its cell; doubts are findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from lsindicators import names, values, workbook
from lsindicators.assignment import formulas, review, shares, sheets
from lsindicators.assignment.rows import CODE, UNIT_CODE, VARIABLE_CODE, Reader, Row, parts, perhaps
from lsindicators.errors import UnusableInputError
from lsindicators.findings import Code, Finding, Severity, unclear_name
from lsindicators.model import (
    CHANGE_LIMIT,
    COMMITTEE,
    LEAD,
    NO,
    SIDES,
    WHOLE_COVERAGE,
    YES,
    Aggregation,
    Assignment,
    CellRef,
    CheckRule,
    Criterion,
    FormerName,
    Kind,
    Level,
    Method,
    PastFigure,
    Plan,
    Question,
    Settings,
    Share,
    Signature,
    Standing,
    Unit,
    UnitGroup,
    Value,
    Variable,
)

_TOLD = 20
"""So many errors are told at once."""

_BY_NUMBERS = (Method.SUM, Method.MEAN, Method.MAX, Method.MIN, Method.WEIGHTED)

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""How an encrypted .xlsx begins, and an old .xls."""


def read(content: bytes, file: str, catalogue: review.Catalogue = review.unknown) -> tuple[Plan, tuple[Finding, ...]]:
    """The plan in ``content`` with the clerk's answers in it, and what is still open; ``file`` names it in messages.

    ``catalogue`` gives the plan that knows a criterion which an answer names. Raises ``UnusableInputError`` that tells
    everything that must be mended first.
    """
    try:
        book = workbook.read(content, file, own=True)
    except workbook.WorkbookError as error:
        sealed = content.startswith(_OLE)
        what = "tệp có mật khẩu, hoặc ở dạng .xls cũ" if sealed else f"{error}" if content else "tệp rỗng"
        mend = "mở trong Excel, bỏ mật khẩu rồi lưu lại thành .xlsx" if sealed else "lấy lại bản đã lưu trước đó"
        raise UnusableInputError(f"{file}: không mở được bản phân công ({what}); {mend}") from error
    reader = _Reader(book, file)
    plan, findings = reader.plan()
    if not reader.errors:
        plan, still_open, errors = review.settle(plan, reader.asked, catalogue)
        findings = (*still_open, *findings)
        reader.errors += errors
    if reader.errors:
        told = list(dict.fromkeys(reader.errors))
        more = [f"… và {len(told) - _TOLD} chỗ khác"] if len(told) > _TOLD else []
        raise UnusableInputError("\n".join(told[:_TOLD] + more))
    return plan, findings


class _Reader(Reader):
    """Reads table after table."""

    def __init__(self, book: workbook.Workbook, file: str) -> None:
        super().__init__(book, file)
        self._formulas: list[formulas.Written] = []
        self._doubts: list[Finding] = []
        self.asked: list[review.Asked] = []

    def plan(self) -> tuple[Plan, tuple[Finding, ...]]:
        settings = self._settings()
        latest = 2100 if self.errors else settings.year - 1
        year = None if self.errors else settings.year
        known = self._units(year, settings.province)
        units = {code: u for code, u in known.items() if year is None or u.exists(year)}
        inactive = tuple(u for u in known.values() if u.code not in units)
        groups = self._groups(known)
        criteria = self._criteria()
        companions = self._companions(criteria)
        variables = self._variables(criteria, companions)
        rules = self._rules(variables, (*criteria, *(c.code for c in companions)))
        past = self._past(variables, (*criteria.values(), *companions), known, latest)
        if sheets.VARIABLES.name not in self._lacking:
            recorded = {(p.variable, p.year) for p in past}
            self._tell(formulas.of_criteria(self._formulas, variables, lambda *at: at in recorded, settings.year))
        former = self._former(known)
        register = names.Register(tuple(units.values()), groups, former, inactive)
        self.asked += self._questions()
        assignments, findings = self._assignments(variables, register)
        plan = Plan(
            settings=settings,
            units=tuple(units.values()),
            groups=groups,
            criteria=tuple(criteria.values()),
            companions=companions,
            variables=tuple(variables.values()),
            assignments=assignments,
            rules=rules,
            past=past,
            former=former,
            questions=tuple(a.question for a in self.asked),
            inactive=inactive,
        )
        return plan, (*self._doubts, *findings)

    def _tell(self, told: Iterable[formulas.Told]) -> None:
        for one in told:
            if isinstance(one, Finding):
                self._doubts.append(one)
            else:
                self.errors.append(one)

    # -------------------------------------------------------------- the sheets

    def _settings(self) -> Settings:
        rows: dict[str, Row] = {}
        raw: dict[str, str] = {}
        by_key = {names.key(k): k for k in sheets.KEYS}
        for row in self._rows(sheets.SETTINGS):
            typed = values.clean(self._text(row, "Khóa"))
            if not typed:
                continue
            name = by_key.get(names.key(typed), typed)
            if name in rows:
                self._fail(row, "Khóa", f"mục “{name}” có hai dòng; chỉ giữ một")
                continue
            rows[name] = row
            day = self._date_cell(row, "Giá trị")
            raw[name] = values.format_date(day) if day else self._text(row, "Giá trị")
        year = 2000
        if sheets.YEAR in rows:
            year = self._whole(rows[sheets.YEAR], "Giá trị", 2000, 2100)
        elif sheets.SETTINGS.name not in self._lacking:
            self.errors.append(f"{CellRef(self._file, sheets.SETTINGS.name)}: thiếu mục “{sheets.YEAR}”")
        made_up = self._yes(rows[sheets.MADE_UP], "Giá trị") if sheets.MADE_UP in rows else False
        change = self._limit(rows[sheets.CHANGE], "Giá trị") if sheets.CHANGE in rows else None
        coverage = self._limit(rows[sheets.COVERAGE], "Giá trị", WHOLE_COVERAGE) if sheets.COVERAGE in rows else None

        def text(key: str, default: str = "") -> str:
            return values.clean(raw.get(key, "")) or default

        province = text(sheets.PROVINCE)

        def listed(key: str) -> tuple[str, ...]:
            return tuple(
                line for r in re.split(r"[;\n]", raw.get(key, "")) if (line := values.clean(r).removeprefix("- "))
            )

        return Settings(
            province=province,
            year=year,
            unit_deadline=self._day(rows, raw, sheets.UNIT_DEADLINE, date(year + 1, 4, 1)),
            report_deadline=self._day(rows, raw, sheets.REPORT_DEADLINE, date(year + 1, 4, 10)),
            issuer=text(sheets.ISSUER),
            compiler=text(sheets.COMPILER, "Sở Khoa học và Công nghệ"),
            place=text(sheets.PLACE, province),
            authority=text(sheets.AUTHORITY),
            position=text(sheets.POSITION),
            signer=text(sheets.SIGNER),
            recipients=listed(sheets.RECIPIENTS),
            contact=text(sheets.CONTACT),
            plan_document=text(sheets.PLAN_DOCUMENT),
            drafter=text(sheets.DRAFTER),
            committee=Signature(
                authority="\n".join(listed(sheets.COMMITTEE_AUTHORITY))
                or ("" if text(sheets.COMMITTEE_POSITION) else COMMITTEE.authority),
                position=text(sheets.COMMITTEE_POSITION, COMMITTEE.position),
                signer=text(sheets.COMMITTEE_SIGNER),
                recipients=listed(sheets.COMMITTEE_RECIPIENTS),
            ),
            reminded=tuple(filter(None, map(text, sheets.REMINDED))),
            change=CHANGE_LIMIT if change is None else change,
            coverage=WHOLE_COVERAGE if coverage is None else coverage,
            made_up=made_up,
            raw=raw,
        )

    def _units(self, year: int | None, own: str) -> dict[str, Unit]:
        """All units listed, those of other years than ``year`` too; ``None``: the year could not be read.

        A unit of another province than the campaign's ``own`` is printed with its province.
        """
        units: dict[str, Unit] = {}
        rows: dict[str, Row] = {}
        types: dict[str, str] = {}
        for row in self._rows(sheets.UNITS):
            code = self._new_code(row, "Mã đơn vị", UNIT_CODE, "so-khcn", units)
            name = values.clean(self._needed(row, "Tên đơn vị"))
            kind = values.clean(self._text(row, "Loại"))
            first, last = (self._year(row, h) for h in (shares.FIRST, shares.LAST))
            short, aliases = (
                values.clean(self._text(row, "Tên viết tắt")) or name,
                parts(self._text(row, "Tên gọi khác"), "|"),
            )
            province = values.clean(self._text(row, "Tỉnh"))
            if province and names.key(province) != names.key(own):
                name, short, aliases = names.printed(name, short, aliases, kind, province)
            if code:
                rows[code] = row
                units[code] = Unit(
                    code=code,
                    name=name,
                    short=short,
                    type=types.setdefault(names.key(kind), kind),
                    aliases=aliases,
                    email=values.clean(self._text(row, "Thư điện tử")),
                    first=first,
                    last=last,
                    province=province,
                )
        before = len(self.errors)
        units = {code: replace(u, took_over=self._took_over(rows[code], units)) for code, u in units.items()}
        if len(self.errors) == before:
            for code, heading, what in shares.faults(units, year or 0):
                self._fail(rows[code], heading, what)
        if year is not None and units and not any(u.exists(year) for u in units.values()):
            place = CellRef(self._file, sheets.UNITS.name)
            self.errors.append(f"{place}: không đơn vị nào hoạt động trong năm {year}; xem lại cột Từ năm, Đến năm")
        if len(self.errors) > before:  # what does not hold is told; nothing more is concluded from it
            units = {code: replace(u, took_over=()) for code, u in units.items()}
        return units

    def _year(self, row: Row, heading: str) -> int | None:
        cell = row.cells.get(heading)
        if cell is None or (cell.value is None and not cell.error and not cell.formula):
            return None
        before = len(self.errors)
        year = self._whole(row, heading, 1990, 2100)
        return year if len(self.errors) == before else None

    def _took_over(self, row: Row, units: Mapping[str, Unit]) -> tuple[Share, ...]:
        """The former units of a row, each once; what cannot be read is told."""
        heading = shares.TOOK_OVER
        found: dict[str, Share] = {}
        for who, typed in shares.parts(self._text(row, heading)):
            code = who.lower()
            if code not in units:
                self._unlisted(row, heading, f"{who} {typed}".strip(), code, units)
            elif code in found:
                self._fail(row, heading, f"mã “{code}” ghi hai lần; chỉ giữ một, kèm tỷ lệ của cả phần nhận")
            else:
                try:
                    found[code] = Share(unit=code, percent=shares.percent(typed))
                except ValueError as error:
                    self._fail(row, heading, f"“{typed}” của “{code}” {error}")
        return tuple(found.values())

    def _unlisted(self, row: Row, heading: str, typed: str, code: str, units: Mapping[str, Unit]) -> None:
        """A former unit that has no row: written by its name, misspelt, or deleted."""
        meant = _by_name(units).get(names.key(typed)) or _by_name(units).get(names.key(code))
        if meant is not None:
            self._fail(row, heading, f"“{typed}” là tên đơn vị; ghi mã “{meant}”")
        else:
            told = perhaps(code, units) or "; giữ cả dòng của đơn vị cũ ở trang này và ghi Đến năm cho đơn vị đó"
            self._fail(row, heading, f"mã “{code}” không có ở trang {sheets.UNITS.name}{told}")

    def _groups(self, units: Mapping[str, Unit]) -> tuple[UnitGroup, ...]:
        groups = []
        known = {names.key(word): word for u in units.values() for word in (u.code, u.type) if word}
        for row in self._rows(sheets.GROUPS):
            phrases = parts(self._needed(row, "Cụm từ"), "|")
            members = []
            for member in parts(self._text(row, "Gồm"), ";"):
                members.append(known.get(names.key(member), member))
                if members[-1] in known.values() or sheets.UNITS.name in self._lacking:
                    continue
                meant = perhaps(member, known.values())
                if meant or not UNIT_CODE.fullmatch(member):  # else a type of which this province has no unit
                    self._fail(row, "Gồm", f"“{member}” không phải là Loại hay Mã đơn vị nào ở trang Đơn vị{meant}")
            if phrases:
                note = self._text(row, "Ghi chú")
                groups.append(UnitGroup(phrase=phrases[0], aliases=phrases[1:], members=tuple(members), note=note))
        return tuple(groups)

    def _criteria(self) -> dict[str, Criterion]:
        criteria: dict[str, Criterion] = {}
        for row in self._rows(sheets.CRITERIA):
            code = self._new_code(row, "Mã tiêu chí", CODE, "KQ07", criteria)
            criterion = Criterion(
                code=code,
                group=" / ".join(parts(self._text(row, "Nhóm"), " / ")),
                name=values.clean(self._needed(row, "Tên tiêu chí")),
                measure=values.clean(self._text(row, "Đơn vị tính")),
                formula=self._formula(row, code),
                decimals=self._whole(row, "Số lẻ", 0, 6),
                standing=self._word(row, "Tính chất", Standing, Standing.PROPOSED) or Standing.PROPOSED,
                basis=self._text(row, "Căn cứ"),
            )
            if code:
                criteria[code] = criterion
        return criteria

    def _companions(self, criteria: Mapping[str, Criterion]) -> tuple[Criterion, ...]:
        companions: dict[str, Criterion] = {}
        for row in self._rows(sheets.COMPANIONS):
            code = self._new_code(row, "Mã", CODE, "DV02_TL", {**criteria, **companions})
            parent = values.clean(self._needed(row, "Mã tiêu chí")).upper()
            if parent not in criteria:  # it explains a criterion that this campaign does not have
                continue
            name, formula = values.clean(self._needed(row, "Tên")), self._formula(row, code)
            decimals = self._whole(row, "Số lẻ", 0, 6)
            if code:
                companions[code] = Criterion(
                    code=code,
                    group=criteria[parent].group,
                    name=name,
                    measure=values.clean(self._text(row, "Đơn vị tính")),
                    formula=formula,
                    decimals=decimals,
                    standing=criteria[parent].standing,
                    parent=parent,
                )
        return tuple(companions.values())

    def _formula(self, row: Row, code: str) -> str:
        text = self._expression(row, "Công thức")
        if text:
            measure = values.clean(self._text(row, "Đơn vị tính"))
            at = self._place(row, "Công thức")
            self._formulas.append(formulas.Written(at=at, heading="Công thức", code=code, text=text, measure=measure))
        return text

    def _variables(self, criteria: Mapping[str, Criterion], companions: Sequence[Criterion]) -> dict[str, Variable]:
        variables: dict[str, Variable] = {}
        computed = {*criteria, *(c.code for c in companions)}
        weights: list[tuple[Row, str]] = []
        for row in self._rows(sheets.VARIABLES):
            code = self._new_code(row, "Mã số liệu", VARIABLE_CODE, "C09_A", variables)
            if code in computed:
                self._fail(row, "Mã số liệu", f"mã “{code}” đã dùng cho một tiêu chí; đặt mã khác cho số liệu")
            kind = self._word(row, "Kiểu", Kind) or Kind.DECIMAL
            low, high = self._number(row, "Nhỏ nhất", kind), self._number(row, "Lớn nhất", kind)
            if low is not None and high is not None and low > high:
                told = f"mức nhỏ nhất {values.format_number(low)} lớn hơn mức lớn nhất {values.format_number(high)}"
                self._fail(row, "Nhỏ nhất", told)
            aggregation = self._aggregation(row, kind)
            if aggregation.weight is not None:
                weights.append((row, aggregation.weight))
            variable = Variable(
                code=code,
                criterion=self._known(row, "Mã tiêu chí", criteria, sheets.CRITERIA),
                name=values.clean(self._needed(row, "Tên số liệu")),
                measure=values.clean(self._text(row, "Đơn vị tính")),
                kind=kind,
                low=low,
                high=high,
                required=self._yes(row, "Bắt buộc"),
                aggregation=aggregation,
                explanation=self._text(row, "Giải thích"),
                source=self._text(row, "Nguồn"),
                standing=self._word(row, "Tính chất", Standing, Standing.PROPOSED) or Standing.PROPOSED,
                change=self._limit(row, "Biến động (%)"),
            )
            if code:
                variables[code] = variable
        for row, weight in weights:
            own = values.clean(self._text(row, "Mã số liệu")).upper()
            if weight == own:
                self._fail(row, "Cách tổng hợp", f"số liệu “{own}” không thể là quyền số của chính nó")
            elif weight not in variables:
                self._fail(
                    row, "Cách tổng hợp", f"quyền số “{weight}” không có ở trang này{perhaps(weight, variables)}"
                )
            elif not variables[weight].kind.numeric:
                self._fail(row, "Cách tổng hợp", f"quyền số “{weight}” không phải là một số liệu dạng số")
        self._weights_in_circles(weights, variables)
        return variables

    def _weights_in_circles(self, weights: Iterable[tuple[Row, str]], variables: Mapping[str, Variable]) -> None:
        """A weight is a plain number; two figures that weigh each other are none."""
        rows = {values.clean(self._text(row, "Mã số liệu")).upper(): row for row, _ in weights}
        for code, row in rows.items():
            way = [code]
            while (at := variables.get(way[-1])) and at.aggregation.weight and at.aggregation.weight not in way[1:]:
                way.append(at.aggregation.weight)
                if way[-1] == code:
                    break
            if len(way) > 2 and way[-1] == code:
                told = " → ".join([*(f"{c} ({self._place(rows[c], 'Cách tổng hợp').address})" for c in way[:-1]), code])
                self._fail(
                    row, "Cách tổng hợp", f"quyền số đi vòng: {told}; quyền số phải là số cộng được, như số người"
                )

    def _aggregation(self, row: Row, kind: Kind) -> Aggregation:
        text = values.clean(self._needed(row, "Cách tổng hợp"))
        weighted = names.key(Method.WEIGHTED.value)
        *head, last = text.split(" ") if text else [""]
        if names.key(" ".join(head)) == weighted:
            aggregation = Aggregation(Method.WEIGHTED, last.upper())
        else:
            known = {names.key(m.value): m for m in Method if m is not Method.WEIGHTED}
            method = known.get(names.key(text))
            if not text:
                return Aggregation(Method.SUM)
            if method is None:
                allowed = "; ".join(f"{m.value} Cxx_y" if m is Method.WEIGHTED else m.value for m in Method)
                self._fail(row, "Cách tổng hợp", f"“{text}” không dùng được; dùng một trong: {allowed}")
                return Aggregation(Method.SUM)
            aggregation = Aggregation(method)
        wrong = {
            Kind.TEXT: aggregation.method in (*_BY_NUMBERS, Method.SHARE_YES),
            Kind.YES_NO: aggregation.method in _BY_NUMBERS,
        }.get(kind, aggregation.method in (Method.SHARE_YES, Method.JOIN))
        if wrong:
            self._fail(row, "Cách tổng hợp", f"“{text}” không dùng được cho kiểu “{kind.value}”")
        return aggregation

    def _assignments(
        self, variables: Mapping[str, Variable], register: names.Register
    ) -> tuple[tuple[Assignment, ...], tuple[Finding, ...]]:
        found: dict[str, Assignment] = {}
        answers = review.UnitAnswers(self.asked, register)
        findings = list(answers.findings)
        for row in self._rows(sheets.ASSIGNMENTS):
            code = self._known(row, "Mã số liệu", variables, sheets.VARIABLES)
            if code in found:
                self._fail(row, "Mã số liệu", f"mã “{code}” đã có ở dòng trên; ghi tất cả đơn vị vào một dòng")
            sides: list[tuple[str, tuple[str, ...]]] = []
            variable = variables.get(code)
            for heading in SIDES:
                written, resolution = answers.read(variable, heading, self._text(row, heading))
                sides.append((written, resolution.units))
                for p in resolution.problems:
                    asked = answers.asked(variable, heading, p)
                    findings.append(asked.finding() if asked else self._doubt(row, heading, code, p, register))
            (lead_written, lead), (supporting_written, supporting) = sides
            if code and len(lead) > 1 and variables[code].aggregation.method is Method.LEAD:
                findings.append(self._two_leads(row, code, lead, register))
            if code:
                found[code] = Assignment(
                    variable=code,
                    lead=lead,
                    supporting=tuple(u for u in supporting if u not in lead),
                    lead_written=lead_written,
                    supporting_written=supporting_written,
                    note=self._text(row, "Ghi chú"),
                )
        nobody = (Assignment(variable=code, lead=(), supporting=()) for code in variables if code not in found)
        found |= {a.variable: a for a in nobody}
        return tuple(found[code] for code in variables), tuple(dict.fromkeys(findings))

    def _two_leads(self, row: Row, variable: str, lead: Sequence[str], register: names.Register) -> Finding:
        told = (
            f"{variable} lấy số của cơ quan chủ trì làm số của tỉnh nhưng có {len(lead)} cơ quan chủ trì "
            f"({', '.join(register.name(unit) for unit in lead)}): các cơ quan báo khác nhau thì tỉnh chưa có số cho đến khi "
            "quyết định; nếu chỉ một cơ quan chủ trì thì để lại cơ quan đó, chuyển các cơ quan khác sang cột Phối hợp, "
            "hoặc đổi Cách tổng hợp ở trang Số liệu"
        )
        return Finding(
            code=Code.CONFLICT,
            at=self._place(row, LEAD),
            message=told,
            severity=Severity.WARNING,
            variable=variable,
            value=self._text(row, LEAD),
        )

    def _doubt(
        self, row: Row, heading: str, variable: str, problem: names.Problem, register: names.Register
    ) -> Finding:
        meant = ", ".join(f"{register.name(unit)} ({unit})" for unit in problem.candidates)
        code, severity, message = unclear_name(problem.trouble.value, problem.text, meant, problem.why, problem.gone)
        return Finding(
            code=code,
            at=self._place(row, heading),
            message=message,
            severity=severity,
            variable=variable or None,
            value=problem.text,
        )

    def _questions(self) -> Iterator[review.Asked]:
        """What the appendix left open, and the answers."""
        for row in self._rows(sheets.REVIEW):
            code, severity = (
                self._labelled(row, heading, labels)
                for heading, labels in (("Vấn đề", sheets.PROBLEM_LABELS), ("Mức", sheets.LEVEL_LABELS))
            )
            side = self._text(row, "Cột")
            question = Question(
                code=code,
                severity=severity,
                row=self._whole(row, "Dòng", 0, 100_000),
                value=self._text(row, "Nguyên văn"),
                message=self._text(row, "Điều cần xem"),
                place=self._text(row, "Nơi"),
                about=values.clean(self._text(row, "Mã")).upper(),
                side=next((s for s in SIDES if names.key(s) == names.key(side)), ""),
                candidates=tuple(part.partition(" ")[0] for part in parts(self._text(row, "Gợi ý"), "\n")),
                answer=values.clean(self._text(row, "Trả lời")),
            )
            if code and severity:
                yield review.Asked(question, self._place(row, "Trả lời"))

    def _labelled(self, row: Row, heading: str, labels: Mapping[str, str]) -> str:
        text = self._needed(row, heading)
        known = {names.key(label): word for word, label in labels.items()}
        if text and names.key(text) not in known:
            self._fail(row, heading, f"“{text}” không dùng được; dùng một trong: {'; '.join(labels.values())}")
        return known.get(names.key(text), "")

    def _rules(self, variables: Mapping[str, Variable], computed: Sequence[str]) -> tuple[CheckRule, ...]:
        rules: dict[str, CheckRule] = {}
        for row in self._rows(sheets.RULES):
            code = self._new_code(row, "Mã", CODE, "R07", rules)
            text = self._expression(row, "Biểu thức")
            if text and sheets.VARIABLES.name not in self._lacking:
                written = formulas.Written(at=self._place(row, "Biểu thức"), heading="Biểu thức", code=code, text=text)
                self._tell(formulas.of_rule(written, variables, computed))
            level = self._word(row, "Mức", Level) or Level.ERROR
            message = self._text(row, "Thông báo") or "Các số liệu này không khớp nhau"
            if code:
                rules[code] = CheckRule(code=code, expression=text, level=level, message=message)
        return tuple(rules.values())

    def _past(
        self, variables: Mapping[str, Variable], criteria: Sequence[Criterion], units: Mapping[str, Unit], before: int
    ) -> tuple[PastFigure, ...]:
        """The figures on record, all of years up to ``before``."""
        past: dict[tuple[str, str | None, int], PastFigure] = {}
        computed = {c.code for c in criteria}
        strangers: dict[str, list[Row]] = {}
        too_late: dict[str, list[Row]] = {}
        for row in self._rows(sheets.PAST):
            unit = self._past_unit(row, units)
            if unit is not None and unit not in units:
                strangers.setdefault(unit, []).append(row)
            code = values.clean(self._needed(row, "Mã số liệu")).upper()
            if code in computed and unit is not None:
                what = "là mã tiêu chí, chỉ dùng cho số toàn tỉnh (để trống Mã đơn vị)"
                self._fail(row, "Mã số liệu", f"mã “{code}” {what}")
                continue
            if code and code not in variables and code not in computed:
                self._unknown(row, "Mã số liệu", code, variables, sheets.VARIABLES)
                continue
            year = self._whole(row, "Năm", 1990, before)
            last = units[unit].last if unit is not None and unit in units else None
            if unit is not None and last is not None and year > last:
                too_late.setdefault(unit, []).append(row)
            value = self._past_value(row, _past_kind(variables.get(code), unit))
            if (code, unit, year) in past:
                self._fail(row, "Mã số liệu", "số liệu, đơn vị và năm này đã có ở dòng trên")
            if code and value is not None:
                at = self._place(row, "Giá trị")
                past[code, unit, year] = PastFigure(variable=code, unit=unit, year=year, value=value, at=at)
        for unit, rows in strangers.items():
            self._unlisted_past(rows, unit, units)
        for unit, rows in too_late.items():
            what = f"có số của “{unit}” sau năm {units[unit].last} là Đến năm của đơn vị này ở trang Đơn vị"
            self._fail(rows[0], "Năm", f"{what}{_and_more(rows)}; sửa lại Đến năm hoặc Năm")
        return tuple(past.values())

    def _past_unit(self, row: Row, units: Mapping[str, Unit]) -> str | None:
        """The unit of a figure on record; ``None`` for the province as a whole."""
        return values.clean(self._text(row, "Mã đơn vị")).lower() or None

    def _unlisted_past(self, rows: Sequence[Row], code: str, units: Mapping[str, Unit]) -> None:
        """The rows of a unit that is not on ``Đơn vị``: told once, as they are many when a unit was deleted there."""
        typed = values.clean(self._text(rows[0], "Mã đơn vị"))
        meant = _by_name(units).get(names.key(typed))
        if meant is not None:
            self._fail(rows[0], "Mã đơn vị", f"“{typed}” là tên đơn vị{_and_more(rows)}; ghi mã “{meant}”")
        elif sheets.UNITS.name not in self._lacking:
            told = f"mã “{typed}” không có ở trang {sheets.UNITS.name}{_and_more(rows)}{perhaps(code, units)}"
            mend = "đơn vị không còn thì vẫn giữ dòng của đơn vị ở trang đó và ghi Đến năm, không xóa"
            self._fail(rows[0], "Mã đơn vị", f"{told}; {mend}")

    def _past_value(self, row: Row, kind: Kind) -> Value | None:
        if kind.numeric:
            before = len(self.errors)
            number = self._number(row, "Giá trị", kind)
            if number is None and len(self.errors) == before:
                self._fail(row, "Giá trị", "còn để trống")
            return number
        text = self._needed(row, "Giá trị")
        if kind is Kind.YES_NO and text:
            word = {names.key(w): w for w in (YES, NO)}.get(names.key(text))
            if word is None:
                self._fail(row, "Giá trị", f"“{text}” không dùng được; dùng một trong: {YES}; {NO}")
            return word
        return text or None

    def _former(self, units: Mapping[str, Unit]) -> tuple[FormerName, ...]:
        former = []
        for row in self._rows(sheets.FORMER):
            known = parts(self._needed(row, "Tên cũ"), "|")
            unit = values.clean(self._needed(row, "Mã đơn vị mới")).lower()
            extent = self._text(row, "Phạm vi")
            part = names.key(extent) == names.key(sheets.PART_UNIT)
            if extent and not part and names.key(extent) != names.key(sheets.WHOLE_UNIT):
                allowed = f"{sheets.WHOLE_UNIT}; {sheets.PART_UNIT}"
                self._fail(row, "Phạm vi", f"“{extent}” không dùng được; dùng một trong: {allowed}")
            if known and unit in units:  # else the name of a unit that this campaign does not have
                former.append(
                    FormerName(
                        name=known[0],
                        aliases=known[1:],
                        unit=unit,
                        district=values.clean(self._text(row, "Huyện, thành phố cũ")),
                        whole=not part,
                        note=self._text(row, "Ghi chú"),
                    )
                )
        return tuple(former)


def _by_name(units: Mapping[str, Unit]) -> dict[str, str]:
    """Key of each name of a unit -> its code; of equal names, the unit that has not ended."""
    ended_first = sorted(units.values(), key=lambda u: u.last is None)
    return {names.key(name): u.code for u in ended_first for name in (*u.aliases, u.short, u.name)}


def _and_more(rows: Sequence[Row]) -> str:
    return f" (và {len(rows) - 1} dòng khác)" if len(rows) > 1 else ""


def _past_kind(variable: Variable | None, unit: str | None) -> Kind:
    """What stands as the figure on record: a unit's of the variable's kind; the province's share of yes is a percentage."""
    if variable is None:
        return Kind.DECIMAL  # a criterion
    return Kind.PERCENT if unit is None and variable.aggregation.method is Method.SHARE_YES else variable.kind
