"""Lying bars made of parts."""

from collections.abc import Sequence

import svg
from django.utils.translation import gettext as _

from carehub.charts.drawing import SHADES, WIDE, Figure, Words, both, number, rect, text, width_of, wrapped


def legend(parts: Sequence[Words], width: int) -> tuple[float, list[svg.Element]]:
    """Swatches with their words, as many in a row as fit; and how high they are together."""
    x, y, drawn = 0.0, 0.0, []
    for index, part in enumerate(parts):
        wide = 24 + width_of(part) + 16
        if x and x + wide > width:
            x, y = 0.0, y + 26
        drawn += [rect(x + 0.5, y + 2.5, 15, 15, SHADES[index][0]), text(x + 24, y + 15, part)]
        x += wide
    return y + 34, drawn


def stacked_bars(
    name: str, *, title: Words, summary: Words, about: Words, parts: Sequence[Words], rows: Sequence[tuple[Words, Sequence[int]]],
    shares: bool = False, note: Words = "",
) -> Figure:  # fmt: skip
    """Lying bars of up to five parts. ``shares``: all equally long, each part as its share; otherwise as long as the counts."""
    if not 1 <= len(parts) <= len(SHADES):
        raise ValueError(f"a bar has one to {len(SHADES)} parts, not {len(parts)}")
    totals = [sum(values) for _name, values in rows]
    longest = max(totals, default=0) or 1

    def draw(width: int) -> tuple[float, list[svg.Element]]:
        beside = width == WIDE
        left = 185 if beside else 0
        room = width - left - 60
        y, drawn = legend(parts, width)
        for (label, values), total in zip(rows, totals, strict=True):
            lines = wrapped(label, left - 15 if beside else width, most=2)
            if not beside:
                for line in lines:
                    drawn.append(text(0, y + 12, line))
                    y += 19
            else:
                start = y + (22 if len(lines) == 1 else 13)
                drawn += [text(0, start + 18 * index, line) for index, line in enumerate(lines)]
            x = float(left)
            scale = room / (total or 1) if shares else room / longest
            for index, value in enumerate(values):
                if not value:
                    continue
                long = value * scale
                fill, ink = SHADES[index]
                drawn.append(rect(x + 0.5, y + 0.5, long, 32, fill))
                said = number(value)
                if width_of(said) + 6 < long:
                    drawn.append(text(x + long / 2, y + 22, said, anchor="middle", fill=ink))
                x += long
            drawn.append(text(x + 8, y + 22, number(total), bold=True))
            y += 46 if beside else 50
        return y, drawn

    table = tuple((label, *(number(value) for value in values), number(total)) for (label, values), total in zip(rows, totals, strict=True))
    said = "; ".join(
        f"{label}: " + ", ".join(f"{part} {number(value)}" for part, value in zip(parts, values, strict=True)) for label, values in rows
    )
    wide, narrow = both(draw, name, title, said)
    return Figure(name, title, summary, wide, narrow, (about, *parts, _("All")), table, note)
