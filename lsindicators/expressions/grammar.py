"""Text -> tree, by one grammar for the criteria's formulas, the rules and the live checks of the forms."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from lsindicators import lazily
from lsindicators.errors import ExpressionError
from lsindicators.expressions.tree import (
    FUNCTIONS,
    Call,
    Comparison,
    Expression,
    Negation,
    Number,
    Operation,
    Reference,
    compares,
    walk,
)
from lsindicators.values import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lark import Lark, Token

_GRAMMAR = r"""
?start: expression
?expression: sum
    | sum COMPARE sum -> comparison
?sum: term
    | sum ADD term -> operation
?term: signed
    | term MULTIPLY signed -> operation
?signed: power
    | ADD signed -> sign
?power: atom
    | atom POWER exponent -> operation
?exponent: atom
    | ADD exponent -> sign
?atom: NUMBER -> number
    | NAME -> reference
    | NAME LAG -> reference
    | NAME OPEN arguments CLOSE -> call
    | OPEN expression CLOSE -> bracket
arguments: expression (COMMA expression)*
    | expression (SEMICOLON expression)+

COMPARE: /<=|>=|=<|=>|<>|!=|==|[=<>≤≥≠]/
ADD: /[+\-−–—‐‑‒]/
MULTIPLY: /[*\/×÷∗⋅·∕⁄]/
POWER: "^"
NUMBER: /[0-9]+(\.[0-9]+)?/
NAME: /[^\W\d]\w*/
LAG: /@ *[-−–—‐‑‒]? *[0-9]+/
OPEN: "("
CLOSE: ")"
COMMA: ","
SEMICOLON: ";"
%ignore " "
"""

_PLAIN = {"≤": "<=", "=<": "<=", "≥": ">=", "=>": ">=", "≠": "<>", "!=": "<>", "==": "="}
_PLAIN |= dict.fromkeys("−–—‐‑‒", "-") | dict.fromkeys("×∗⋅·", "*") | dict.fromkeys("÷∕⁄", "/")
_HINTS = {
    "%": "; muốn ra % thì nhân với 100",
    ":": "; phép chia viết là “/”, nhiều mã thì ghi từng mã chứ không ghi khoảng như C01_A:C01_D",
    "x": "; phép nhân viết là “*”",
} | dict.fromkeys(("và", "and", "hoặc", "or"), "; mỗi dòng chỉ một phép so sánh, tách thành hai dòng")
_FOREIGN = ("CYRILLIC", "GREEK", "FULLWIDTH")
_CODE = lazily.pattern(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_MOST_CHARACTERS, _MOST_DIGITS, MOST_DEPTH, MOST_YEARS = 1000, 28, 150, 9


class _Part(NamedTuple):
    """A node, and where in the text it begins."""

    node: Expression
    start: int


_KNOWN: dict[str, Expression] = {}


def know(trees: Mapping[str, Expression]) -> None:
    """Take over what ``parse`` has made of texts before: loading lark and building its parser take longer than the rest."""
    _KNOWN.update(trees)


def parse(text: str) -> Expression:
    """The tree of ``text``. Raises ``ExpressionError``, whose text quotes it and points at the place.

    Codes and functions may be in any letter case; arguments are separated by ``,`` or by ``;``; the decimal point is a dot.
    """
    return _KNOWN.get(text) or _parsed(text)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Expression:
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    written = clean(text)
    if not written:
        raise ExpressionError("biểu thức để trống")
    if len(written) > _MOST_CHARACTERS:
        raise ExpressionError(f"biểu thức “{written[:40]}…” dài quá {_MOST_CHARACTERS} ký tự")
    try:
        part: _Part = _parser().parse(written)  # type: ignore[assignment]  # the callbacks make parts, not trees
        if max(depth for _, depth in walk(part.node)) > MOST_DEPTH:
            _refuse(0, f"lồng nhau quá {MOST_DEPTH} bậc; tách thành nhiều biểu thức")
    except _Refused as refused:
        raise ExpressionError(_told(written, refused.start, refused.why)) from None
    except UnexpectedCharacters as error:
        start = error.pos_in_stream or 0
        raise ExpressionError(
            _told(written, start, f"không dùng được ký tự “{written[start]}”{_HINTS.get(written[start], '')}")
        ) from None
    except UnexpectedToken as error:
        start = len(written) if error.token.type == "$END" else error.token.start_pos or 0
        raise ExpressionError(_told(written, start, _why(written, error.token))) from None
    return part.node


class _Refused(Exception):  # noqa: N818  turned into ExpressionError once the whole text is at hand
    def __init__(self, start: int, why: str) -> None:
        super().__init__(why)
        self.start, self.why = start, why


def _refuse(start: int, why: str) -> NoReturn:
    raise _Refused(start, why)


def _told(written: str, start: int, why: str) -> str:
    rest = written[start : start + 12]
    place = f"từ ký tự thứ {start + 1} (“{rest}”)" if rest else "ở cuối"
    return f"biểu thức “{written}” sai {place}: {why}"


def _why(written: str, token: Token) -> str:
    """What is wrong with a token that cannot stand where it stands."""
    before = written[: token.start_pos or 0].rstrip()
    after_operand = re.search(r"[\w)]$", before)
    if token.type == "$END":
        return "chưa viết xong, còn thiếu một vế hoặc dấu đóng ngoặc"
    if token.type in ("COMMA", "SEMICOLON"):
        if before.count("(") > before.count(")"):
            return "trong một hàm chỉ dùng một loại dấu ngăn cách, “,” hoặc “;”; số lẻ viết bằng dấu chấm, ví dụ 0.5"
        return "số lẻ viết bằng dấu chấm, ví dụ 0.5; dấu “,” và “;” chỉ dùng giữa các đối số của hàm"
    if token.type == "COMPARE" and not before:
        return "không viết dấu “=” ở đầu" if token == "=" else "thiếu vế trái"
    if token.type == "COMPARE" and after_operand:
        return "không so sánh nối tiếp như a < b < c; tách thành hai biểu thức"
    if token.type == "POWER" and after_operand:
        return "hai phép lũy thừa liền nhau phải có ngoặc, ví dụ (2^3)^2"
    return f"“{token}” không thể đứng ở đây{_HINTS.get(token.casefold(), '')}"


@lru_cache(maxsize=1)
def _parser() -> Lark:
    from lark import Lark

    return Lark(_GRAMMAR, parser="lalr", lexer="contextual", transformer=_Builder())


class _Builder:
    """What lark calls for each rule of the grammar, from the inside out."""

    def number(self, parts: list[Token]) -> _Part:
        start = parts[0].start_pos or 0
        if len(parts[0]) > _MOST_DIGITS:
            _refuse(start, f"số dài quá {_MOST_DIGITS} chữ số")
        return _Part(Number(Decimal(str(parts[0]))), start)

    def reference(self, parts: list[Token]) -> _Part:
        start = parts[0].start_pos or 0
        code = parts[0].upper()
        if not _CODE.fullmatch(code):
            foreign = [c for c in parts[0] if unicodedata.name(c, "").startswith(_FOREIGN)]
            odd = f"; “{foreign[0]}” chỉ nhìn giống chữ La-tinh, gõ lại mã" if foreign else ""
            _refuse(start, f"“{parts[0]}” không phải là mã số liệu{odd}; mã có dạng C09_A")
        if len(parts) == 1:
            return _Part(Reference(code), start)
        sign, digits = re.fullmatch(r"@ *([-−–—‐‑‒]?) *([0-9]+)", parts[1]).groups()  # type: ignore[union-attr]
        if not sign or not 1 <= int(digits) <= MOST_YEARS:
            _refuse(parts[1].start_pos or 0, "số của năm trước viết là @-1, của hai năm trước là @-2")
        return _Part(Reference(code, -int(digits)), start)

    def sign(self, parts: list[Token | _Part]) -> _Part:
        token, part = parts
        assert isinstance(token, str) and isinstance(part, _Part)
        operand = _number(part)
        return _Part(operand if token == "+" else Negation(operand), token.start_pos or 0)

    def operation(self, parts: list[Token | _Part]) -> _Part:
        left, token, right = parts
        assert isinstance(token, str) and isinstance(left, _Part) and isinstance(right, _Part)
        return _Part(Operation(_PLAIN.get(token, str(token)), _number(left), _number(right)), left.start)

    def comparison(self, parts: list[Token | _Part]) -> _Part:
        left, token, right = parts
        assert isinstance(token, str) and isinstance(left, _Part) and isinstance(right, _Part)
        return _Part(Comparison(_PLAIN.get(token, str(token)), _number(left), _number(right)), left.start)

    def bracket(self, parts: list[Token | _Part]) -> _Part:
        inner = parts[1]
        assert isinstance(inner, _Part)
        return inner

    def arguments(self, parts: list[Token | _Part]) -> tuple[_Part, ...]:
        return tuple(part for part in parts if isinstance(part, _Part))

    def call(self, parts: list[Token | tuple[_Part, ...]]) -> _Part:
        name, arguments = parts[0], parts[2]
        assert isinstance(name, str) and not isinstance(arguments, str)
        start = name.start_pos or 0
        function = "if" if name.casefold() == "nếu" else name.casefold()
        if function not in FUNCTIONS:
            _refuse(start, f"không có hàm “{name}”; các hàm dùng được: nếu, min, max, round, abs, sum")
        fewest, most = FUNCTIONS[function]
        if not fewest <= len(arguments) <= most:
            wanted = str(fewest) if fewest == most else f"{fewest} đến {most}"
            _refuse(start, f"hàm “{name}” cần {wanted} đối số, đang có {len(arguments)}")
        if function != "if":
            return _Part(Call(function, tuple(_number(a) for a in arguments)), start)
        condition, then, otherwise = arguments
        if not compares(condition.node):
            _refuse(condition.start, "điều kiện của hàm “nếu” phải là một phép so sánh")
        if compares(then.node) != compares(otherwise.node):
            _refuse(otherwise.start, "hai kết quả của hàm “nếu” phải cùng là số hoặc cùng là phép so sánh")
        return _Part(Call(function, (condition.node, then.node, otherwise.node)), start)


def _number(part: _Part) -> Expression:
    if compares(part.node):
        _refuse(part.start, "chỗ này cần một số, không phải một phép so sánh")
    return part.node
