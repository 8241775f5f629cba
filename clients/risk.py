"""How a risk that was found becomes the client's risk level and the words of the banner. The only place that weighs one against another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from carehub.definitions.answers import Answer, is_answered, is_asked
from carehub.definitions.findings import RiskFound as Raised
from carehub.definitions.findings import asks_of_risk, gravest, risks, risks_not_known
from carehub.definitions.following import RISK_LEVELS
from carehub.definitions.forward import Stamp
from carehub.definitions.schema import Form, Section
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
class Told:
    """What one assessment says: its form as it was asked, the answers, and when and by whom each section was asked."""

    form: Form
    answers: Mapping[str, Answer]
    stamp: Stamp
    sections: Mapping[str, Stamp]


@dataclass(frozen=True)
class Picture:
    """What one or several assessments together say of risk."""

    level: Level
    #: Every risk found, once; for RiskFound.
    found: tuple[Raised, ...]
    #: For Episode.risk_words: everything found, the gravest first, suicide first among equals; then the areas of which nothing is known.
    words: list[dict[str, Any]]
    asked_on: date


def picture(*told: Told) -> Picture:
    """What stands, ``told`` the newest first: of a question that several asked, the newest answer; of an area that a later one looked
    into in full, nothing older. What only an older one asked still stands, with its day."""
    found: dict[tuple[str, str], Raised] = {}
    #: Questions that were to be asked and tell nothing → the areas that nobody knows about for it.
    unknown: dict[str, tuple[str, ...]] = {}
    decided: set[str] = set()
    #: Area of risk → the place of the newest assessment that looked into it in full.
    closed: dict[str, int] = {}
    # What each asked itself first, then what each carried over: that may have been corrected since where it was asked.
    for asked, (place, each) in [(True, one) for one in enumerate(told)] + [(False, one) for one in enumerate(told)]:
        asking = asks_of_risk(each.form)
        now = {name for name in asking if is_asked(each.answers.get(name, {})) is asked}
        answered = {name for name in now if is_answered(each.answers.get(name))}
        silent = {one.question: one.areas for one in risks_not_known(each.form, each.answers) if one.question in now}
        over = {area for area, by in closed.items() if by < place}
        for risk in risks(each.form, each.answers, each.stamp, sections=each.sections):
            if risk.area not in over and risk.question not in decided and risk.question in now:
                found.setdefault((risk.area, risk.words), risk)
        for name in answered - decided - silent.keys():
            # A newer one left it open: this answer is what is known.
            unknown.pop(name, None)
        for name in silent.keys() - decided:
            unknown.setdefault(name, tuple(area for area in silent[name] if area not in over))
        decided |= answered
        for area in {area for section in each.form.sections for area in section.assesses if _was_asked(section, each.answers)}:
            closed.setdefault(area, place)
    in_order = sorted(found.values(), key=lambda risk: (-RISK_LEVELS.index(risk.level), RiskFound.Area.values.index(risk.area)))
    worst = gravest(in_order)
    not_known = [area.value for area in RiskFound.Area if area not in worst and any(area in areas for areas in unknown.values())]
    words: list[dict[str, Any]] = [
        {
            "words": risk.words,
            "level": kept_level(risk.level).value,
            "area": risk.area,
            "asked_on": (risk.asked_on or told[0].stamp.on).isoformat(),
            "third_party": risk.third_party,
        }
        for risk in in_order
    ]
    words += [{"words": _not_known(area), "level": "", "area": area, "asked_on": "", "third_party": False} for area in not_known]
    level = highest((kept_level(risk.level) for risk in in_order), all_asked=not not_known)
    return Picture(level, tuple(in_order), words, told[0].stamp.on)


def _was_asked(section: Section, answers: Mapping[str, Answer]) -> bool:
    """Something of it was answered now, not carried over from before."""
    return any(is_asked(answers[question.id]) for question in section.questions if question.id in answers)


def _not_known(area: str) -> str:
    return _("%(area)s: not known") % {"area": RiskFound.Area(area).label}
