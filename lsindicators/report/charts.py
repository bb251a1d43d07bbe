"""Summary in, charts out: the criteria in % beside last year, coverage by group, what units delivered and contributed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec import Struct

from lsindicators import summary, values, wording
from lsindicators.model import Plan, Result
from lsindicators.papers import chart
from lsindicators.papers.attached import Attachment
from lsindicators.papers.chart import Bar, Chart, Series
from lsindicators.summary import Contribution, Delivery, Section, Summary

MOST = 10
"""Criteria in one chart: more of them go into another."""
MOST_PAGES = 4
"""Charts of single units: where they would be more, the units are counted by classes."""

MOST_UNITS = 36
"""Units in one chart."""
CONTRIBUTED = 3
"""Summed figures of which the contributions are drawn: a page holds no more."""
CONTRIBUTORS = 5
"""Units that are drawn of each; all others are one bar."""
OUT_OF_SCALE = 4
"""So many times what most bars reach, a bar is cut off."""
TITLE = 120
"""Characters of a name in a caption."""
LINE = 44
"""Characters of a row's name that stand on one line."""


class Charts(Struct, frozen=True):
    """The charts of a report, in the order in which they are numbered."""

    coverage: tuple[Chart, ...]
    groups: tuple[Chart, ...]
    units: tuple[Chart, ...]

    def told(self) -> dict[str, list[dict[str, str]]]:
        """What a template may name: each with its caption, numbered through."""
        number, told = 0, {}
        for name, charts in self._named():
            told[f"charts_{name}"] = [
                {"picture": c.markup(n), "caption": values.clean(f"Biểu đồ {n}. {c.caption}")}
                for n, c in enumerate(charts, number + 1)
            ]
            number += len(charts)
        return told

    def attachments(self, year: int) -> tuple[Attachment, ...]:
        """The parts of the package that hold them."""
        charts = (c for _, charts in self._named() for c in charts)
        return tuple(a for n, c in enumerate(charts, 1) for a in c.attachments(n, year))

    def _named(self) -> tuple[tuple[str, tuple[Chart, ...]], ...]:
        return ("coverage", self.coverage), ("groups", self.groups), ("units", self.units)


def draw(told: Summary) -> Charts:
    """All that there is something to draw of; no chart has fewer than two figures."""
    return Charts(
        coverage=_coverage(told),
        groups=tuple(c for section in told.sections for c in _criteria(told.plan, section)),
        units=(*_deliveries(told), *_contributions(told)),
    )


# ------------------------------------------------------------------ coverage by group


def _coverage(told: Summary) -> tuple[Chart, ...]:
    """How many criteria of each group rest on how many units."""
    tallies = [(s, summary.tally(s.criteria)) for s in told.sections]
    tallies = [(s, t) for s, t in tallies if t.total]
    if sum(t.computed for _, t in tallies) < 2:
        return ()
    names = [s.title or "Các tiêu chí" for s, _ in tallies]
    threshold = values.format_number(told.plan.settings.coverage)
    kinds = (
        ("Đủ các đơn vị", "whole", chart.DARK),
        (f"Từ {threshold}% đơn vị trở lên", "enough", chart.MIDDLE),
        ("Một phần số đơn vị", "partial", chart.HATCHED),
        ("Chưa tính được", "missing", chart.WHITE),
    )
    series = tuple(
        _counts(name, look, [getattr(t, field) for _, t in tallies])
        for name, field, look in kinds
        if any(getattr(t, field) for _, t in tallies)
    )
    return (
        Chart(
            rows=tuple(_named(name, f" ({t.total} tiêu chí)") for name, (_, t) in zip(names, tallies, strict=True)),
            series=series,
            caption="Số tiêu chí của từng nhóm theo mức độ đầy đủ của số liệu",
            description=_described("Biểu đồ cột ngang chồng, đơn vị: tiêu chí", names, series),
            high=Decimal(max(t.total for _, t in tallies)),
            stacked=True,
        ),
    )


