"""What a completed assessment proposes: a row a trigger that holds; what cannot wait is a task at once, and the managers are told."""

from collections.abc import Iterable
from datetime import date, timedelta

from carehub import clock, events, local_settings
from carehub.actors import Actor
from carehub.definitions.answers import Answers
from carehub.definitions.findings import Finding, proposed
from carehub.definitions.following import Trigger
from carehub.definitions.schema import Form
from carehub.local_settings import LocalSettings
from carehub.models import Membership, Notice, Task
from clients.actions import pathways
from clients.actions.written_down import SAME_DAY
from clients.assessed.findings import cannot_wait
from clients.assessed.recorded import stamp_of, stamps_of
from clients.models import Assessment, Proposal
from clients.pathways import pathway

_SOURCE = Proposal._meta.get_field("source").max_length
_WHY = Proposal._meta.get_field("why").max_length


def task_kind(trigger: str) -> str:
    """Task.kind of what a trigger asked for."""
    return f"trigger.{trigger}"


def propose(assessment: Assessment, form: Form, answers: Answers) -> list[Proposal]:
    """The proposals of an assessment that has just been completed. Each names its task where it cannot wait."""
    known: dict[str, list[Proposal]] = {}
    held = proposed(form, answers, asked=stamp_of(assessment), sections=stamps_of(assessment))
    if assessment.by_link_from:
        held = tuple(each for each in held if not each.trigger.done_by_accepting)
    if held:
        # Locked: what is found anew is not shown on one that a colleague decides in this moment.
        rows = Proposal.objects.filter(episode_id=assessment.episode_id).select_for_update(of=("self",), no_key=True)
        for each in rows.select_related("task").order_by("pk"):
            known.setdefault(each.trigger, []).append(each)
    before = _held_before(assessment, form)
    anew = [one for one in held if one.trigger.id not in known or _is_anew(one, before, answers)]
    open_ones = [each for one in anew for each in known.get(one.trigger.id, ()) if each.is_open]
    if open_ones:
        Proposal.objects.filter(pk__in=[each.pk for each in open_ones]).update(again=assessment)
    new = [one for one in anew if not _stands(one, known.get(one.trigger.id, ()))]
    made = [_proposal(assessment, place, one) for place, one in enumerate(new)]
    tasks = [each.task for each in made if each.task]
    if tasks:
        Task.objects.bulk_create(tasks)
    if tasks or any(each.countersign for each in open_ones):
        _tell_managers(assessment)
    Proposal.objects.bulk_create(made)
    return made


def asked_for_anew(assessment: Assessment, form: Form, answers: Answers) -> list[Finding]:
    """What a draft would propose that an earlier assessment has not: one of the answers it rests on was given in this one."""
    before = _held_before(assessment, form)
    held = proposed(form, answers, asked=stamp_of(assessment), sections=stamps_of(assessment))
    return [one for one in held if _is_anew(one, before, answers)]


def _stands(finding: Finding, known: Iterable[Proposal]) -> bool:
    """It is being decided or, where nobody is in danger, done already.

    Of danger, what somebody does about an older finding is no answer to what was found after that.
    """
    return any(each.is_open or (not finding.trigger.countersign and _is_being_done(each)) for each in known)


def _is_being_done(proposal: Proposal) -> bool:
    task = proposal.task
    return proposal.state == Proposal.State.ACCEPTED and task is not None and task.done_at is None and not task.waits


def _is_anew(finding: Finding, before: frozenset[str], answers: Answers) -> bool:
    """One of the answers it rests on was asked this time.

    Otherwise an update of one section would ask for everything again that was declined or done; of a correction, what held before.
    """
    asked = any("last" not in answers.get(each.question, {}) for each in finding.because)
    return asked and finding.trigger.id not in before


def _held_before(assessment: Assessment, form: Form) -> frozenset[str]:
    if assessment.corrects is None:
        return frozenset()
    return frozenset(each.trigger.id for each in proposed(form, assessment.corrects.answers))


def _proposal(assessment: Assessment, place: int, finding: Finding) -> Proposal:
    trigger = finding.trigger
    about = {"partnership_id": assessment.partnership_id, "client_id": assessment.client_id, "agency_id": assessment.agency_id}
    at = assessment.completed_at or clock.now()
    led = pathway(trigger.pathway) if trigger.pathway else None
    why = finding.why[:_WHY]
    task = Task(
        **about,
        kind=task_kind(trigger.id),
        subject_id=assessment.pk,
        words=trigger.text,
        why=why,
        countersigned=trigger.countersign,
        due_on=clock.today(),
        # In the order of the form, the gravest first: lists keep it.
        made_at=at + timedelta(microseconds=place),
        made_by_id=assessment.completed_by_id,
    )
    return Proposal(
        **about,
        episode_id=assessment.episode_id,
        assessment=assessment,
        trigger=trigger.id,
        place=place,
        words=trigger.text,
        why=why,
        source=trigger.source[:_SOURCE],
        pathway=f"{led.name}/{led.version}" if led else "",
        tell=trigger.tell,
        same_day=cannot_wait(trigger),
        countersign=trigger.countersign,
        third_party=finding.third_party,
        made_at=at,
        wanted_by=wanted_by(trigger, clock.day_of(at), local_settings.of(assessment.partnership)),
        task=task if cannot_wait(trigger) else None,
    )


def wanted_by(trigger: Trigger, day: date, settings: LocalSettings) -> date:
    """By when a trigger asks for something, of an assessment that was completed on ``day``."""
    if cannot_wait(trigger):
        return day
    return day + timedelta(days=settings.proposal_within_days if trigger.within_days is None else trigger.within_days)


def _tell_managers(assessment: Assessment) -> None:
    today = clock.today()
    managers = Membership.objects.managers_of([assessment.agency_id], today)
    Notice.objects.bulk_create(
        (
            Notice(
                partnership_id=assessment.partnership_id,
                client_id=assessment.client_id,
                person_id=person,
                kind=SAME_DAY,
                subject_id=assessment.episode_id,
                about_day=today,
                made_at=clock.now(),
            )
            for person in managers.order_by("person_id").values_list("person_id", flat=True).distinct()
        ),
        ignore_conflicts=True,
    )


def accepted_by_doing(*, by: Actor, task: Task) -> None:
    """Whoever does what was proposed has accepted it: nobody is asked to decide about it afterwards. ``task`` is locked."""
    proposal = Proposal.objects.open().filter(task=task).select_for_update().first()
    if proposal is None:
        return
    Proposal.objects.filter(pk=proposal.pk).update(state=Proposal.State.ACCEPTED, decided_at=clock.now(), decided_by=by.person)
    pathways.begin_from(by=by, proposal=proposal)
    events.record("proposal.accepted", by=by, client=proposal.client_id, subject=proposal)
