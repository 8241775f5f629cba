"""What all charts are drawn with: text that is escaped, rules, shapes, and the picture around them."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

import svg
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe

Words = str | Promise

WIDE, NARROW = 580, 320
TEXT = 15
INK, SOFT, GRID, PAPER = "#0b0c0c", "#434a4b", "#c5cfd0", "#ffffff"
DEEP, MIDDLE, PALE = "#0b4a50", "#2f7f85", "#dcecec"
#: Fill and the colour of a number on it, dark to light: distinct in greyscale, and in order.
SHADES = ((DEEP, PAPER), (MIDDLE, PAPER), ("#8cbfc2", INK), ("#d5e7e7", INK), (PAPER, INK))


@dataclass(frozen=True)
class Figure:
    """A chart in two widths, and the table that says the same. ``columns`` and ``rows`` begin with what a row is about."""

    name: str
    title: Words
    summary: Words
    wide: SafeString
    narrow: SafeString
    columns: tuple[Words, ...]
    rows: tuple[tuple[Any, ...], ...]
    note: Words = ""


def number(value: float | None) -> str:
    """'12', '12.5', '1,204', and a dash where there is none."""
    return "–" if value is None else f"{value:,.1f}".removesuffix(".0")


def width_of(words: Words, size: float = TEXT) -> float:
    """About how wide ``words`` are; the page's font is not known here, so generously."""
    return len(str(words)) * size * 0.56


def wrapped(words: Words, room: float, most: int = 2) -> list[str]:
    """``words`` in up to ``most`` lines of ``room`` pixels; what does not fit is cut with dots (the table has it whole)."""
    lines: list[str] = [""]
    for word in str(words).split():
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer) <= room or not lines[-1]:
            lines[-1] = longer
        elif len(lines) < most:
            lines.append(word)
        else:
            lines[-1] += "…"
            break
    return lines


def text(x: float, y: float, words: Any, *, anchor: str = "start", size: int = TEXT, bold: bool = False, fill: str = INK) -> svg.Text:
    return svg.Text(
        x=round(x, 1), y=round(y, 1), text=escape(str(words)), text_anchor=anchor, font_size=size, fill=fill,
        font_weight="700" if bold else None,
    )  # fmt: skip


def rect(x: float, y: float, width: float, height: float, fill: str) -> svg.Rect:
    return svg.Rect(
        x=round(x, 1), y=round(y, 1), width=round(max(width, 0), 1), height=round(height, 1), fill=fill, stroke=DEEP, stroke_width=1
    )  # fmt: skip


def circle(x: float, y: float, radius: float, fill: str, *, open_: bool = False) -> svg.Circle:
    """A full circle, or an open one with a thick edge."""
    return svg.Circle(
        cx=round(x, 1), cy=round(y, 1), r=radius, fill=PAPER if open_ else fill, stroke=fill if open_ else None,
        stroke_width=2.5 if open_ else None,
    )  # fmt: skip


def rule(x1: float, y1: float, x2: float, y2: float, *, stroke: str = GRID, width: float = 1, dash: list[int] | None = None) -> svg.Line:
    return svg.Line(
        x1=round(x1, 1), y1=round(y1, 1), x2=round(x2, 1), y2=round(y2, 1), stroke=stroke, stroke_width=width, stroke_dasharray=dash
    )  # fmt: skip


def diamond(x: float, y: float, size: float, fill: str) -> svg.Path:
    x, y = round(x, 1), round(y, 1)
    return svg.Path(d=[svg.M(x, y - size), svg.L(x + size, y), svg.L(x, y + size), svg.L(x - size, y), svg.Z()], fill=fill)


def picture(name: str, title: Words, description: Words, width: int, height: float, elements: list[svg.Element]) -> SafeString:
    """The whole drawing. Everything in it went through :func:`text` (escaped) or is a number of ours."""
    ids = f"{name}-title", f"{name}-words"
    drawing = svg.SVG(
        width=width, height=round(height), viewBox=svg.ViewBoxSpec(0, 0, width, round(height)),
        extra={"role": "img", "aria-labelledby": " ".join(escape(each) for each in ids), "direction": "ltr", "focusable": "false"},
        elements=[
            svg.Title(id=escape(ids[0]), text=escape(str(title))),
            svg.Desc(id=escape(ids[1]), text=escape(str(description))),
            *elements,
        ],
    )  # fmt: skip
    return mark_safe(str(drawing))


def both(
    draw: Callable[[int], tuple[float, list[svg.Element]]], name: str, title: Words, description: str
) -> tuple[SafeString, SafeString]:
    pictures = []
    for width, kind in ((WIDE, "wide"), (NARROW, "narrow")):
        height, elements = draw(width)
        pictures.append(picture(f"{name}-{kind}", title, description, width, height, elements))
    return pictures[0], pictures[1]