# ------------------------------------------------------------------ the criteria of a group


def _criteria(plan: Plan, section: Section) -> tuple[Chart, ...]:
    """The criteria of a group in %, this year beside last year; none where fewer than two have a figure of this year."""
    shown = [r for r in section.criteria if r.criterion.measure == summary.PERCENT]
    if sum(r.value is not None for r in shown) < 2:
        return ()
    pages = math.ceil(len(shown) / MOST)
    size = math.ceil(len(shown) / pages)
    parts = (shown[i : i + size] for i in range(0, len(shown), size))
    return tuple(_beside(plan, section, part, pages > 1) for part in parts if any(r.value is not None for r in part))


def _beside(plan: Plan, section: Section, shown: Sequence[Result], several: bool) -> Chart:
    year = plan.year
    former = any(r.previous is not None for r in shown)
    low, high, limit = _bounds([v for r in shown for v in (r.value, r.previous) if v is not None])

    def bar(r: Result, value: Decimal | None, kept: bool) -> Bar | None:
        if value is None:
            return None
        cut = abs(value) > limit
        label = f"{'» ' if cut else ''}{wording.figure(value, r.criterion)}{'' if kept else '*'}"
        return Bar(value=value, label=label, cut=cut)

    years = [(year - 1, chart.HATCHED, [bar(r, r.previous, r.previous_complete) for r in shown])] if former else []
    years.append((year, chart.DARK, [bar(r, r.value, r.whole) for r in shown]))
    series = tuple(Series(name=f"Năm {y}", look=look, bars=bars) for y, look, bars in years)
    labels = [b.label for s in series for b in s.bars if b is not None]
    marks = ["đơn vị: %"]
    if any(label.endswith("*") for label in labels):
        marks.append("* tính trên số liệu của một phần số đơn vị")
    if any(label.startswith("»") for label in labels):
        marks.append("» cột vượt khung, xem số ghi trong cột")
    codes = f" ({shown[0].criterion.code} đến {shown[-1].criterion.code})" if several else ""
    years_told = f"năm {year - 1} và năm {year}" if former else f"năm {year}"
    caption = f"{values.short(section.title, TITLE) or 'Các tiêu chí'}: các tiêu chí tính bằng %, {years_told}{codes}"
    names = [f"{r.criterion.code}. {r.criterion.name}" for r in shown]
    return Chart(
        rows=tuple(_named(name, _lacking(r, year, former)) for name, r in zip(names, shown, strict=True)),
        series=series,
        caption=f"{caption} ({'; '.join(marks)})",
        description=_described("Biểu đồ cột ngang, đơn vị: %", [r.criterion.code for r in shown], series),
        low=low,
        high=high,
    )


def _lacking(r: Result, year: int, former: bool) -> str:
    """Of which year a criterion has no figure, in words: a place without a bar must not read as zero."""
    years = [str(year - 1)] if former and r.previous is None else []
    years += [str(year)] if r.value is None else []
    if not years:
        return ""
    return f" (năm {wording.listing(years)}: {wording.NO_FIGURE.lower()})"


