"""The formulas and rules of phan-cong.xlsx as written -> what cannot be used, and what is to be looked at, each with its cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from lsindicators import expressions, values
from lsindicators.assignment import sheets
from lsindicators.assignment.rows import perhaps
from lsindicators.errors import ExpressionError
from lsindicators.expressions import Clash, Expression, Operation, Reference, Scale
from lsindicators.findings import Code, Finding
from lsindicators.model import CellRef, Kind, Method, Variable


class Written(Struct, frozen=True, kw_only=True):
    """A formula or a rule, and where it stands."""

    at: CellRef
    heading: str
    code: str  # of the criterion, companion or rule; empty: its code cannot be used
    text: str
    measure: str = ""  # Đơn vị tính of a criterion

    def fault(self, what: str) -> str:
        return f"{self.at} (cột “{self.heading}”): {what}"

    def doubt(self, what: str) -> Finding:
        return Code.FORMULA_DOUBTFUL.at(self.at, found=self.text, what=what)

    @property
    def named(self) -> str:
        """The code with its place, for a sentence that names several."""
        return f"{self.code} ({self.at.sheet}!{self.at.address})"


_LIKE = 0.75
"""How near a code must be to be suggested: C09_C is for C09_A, KQ70 for KQ07."""

Told = str | Finding
"""What stops the reading, or a warning."""


def of_criteria(
    formulas: Sequence[Written], variables: Mapping[str, Variable], recorded: Callable[[str, int], bool], year: int
) -> Iterator[Told]:
    """All that is wrong with the formulas of the criteria and companions, and what is to be looked at.

    ``recorded``: whether there is a figure of a variable, or criterion, and a year on record.
    """
    by_code = {w.code: w for w in formulas if w.code}
    texts = {code: w.text for code, w in by_code.items()}
    sound = True
    for w in formulas:
        faults = list(_unusable(w, variables, by_code, texts))
        sound = sound and not faults
        yield from faults
        if not faults:
            yield from _senseless(w, expressions.parse(w.text))
            yield from _dotted(w, expressions.parse(w.text))
    if not sound:
        return  # what follows looks into the formulas that others name
    measures = _Measures(variables, by_code)
    for w in formulas:
        try:
            whole = expressions.expand(w.text, texts)
        except ExpressionError as error:
            yield w.fault(f"{error}")
            continue
        own = expressions.parse(w.text)
        yield from _doubtful(w, whole, recorded, year)
        yield from _worked_out(w, (r for r in expressions.references(own) if r.code in by_code), recorded, year)
        yield from measures.of(w, own)


def of_rule(w: Written, variables: Mapping[str, Variable], computed: Iterable[str]) -> Iterator[Told]:
    """All that is wrong with a rule: it compares numbers of one unit, of the year and of the year before."""
    try:
        rule = expressions.parse(w.text)
    except ExpressionError as error:
        yield w.fault(f"{error}")
        return
    computed = set(computed)
    named = expressions.references(rule)
    faults = []
    for code in dict.fromkeys(r.code for r in named):
        if code in computed:
            told = f"“{code}” là mã tiêu chí; ràng buộc chỉ dùng mã số liệu của trang {sheets.VARIABLES.name}"
            faults.append(w.fault(told))
        elif code not in variables:
            faults.append(w.fault(_unlisted(code, variables)))
        elif not variables[code].kind.numeric:
            what = f"là số liệu kiểu “{variables[code].kind.value}” nên không so sánh được"
            faults.append(w.fault(f"“{code}” {what}"))
    if not isinstance(rule, expressions.Comparison):
        faults.append(w.fault(f"“{w.text}” không phải phép so sánh; ghi dạng C09_A <= C09_B"))
    yield from faults
    if faults:
        return
    yield from _senseless(w, rule)
    yield from _dotted(w, rule)
    always = expressions.settled(rule)
    if always is not None:
        told = "luôn đúng, không kiểm tra được gì" if always else "không bao giờ đúng, mọi số liệu sẽ bị báo lỗi"
        why = "" if named else "không nêu mã số liệu nào nên "
        yield w.fault(f"“{w.text}” {why}{told}; sửa hoặc xóa dòng này")
    elif not any(r.lag == 0 for r in named):
        yield w.fault(f"“{w.text}” chỉ so các số năm trước với nhau; cần ít nhất một số của năm báo cáo")
    for r in named:
        if r.lag < -1:
            told = "biểu của đơn vị chỉ có số năm báo cáo và năm trước (@-1), nên ràng buộc này không kiểm tra được gì"
            yield w.fault(f"“{r}”: {told}")
    yield from _Measures(variables, {}).unlike(w, rule)


# ------------------------------------------------------------------ names


def _unusable(
    w: Written, variables: Mapping[str, Variable], by_code: Mapping[str, Written], texts: Mapping[str, str]
) -> Iterator[str]:
    """Why a formula cannot be computed at all."""
    circle = expressions.circle(w.code, texts) if w.code else ()
    if circle:
        way = " → ".join([*(by_code[code].named for code in circle[:-1]), circle[-1]])
        yield w.fault(f"công thức đi vòng: {way}; viết một công thức trong vòng này theo mã số liệu")
        return
    try:
        named = expressions.codes(w.text)
    except ExpressionError as error:
        yield w.fault(f"{error}")
        return
    for code in named:
        if code in texts:
            continue
        if code not in variables:
            yield w.fault(_unlisted(code, [*variables, *texts]))
        elif not _is_number(variables[code]):
            yield w.fault(f"“{code}” không cho ra số nên không dùng được trong biểu thức")


def _unlisted(code: str, known: Iterable[str]) -> str:
    return f"“{code}” không có ở trang {sheets.VARIABLES.name}{perhaps(code, known, _LIKE)}"


def _is_number(variable: Variable) -> bool:
    """Whether the province's total of ``variable`` is a number."""
    return variable.kind.numeric or variable.aggregation.method is Method.SHARE_YES


