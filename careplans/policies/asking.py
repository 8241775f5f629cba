"""When a review may be asked for before its day, when one that is due may be put off, and what either must say."""

from datetime import date, timedelta
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub import clock
from carehub.actors import Actor, NotAllowed
from carehub.definitions.catalogue import catalogue
from carehub.lifecycle import WrongState
from carehub.local_settings import LocalSettings
from carehub.rules import Refused
from careplans.models import CarePlan, ReviewAsked
from careplans.policies.whose import of_own_agency
from careplans.review_standing import PUT_OFF_REASONS, REASONS, ReviewStanding, reason_words
from clients.due import SOON_DAYS, DueState

LONGEST = ReviewAsked._meta.get_field("words").max_length or 0


def check_ask(plan: ReviewStanding, actor: Actor) -> None:
    """Whoever works on plans in the agency; of the lead plan also whoever does elsewhere and may read it: they are parties to it."""
    actor.must("plan.write")
    if plan.agency_id != actor.agency_id and not plan.lead:
        raise NotAllowed(_("Another agency writes this plan, and it is not the lead plan: ring them. You can read it."))
    _in_force(plan)


def check_in_force(plan: ReviewStanding, version_id: UUID) -> None:
    """The page is about the version that is still in force."""
    if plan.version_id != version_id:
        raise Refused(_("A newer version of this plan has been signed since this page was opened. Open it again."))


def check_asked(plan: ReviewStanding, reason: str, words: str, by_when: date | None, settings: LocalSettings) -> None:
    """What is said with it. ``by_when``: from today on, and no later than the partnership allows."""
    found = _of_reason(REASONS, reason, words)
    if "reason" not in found and any(each.reason == reason and each.version_id == plan.version_id for each in plan.asked):
        found["reason"] = _("This was said already, and the review has not been held since: %(reason)s") % {
            "reason": reason_words(REASONS, reason)
        }
    today = clock.today()
    latest = today + timedelta(days=settings.review_asked_most_days)
    if by_when is None:
        found["by_when"] = _("Say by when the review is to be held")
    elif not today <= by_when <= latest:
        found["by_when"] = _("‘By when is the review to be held?’ must be a day from today until %(day)s") % {
            "day": date_format(latest, "j F Y")
        }
    _raise(found)


def check_put_off(plan: ReviewStanding, actor: Actor) -> None:
    """By the agency whose plan it is, once the review is due soon. It stays due, and overdue."""
    actor.must("plan.write")
    of_own_agency(plan.agency_id, actor)
    _in_force(plan)
    if plan.reviewed:
        raise Refused(_("The review has been held: agree and sign the next version."))
    if plan.due.state == DueState.LATER and plan.due.on:
        day = date_format(plan.due.on - timedelta(days=SOON_DAYS), "j F Y")
        raise Refused(_("This review is not due yet. It can be put off from %(day)s on.") % {"day": day})


def check_put_off_until(plan: ReviewStanding, reason: str, words: str, until: date | None, settings: LocalSettings) -> None:
    """``until``: after the day on which the review is due, in the future, and no later than the partnership allows."""
    found = _of_reason(PUT_OFF_REASONS, reason, words)
    first, latest = put_off_days(plan, settings)
    if until is None:
        found["until"] = _("Say until when it is put off")
    elif not first <= until <= latest:
        found["until"] = _("‘Until’ must be a day from %(first)s to %(latest)s") % {
            "first": date_format(first, "j F Y"),
            "latest": date_format(latest, "j F Y"),
        }
    _raise(found)


def put_off_days(plan: ReviewStanding, settings: LocalSettings) -> tuple[date, date]:
    """The first and the last day until which a review may be put off today."""
    today = clock.today()
    return max(today, plan.due.on or today) + timedelta(days=1), today + timedelta(days=settings.review_put_off_days)


def _in_force(plan: ReviewStanding) -> None:
    if plan.state == CarePlan.State.CLOSED:
        raise WrongState(_("This plan is closed: there is nothing to review."))
    if plan.ended:
        raise Refused(_("This episode has ended: its plan can be read, not reviewed."))
    if plan.state != CarePlan.State.CURRENT:
        raise WrongState(_("No version of this plan is signed yet: there is nothing to review."))


def _of_reason(codes: str, reason: str, words: str) -> dict[str, str]:
    found = {}
    if reason not in {code.value for code in catalogue().codes(codes).codes}:
        found["reason"] = _("Say why")
    if len(words) > LONGEST:
        found["words"] = _("This must be %(most)s characters or fewer") % {"most": LONGEST}
    return found


def _raise(found: dict[str, str]) -> None:
    if found:
        raise Refused(next(iter(found.values())), fields={name: [sentence] for name, sentence in found.items()})