def _bounds(numbers: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    """Where the axis begins and ends, and beyond what a bar leaves the frame.

    From the smallest to the largest figure, with room for what is written beside them; a few that are far out of scale
    are cut off, so that the rest can be read.
    """
    sizes = sorted(abs(n) for n in numbers)
    usual = sizes[math.ceil(len(sizes) * 0.8) - 1]
    limit = usual * Decimal("1.5") if usual and sizes[-1] > usual * OUT_OF_SCALE else sizes[-1]
    low, high = max(min(Decimal(0), *numbers), -limit), min(max(Decimal(0), *numbers), limit)
    if low == high:
        return Decimal(0), Decimal(1), limit
    room = (high - low) * Decimal("0.2")
    return (low - room if low else low), high + room, limit


# ------------------------------------------------------------------ what units have delivered


def _deliveries(told: Summary) -> tuple[Chart, ...]:
    """What has come of each unit; communes, where there are too many of them to be told one by one, by classes."""
    few = len(told.deliveries) <= MOST_UNITS
    owing = [d for d in (told.deliveries if few else told.offices) if d.owed]
    if len(owing) > MOST_PAGES * MOST_UNITS:
        return (*_classes(owing, "cơ quan, đơn vị"), *_communes(told))
    pages = math.ceil(len(owing) / MOST_UNITS)
    size = math.ceil(len(owing) / pages) if pages else 0
    without = "" if few or not told.communes else " (không kể xã, phường)"
    one_by_one = (
        _delivered(told.plan, owing[i : i + size], without + (f", phần {n}/{pages}" if pages > 1 else ""))
        for n, i in enumerate(range(0, len(owing), size or 1), 1)
    )
    return (*(one_by_one if _some(owing) else ()), *(() if few else _communes(told)))


def _some(deliveries: Sequence[Delivery]) -> bool:
    """Whether at least two have answered anything."""
    return sum(1 for d in deliveries if d.answered) > 1


def _delivered(plan: Plan, deliveries: Sequence[Delivery], part: str) -> Chart:
    kinds = (
        ("Có số liệu", [d.figures for d in deliveries], chart.DARK),
        ("Đã trả lời, không có số riêng", [d.without_figure for d in deliveries], chart.HATCHED),
        ("Chưa có", [d.missing for d in deliveries], chart.WHITE),
    )
    series = tuple(_counts(name, look, counts) for name, counts, look in kinds if any(counts))
    sent = ["" if d.sending.sent_at else " (chưa gửi)" for d in deliveries]
    names = [_unit(plan, d.sending.unit, mark) for d, mark in zip(deliveries, sent, strict=True)]
    return Chart(
        rows=tuple(_named(name, mark, 1) for name, mark in zip(names, sent, strict=True)),
        series=series,
        caption=f"Kết quả trả lời số liệu được giao của các cơ quan, đơn vị{part}",
        description=_described("Biểu đồ cột ngang chồng, mỗi cột là số liệu phải gửi của một đơn vị", names, series),
        high=Decimal(1),
        stacked=True,
        whole=True,
        row_mm=5.6,
    )


def _communes(told: Summary) -> tuple[Chart, ...]:
    """How many communes and wards have answered how much of what they owe."""
    return _classes([d for d in told.communes if d.owed], "xã, phường")


def _classes(owing: Sequence[Delivery], who: str) -> tuple[Chart, ...]:
    """How many units of a kind have answered how much of what they owe."""
    if not _some(owing):
        return ()
    bands = summary.bands(owing)
    names = [_band(b) for b in bands]
    series = (_counts(f"Số {who}", chart.DARK, [b.units for b in bands], zeros=True),)
    high = Decimal(max(b.units for b in bands))
    return (
        Chart(
            rows=tuple(names),
            series=series,
            caption=f"Số {who} theo mức trả lời số liệu được giao (tổng số {len(owing)} {who})",
            description=_described(f"Biểu đồ cột ngang, đơn vị: {who}", names, series),
            high=high * Decimal("1.1"),
            row_mm=7,
        ),
    )


def _band(b: summary.Band) -> str:
    if b.below is None:
        return "Đã trả lời đủ"
    if not b.below:
        return "Chưa gửi, hoặc chưa trả lời số liệu nào"
    least, below = values.format_number(b.least), values.format_number(b.below)
    return f"Từ {least}% đến dưới {below}%" if b.least else f"Dưới {below}%"


# ------------------------------------------------------------------ who contributed


def _contributions(told: Summary) -> tuple[Chart, ...]:
    """Who gave most to a few summed figures: the complete ones first, then those of most units, one of a criterion."""
    of_criterion: dict[str, tuple[str, tuple[Contribution, ...]]] = {}
    ranked = sorted(told.contributions.items(), key=lambda item: (not _complete(told, item[0]), -_givers(item[1])))
    for code, shares in ranked:
        if _givers(shares) > 2:
            of_criterion.setdefault(told.plan.variable[code].criterion, (code, shares))
    chosen = sorted(list(of_criterion.values())[:CONTRIBUTED], key=lambda item: list(told.plan.variable).index(item[0]))
    return tuple(_contributed(told, code, shares) for code, shares in chosen)


def _complete(told: Summary, code: str) -> bool:
    return told.dataset.totals[code, told.plan.year].complete


def _givers(shares: Iterable[Contribution]) -> int:
    return sum(1 for c in shares if c.value)


def _contributed(told: Summary, code: str, shares: Sequence[Contribution]) -> Chart:
    variable, total = told.plan.variable[code], told.dataset.totals[code, told.plan.year]
    giving = [c for c in shares if c.value]
    most = giving if len(giving) <= CONTRIBUTORS + 1 else giving[:CONTRIBUTORS]
    rest = giving[len(most) :]
    names = [_unit(told.plan, c.unit) for c in most]
    bars = [_share(c.value, c.percent) for c in most]
    if rest:
        names.append(f"{len(rest)} đơn vị khác")
        bars.append(_share(sum((c.value for c in rest), Decimal(0)), sum((c.percent for c in rest), Decimal(0))))
    series = (Series(name=f"Số do đơn vị cung cấp ({variable.measure})", look=chart.DARK, bars=bars),)
    counted = wording.coverage(len(total.reported), len(total.expected))
    return Chart(
        rows=tuple(_named(name, lines=1) for name in names),
        series=series,
        caption=f"{code}. {values.short(variable.name, TITLE)}: số do các đơn vị cung cấp năm {told.plan.year} "
        f"({variable.measure}; trong ngoặc là tỷ lệ trong tổng số của {counted} đơn vị)",
        description=_described(f"Biểu đồ cột ngang, đơn vị: {variable.measure}", names, series),
        high=max(b.value for b in bars) * Decimal("1.3"),
        row_mm=6.5,
    )


def _share(value: Decimal, percent: Decimal) -> Bar:
    return Bar(value=value, label=f"{values.format_number(value)} ({values.format_number(percent, 1)}%)")


# ------------------------------------------------------------------ what they share


def _counts(name: str, look: chart.Look, counts: Sequence[int], *, zeros: bool = False) -> Series:
    """Bars that count something; where there is nothing to count there is nothing to see."""
    return Series(
        name=name,
        look=look,
        bars=[Bar(value=Decimal(n), label=values.format_number(Decimal(n)) if n or zeros else "") for n in counts],
    )


def _named(name: str, mark: str = "", lines: int = 2) -> str:
    """A row's name on at most so many lines, cut behind a word, and behind it what must be said in any case."""
    room, name = lines * LINE - len(mark), values.clean(name)
    if len(name) > room:
        name = f"{name[:room].rpartition(' ')[0] or name[:room]}…"
    return f"{name}{mark}"


def _unit(plan: Plan, code: str, mark: str = "") -> str:
    """A unit by its name; by its abbreviation where that alone finds room on one line."""
    unit = plan.unit.get(code)
    if unit is None:
        return code
    return unit.name if len(unit.name) + len(mark) <= LINE or not unit.short else unit.short


def _described(what: str, names: Sequence[str], series: Sequence[Series]) -> str:
    """The chart for those who cannot see it: each row with what is written at its bars."""
    rows = []
    for n, name in enumerate(names):
        told = [
            f"{s.name.lower()}: {b.label if (b := s.bars[n]) is not None else wording.NO_FIGURE.lower()}"
            for s in series
            if (b := s.bars[n]) is None or b.label
        ]
        rows.append(f"{values.short(name)} ({', '.join(told)})")
    return f"{what}. {'; '.join(rows)}."
