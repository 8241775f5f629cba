"""What a partnership may decide for itself: each with its default, what it means, and where it comes from.

Kept in Partnership.local_settings by name; what is not there has the default. ``local`` as a source says that the rule is ours
and that no guidance asks for it.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carehub.models import Partnership

logger = logging.getLogger(__name__)
LOCAL = "local"


@dataclass(frozen=True)
class About:
    """A setting, for the page on which it is read and changed."""

    name: str
    default: int
    #: With a place for the number.
    sentence: Promise
    source: str
    least: int
    most: int


def _number(default: int, sentence: Promise, *, source: str = LOCAL, least: int = 1, most: int = 366) -> Any:
    return field(default=default, metadata={"sentence": sentence, "source": source, "least": least, "most": most})


@dataclass(frozen=True)
class LocalSettings:
    """One partnership's decisions. Days are days of the calendar, in London."""

    triage_within_days: int = _number(7, _("Somebody who was referred is triaged within %(number)s days."))
    plan_within_days: int = _number(14, _("After the triage, the initial care plan is signed within %(number)s days."))
    proposal_within_days: int = _number(
        7, _("What an assessment proposes is done within %(number)s days, unless somebody says another day."), most=90
    )
    initial_review_weeks: int = _number(4, _("An initial care plan is reviewed after %(number)s weeks."), most=26)
    first_review_months: int = _number(3, _("A care plan is first reviewed within %(number)s months."), source="JR", most=12)
    later_review_months: int = _number(6, _("After that it is reviewed every %(number)s months."), source="JR", most=12)
    risk_again_weeks: int = _number(13, _("Risk is asked about again within %(number)s weeks."), most=52)
    risk_plan_high_weeks: int = _number(
        4, _("Where a risk is high, the risk management plan is looked at again within %(number)s weeks."), most=26
    )
    risk_plan_medium_weeks: int = _number(
        8, _("Where the gravest risk is medium, the risk management plan is looked at again within %(number)s weeks."), most=26
    )
    risk_plan_weeks: int = _number(13, _("Any other risk management plan is looked at again within %(number)s weeks."), most=26)
    comprehensive_again_weeks: int = _number(26, _("A comprehensive assessment is gone through again within %(number)s weeks."), most=104)
    review_grace_days: int = _number(7, _("The service manager is told when a review is more than %(number)s days overdue."), least=0)
    outcome_interval_weeks: int = _number(
        13, _("The outcome profile is asked again every %(number)s weeks."), source="Outcome profile practice 2007", least=4, most=52
    )
    outcome_window_days: int = _number(
        14, _("It counts as in time up to %(number)s days before or after that day."), source="Outcome profile practice 2007", most=60
    )
    outcome_exception_days: int = _number(
        120,
        _("After %(number)s days without an outcome profile it is an exception, to be explained."),
        source="Outcome profile practice 2007",
    )
    opened_records: int = _number(
        30,
        _("Somebody who opens more than %(number)s records in a short time is asked for their password before the next."),
        least=5,
        most=500,
    )
    opened_within_minutes: int = _number(10, _("The short time is %(number)s minutes."), most=60)
    records_an_hour: int = _number(40, _("More than %(number)s different records opened by one person in an hour are unusual."), least=5)
    others_records_a_day: int = _number(
        10, _("More than %(number)s records a day of people who are not on one’s caseload, without a task or a deed, are unusual."), least=0
    )
    night_from_hour: int = _number(22, _("Night begins at %(number)s o’clock."), least=18, most=24)
    night_until_hour: int = _number(6, _("Night ends at %(number)s o’clock."), least=0, most=10)
    lock_after_minutes: int = _number(
        30, _("The screen is locked when nobody has used it for %(number)s minutes; at a shared desk after 15 at most."), least=5, most=60
    )


ABOUT: tuple[About, ...] = tuple(About(each.name, getattr(LocalSettings(), each.name), **each.metadata) for each in fields(LocalSettings))


def problems(chosen: Mapping[str, object]) -> dict[str, str]:
    """What is wrong with what a partnership has chosen: name → a sentence. Empty where all is well."""
    known = {about.name: about for about in ABOUT}
    found = {}
    for name, value in chosen.items():
        about = known.get(name)
        if about is None:
            found[name] = f"There is no local setting '{name}'."
        elif not isinstance(value, int) or isinstance(value, bool) or not about.least <= value <= about.most:
            found[name] = f"'{name}' must be a whole number from {about.least} to {about.most}."
    return found


def of(partnership: Partnership) -> LocalSettings:
    """What holds in ``partnership``. A setting that is wrong has its default, and the log says so: nobody's work stops for it."""
    chosen = partnership.local_settings or {}
    if wrong := problems(chosen):
        logger.error("local settings not taken: %s", " ".join(wrong.values()), extra={"partnership": str(partnership.pk)})
    return LocalSettings(**{name: value for name, value in chosen.items() if name not in wrong})
