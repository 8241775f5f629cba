"""Measures over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import svg
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub.charts.drawing import (
    DEEP,
    INK,
    MIDDLE,
    SOFT,
    TEXT,
    WIDE,
    Figure,
    Words,
    both,
    circle,
    diamond,
    number,
    rule,
    text,
    width_of,
    wrapped,
)

#: Lines differ by dashes and by the shape at their end.
DASHES = (None, [8, 4], [2, 4], [12, 4, 2, 4])


@dataclass(frozen=True)
class Line:
    """A measure over time; None where there is no figure (too few people, not yet measured): the line has a gap there."""

    name: Words
    values: tuple[float | None, ...]


def _mark(index: int, x: float, y: float) -> svg.Element:
    """The shape at the end of the line with this index."""
    x, y = round(x, 1), round(y, 1)
    if index == 0:
        return circle(x, y, 5, DEEP)
    if index == 1:
        return svg.Rect(x=x - 5, y=y - 5, width=10, height=10, fill=MIDDLE)
    if index == 2:
        return diamond(x, y, 6.5, DEEP)
    return circle(x, y, 4.5, DEEP, open_=True)


def _steps(least: float, most: float) -> list[float]:
    """Four to six round values from ``least`` to ``most`` for the axis."""
    span = (most - least) or 1
    for step in (0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10000, 25000, 100000, 1000000):
        if span / step <= 5:
            break
    first = int(least // step)
    return [round((first + index) * step, 2) for index in range(int(-(-most // step)) - first + 1)]


def _free_place(words: str, y: float, left: float, right: float, taken: list[tuple[float, float]]) -> svg.Text:
    """``words`` above or below the height ``y``, where the fewest points of the lines are in their way."""
    long = width_of(words)
    places = [(x, base) for base in (y - 6, y + 18) for x in (left, (left + right - long) / 2, right - long)]

    def in_the_way(place: tuple[float, float]) -> int:
        x, base = place
        return sum(x - 12 <= point_x <= x + long + 12 and base - TEXT - 3 <= point_y <= base + 6 for point_x, point_y in taken)

    x, base = min(places, key=in_the_way)
    return text(x, base, words)


def _apart(wanted: Sequence[float], heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """Where labels of these heights begin: as near as can be to where each is wanted, none over another or over the dates below."""
    tops: list[float] = []
    for want in wanted:
        free = tops[-1] + heights[len(tops) - 1] if tops else top
        tops.append(max(want, free))
    below = bottom
    for place in reversed(range(len(tops))):
        tops[place] = min(tops[place], below - heights[place])
        below = tops[place]
    return tops


def lines_over_time(
    name: str, *, title: Words, summary: Words, days: Sequence[date], lines: Sequence[Line], unit: str = "", target: float | None = None,
    least: float = 0, most: float | None = None, note: Words = "",
) -> Figure:  # fmt: skip
    """Up to four measures over time, at the same days (usually the first of each month). ``unit`` stands behind each number ('%')."""
    if not 1 <= len(lines) <= len(DASHES) or any(len(line.values) != len(days) for line in lines) or not days:
        raise ValueError("one to four lines, each with a value (or None) for every day")
    known = [value for line in lines for value in line.values if value is not None] + ([target] if target is not None else [])
    steps = _steps(min([least, *known]), most if most is not None else max([*known, least + 1]))
    bottom_value, top_value = steps[0], steps[-1]
    span = max((days[-1] - days[0]).days, 1)

    def draw(width: int) -> tuple[float, list[svg.Element]]:
        left, top, high = 20 + max(width_of(f"{number(step)}{unit}") for step in steps), 12, 230
        right = width - (150 if width == WIDE else 14)
        drawn: list[svg.Element] = []

        def x_of(day: date) -> float:
            return left + (right - left) * (day - days[0]).days / span

        def y_of(value: float) -> float:
            return top + high - high * (value - bottom_value) / ((top_value - bottom_value) or 1)

        for step in steps:
            drawn += [
                rule(left, y_of(step), right, y_of(step)),
                text(left - 8, y_of(step) + 5, f"{number(step)}{unit}", anchor="end", fill=SOFT),
            ]
        drawn_points = [
            [(x_of(day), y_of(value)) if value is not None else None for day, value in zip(days, line.values, strict=True)]
            for line in lines
        ]
        # The way between two months too, a fifth at a time.
        taken = [
            (one[0] + (two[0] - one[0]) * part / 5, one[1] + (two[1] - one[1]) * part / 5)
            for points in drawn_points
            for one, two in pairwise(points)
            if one and two
            for part in range(6)
        ]
        if target is not None:
            drawn.append(rule(left, y_of(target), right, y_of(target), stroke=INK, width=1.5, dash=[5, 4]))
            words = _("target %(value)s") % {"value": f"{number(target)}{unit}"}
            drawn.append(_free_place(words, y_of(target), left + 6, right - 6, taken))
        shown = max(1, -(-len(days) // max(2, int((right - left) // 78))))  # as many as have room: 'Sep 2026' and a gap
        for index, day in enumerate(days):
            if index % shown == 0:
                drawn.append(rule(x_of(day), top + high, x_of(day), top + high + 6, stroke=SOFT))
                words = date_format(day, "M Y")
                # The first and the last one stay inside the picture.
                middle = max(min(x_of(day), width - width_of(words) / 2), width_of(words) / 2)
                drawn.append(text(middle, top + high + 23, words, anchor="middle", fill=SOFT))
        ends: list[tuple[float, float, int, str]] = []
        for index, line in enumerate(lines):
            points = drawn_points[index]
            for before, after in pairwise(points):
                if before and after:
                    drawn.append(rule(*before, *after, stroke=DEEP if index != 1 else MIDDLE, width=2.5, dash=DASHES[index]))
            # A month between two gaps is no line: it would not be seen.
            for before, point, after in zip([None, *points], points, [*points[1:], None], strict=False):
                if point and not before and not after:
                    drawn.append(circle(*point, 3.5, DEEP if index != 1 else MIDDLE))
            if last := next((point for point in reversed(points) if point), None):
                value = next(value for value in reversed(line.values) if value is not None)
                drawn.append(_mark(index, *last))
                ends.append((last[1], last[0], index, f"{number(value)}{unit}"))
        y = top + high + 40
        if width == WIDE:
            labels = [(value, wrapped(lines[index].name, width - x_end - 18, most=2)) for _y, x_end, index, value in sorted(ends)]
            heights = [22 + 17 * len(two) for _value, two in labels]
            tops = _apart([end[0] - 11 for end in sorted(ends)], heights, top - 6, top + high - 4)
            for (_y_end, x_end, index, _value), (value, two), place in zip(sorted(ends), labels, tops, strict=True):
                # With its shape again: where lines end on one point, no label stands beside its own.
                drawn += [_mark(index, x_end + 21, place + 11), text(x_end + 33, place + 16, value, bold=True)]
                drawn += [text(x_end + 16, place + 34 + 17 * row, words, size=14) for row, words in enumerate(two)]
            return max([y, *(place + each + 8 for place, each in zip(tops, heights, strict=True))]), drawn
        for _y_end, _x_end, index, value in ends:
            drawn += [_mark(index, 8, y + 4), text(22, y + 9, f"{lines[index].name}: {value}")]
            y += 24
        return y + 4, drawn

    columns = (_("Month"), *(line.name for line in lines))
    table = tuple(
        (date_format(day, "F Y"), *(number(line.values[index]) + (unit if line.values[index] is not None else "") for line in lines))
        for index, day in enumerate(days)
    )
    said = "; ".join(
        f"{line.name}: "
        + _("from %(first)s to %(last)s") % {"first": f"{number(line.values[0])}{unit}", "last": f"{number(line.values[-1])}{unit}"}
        for line in lines
    )
    wide, narrow = both(draw, name, title, said)
    return Figure(name, title, summary, wide, narrow, columns, table, note)
