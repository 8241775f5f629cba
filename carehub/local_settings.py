"""What a partnership may decide for itself: each with its default, what it means, and where it comes from.

Kept in Partnership.local_settings by name; what is not there has the default. ``local`` as a source says that the rule is ours
and that no guidance asks for it.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from carehub.models import Partnership

logger = logging.getLogger(__name__)
LOCAL, REVIEWED, PROFILED = "local", "JR", "outcome profile practice"
#: Where a rule comes from, as a person reads it.
SOURCES: dict[str, Promise] = {
    LOCAL: _("Local: no guidance says how many"),
    REVIEWED: _("Guidance: joint review of substance misuse services, 2006"),
    PROFILED: _("Reference practice of 2007 for the outcome profile"),
}
#: What the settings are about, in the order of their page.
GROUPS: dict[str, Promise] = {
    "plans": _("Plans and reviews"),
    "risk": _("Assessments and risk"),
    "outcome": _("Outcome profile"),
    "records": _("Records and screens"),
}


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
    #: A key of GROUPS.
    group: str
    #: What 0 means, where 0 switches it off.
    nought: Promise | str = ""

    @property
    def source_words(self) -> Promise:
        return SOURCES[self.source]

    @property
    def is_capped(self) -> bool:
        """The most is what guidance allows: nobody may choose more."""
        return self.source == REVIEWED

    @property
    def bounds(self) -> str:
        if self.is_capped:
            return _now("%(least)s to %(most)s, the most that guidance allows") % {"least": self.least, "most": self.most}
        return _now("%(least)s to %(most)s") % {"least": self.least, "most": self.most}

    def says(self, number: int) -> str:
        """The setting as a sentence."""
        return str(self.nought) if self.nought and not number else str(self.sentence) % {"number": number}


def _number(
    default: int, sentence: Promise, *, group: str, source: str = LOCAL, least: int = 1, most: int = 366, nought: Promise | str = ""
) -> Any:
    about = {"sentence": sentence, "source": source, "least": least, "most": most, "group": group, "nought": nought}
    return field(default=default, metadata=about)


@dataclass(frozen=True)
class LocalSettings:
    """One partnership's decisions. Days are days of the calendar, in London."""

    triage_within_days: int = _number(7, _("Somebody who was referred is triaged within %(number)s days."), group="plans")
    plan_within_days: int = _number(14, _("After the triage, the initial care plan is signed within %(number)s days."), group="plans")
    comprehensive_within_days: int = _number(
        28, _("Where the triage asks for a comprehensive assessment, it is done within %(number)s days of the triage."), group="plans"
    )
    proposal_within_days: int = _number(
        7, _("What an assessment proposes is done within %(number)s days, unless somebody says another day."), group="risk", most=90
    )
    initial_review_weeks: int = _number(4, _("An initial care plan is reviewed after %(number)s weeks."), group="plans", most=26)
    first_review_months: int = _number(
        3, _("A care plan is first reviewed within %(number)s months."), group="plans", source=REVIEWED, most=3
    )
    later_review_months: int = _number(6, _("After that it is reviewed every %(number)s months."), group="plans", source=REVIEWED, most=6)
    review_grace_days: int = _number(
        7, _("The service manager is told when a review is more than %(number)s days overdue."), group="plans", least=0
    )
    review_asked_days: int = _number(
        7,
        _("A review that is asked for before its day is due within %(number)s days, unless somebody says another day."),
        group="plans",
        most=90,
    )
    review_asked_most_days: int = _number(
        28, _("Nobody may say a day for it that is more than %(number)s days off."), group="plans", most=90
    )
    # What is due soon can be put off: the least must reach beyond its day.
    review_put_off_days: int = _number(
        28, _("A review is put off for at most %(number)s days at a time. It stays overdue meanwhile."), group="plans", least=8, most=90
    )
    risk_again_weeks: int = _number(13, _("Risk is asked about again within %(number)s weeks."), group="risk", most=52)
    risk_plan_high_weeks: int = _number(
        4, _("A risk management plan for a high risk is looked at again within %(number)s weeks."), group="risk", most=26
    )
    risk_plan_medium_weeks: int = _number(
        8, _("Where no risk is graver than medium, it is looked at again within %(number)s weeks."), group="risk", most=26
    )
    risk_plan_weeks: int = _number(
        13, _("Any other risk management plan is looked at again within %(number)s weeks."), group="risk", most=26
    )
    comprehensive_again_weeks: int = _number(
        26, _("A comprehensive assessment is gone through again within %(number)s weeks."), group="risk", most=104
    )
    outcome_interval_weeks: int = _number(
        13, _("The outcome profile is asked again every %(number)s weeks."), group="outcome", source=PROFILED, least=4, most=52
    )
    outcome_window_days: int = _number(
        14, _("It counts as in time up to %(number)s days before or after that day."), group="outcome", source=PROFILED, most=60
    )
    outcome_exception_days: int = _number(
        120,
        _("After %(number)s days without an outcome profile it is an exception, to be explained."),
        group="outcome",
        source=PROFILED,
    )
    outcome_after_exit_weeks: int = _number(
        0,
        _("After a planned discharge the outcome profile is asked once more, %(number)s weeks later."),
        group="outcome",
        least=0,
        most=52,
        nought=_("After the profile at discharge, the outcome profile is not asked any more."),
    )
    opened_records: int = _number(
        30,
        _("Somebody who opens more than %(number)s records in a short time is asked for their password before the next."),
        group="records",
        least=5,
        most=500,
    )
    opened_within_minutes: int = _number(10, _("The short time is %(number)s minutes."), group="records", most=60)
    records_an_hour: int = _number(
        40, _("More than %(number)s different records opened by one person in an hour are unusual."), group="records", least=5
    )
    others_records_a_day: int = _number(
        10,
        _("More than %(number)s records a day of people who are not on one’s caseload, without a task or a deed, are unusual."),
        group="records",
        least=0,
    )
    referral_kept_days: int = _number(
        90,
        _("A referral by link that nobody accepted, and one that was declined, is deleted after %(number)s days."),
        group="records",
        least=14,
    )
    referrals_a_day: int = _number(
        20, _("By one referral link at most %(number)s referrals are taken in a day."), group="records", most=500
    )
    night_from_hour: int = _number(22, _("Night begins at %(number)s o’clock."), group="records", least=18, most=24)
    night_until_hour: int = _number(6, _("Night ends at %(number)s o’clock."), group="records", least=0, most=10)
    lock_after_minutes: int = _number(
        30,
        _("The screen is locked when nobody has used it for %(number)s minutes; at a shared desk after 15 at most."),
        group="records",
        least=5,
        most=60,
    )


