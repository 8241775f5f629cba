"""How a risk that was found becomes the client's risk level and the words of the banner. The only place that weighs one against another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from carehub.definitions.answers import Answers
from carehub.definitions.findings import RiskFound as Raised
from carehub.definitions.findings import gravest, risks, risks_not_known
from carehub.definitions.forward import Stamp
from carehub.definitions.schema import Form
from clients.models import Episode, RiskFound

Level = Episode.Risk
#: From the least to the gravest. What a form calls 'immediate' is high, and asks for something today besides.
ORDER = (Level.LOW, Level.MEDIUM, Level.HIGH)
LONGEST_WORDS = RiskFound._meta.get_field("words").max_length


def kept_level(raised: str) -> Level:
    """A form's level as it is kept."""
    return Level.HIGH if raised == "immediate" else Level(raised)


def highest(levels: Iterable[str], *, all_asked: bool) -> Level:
    """The client's level: the gravest found. Without any it is 'none' only where everything was asked and answered."""
    found = [Level(level) for level in levels if level in ORDER]
    if found:
        return max(found, key=ORDER.index)
    return Level.NONE if all_asked else Level.NOT_ASSESSED


@dataclass(frozen=True)
class Picture:
    """What one assessment says of risk."""

    level: Level
    #: Every risk found, once; for RiskFound.
    found: tuple[Raised, ...]
    #: For Episode.risk_words: all that is high, the gravest of each other area, then the areas about which nothing is known.
    words: list[dict[str, Any]]
    asked_on: date


def picture(form: Form, answers: Answers, stamp: Stamp) -> Picture:
    found: dict[tuple[str, str], Raised] = {}
    for risk in risks(form, answers, stamp):  # the gravest first: of two with the same words that one stays
        found.setdefault((risk.area, risk.words), risk)
    worst = gravest(found.values())
    not_known = dict.fromkeys(area for each in risks_not_known(form, answers) for area in each.areas if area not in worst)
    words: list[dict[str, Any]] = [
        {
            "words": risk.words,
            "level": kept_level(risk.level).value,
            "area": risk.area,
            "asked_on": (risk.asked_on or stamp.on).isoformat(),
            "third_party": risk.third_party,
        }
        for risk in found.values()
        # The gravest of each area, and whatever else is high: a second high risk is no smaller for standing beside a first.
        if risk is worst[risk.area] or kept_level(risk.level) is Level.HIGH
    ]
    words += [{"words": _not_known(area), "level": "", "area": area, "asked_on": "", "third_party": False} for area in not_known]
    level = highest((kept_level(risk.level) for risk in found.values()), all_asked=not not_known)
    return Picture(level, tuple(found.values()), words, stamp.on)


def _not_known(area: str) -> str:
    return _("%(area)s: not known") % {"area": RiskFound.Area(area).label}
