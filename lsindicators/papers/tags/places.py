"""Whether a template still holds its places for people's own words: content controls, each with a bookmark inside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lsindicators.papers.package import DOCUMENT, Package, W


def wanting(package: Package, controls: Iterable[str]) -> Iterator[str]:
    """What is wrong with the content controls that are named ``controls``: a note each, as the paper is right without."""
    names = tuple(controls)
    if not names:
        return
    root = package.tree(DOCUMENT)
    found: dict[str, list[object]] = {}
    for control in root.iter(f"{W}sdt"):
        tag = control.find(f"{W}sdtPr/{W}tag")
        if tag is None or tag.get(f"{W}val") not in names:
            continue
        name = tag.get(f"{W}val", "")
        found.setdefault(name, []).append(control)
        content = control.find(f"{W}sdtContent")
        if content is None or content.find(f"{W}p") is None:
            yield f"ô ghi thêm “{name}” không chứa trọn đoạn văn; đặt điều khiển nội dung bao cả đoạn"
            continue
        marks = [
            m.get(f"{W}id") for m in content.iter(f"{W}bookmarkStart") if m.get(f"{W}name") == name.replace("-", "_")
        ]
        ends = {m.get(f"{W}id") for m in content.iter(f"{W}bookmarkEnd")}
        if len(marks) != 1 or marks[0] not in ends:
            mark = name.replace("-", "_")
            yield f"ô ghi thêm “{name}” không còn dấu trang “{mark}” bao quanh lời; lời ghi bằng LibreOffice có thể bị mất"
    for name in names:
        if name not in found:
            yield f"mẫu không còn ô ghi thêm “{name}”; lời của lãnh đạo ghi ở ô đó trong bản cũ sẽ không có chỗ giữ"
        elif len(found[name]) > 1:
            yield f"mẫu có {len(found[name])} ô ghi thêm “{name}”; chỉ để một ô"
