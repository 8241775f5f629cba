"""Days in each of four weeks, as outcome profiles ask: week 4 first, week 1 last, 0 to 7 days each, 28 in all.

The four stand on paper and in the record one by one, so that a total can be checked; the total is always computed.
"""

import re
from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: In the order in which they are asked and kept.
WEEKS = (4, 3, 2, 1)
DAYS = 7
MOST = DAYS * len(WEEKS)
LABELS: dict[int, Promise] = {
    4: gettext_lazy("Week 4 (first)"),
    3: gettext_lazy("Week 3"),
    2: gettext_lazy("Week 2"),
    1: gettext_lazy("Week 1 (last)"),
}
_NUMBER = re.compile(r"[0-9]{1,3}")


def names(field: str) -> tuple[str, ...]:
    """The names of the HTML fields, in the order of ``WEEKS``."""
    return tuple(f"{field}_week{week}" for week in WEEKS)


def clean(typed: Sequence[str]) -> list[int]:
    """The four numbers. Raises ValueError with what is wrong, in words that follow the question's name."""
    parts = [one.strip() for one in (*typed, *[""] * len(WEEKS))][: len(WEEKS)]
    if not all(parts):
        raise ValueError(_("enter all four weeks, or say why there is no answer"))
    for week, part in zip(WEEKS, parts, strict=True):
        if not is_days(part):
            raise ValueError(_("week %(week)s must be a number of days from 0 to 7") % {"week": week})
    return [int(part) for part in parts]


def is_days(part: str) -> bool:
    return bool(_NUMBER.fullmatch(part.strip())) and int(part) <= DAYS


def total(value: Sequence[int]) -> int:
    return sum(value)


def in_words(value: Sequence[int]) -> str:
    """'19 of 28 days (weeks 4, 3, 2, 1: 7, 7, 5, 0)'."""
    weeks = ", ".join(str(days) for days in value)
    return _("%(total)s of %(most)s days (weeks 4, 3, 2, 1: %(weeks)s)") % {"total": total(value), "most": MOST, "weeks": weeks}


def total_of_typed(typed: Sequence[str]) -> str:
    """What to say under the four boxes: 'Total: 19 of 28 days'; '' until all four are there and right."""
    try:
        return _("Total: %(total)s of %(most)s days") % {"total": total(clean(typed)), "most": MOST}
    except ValueError:
        return ""
