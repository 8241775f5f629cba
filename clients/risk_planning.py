"""What a risk management plan needs: a step for every area with a risk, who and by when, whether the client agrees, a day to look again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub import clock, local_settings
from carehub.actors import Actor, NotAllowed
from carehub.rules import Refused
from clients.models import Episode, RiskFound, RiskPlan
from clients.models.risk_plans import RISK_PLAN_LIFECYCLE

#: Letters of a step by which it is known in a message.
STEP_BEGINS = 40


@dataclass(frozen=True)
class Written:
    """A step as it was typed."""

    area: str
    what: str
    by_whom: str = ""
    by_when: date | None = None
    told: str = ""
    #: The key of the task that it was put in from; '' for none.
    task: str = ""

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


def covered(episode: Episode) -> list[list[str]]:
    """For Episode.risk_plan_covers: what a plan that is agreed now is about."""
    return [[each["area"], each["words"]] for each in episode.risk_words if each["level"]]


def off_paper(episode: Episode) -> set[str]:
    """Areas whose steps are never printed: harm from others, and any in which a risk was told in private."""
    return {RiskFound.Area.FROM_OTHERS.value} | {each["area"] for each in episode.risk_words if each.get("third_party")}


def latest_review(actor: Actor, episode: Episode) -> date:
    """The last day that may be chosen to look at it again: sooner, the graver the risk (local)."""
    settings = local_settings.of(actor.partnership)
    weeks = {Episode.Risk.HIGH: settings.risk_plan_high_weeks, Episode.Risk.MEDIUM: settings.risk_plan_medium_weeks}
    return clock.today() + timedelta(weeks=weeks.get(Episode.Risk(episode.risk), settings.risk_plan_weeks))


@dataclass(frozen=True)
class Agreed:
    """What is said of the plan as a whole: when it is looked at again, and whether the client agrees with it."""

    review_on: date | None = None
    agreement: str = ""
    agreement_words: str = ""


def can_agree(actor: Actor, episode: Episode, steps: Sequence[Written], said: Agreed) -> None:
    """Raises Refused with a sentence for each field: 'what-suicide-1' and so on."""
    fields: dict[str, list[str]] = {}
    for area in risks_by_area(episode):
        of_area = [step for step in steps if step.area == area]
        name = RiskFound.Area(area).label
        if not of_area:
            fields[f"what-{area}-1"] = [_("%(area)s: write what is done about it") % {"area": name}]
        for place, step in enumerate(of_area, start=1):
            # A step is known by what it says; nobody counts them.
            words = {"step": _("%(area)s, ‘%(what)s’") % {"area": name, "what": _begins(step.what)} if step.what else name}
            if not step.what:
                fields[f"what-{area}-{place}"] = [_("%(step)s: write what will be done") % words]
            if not step.by_whom:
                fields[f"by_whom-{area}-{place}"] = [_("%(step)s: write by whom") % words]
            if step.by_when is None:
                fields[f"by_when-{area}-{place}"] = [_("%(step)s: write by when") % words]
            if not step.told:
                fields[f"told-{area}-{place}"] = [_("%(step)s: write who has been told, or ‘nobody yet’") % words]
    fields |= _whole(said, latest_review(actor, episode))
    if fields:
        raise Refused(_("It cannot be agreed yet."), fields=fields)


def _begins(text: str) -> str:
    return text if len(text) <= STEP_BEGINS else f"{text[:STEP_BEGINS].rstrip()}…"


def _whole(said: Agreed, last: date) -> dict[str, list[str]]:
    """What the plan as a whole lacks, by field; ``last``: the last day on which it may be looked at again."""
    fields: dict[str, list[str]] = {}
    review_on = said.review_on
    if review_on is None:
        fields["review_on"] = [_("Choose the day on which it is looked at again")]
    elif review_on <= clock.today():
        fields["review_on"] = [_("The day on which it is looked at again lies in the future")]
    elif review_on > last:
        day = date_format(last, "j F Y")
        fields["review_on"] = [_("It is looked at again by %(day)s at the latest") % {"day": day}]
    if not said.agreement:
        fields["agreement"] = [_("Say whether the client agrees with it")]
    elif said.agreement == RiskPlan.Agreement.IN_PART and not said.agreement_words:
        fields["agreement_words"] = [_("Write what the client does not agree with")]
    elif said.agreement == RiskPlan.Agreement.DISAGREES and not said.agreement_words:
        fields["agreement_words"] = [_("Write what the client does not agree with, and why")]
    elif said.agreement == RiskPlan.Agreement.NOT_TOLD and not said.agreement_words:
        fields["agreement_words"] = [_("Write why the client has not been told")]
    return fields
