"""The letters that documents can be set in: the fonts under static/vendor that the print style sheet names.

A character that none of them has would print as an empty box. It is written out by its name instead, in brackets: a
reader sees '[grinning face]' where somebody typed the picture, and a screen reader says the same.
"""

import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont
from weasyprint.text.fonts import FontConfiguration

#: Marks that only steer how neighbours are drawn, and turn text around: nothing is lost when they go.
STEERING = re.compile("[\u00ad\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]")
#: Control characters, and what cannot be written in UTF-8 at all.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufff9-\ufffb]")
FONT_FILE = re.compile(r"url\(\"?([^)\"]+\.woff2)\"?\)")


@lru_cache(maxsize=4)
def _uncovered(stylesheet: Path) -> re.Pattern[str]:
    """Matches every character that no font named in ``stylesheet`` has, in regular *and* bold."""
    covered = {ord(letter) for letter in "\t\n\r"}
    for name in set(FONT_FILE.findall(stylesheet.read_text(encoding="utf-8"))):
        if "-400-" not in name:  # the bold file of a family has the same letters
            continue
        with TTFont((stylesheet.parent / name).resolve(), lazy=True) as font:
            covered |= set(font.getBestCmap())
    return re.compile("[^" + "".join(f"{re.escape(chr(a))}-{re.escape(chr(b))}" for a, b in _runs(sorted(covered))) + "]")


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Sorted numbers as (first, last) of each unbroken run."""
    start = last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1:
            yield start, last
            start = number
        last = number
    yield start, last


@lru_cache(maxsize=4)
def _advances(stylesheet: Path) -> dict[int, float]:
    """How far each letter moves on, in parts of the size of the font: of the first font named in ``stylesheet`` that has it."""
    advances: dict[int, float] = {}
    for name in FONT_FILE.findall(stylesheet.read_text(encoding="utf-8")):
        if "-400-" not in name:
            continue
        with TTFont((stylesheet.parent / name).resolve(), lazy=True) as font:
            widths, units = font["hmtx"].metrics, font["head"].unitsPerEm
            for letter, glyph in font.getBestCmap().items():
                advances.setdefault(letter, widths[glyph][0] / units)
    return advances


def width_of(text: str, stylesheet: Path) -> float:
    """About how wide ``text`` prints, in parts of the size of the font (letters that join are a little narrower)."""
    advances = _advances(stylesheet)
    return sum(advances.get(ord(letter), 0.6) for letter in text)


def printable(text: str, stylesheet: Path) -> str:
    """``text`` with nothing in it that would print as an empty box; the same text comes out the same every time."""
    text = STEERING.sub("", CONTROL.sub("", unicodedata.normalize("NFC", text)))
    return _uncovered(stylesheet).sub(lambda found: f"[{unicodedata.name(found[0], f'U+{ord(found[0]):04X}').lower()}]", text)


@contextmanager
def _fontconfig_file(path: Path) -> Iterator[None]:
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(path)
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


def own_fonts_only() -> FontConfiguration:
    """A font configuration that knows no font of the machine, only those that a style sheet brings."""
    with _fontconfig_file(Path(__file__).with_name("fonts.conf")):
        return FontConfiguration()
