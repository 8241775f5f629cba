"""How a count is made safe for commissioners: 1 to 4 are hidden, and what would give them away with them; others are rounded to 5.

Services are shown apart only where none of them has anything to hide. Otherwise only the whole partnership is shown: with rounded
totals and some of the services, the hidden ones could be worked out (four services of 5 and a total of 20 leave 1 each for two more).
No solver decides, so that the rule can be said in a sentence; tests/reports/test_suppression.py tries to get round it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

SMALLEST_SHOWN = 5
ROUND_TO = 5

Place = TypeVar("Place")


@dataclass(frozen=True)
class Counted:
    """``met`` of ``eligible``, exactly."""

    met: int
    eligible: int
    excluded: int = 0


@dataclass(frozen=True)
class Safe:
    """``numerator`` of ``denominator`` as it may be shown; None is hidden."""

    numerator: int | None
    denominator: int | None


HIDDEN = Safe(None, None)


def is_small(number: int) -> bool:
    return 0 < number < SMALLEST_SHOWN


def rounded(number: int) -> int:
    """To the nearest five; 5 to 7 are 5, 8 to 12 are 10."""
    return ROUND_TO * ((number + ROUND_TO // 2) // ROUND_TO)


def safe(counted: Counted) -> Safe:
    """One count for itself, without a look at others beside it."""
    if is_small(counted.eligible):
        return HIDDEN
    return Safe(None if is_small(counted.met) else rounded(counted.met), rounded(counted.eligible))


def safe_together(whole: Counted, parts: Mapping[Place, Counted]) -> tuple[Safe, dict[Place, Safe]]:
    """The partnership's count and those of its services, safe beside each other."""
    nothing_small = not any(is_small(part.met) or is_small(part.eligible) for part in (whole, *parts.values()))
    return safe(whole), {place: safe(part) if nothing_small else HIDDEN for place, part in parts.items()}
