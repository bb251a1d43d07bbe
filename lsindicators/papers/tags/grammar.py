"""What one tag says, held against the names that it may use: nothing is run, and little is allowed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

FILTERS = ("upper", "lower", "capitalize", "trim", "length", "join")
"""What a template may do to a text."""

LONGEST = 300
"""Characters of a tag: more of them say nothing that a template needs."""

QUOTES = str.maketrans("“”‘’", "\"\"''")
_NOTHING = "thẻ trống hoặc viết sai"
_FORBIDDEN = "biểu thức không được phép; thẻ chỉ được gọi tên số liệu, so sánh và dùng bộ lọc cho phép"


class Name(Struct, frozen=True):
    """What a name stands for: a text, a list (one example inside) or a group of named texts; and where it comes from."""

    shape: Any  # None: unknown, as what it rests on was found to be wrong
    path: str  # "groups.parts.rows"


class Judged(Struct):
    """What an expression stands for, the names that it uses, and what is wrong with it."""

    name: Name = field(default_factory=lambda: Name("", ""))
    used: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


Names = Mapping[str, Name]


def names(known: Mapping[str, Any]) -> dict[str, Name]:
    """The names that stand for something everywhere in a template."""
    return {name: Name(shape, name) for name, shape in known.items()}


LOOP = Name(dict.fromkeys(("index", "index0", "first", "last", "length"), ""), "loop")
"""What Jinja tells inside a loop."""


def body(tag: str) -> tuple[str, str]:
    """The scope of a tag ("", "p", "tr", …) and what it says, with straight quotes."""
    said = tag[2:-2].translate(QUOTES)
    found = re.match(r"(p|tr|tc|r)\s(.*)", said, re.DOTALL)
    scope, rest = (found[1], found[2]) if found else ("", said)
    return scope, rest.strip().strip("-+").strip()


def printed(said: str, known: Names) -> Judged:
    """A tag that prints."""
    from jinja2 import nodes

    node = _parse("{{ " + said + " }}")
    if isinstance(node, str):
        return Judged(faults=[node])
    output = node.body[0] if node.body else None
    if not isinstance(output, nodes.Output) or len(output.nodes) != 1:
        return Judged(faults=[_NOTHING])
    judged = _follow(output.nodes[0], known)
    if not judged.faults and isinstance(judged.name.shape, list | dict):
        judged.faults.append(f"{_written(output.nodes[0])} là danh sách hoặc nhóm, không in trực tiếp được")
    return judged


def condition(expression: str, known: Names) -> Judged:
    """What stands behind ``if`` or ``elif``."""
    from jinja2 import nodes

    node = _parse("{% if " + expression + " %}{% endif %}")
    if isinstance(node, str):
        return Judged(faults=[node])
    if len(node.body) != 1 or not isinstance(node.body[0], nodes.If):
        return Judged(faults=[_NOTHING])
    return _follow(node.body[0].test, known)


def loop(said: str, known: Names) -> tuple[str, Judged]:
    """(the name that a loop gives to each member, what it goes through)."""
    from jinja2 import nodes

    node = _parse("{% " + said + " %}{% endfor %}")
    if isinstance(node, str):
        return "", Judged(faults=[node])
    made = node.body[0] if node.body else None
    if not isinstance(made, nodes.For) or not isinstance(made.target, nodes.Name) or made.test or made.recursive:
        return "", Judged(faults=["vòng lặp phải viết: for tên in danh_sách"])
    judged = _follow(made.iter, known)
    target = str(made.target.name)
    if not judged.faults and not isinstance(judged.name.shape, list):
        judged.faults.append(f"{_written(made.iter)} không phải danh sách, không lặp được")
    if target in known or target == "loop" or target.startswith("_"):
        judged.faults.append(f"vòng lặp không được đặt tên “{target}”, đã dùng cho việc khác; chọn tên khác")
    return target, judged


@lru_cache(maxsize=1024)
def _parse(source: str) -> nodes.Template | str:
    from jinja2 import TemplateSyntaxError

    if len(source) > LONGEST:
        return f"thẻ dài quá {LONGEST} ký tự"
    try:
        return _environment().parse(source)  # parsed, never run
    except TemplateSyntaxError as error:
        odd = re.match(r"unexpected char '(.+?)'", error.message or "")
        if odd is None:
            return "cú pháp thẻ sai; viết như {{ tên }}, {% if tên %}, {% for tên in danh_sách %}"
        shown = odd[1] if odd[1].isprintable() and not odd[1].startswith("\\") else "ẩn"
        return f"cú pháp thẻ sai: ký tự “{shown}” không dùng được trong thẻ; gõ lại thẻ, dấu nháy thẳng"
    except RecursionError:
        return "biểu thức trong thẻ lồng nhau quá sâu"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment

    return Environment(autoescape=True)


def _follow(node: Any, known: Names) -> Judged:
    """What ``node`` stands for."""
    from jinja2 import nodes

    match node:
        case nodes.Name(name=name):
            if name in known:
                return Judged(known[name], {known[name].path})
            return Judged(faults=[f"không có thẻ tên “{name}”{like(name, known)}"])
        case nodes.Getattr(node=inner, attr=attribute):
            return _attribute(node, _follow(inner, known), attribute)
        case nodes.Const() | nodes.TemplateData():
            return Judged()
        case nodes.Not(node=inner):
            return _joined([inner], known)
        case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
            return _joined([left, right], known)
        case nodes.Compare(expr=inner, ops=operations):
            return _joined([inner, *(o.expr for o in operations)], known)
        case nodes.Filter(node=inner, name=name, args=arguments, kwargs=[], dyn_args=None, dyn_kwargs=None):
            return _filtered(inner, str(name), arguments, known)
        case _:
            return Judged(faults=[_FORBIDDEN])


def _joined(parts: list[Any], known: Names) -> Judged:
    told = [_follow(part, known) for part in parts]
    return Judged(used=set().union(*(t.used for t in told)), faults=[f for t in told for f in t.faults])


def _attribute(node: Any, judged: Judged, attribute: str) -> Judged:
    shape = judged.name.shape
    if judged.faults or shape is None:
        return Judged(Name(None, ""), set(), judged.faults)
    if isinstance(shape, dict) and attribute in shape and not attribute.startswith("_"):
        path = f"{judged.name.path}.{attribute}"
        return Judged(Name(shape[attribute], path), {path})
    fields = shape if isinstance(shape, dict) else {}
    return Judged(faults=[f"“{_written(node)}” không có trong số liệu của văn bản{like(attribute, fields)}"])


def _filtered(inner: Any, name: str, arguments: list[Any], known: Names) -> Judged:
    from jinja2 import nodes

    if name not in FILTERS:
        return Judged(faults=[f"bộ lọc “{name}” không được phép; chỉ dùng {', '.join(FILTERS)}"])
    judged = _follow(inner, known)
    shape = judged.name.shape
    if judged.faults or shape is None:
        return judged
    most = 1 if name == "join" else 0
    if len(arguments) > most or not all(isinstance(a, nodes.Const) and isinstance(a.value, str) for a in arguments):
        judged.faults.append(f"bộ lọc “{name}” không viết kèm tham số như vậy")
    elif name == "join" and (not isinstance(shape, list) or not isinstance(shape[0], str)):
        judged.faults.append(f"{_written(inner)} không phải danh sách các dòng chữ, không nối bằng join được")
    elif name not in ("join", "length") and not isinstance(shape, str):
        judged.faults.append(f"{_written(inner)} không phải dòng chữ, không dùng được bộ lọc “{name}”")
    return Judged(Name("", ""), judged.used, judged.faults)


def _written(node: Any) -> str:
    from jinja2 import nodes

    match node:
        case nodes.Name(name=name):
            return str(name)
        case nodes.Getattr(node=inner, attr=attribute):
            return f"{_written(inner)}.{attribute}"
        case _:
            return "biểu thức"


def like(name: str, known: Mapping[str, Any]) -> str:
    """The name that was probably meant, as the end of a sentence."""
    near = difflib.get_close_matches(name, known, 1)
    return f"; có phải “{near[0]}”?" if near else ""
