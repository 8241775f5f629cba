"""Scores from 1 to 5, now against before."""

from collections.abc import Sequence
from dataclasses import dataclass

import svg
from django.utils.translation import gettext as _

from carehub.charts.drawing import DEEP, MIDDLE, PALE, SOFT, WIDE, Figure, Words, both, circle, number, rule, text, width_of, wrapped


@dataclass(frozen=True)
class Area:
    """One of the nine areas: its score now and at the time compared with, 1 (best) to 5 (worst), or None where it was not scored."""

    name: Words
    now: int | None
    before: int | None = None


def change_in_words(now: int | None, before: int | None) -> str:
    """1 is best: from 4 to 2 is better."""
    if now is None:
        return _("not scored")
    if before is None:
        return _("first score")
    return _("better") if now < before else _("worse") if now > before else _("as before")


def score_profile(
    name: str, *, title: Words, summary: Words, areas: Sequence[Area], now_words: Words = "", before_words: Words = "", note: Words = ""
) -> Figure:
    """The nine areas from 1 (best) to 5 (worst): a full circle now, an open one before, and the change in words."""
    now_words, before_words = now_words or _("Now"), before_words or _("Before")
    for area in areas:
        if not all(score is None or 1 <= score <= 5 for score in (area.now, area.before)):
            raise ValueError(f"scores go from 1 to 5: {area}")

    def draw(width: int) -> tuple[float, list[svg.Element]]:
        beside = width == WIDE
        left, right = (190, width - 105) if beside else (14, width - 106)
        drawn: list[svg.Element] = [circle(8, 10, 6.5, DEEP), text(22, 15, now_words)]
        second_x, second_y = (22 + width_of(now_words) + 26, 0) if beside else (8, 24)
        drawn += [circle(second_x, second_y + 10, 5.5, DEEP, open_=True), text(second_x + 14, second_y + 15, before_words)]
        places = [left + (right - left) * step / 4 for step in range(5)]
        top = 66 + second_y
        ends = {1: _("1 best"), 5: _("5 worst")}
        for score, place in enumerate(places, start=1):
            first_of_narrow = score == 1 and not beside
            drawn.append(
                text(
                    0 if first_of_narrow else place,
                    top - 10,
                    ends.get(score, score),
                    anchor="start" if first_of_narrow else "middle",
                    fill=SOFT,
                )
            )
        pitch = 40 if beside else 52
        y = float(top)
        grid = [rule(place, top, place, top + pitch * len(areas)) for place in places]
        rows: list[svg.Element] = []
        for area in areas:
            middle = y + (pitch / 2 if beside else 34)
            changed = area.before is not None and area.now is not None and area.before != area.now
            rows.append(rule(0, y, width, y, stroke=PALE))
            words = wrapped(area.name, left - 24 if beside else width, most=2 if beside else 1)
            first = (middle + 5 - 8.5 * (len(words) - 1)) if beside else y + 18
            rows += [text(0, first + 17 * index, line) for index, line in enumerate(words)]
            rows.append(text(right + 18, middle + 5, change_in_words(area.now, area.before), bold=changed))
            if area.before is not None and area.now is not None and changed:
                rows.append(rule(places[area.before - 1], middle, places[area.now - 1], middle, stroke=MIDDLE, width=4))
            if area.before is not None and area.before != area.now:
                rows.append(circle(places[area.before - 1], middle, 6.5, DEEP, open_=True))
            if area.now is not None:
                rows.append(circle(places[area.now - 1], middle, 8, DEEP))
            y += pitch
        return y + 4, drawn + grid + rows

    table = tuple((area.name, area.now or "–", area.before or "–", change_in_words(area.now, area.before)) for area in areas)
    said = (
        _("1 is best, 5 is worst.")
        + " "
        + "; ".join(f"{area.name}: {number(area.now)}, {change_in_words(area.now, area.before)}" for area in areas)
    )
    wide, narrow = both(draw, name, title, said)
    return Figure(
        name, title, summary, wide, narrow, (_("Area"), now_words, before_words, _("Change")), table, note or _("1 is best, 5 is worst.")
    )
