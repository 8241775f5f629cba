"""What has become of what a notice is about: a notice stays as it was told, and says beside it that the thing is done."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from carehub.actors import Actor
from carehub.models import Notice, Task
from carehub.templatetags.carehub import uk_datetime
from careplans.actions.returning import RETURNED, RETURNED_FOR_REVIEW
from careplans.models import PlanReturn, PlanVersion
from careplans.notices import LOOKS, REVIEWS
from clients.actions.deciding import DECLINED
from clients.actions.late_profiles import PROFILE_LATE
from clients.actions.referral_links import RECEIVED
from clients.actions.tasks import SENT_BACK, TO_COUNTERSIGN
from clients.actions.written_down import SAME_DAY
from clients.models import Assessment, ReceivedReferral
from clients.outcomes.due import FORM

#: Notices whose subject is a task.
OF_A_TASK = (TO_COUNTERSIGN, SENT_BACK, DECLINED)


@dataclass(frozen=True)
class Standing:
    """``look``: of carehub.states. ``words``: by whom it was done and when, or how far it is; '' where nothing has changed."""

    look: str
    words: str = ""


def standings(actor: Actor, notices: Collection[Notice]) -> dict[UUID, Standing]:
    """By the notice's key. A query for each sort of thing that is told of, however many notices there are."""
    of_the_day, by_key = _tasks(actor, notices)
    profiles = _profiles(actor, {each.client_id for each in notices if each.kind == PROFILE_LATE})
    returns = _returns(actor, {each.subject_id for each in notices if each.kind in (RETURNED, RETURNED_FOR_REVIEW)})
    referrals = _referrals(actor, {each.subject_id for each in notices if each.kind == RECEIVED})
    signed = _signed(actor, {each.subject_id for each in notices if each.kind in REVIEWS})
    found = {}
    for each in notices:
        if each.kind == SAME_DAY and each.client_id:
            found[each.pk] = _of_tasks(each.kind, of_the_day.get((each.client_id, each.about_day), []))
        elif each.kind in OF_A_TASK:
            found[each.pk] = _of_tasks(each.kind, by_key.get(each.subject_id, []))
        elif each.kind == PROFILE_LATE:
            asked = next((one for one in profiles.get(each.client_id, []) if one.completed_at > each.made_at), None)
            found[each.pk] = _done(asked.completed_by.name, asked.completed_at) if asked else Standing(LOOKS[each.kind])
        elif each.kind in (RETURNED, RETURNED_FOR_REVIEW):
            mended = returns.get(each.subject_id)
            found[each.pk] = _done(mended.mended_by.name, mended.mended_at) if mended else Standing(LOOKS[each.kind])
        elif each.kind == RECEIVED:
            row = referrals.get(each.subject_id)
            found[each.pk] = _done(row.decided_by.name, row.decided_at) if row else Standing(LOOKS[each.kind])
        else:
            # The first that was signed after it was told: the review that it asked for.
            version = next((one for one in signed.get(each.subject_id, []) if one.locked_at > each.made_at), None)
            found[each.pk] = _done(version.agreed_by.name, version.locked_at) if version else Standing(LOOKS[each.kind])
    return found


def _tasks(actor: Actor, notices: Iterable[Notice]) -> tuple[dict[tuple[UUID, date], list[Task]], dict[UUID, list[Task]]]:
    """What triages asked for, by client and day; and single tasks by key."""
    days, keys = Q(pk__in=[]), set()
    for each in notices:
        if each.kind == SAME_DAY:
            days |= Q(client_id=each.client_id, due_on=each.about_day, kind__startswith="trigger.")
        elif each.kind in OF_A_TASK:
            keys.add(each.subject_id)
    of_the_day: dict[tuple[UUID, date], list[Task]] = {}
    by_key: dict[UUID, list[Task]] = {}
    wanted = Task.objects.visible_to(actor).filter(days | Q(pk__in=keys)).select_related("done_by", "carried_out_by")
    for task in wanted:
        of_the_day.setdefault((task.client_id, task.due_on), []).append(task)
        by_key[task.pk] = [task]
    return of_the_day, by_key


def _of_tasks(kind: str, tasks: list[Task]) -> Standing:
    done = sorted((each for each in tasks if each.done_at), key=lambda each: each.done_at)
    if tasks and len(done) == len(tasks):
        return _done(done[-1].done_by.name, done[-1].done_at)
    if tasks and all(each.waits for each in tasks if not each.done_at):
        return Standing("waiting", _("Waits for the countersignature of a manager"))
    if kind == SAME_DAY:
        return Standing(LOOKS[kind], _("%(done)d of %(all)d done") % {"done": len(done), "all": len(tasks)} if done else "")
    return Standing("returned")


def _signed(actor: Actor, episodes: Collection[UUID]) -> dict[UUID, list[PlanVersion]]:
    """Signed versions by episode, the earliest first."""
    found: dict[UUID, list[PlanVersion]] = {}
    if episodes:
        versions = PlanVersion.objects.visible_to(actor).filter(plan__episode__in=episodes, locked_at__isnull=False)
        for each in (
            versions.select_related("plan", "agreed_by").only("plan__episode_id", "locked_at", "agreed_by__name").order_by("locked_at")
        ):
            found.setdefault(each.plan.episode_id, []).append(each)
    return found


def _returns(actor: Actor, keys: Collection[UUID]) -> dict[UUID, PlanReturn]:
    """Those that were mended, by key."""
    if not keys:
        return {}
    mended = PlanReturn.objects.visible_to(actor).filter(pk__in=keys, mended_at__isnull=False)
    return {each.pk: each for each in mended.select_related("mended_by").only("mended_at", "mended_by__name")}


def _referrals(actor: Actor, keys: Collection[UUID]) -> dict[UUID, ReceivedReferral]:
    """Those that were accepted or declined, by key."""
    if not keys:
        return {}
    decided = ReceivedReferral.objects.visible_to(actor).filter(pk__in=keys, decided_at__isnull=False)
    return {each.pk: each for each in decided.select_related("decided_by").only("decided_at", "decided_by__name")}


def _profiles(actor: Actor, clients: Collection[UUID]) -> dict[UUID, list[Assessment]]:
    """Completed outcome profiles by client, the earliest first."""
    found: dict[UUID, list[Assessment]] = {}
    if clients:
        asked = Assessment.objects.visible_to(actor).filter(client_id__in=clients, form=FORM, state=Assessment.State.COMPLETE)
        for each in asked.select_related("completed_by").only("client_id", "completed_at", "completed_by__name").order_by("completed_at"):
            found.setdefault(each.client_id, []).append(each)
    return found


def _done(name: str, at) -> Standing:
    return Standing("done", _("%(name)s, %(when)s") % {"name": name, "when": uk_datetime(at)})
