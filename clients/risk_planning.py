"""What a risk management plan needs: every area in which a risk stands has a step, each step who and by when, and a day to look again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub import clock, local_settings
from carehub.actors import Actor, NotAllowed
from carehub.rules import Refused
from clients.models import Episode, RiskFound, RiskPlan
from clients.models.risk_plans import RISK_PLAN_LIFECYCLE


@dataclass(frozen=True)
class Written:
    """A step as it was typed."""

    area: str
    what: str
    by_whom: str = ""
    by_when: date | None = None
    told: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.what or self.by_whom or self.by_when or self.told)


def risks_by_area(episode: Episode) -> dict[str, list[Mapping[str, str]]]:
    """The risks that stand, by area, in the order of the five areas; areas about which nothing is known are none of them."""
    found: dict[str, list[Mapping[str, str]]] = {}
    for area in RiskFound.Area.values:
        if standing := [each for each in episode.risk_words if each["area"] == area and each["level"]]:
            found[area] = standing
    return found


def may_plan_risk(actor: Actor, episode: Episode) -> None:
    """A member of the agency that treats the client, while it does."""
    actor.must("assessment.write")
    if episode.agency_id != actor.agency_id:
        raise NotAllowed(_("Only the agency that treats the client writes the risk management plan of this episode."))
    if episode.state == Episode.State.DISCHARGED:
        raise Refused(_("This episode has ended."))


def may_write(actor: Actor, plan: RiskPlan) -> None:
    actor.must("assessment.write")
    if plan.agency_id != actor.agency_id:
        raise NotAllowed(_("Another agency is writing this risk management plan."))
    RISK_PLAN_LIFECYCLE.check("risk-plan.agree", plan.state)


def latest_review(actor: Actor) -> date:
    """The last day that may be chosen to look at it again (local)."""
    return clock.today() + timedelta(weeks=local_settings.of(actor.partnership).risk_plan_weeks)


def can_agree(actor: Actor, areas: Iterable[str], steps: Sequence[Written], review_on: date | None) -> None:
    """Raises Refused with a sentence for each field: 'what-suicide-1' and so on."""
    fields: dict[str, list[str]] = {}
    for area in areas:
        of_area = [step for step in steps if step.area == area]
        name = RiskFound.Area(area).label
        if not of_area:
            fields[f"what-{area}-1"] = [_("%(area)s: write what is done about it") % {"area": name}]
        for place, step in enumerate(of_area, start=1):
            words = {"area": name, "place": place}
            if not step.what:
                fields[f"what-{area}-{place}"] = [_("%(area)s, step %(place)s: write what is done") % words]
            if not step.by_whom:
                fields[f"by_whom-{area}-{place}"] = [_("%(area)s, step %(place)s: write who does it") % words]
            if step.by_when is None:
                fields[f"by_when-{area}-{place}"] = [_("%(area)s, step %(place)s: write by when") % words]
    last = latest_review(actor)
    if review_on is None:
        fields["review_on"] = [_("Choose the day on which it is looked at again")]
    elif review_on <= clock.today():
        fields["review_on"] = [_("The day on which it is looked at again lies in the future")]
    elif review_on > last:
        day = date_format(last, "j F Y")
        fields["review_on"] = [_("It is looked at again by %(day)s at the latest") % {"day": day}]
    if fields:
        raise Refused(_("It cannot be agreed yet."), fields=fields)