ABOUT: tuple[About, ...] = tuple(About(each.name, getattr(LocalSettings(), each.name), **each.metadata) for each in fields(LocalSettings))


def about(name: str) -> About:
    """Raises KeyError where there is no such setting."""
    return {each.name: each for each in ABOUT}[name]


def problems(chosen: Mapping[str, object]) -> dict[str, str]:
    """What is wrong with what a partnership has chosen: name → a sentence. Empty where all is well."""
    known = {each.name: each for each in ABOUT}
    found = {}
    for name, value in chosen.items():
        one = known.get(name)
        if one is None:
            found[name] = f"There is no local setting '{name}'."
        elif not isinstance(value, int) or isinstance(value, bool) or not one.least <= value <= one.most:
            found[name] = f"'{name}' must be a whole number from {one.least} to {one.most}."
    return found


def at_odds(settings: LocalSettings) -> str:
    """What two settings say against each other, as a sentence; '' where they agree. Asked before one is changed."""
    last_day = settings.outcome_interval_weeks * 7 + settings.outcome_window_days
    if settings.outcome_exception_days < last_day:
        return _now(
            "An outcome profile may come up to %(last)s days after the one before, so %(days)s days without one cannot be an exception: "
            "change the days of the exception first"
        ) % {"last": last_day, "days": settings.outcome_exception_days}
    return ""


def would_be(partnership: Partnership, name: str, number: int) -> LocalSettings:
    """What would hold with one of them changed."""
    return replace(of(partnership), **{name: number})


def of(partnership: Partnership) -> LocalSettings:
    """What holds in ``partnership``. A setting that is wrong has its default, and the log says so: nobody's work stops for it."""
    chosen = partnership.local_settings or {}
    if wrong := problems(chosen):
        logger.error("local settings not taken: %s", " ".join(wrong.values()), extra={"partnership": str(partnership.pk)})
    return LocalSettings(**{name: value for name, value in chosen.items() if name not in wrong})
