"""The small formula language of ``phan-cong.xlsx``: parse once, evaluate over Decimal, print as an Excel formula.

``C09_A / C09_B * 100``, ``C14_A@-1`` (the year before), ``nếu(C09_B > 0; C09_A / C09_B; 0)``. Two readings of Excel are
not ours: ``-2^2`` is -4 as in mathematics (printed with brackets, so Excel agrees), and ``2^3^2`` must have brackets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from lsindicators.errors import ExpressionError
from lsindicators.values import clean

if TYPE_CHECKING:
    from lark import Lark, Token


class NotComputable(ArithmeticError):  # noqa: N818  said of a value: no division by zero, no power without a result
    """All inputs are there, but there is no result: a division by zero, a root of a negative number, an overflow."""


# ------------------------------------------------------------------ the tree


@dataclass(frozen=True, slots=True)
class Number:
    """A literal, never negative."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Reference:
    """A variable of the plan; ``lag`` is 0 for the campaign's year, -1 for the year before."""

    code: str
    lag: int = 0

    def __str__(self) -> str:
        return f"{self.code}@{self.lag}" if self.lag else self.code


@dataclass(frozen=True, slots=True)
class Negation:
    """``-a``."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Operation:
    """``a + b`` and the like; ``sign`` is one of ``+ - * / ^``."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Comparison:
    """``a <= b`` and the like; ``sign`` is one of ``= <> < <= > >=``."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A function over its arguments; ``name`` is a key of ``FUNCTIONS``."""

    name: str
    arguments: tuple[Expression, ...]


Expression = Number | Reference | Negation | Operation | Comparison | Call

FUNCTIONS = {"if": (3, 3), "min": (1, 99), "max": (1, 99), "round": (1, 2), "abs": (1, 1), "sum": (1, 99)}
"""English name -> fewest and most arguments; ``nếu`` is read as ``if``."""


def compares(expression: Expression) -> bool:
    """Whether it says yes or no (a rule) and not a number (a criterion's formula)."""
    if isinstance(expression, Call) and expression.name == "if":
        return compares(expression.arguments[1])
    return isinstance(expression, Comparison)


def divides(expression: Expression) -> bool:
    """Whether anything in it is divided: a ratio of figures, not a sum of them."""
    return any(isinstance(node, Operation) and node.sign == "/" for node, _ in _walk(expression))


def references(expression: Expression) -> tuple[Reference, ...]:
    """The variables that it names, each once, in the order of writing."""
    return tuple(dict.fromkeys(node for node, _ in _walk(expression) if isinstance(node, Reference)))


def codes(text: str) -> tuple[str, ...]:
    """The codes of the variables that a formula names, each once, in the order of writing.

    Raises ``ExpressionError`` when it cannot be read.
    """
    return tuple(dict.fromkeys(reference.code for reference in references(parse(text))))


def _children(node: Expression) -> tuple[Expression, ...]:
    if isinstance(node, Operation | Comparison):
        return node.left, node.right
    if isinstance(node, Call):
        return node.arguments
    return (node.operand,) if isinstance(node, Negation) else ()


