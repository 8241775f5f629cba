"""Accepting and declining what an assessment proposed."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.actors import Actor
from carehub.models import Person, Task
from clients.actions import pathways
from clients.actions.proposing import task_kind
from clients.actions.tasks import carry_out
from clients.models import Proposal
from clients.policies import proposals as rules
from clients.policies import records as policies

#: Told to the managers: what cannot wait was declined, and waits for their countersignature; see careplans.notices.
DECLINED = "proposal.declined"
_LONGEST = Task._meta.get_field("carried_out_words").max_length


def usual_day(proposal: Proposal) -> date:
    """When it is to be done, unless somebody says another day: as it was asked for or, where that day is over, today."""
    return max(proposal.wanted_by, clock.today())


def accept(*, by: Actor, client_id: UUID, proposal: Proposal, due_on: date | None = None, person: Person | None = None) -> Task:
    """It will be done: a task with its day, for ``person`` or whoever is on duty; the pathway that it names begins.

    Raises NotAllowed, or Refused where a colleague has decided meanwhile or the day cannot be.
    """
    policies.about(client_id, proposal)
    with transaction.atomic():
        now = _locked(by, proposal)
        rules.may_decide(by, now)
        day = due_on or usual_day(now)
        rules.can_be_done_on(now, day)
        if person is not None:
            rules.may_be_given_to(by, person)
        task = now.task
        if task is None:
            task = Task.objects.create(
                partnership_id=now.partnership_id,
                client_id=now.client_id,
                kind=task_kind(now.trigger),
                subject_id=now.assessment_id,
                words=now.words,
                why=now.why,
                due_on=day,
                agency_id=now.agency_id,
                person=person,
                made_at=clock.now(),
                made_by=by.person,
            )
        elif person is not None:
            Task.objects.filter(pk=task.pk).update(person=person)
            task.person = person
        _decide(now, by, state=Proposal.State.ACCEPTED, task=task)
        pathways.begin_from(by=by, proposal=now)
        events.record("proposal.accepted", by=by, client=now.client_id, subject=now)
    return task


def decline(
    *,
    by: Actor,
    client_id: UUID,
    proposal: Proposal,
    reason: str,
    words: str = "",
    told: Iterable[str] = (),
    told_words: str = "",
) -> None:
    """It will not be done, and why: ``reason`` is a code of the list 'decline-reasons'.

    What is countersigned stays open: it waits for a manager, who is told at once. There ``words`` and ``told`` (of Task.Told) are
    asked for too. What cannot wait but is not countersigned has its task closed with it.
    """
    policies.about(client_id, proposal)
    with transaction.atomic():
        now = _locked(by, proposal)
        rules.may_decide(by, now)
        because = rules.declined_because(now, reason, words)
        _decide(now, by, state=Proposal.State.DECLINED, reason=reason, reason_words=words.strip())
        events.record("proposal.declined", by=by, client=now.client_id, subject=now, reason=reason)
        if now.countersign and now.task is not None:
            said = _("Declined: %(because)s. %(words)s") % {"because": because, "words": words.strip()}
            carry_out(task=now.task, by=by, words=said[:_LONGEST], told=told, told_words=told_words, notice=DECLINED)
        elif now.task is not None:
            Task.objects.open().filter(pk=now.task_id).update(done_at=clock.now(), done_by=by.person)


def _locked(by: Actor, proposal: Proposal) -> Proposal:
    """As it stands now, and its task first: whoever does the task takes them in the same order."""
    if proposal.task_id:
        Task.objects.visible_to(by).select_for_update(of=("self",)).get(pk=proposal.task_id)
    proposals = Proposal.objects.visible_to(by).select_for_update(of=("self",)).select_related("task", "decided_by")
    return proposals.get(pk=proposal.pk)


def _decide(proposal: Proposal, by: Actor, **changes: object) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(decided_at=clock.now(), decided_by=by.person, **changes)