# ------------------------------------------------------------------ sense


def _senseless(w: Written, tree: Expression) -> Iterator[str]:
    """Parts that have no result whatever the figures are."""
    for node, divisor in expressions.impossible(tree):
        if divisor is None:
            yield w.fault(f"“{_text(node)}” không có kết quả, nên công thức không bao giờ tính được")
        else:
            yield w.fault(
                f"“{_text(node)}” chia cho số luôn bằng 0 (“{_text(divisor)}”), nên công thức không bao giờ tính được"
            )


def _doubtful(w: Written, whole: Expression, recorded: Callable[[str, int], bool], year: int) -> Iterator[Finding]:
    """No figure at all, or a figure of a year that no form asks for."""
    named = expressions.references(whole)
    if not named:
        yield w.doubt(f"công thức “{w.text}” không dùng số liệu nào, năm nào cũng ra một kết quả; xem lại công thức")
    for r in named:
        if r.lag < -1 and not recorded(r.code, year + r.lag):
            told = f"“{r}” cần số năm {year + r.lag}, biểu chỉ hỏi năm {year} và năm {year - 1}"
            yield w.doubt(f"{told}; ghi số năm {year + r.lag} của {r.code} vào trang {sheets.PAST.name}")


def _worked_out(
    w: Written, criteria: Iterable[Reference], recorded: Callable[[str, int], bool], year: int
) -> Iterator[Finding]:
    """A criterion of a former year whose figure is on record, and is not what the formula takes."""
    for r in criteria:
        at = year + r.lag
        if r.lag and recorded(r.code, at):
            told = f"“{r}” được tính lại từ số liệu năm {at}, không lấy số {r.code} năm {at} ở trang {sheets.PAST.name}"
            yield w.doubt(f"{told}; xem hai số có khớp nhau không")


def _dotted(w: Written, tree: Expression) -> Iterator[Told]:
    """Numbers in which a dot may have been meant between thousands."""
    for number, certain in expressions.dotted(tree):
        text = expressions.written(number)
        told = f"“{text}” là {values.format_number(number.value)}, dấu chấm là dấu thập phân"
        if certain:
            yield w.fault(f"{told}; số nghìn viết liền: {text.replace('.', '')}")
        else:
            yield w.doubt(f"{told}; nếu là số nghìn thì viết liền: {text.replace('.', '')}")


