"""Whether a plan can be reviewed now, and what a review must say. Each raises with a sentence for the person who asked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from carehub import clock
from carehub.actors import Actor
from carehub.definitions.catalogue import catalogue
from carehub.lifecycle import WrongState
from carehub.rules import Refused
from careplans.content import Content
from careplans.models import CarePlan, GoalOutcome, Need, PlanReview, PlanVersion
from careplans.policies.missing import kind_of
from careplans.policies.whose import of_own_agency
from clients.models import Episode

LONGEST_WHY = GoalOutcome._meta.get_field("why").max_length or 0
LONGEST_OTHERS = PlanReview._meta.get_field("others_there").max_length or 0
LONGEST_TEXT = 4000


@dataclass(frozen=True)
class Held:
    """What was said at a review. Keys of goals, actions and needs are those of the version that was reviewed."""

    held_on: date | None
    #: Goal → (value of GoalOutcome.Outcome, why).
    outcomes: Mapping[str, tuple[str, str]]
    next_review_on: date | None
    phase: str = ""
    #: Needs that have waited and are worked on from now on.
    promoted: Collection[str] = ()
    #: Actions, and steps of 'Keeping safe', that are done.
    done: Collection[str] = ()
    #: Area → 1 to 5; only those that were scored today.
    scores: Mapping[str, int] = field(default_factory=dict)
    others_there: str = ""
    others_involved: str = ""
    information_exchanged: bool | None = None
    pathway_changed: str = ""
    client_says: str = ""


def check_review(plan: CarePlan, actor: Actor, *, draft: PlanVersion | None, reviewed: bool) -> None:
    """``draft``: of the next version, where one has been begun; ``reviewed``: the version in force has been reviewed already."""
    actor.must("plan.write")
    of_own_agency(plan.agency_id, actor)
    if plan.state == CarePlan.State.CLOSED:
        raise Refused(_("This plan is closed: there is nothing to review."))
    if plan.episode.state == Episode.State.DISCHARGED:
        raise Refused(_("This episode has ended: its plan can be read, not reviewed."))
    if plan.state != CarePlan.State.CURRENT:
        raise WrongState(_("No version of this plan is signed yet: there is nothing to review."))
    if draft is not None:
        raise Refused(_("Version %(number)s has been begun already: go on with that one.") % {"number": draft.number})
    if reviewed:
        raise Refused(_("This version has been reviewed already. The next review is of the next version."))


def check_held(version: PlanVersion, stored: Content, held: Held, *, latest: date) -> None:
    """``stored``: what the reviewed version says; ``latest``: the last day that the next review may have."""
    found: dict[str, str] = {}
    if sentence := _of_day(version, held.held_on):
        found["held_on"] = sentence
    for key, goal in stored.rows["goal"].items():
        named = {"goal": Truncator(goal["client_words"]).chars(60)}
        outcome, why = held.outcomes.get(key, ("", ""))
        if outcome not in GoalOutcome.Outcome.values:
            found[f"goal.{key}.outcome"] = _("Say what has become of ‘%(goal)s’") % named
        elif outcome != GoalOutcome.Outcome.ACHIEVED and not why.strip():
            found[f"goal.{key}.why"] = _("Say why, of ‘%(goal)s’") % named
        elif len(why) > LONGEST_WHY:
            found[f"goal.{key}.why"] = _("‘Why, if it was not achieved’ must be %(most)s characters or fewer") % {"most": LONGEST_WHY}
    if not set(held.done) <= {*stored.rows["action"], *stored.rows["risk"]}:
        found["done"] = _("Tick only actions and steps of this version")
    later = {key for key, need in stored.rows["need"].items() if need["standing"] != Need.Standing.NOW}
    if not set(held.promoted) <= later:
        found["promoted"] = _("Choose from what has waited for later")
    areas = {area.id for area in catalogue().domains().areas}
    for area, score in held.scores.items():
        if area not in areas or score not in range(1, 6):
            found[f"score.{area}"] = _("Choose a score from 1 to 5")
    found |= _of_texts(held)
    if sentence := _of_next(version, held.next_review_on, latest):
        found["next_review_on"] = sentence
    if found:
        raise Refused(next(iter(found.values())), fields={name: [sentence] for name, sentence in found.items()})


def _of_day(version: PlanVersion, held_on: date | None) -> str:
    if held_on is None:
        return _("Say on which day you met")
    if held_on > clock.today():
        return _("‘When you met’ must be today or in the past")
    if version.signed_on and held_on < version.signed_on:
        return _("‘When you met’ lies before the day on which this version was signed: %(day)s") % {
            "day": date_format(version.signed_on, "j F Y")
        }
    return ""


def _of_next(version: PlanVersion, day: date | None, latest: date) -> str:
    if day is None:
        return _("Set the day of the next review")
    if day <= clock.today():
        return _("‘Next review’ must be in the future")
    if day > latest:
        words = {"kind": kind_of(version.plan).title, "day": date_format(latest, "j F Y")}
        return _("%(kind)s: the next review must be %(day)s or earlier") % words
    return ""


def _of_texts(held: Held) -> dict[str, str]:
    found = {}
    if held.phase and held.phase not in PlanVersion.Phase.values:
        found["phase"] = _("Choose one of the answers given")
    if len(held.others_there) > LONGEST_OTHERS:
        found["others_there"] = _("This must be %(most)s characters or fewer") % {"most": LONGEST_OTHERS}
    for name in ("others_involved", "pathway_changed", "client_says"):
        if len(getattr(held, name)) > LONGEST_TEXT:
            found[name] = _("This must be %(most)s characters or fewer") % {"most": LONGEST_TEXT}
    return found
