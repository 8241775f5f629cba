"""The map of a plan: the client in the middle, goals as branches, steps as leaves, one page (node-link mapping: GP 5.4.2).

Branches and boxes are drawn here as SVG; the words are laid over them as text of the page, because a picture's letters do not join
(Arabic script). Nothing differs from one run to the next. What does not fit is cut with dots: the words on the back have it whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import svg
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carehub.charts.drawing import DEEP, PALE, PAPER, SOFT
from carehub.documents.picture import Picture
from carehub.templatetags.print_sheet import unstopped, when
from careplans.sheet import Sheet, SheetGoal, SheetMap, SheetMapWords

#: Of the whole picture, in units of MM millimetres.
WIDE, HIGH, MM = 1000, 590, 0.265
#: From the left edge of a side's column to the other: the right side; the left one is its mirror.
GOAL_AT, GOAL_WIDE = 610, 165
LEAF_AT, LEAF_WIDE = 798, 200
MIDDLE_WIDE, MIDDLE_HIGH = 150, 96
#: Bold letters are wider by so much.
BOLD = 1.07
PAD, BETWEEN_LEAVES, BETWEEN_GOALS, LINE = 6, 5, 14, 1.24
#: What is tried until everything fits: size of the letters, lines a box at most, leaves a goal at most.
TRIES: tuple[tuple[int, int, int], ...] = (
    *((size, 99, 99) for size in (18, 17, 16, 15, 14, 13, 12, 11)),
    *((11, lines, 99) for lines in (6, 4, 3)),
    *((10, lines, 99) for lines in (4, 3, 2)),
    *((9, 2, leaves) for leaves in (99, 6, 4)),
    *((9, 1, leaves) for leaves in (4, 3, 2, 1)),
)

#: How wide a text is, in parts of the size of its letters.
Measure = Callable[[str], float]


@dataclass(frozen=True)
class _Box:
    lines: tuple[str, ...]
    size: int

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LINE + 2 * PAD


@dataclass(frozen=True)
class _Branch:
    goal: _Box
    leaves: tuple[_Box, ...]

    @property
    def height(self) -> float:
        return max(self.goal.height, self.leaves_height)

    @property
    def leaves_height(self) -> float:
        return sum(leaf.height for leaf in self.leaves) + BETWEEN_LEAVES * max(len(self.leaves) - 1, 0)


def draw(sheet: Sheet, measure: Measure, printable: Callable[[str], str]) -> SheetMap:
    """``printable``: a text with no letter that would print as an empty box."""
    elements: list[svg.Element] = []
    words: list[SheetMapWords] = []
    for side, mirrored in zip(_fitting(sheet.goals, measure, printable), (False, True), strict=True):
        shapes, laid = _side(side, mirrored=mirrored)
        elements += shapes
        words += laid
    whose = printable(sheet.client.initials if sheet.discreet else sheet.client.known_as or sheet.client.name)
    name = _Box(tuple(_wrapped(whose, (MIDDLE_WIDE - 20) / (17 * BOLD), measure, most=3)), 17)
    elements.append(svg.Ellipse(cx=WIDE / 2, cy=HIGH / 2, rx=MIDDLE_WIDE / 2, ry=MIDDLE_HIGH / 2, fill=DEEP))
    words.insert(0, _words(name, WIDE / 2 - MIDDLE_WIDE / 2, HIGH / 2 - name.height / 2, MIDDLE_WIDE, "middle"))
    drawing = svg.SVG(width=WIDE, height=HIGH, viewBox=svg.ViewBoxSpec(0, 0, WIDE, HIGH), elements=elements)
    return SheetMap(Picture(str(drawing).encode(), "image/svg+xml"), tuple(words))


def _fitting(goals: Sequence[SheetGoal], measure: Measure, printable: Callable[[str], str]) -> tuple[list[_Branch], list[_Branch]]:
    """Both sides, right first, at the first try that fits; past the last one goals are left to the words on the back."""
    for size, lines, leaves in TRIES:
        sides = _sides([_branch(number, goal, size, lines, leaves, measure, printable) for number, goal in enumerate(goals, start=1)])
        if max(map(_height, sides)) <= HIGH:
            return sides
    kept = list(goals)
    while max(map(_height, sides)) > HIGH:
        kept.pop()
        more = len(goals) - len(kept)
        note = ngettext("%(number)s more goal: see the back", "%(number)s more goals: see the back", more) % {"number": more}
        branches = [_branch(number, goal, 9, 1, 1, measure, printable) for number, goal in enumerate(kept, start=1)]
        sides = _sides([*branches, _Branch(_Box((note,), 9), ())])
    return sides


def _sides(branches: list[_Branch]) -> tuple[list[_Branch], list[_Branch]]:
    """Parted where the heights are nearest to each other; read down the right side, then down the left one."""
    parted = [(branches[:at], branches[at:]) for at in range((len(branches) + 1) // 2 + 1, -1, -1)]
    return min(parted, key=lambda sides: max(map(_height, sides)))


def _height(side: list[_Branch]) -> float:
    return sum(branch.height for branch in side) + BETWEEN_GOALS * max(len(side) - 1, 0)


def _branch(number: int, goal: SheetGoal, size: int, lines: int, leaves: int, measure: Measure, printable: Callable[[str], str]) -> _Branch:
    words = printable(f"{number}  {goal.client_words or goal.service_words}")
    steps = [printable(_step(action.what, action.who, when(action.by_when))) for action in goal.actions]
    shown = steps[:leaves]
    if len(steps) > len(shown):
        more = len(steps) - len(shown)
        shown.append(ngettext("%(number)s more step: see the back", "%(number)s more steps: see the back", more) % {"number": more})
    return _Branch(
        _Box(tuple(_wrapped(words, (GOAL_WIDE - 2 * PAD) / (size * BOLD), measure, most=lines)), size),
        tuple(_Box(tuple(_wrapped(step, (LEAF_WIDE - 2 * PAD) / size, measure, most=lines)), size) for step in shown),
    )


def _step(what: str, who: str, by_when: str) -> str:
    beside = ", ".join(each for each in (who, by_when) if each)
    return f"{unstopped(what)} ({beside})" if beside else what


def _wrapped(text: str, room: float, measure: Measure, *, most: int) -> list[str]:
    """Lines that are at most ``room`` wide; a word that is wider is broken."""
    lines = [""]
    for word in text.split(" ") if text.strip() else [_("(no words yet)")]:
        for piece in _pieces(word, room, measure):
            longer = f"{lines[-1]} {piece}" if lines[-1] else piece
            if measure(longer) <= room:
                lines[-1] = longer
            else:
                lines.append(piece)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and measure(last + "…") > room:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + "…"]


def _pieces(word: str, room: float, measure: Measure) -> list[str]:
    pieces = [""]
    for letter in word.replace("\n", " "):
        if pieces[-1] and measure(pieces[-1] + letter) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _side(branches: list[_Branch], *, mirrored: bool) -> tuple[list[svg.Element], list[SheetMapWords]]:
    """Down the side, the room that is left spread between the goals."""
    links: list[svg.Element] = []
    boxes: list[svg.Element] = []
    words: list[SheetMapWords] = []

    def place(box: _Box, at: float, width: float, top: float, kind: str) -> None:
        left = WIDE - at - width if mirrored else at
        fill, edge = (PALE, DEEP) if kind == "goal" else (PAPER, SOFT)
        place = {"x": round(left, 1), "y": round(top, 1), "width": width, "height": round(box.height, 1)}
        boxes.append(svg.Rect(**place, rx=6, fill=fill, stroke=edge, stroke_width=1.5))
        words.append(_words(box, left, top, width, kind))

    spare = min((HIGH - _height(branches)) / (len(branches) + 1), 60) if branches else 0
    top = (HIGH - _height(branches) - spare * max(len(branches) - 1, 0)) / 2
    for branch in branches:
        middle = top + branch.height / 2
        links.append(_link((WIDE / 2, HIGH / 2), (GOAL_AT, middle), 3, mirrored))
        place(branch.goal, GOAL_AT, GOAL_WIDE, middle - branch.goal.height / 2, "goal")
        leaf_top = middle - branch.leaves_height / 2
        for leaf in branch.leaves:
            links.append(_link((GOAL_AT + GOAL_WIDE, middle), (LEAF_AT, leaf_top + leaf.height / 2), 1.5, mirrored))
            place(leaf, LEAF_AT, LEAF_WIDE, leaf_top, "step")
            leaf_top += leaf.height + BETWEEN_LEAVES
        top += branch.height + BETWEEN_GOALS + spare
    return [*links, *boxes], words


def _link(start: tuple[float, float], end: tuple[float, float], width: float, mirrored: bool) -> svg.Path:
    (x1, y1), (x2, y2) = ((WIDE - x, y) if mirrored else (x, y) for x, y in (start, end))
    bend = (x1 + x2) / 2
    path: Any = [svg.M(*_at(x1, y1)), svg.C(*_at(bend, y1), *_at(bend, y2), *_at(x2, y2))]
    return svg.Path(d=path, fill="none", stroke=DEEP, stroke_width=width)


def _at(x: float, y: float) -> tuple[float, float]:
    return round(x, 1), round(y, 1)


def _words(box: _Box, left: float, top: float, width: float, kind: str) -> SheetMapWords:
    at = {"left": left, "top": top + PAD, "width": width, "font-size": box.size, "line-height": box.size * LINE}
    return SheetMapWords(box.lines, kind, ";".join(f"{name}:{value * MM:.2f}mm" for name, value in at.items()))
