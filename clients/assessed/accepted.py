"""What was accepted of an assessment's proposals and is still to be done: offered where a plan is written: nobody types it again."""

from dataclasses import dataclass
from datetime import date

from carehub import clock
from carehub.actors import Actor
from carehub.definitions.conditions import rests_on
from carehub.definitions.errors import UnknownDefinition
from carehub.definitions.fields import not_for_client
from carehub.definitions.schema import Question
from carehub.models import Task
from clients.assessed.recorded import form_of
from clients.models import Episode, Proposal


@dataclass(frozen=True)
class Accepted:
    """``domain``, ``area``: of the questions that the proposal rests on, one of the four domains and of RiskFound.Area; '' for none."""

    task: Task
    words: str
    why: str
    domain: str
    area: str
    third_party: bool
    #: What it rests on may all be seen by the client: nothing that others said, nothing that a worker judged.
    seen_by_client: bool = False

    @property
    def by_when(self) -> date:
        """No plan asks for something in the past."""
        return max(self.task.due_on, clock.today())

    @property
    def is_risk(self) -> bool:
        """It belongs to what is done about a risk: somebody's safety rests on it, or the client may not see it."""
        return self.third_party or self.task.countersigned


def accepted(actor: Actor, episode: Episode) -> list[Accepted]:
    """Of this stay, the gravest first; not what was done, nor what waits for a countersignature. One query."""
    wanted = Proposal.objects.visible_to(actor).filter(episode=episode, state=Proposal.State.ACCEPTED, task__done_at__isnull=True)
    found = wanted.select_related("task__person", "assessment").gravest_first()
    return [_accepted(each, each.task) for each in found if each.task and not each.task.waits]


def _accepted(proposal: Proposal, task: Task) -> Accepted:
    questions = _rests_on(proposal)
    domain = next((each.domain for each in questions if each.domain), "")
    area = next((raised.area for each in questions for raised in each.raises), "")
    seen = bool(questions) and not proposal.third_party and not any(not_for_client(each) for each in questions)
    return Accepted(task, proposal.words, proposal.why, domain, area, proposal.third_party, seen)


def _rests_on(proposal: Proposal) -> list[Question]:
    """Nothing, where the form does not say it any more."""
    try:
        form = form_of(proposal.assessment)
    except UnknownDefinition:
        return []
    trigger = next((each for each in form.triggers if each.id == proposal.trigger), None)
    return [form.question(name) for name in rests_on(form, trigger.when)] if trigger else []