# ------------------------------------------------------------------ measures


class _Measures:
    """The measures of the plan, as formulas need them."""

    def __init__(self, variables: Mapping[str, Variable], criteria: Mapping[str, Written]) -> None:
        self._variables, self._criteria = variables, criteria

    def _words(self, code: str) -> str:
        if code in self._criteria:
            return self._criteria[code].measure
        return _measure(self._variables[code]) if code in self._variables else ""

    def of(self, w: Written, tree: Expression) -> Iterator[Told]:
        """What a criterion's formula mixes, and whether its result is in the criterion's measure."""
        mixed = list(self.unlike(w, tree))
        yield from mixed
        stated = expressions.scale(w.measure)
        power, certain = expressions.misstated(tree, self._scale, stated)
        if mixed or not power:
            return
        text = _text(tree)
        by = f" {'*' if power > 0 else '/'} {10 ** abs(power)}"
        mended = f"{f'({text})' if isinstance(tree, Operation) and tree.sign in '+-' else text}{by}"
        if stated is not None and not stated.bases and power == 2 and expressions.divides(tree):
            yield w.doubt(f"“{text}” là tỷ số chưa nhân 100, mà Đơn vị tính là “{w.measure}”; ghi “{mended}”")
            return
        how = f"{'nhân cả công thức với' if power > 0 else 'chia cả công thức cho'} {10 ** abs(power)}"
        told = f"kết quả của “{text}” ({self._told(tree)}) phải {how} mới ra {w.measure}"
        if certain:
            yield w.fault(f"{told}; ghi “{mended}”, hoặc sửa Đơn vị tính")
        else:
            yield w.doubt(f"có thể {told}; xem lại công thức và Đơn vị tính")

    def unlike(self, w: Written, tree: Expression) -> Iterator[Told]:
        """Figures that are added or compared in measures of the same thing that differ by a power of ten."""
        for clash in expressions.unlike(tree, self._scale):
            told = self._mixed(clash)
            yield w.fault(told) if clash.certain else w.doubt(f"có thể {told}")

    def _scale(self, code: str) -> Scale | None:
        return expressions.scale(self._words(code))

    def _mixed(self, clash: Clash) -> str:
        small = clash.right if clash.power > 0 else clash.left
        text, by = _text(small), 10 ** abs(clash.power)
        mended = f"{f'({text})' if isinstance(small, Operation) and small.sign in '+-' else text} / {by}"
        verb = _VERBS.get(clash.sign, "so sánh")
        return (
            f"không {verb} được {self._side(clash.left)} với {self._side(clash.right)}; "
            f"ghi “{mended}”, hoặc sửa Đơn vị tính cho cùng một cỡ"
        )

    def _side(self, node: Expression) -> str:
        if isinstance(node, Reference):
            return f"{node} ({self._words(node.code)})"
        return f"“{_text(node)}” ({self._told(node)})"

    def _told(self, node: Expression) -> str:
        """The measures of what a part names: ``C02_A, C02_B tính bằng triệu đồng``."""
        by_words: dict[str, list[str]] = {}
        for code in dict.fromkeys(r.code for r in expressions.references(node)):
            if self._words(code):
                by_words.setdefault(self._words(code), []).append(code)
        listed = ((", ".join(codes[:3]) + ("…" if len(codes) > 3 else ""), words) for words, codes in by_words.items())
        return "; ".join(f"{codes} tính bằng {words}" for codes, words in listed)


_VERBS = {"+": "cộng", "sum": "cộng", "-": "trừ", "if": "chọn giữa"}


def _measure(v: Variable) -> str:
    """What the province's total of a variable is measured in."""
    if v.aggregation.method is Method.SHARE_YES or (v.kind is Kind.PERCENT and not v.measure):
        return "%"
    return v.measure


def _text(node: Expression, limit: int = 80) -> str:
    """A part of a formula as it may be quoted."""
    text = expressions.written(node)
    return text if len(text) <= limit else f"{text[:limit]}…"
