"""What was asked for on the day: that it was done, and that a second person has seen so."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.actors import Actor
from carehub.models import Membership, Notice, Task
from carehub.rules import Refused
from clients.actions.consenting import consent_told
from clients.actions.proposing import accepted_by_doing
from clients.handing_over import REALLOCATE
from clients.models import Proposal
from clients.policies import allocating as allocating_rules
from clients.policies import tasks as task_rules
from clients.policies.sharing import TELL

#: Told to who manages the service, and to who did it; see careplans.notices.
TO_COUNTERSIGN, SENT_BACK = "task.to-countersign", "task.sent-back"


def carry_out(*, task: Task, by: Actor, words: str, told: Iterable[str], told_words: str = "", notice: str = TO_COUNTERSIGN) -> None:
    """What was done about what is countersigned, and who was told (a list of Task.Told). It stays open; the managers are told.

    ``notice``: as what they are told. Raises NotAllowed, or Refused where it waits or is closed already, by now.
    """
    with transaction.atomic():
        now = _locked(task, by)
        task_rules.may_carry_out(by, now)
        at, whom = clock.now(), task_rules.told_fits(told)
        said = {"carried_out_words": words.strip(), "told": whom, "told_words": told_words.strip()}
        if not said["carried_out_words"]:
            raise Refused(_("Say what was done"), fields={"words": [_("Say what was done")]})
        if now.is_sent_back and all(getattr(now, name) == value for name, value in said.items()):
            raise Refused(_("Say what was done since it was sent back"), fields={"words": [_("Say what was done since it was sent back")]})
        Task.objects.filter(pk=now.pk).update(carried_out_at=at, carried_out_by=by.person, **said)
        managers = Membership.objects.managers_of([now.agency_id], clock.today()).exclude(person_id=by.person_id)
        _tell(now, notice, managers.order_by("person_id").values_list("person_id", flat=True).distinct())
        accepted_by_doing(by=by, task=now)
        events.record("task.carried-out", by=by, client=now.client_id, subject=now)


def close_task(*, task: Task, by: Actor, seen: datetime | None = None) -> None:
    """It was done; of what is countersigned, a manager has seen what was done.

    ``seen``: when that was said, so that nobody countersigns something else than they have read. Raises NotAllowed, or Refused where
    somebody was first.
    """
    with transaction.atomic():
        now = _locked(task, by)
        task_rules.may_close(by, now)
        if now.countersigned and seen != now.carried_out_at:
            raise Refused(_("Somebody has said more about this meanwhile: read it first."))
        if now.kind == REALLOCATE:
            allocating_rules.nobody_left_without(now)
        if now.kind == TELL:
            consent_told(by=by, consent_id=now.subject_id)
        Task.objects.filter(pk=now.pk).update(done_at=clock.now(), done_by=by.person)
        accepted_by_doing(by=by, task=now)
        events.record("task.countersigned" if now.countersigned else "task.done", by=by, client=now.client_id, subject=now)


def reopen_task(*, task: Task, by: Actor) -> None:
    """It was not done after all: open as before, and overdue where its day has passed. What it was accepted from stays accepted."""
    with transaction.atomic():
        now = _locked(task, by)
        declined = Proposal.objects.filter(task=now, state=Proposal.State.DECLINED).exists()
        task_rules.may_reopen(by, now, declined=declined)
        Task.objects.filter(pk=now.pk).update(done_at=None, done_by=None, reopened_at=clock.now(), reopened_by=by.person)
        events.record("task.reopened", by=by, client=now.client_id, subject=now)


def send_back(*, task: Task, by: Actor, words: str) -> None:
    """Not enough: ``words`` say what is still to be done, to whoever said that it was done. It is open as before."""
    with transaction.atomic():
        now = _locked(task, by)
        task_rules.may_send_back(by, now)
        if not words.strip():
            raise Refused(_("Say what is still to be done"), fields={"words": [_("Say what is still to be done")]})
        Task.objects.filter(pk=now.pk).update(sent_back_at=clock.now(), sent_back_by=by.person, sent_back_words=words.strip())
        if now.carried_out_by_id != by.person_id:
            _tell(now, SENT_BACK, [now.carried_out_by_id])
        events.record("task.sent-back", by=by, client=now.client_id, subject=now)


def _locked(task: Task, by: Actor) -> Task:
    """As it stands now; whoever comes second waits here, and is then told what the first did."""
    return Task.objects.visible_to(by).select_for_update(of=("self",)).select_related("carried_out_by").get(pk=task.pk)


def _tell(task: Task, kind: str, people: Iterable[UUID | None]) -> None:
    about = {"partnership_id": task.partnership_id, "client_id": task.client_id, "kind": kind, "subject_id": task.pk}
    told = (Notice(**about, person_id=person, about_day=clock.today(), made_at=clock.now()) for person in people)  # type: ignore[misc]
    # Said twice on one day, it is told once; it stands on top of the page meanwhile.
    Notice.objects.bulk_create(told, ignore_conflicts=True)