def _walk(expression: Expression) -> Iterator[tuple[Expression, int]]:
    """Every node with its depth, in the order of writing; without recursion, for no depth is refused before this."""
    waiting = [(expression, 1)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting.extend((child, depth + 1) for child in reversed(_children(node)))


# ------------------------------------------------------------------ text -> tree

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

COMPARE: /<=|>=|<>|[=<>≤≥≠]/
ADD: /[+\-−–]/
MULTIPLY: /[*\/×÷]/
POWER: "^"
NUMBER: /[0-9]+(\.[0-9]+)?/
NAME: /[^\W\d]\w*/
LAG: /@ *[-−–]? *[0-9]+/
OPEN: "("
CLOSE: ")"
COMMA: ","
SEMICOLON: ";"
%ignore " "
"""

_PLAIN = {"≤": "<=", "≥": ">=", "≠": "<>", "−": "-", "–": "-", "×": "*", "÷": "/"}
_CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_MOST_CHARACTERS, _MOST_DIGITS, _MOST_DEPTH = 1000, 28, 150


class _Part(NamedTuple):
    """A node, and where in the text it begins."""

    node: Expression
    start: int


@lru_cache(maxsize=1024)
def parse(text: str) -> Expression:
    """The tree of ``text``. Raises ``ExpressionError``, whose text quotes it and points at the place.

    Codes and functions may be in any letter case; arguments are separated by ``,`` or by ``;``; the decimal point is a dot.
    """
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    written = clean(text)
    if not written:
        raise ExpressionError("biểu thức để trống")
    if len(written) > _MOST_CHARACTERS:
        raise ExpressionError(f"biểu thức “{written[:40]}…” dài quá {_MOST_CHARACTERS} ký tự")
    try:
        part: _Part = _parser().parse(written)  # type: ignore[assignment]  # the callbacks make parts, not trees
        if max(depth for _, depth in _walk(part.node)) > _MOST_DEPTH:
            _refuse(0, f"lồng nhau quá {_MOST_DEPTH} bậc; tách thành nhiều biểu thức")
    except _Refused as refused:
        raise ExpressionError(_told(written, refused.start, refused.why)) from None
    except UnexpectedCharacters as error:
        start = error.pos_in_stream or 0
        raise ExpressionError(_told(written, start, f"không dùng được ký tự “{written[start]}”")) from None
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
    return f"“{token}” không thể đứng ở đây"


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
            _refuse(start, f"“{parts[0]}” không phải là mã số liệu; mã có dạng C09_A")
        if len(parts) == 1:
            return _Part(Reference(code), start)
        sign, digits = re.fullmatch(r"@ *([-−–]?) *([0-9]+)", parts[1]).groups()  # type: ignore[union-attr]
        if not sign or not 1 <= int(digits) <= 9:
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


# ------------------------------------------------------------------ tree -> value

CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_UP,
    Emax=307,
    Emin=-307,
    traps=[DivisionByZero, InvalidOperation, Overflow],
)
"""34 digits, half rounded away from zero as in Excel; beyond 10^308 there is no number, as in Excel."""

_SURE = Context(prec=30, rounding=ROUND_HALF_UP, Emax=307, Emin=-307)
"""What is left of a result once the last digits, which a division cut off, are rounded away: 1 / 3 * 1.5 is one half."""

_SAME = Decimal(2) ** -48
"""Numbers that differ by less, relative to the larger, compare as equal: spreadsheets do so, and files carry such noise."""

_HIGHEST_EXPONENT = 1000


class _Missing(Exception):  # noqa: N818  ends an evaluation, never leaves it
    pass


def evaluate(expression: Expression, lookup: Callable[[Reference], Decimal | None]) -> Decimal | bool | None:
    """The value; ``None`` as soon as one needed input is ``None``, also under min, max and sum.

    All inputs are needed, except that ``nếu`` needs its condition and the branch taken. Raises ``NotComputable`` when all
    needed inputs are there but the result is not: division by zero, 0^0, a root of a negative number, overflow.
    """
    try:
        value = _value(expression, lookup)
    except _Missing:
        return None
    except (DivisionByZero, InvalidOperation, Overflow) as error:
        raise NotComputable(str(error)) from None
    return value if isinstance(value, bool) else _SURE.plus(value)


def _value(node: Expression, lookup: Callable[[Reference], Decimal | None]) -> Decimal | bool:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Reference):
        found = lookup(node)
        if found is None:
            raise _Missing
        return CONTEXT.plus(found)
    if isinstance(node, Call) and node.name == "if":
        condition, then, otherwise = node.arguments
        return _value(then if _value(condition, lookup) else otherwise, lookup)
    values = _operands(node, lookup)
    if isinstance(node, Negation):
        return CONTEXT.minus(values[0])
    if isinstance(node, Call):
        return _call(node.name, values)
    return (_operate if isinstance(node, Operation) else _compare)(node.sign, *values)


def _operands(node: Expression, lookup: Callable[[Reference], Decimal | None]) -> list[Decimal]:
    """The values of the children. A missing one outweighs one that cannot be computed, wherever it stands."""
    values: list[Decimal] = []
    failed: ArithmeticError | None = None
    for child in _children(node):
        try:
            values.append(Decimal(_value(child, lookup)))
        except ArithmeticError as error:
            failed = failed or error
    if failed is not None:
        raise failed
    return values


def _call(name: str, values: list[Decimal]) -> Decimal:
    if name == "sum":
        total = Decimal(0)
        for value in values:
            total = CONTEXT.add(total, value)
        return total
    if name == "round":
        return _round(values[0], values[1] if len(values) > 1 else Decimal(0))
    if name == "abs":
        return CONTEXT.abs(values[0])
    return min(values) if name == "min" else max(values)


def _round(value: Decimal, places: Decimal) -> Decimal:
    if abs(places) > 300:
        raise NotComputable("too many places to round to")
    value = _SURE.plus(value)
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent >= -int(places):
        return value
    return value.quantize(Decimal(1).scaleb(-int(places)), context=CONTEXT)


def _operate(sign: str, left: Decimal, right: Decimal) -> Decimal:
    if sign == "+":
        return CONTEXT.add(left, right)
    if sign == "-":
        return CONTEXT.subtract(left, right)
    if sign == "*":
        return CONTEXT.multiply(left, right)
    if sign == "/":
        return CONTEXT.divide(left, right)
    if abs(right) > _HIGHEST_EXPONENT:
        raise NotComputable("exponent too large")
    result = CONTEXT.power(left, right)
    if not result.is_finite():  # 0^-1 is an infinity to Decimal, without a signal
        raise NotComputable("no finite power")
    return result


def _compare(sign: str, left: Decimal, right: Decimal) -> bool:
    gap = CONTEXT.subtract(left, right)
    order = 0 if abs(gap) <= CONTEXT.multiply(max(abs(left), abs(right)), _SAME) else 1 if gap > 0 else -1
    return {
        "=": order == 0,
        "<>": order != 0,
        "<": order < 0,
        "<=": order <= 0,
        ">": order > 0,
        ">=": order >= 0,
    }[sign]


# ------------------------------------------------------------------ tree -> Excel

_RANK = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}


def to_excel(expression: Expression, place: Callable[[Reference], str]) -> str:
    """The formula for Excel and LibreOffice: no leading ``=``, English functions, commas between arguments.

    ``place`` gives what stands for a variable, usable as one operand: ``F6``, ``$C$4``, ``IF(ISNUMBER(F6),F6,NA())``. With
    the last, a blank leads to #N/A exactly where ``evaluate`` gives ``None``; an empty cell by itself would count as 0.
    """
    if isinstance(expression, Number):
        return f"{expression.value:f}"
    if isinstance(expression, Reference):
        return place(expression)
    if isinstance(expression, Call):
        arguments = [to_excel(a, place) for a in expression.arguments]
        if expression.name == "round" and len(arguments) == 1:
            arguments.append("0")
        return f"{expression.name.upper()}({','.join(arguments)})"
    if isinstance(expression, Negation):
        return "-" + _bracketed(expression.operand, place, isinstance(expression.operand, Negation | Operation))
    left = _bracketed(expression.left, place, _weaker(expression.left, expression.sign, left=True))
    right = _bracketed(expression.right, place, _weaker(expression.right, expression.sign, left=False))
    return f"{left}{expression.sign}{right}"


_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def excel_takes(formula: str, *, characters: int = 8000, levels: int = 60) -> bool:
    """Whether ``formula`` has room in Excel, which refuses a file with more than 8192 characters, 64 levels or 255
    arguments in a formula; lower limits leave room for what is put around it."""
    if len(formula) > characters:
        return False
    arguments: list[int] = []  # of each call that is open
    for sign in re.findall("[(),]", _QUOTED.sub("", formula)):
        if sign == "(":
            arguments.append(1)
        elif sign == ")":
            arguments.pop()
        elif arguments:
            arguments[-1] += 1
        if len(arguments) > levels or max(arguments, default=0) > 255:
            return False
    return True


def _weaker(operand: Expression, sign: str, *, left: bool) -> bool:
    """Whether ``operand`` needs brackets beside ``sign``. A minus always does: in Excel it binds stronger than ``^``."""
    if isinstance(operand, Negation):
        return True
    if not isinstance(operand, Operation) or sign not in _RANK:
        return False
    own, outer = _RANK[operand.sign], _RANK[sign]
    return own < outer or (own == outer and (not left or sign == "^"))


def _bracketed(operand: Expression, place: Callable[[Reference], str], brackets: bool) -> str:
    text = to_excel(operand, place)
    return f"({text})" if brackets else text
