"""What the triages proposed and what became of it: most of it decided and done, the newest still to decide; and the pathways begun."""

from datetime import date, datetime, timedelta

from carehub import clock
from carehub.definitions.findings import Finding, proposed
from carehub.demo.assessed import Triages
from carehub.demo.chance import Chance, workday
from carehub.local_settings import LocalSettings
from carehub.models import Task
from clients.actions.proposing import task_kind, wanted_by
from clients.assessed.findings import cannot_wait
from clients.assessed.recorded import stamp_of, stamps_of
from clients.models import Assessment, ClientPathway, Episode, Proposal
from clients.pathways import pathway

#: A triage younger than this has something that nobody has decided.
NEW = timedelta(days=45)
USUAL = timedelta(days=7)
#: Nothing that was accepted is overdue for longer than this.
LATE = timedelta(days=10)
#: Reasons of the list 'decline-reasons', as often as they are given.
WHY_NOT = {"client-declines": 5, "done": 3, "arranged": 3, "elsewhere": 2, "not-now": 2}
SEEN = "The crisis team saw them this morning and goes again tomorrow."


class Proposals:
    """Collects the rows, then writes each kind at once."""

    def __init__(self, triages: Triages, chance: Chance, today: date):
        self.triages, self.chance, self.today = triages, chance, today
        self.proposals: list[Proposal] = []
        self.tasks: list[Task] = []
        self.pathways: list[ClientPathway] = []
        self._declined = False
        self._made = {(task.subject_id, task.kind): task for task in triages.tasks}
        for assessment in triages.completed:
            self._of(assessment)

    def _of(self, assessment: Assessment) -> None:
        found = proposed(self.triages.form, assessment.answers, asked=stamp_of(assessment), sections=stamps_of(assessment))
        for place, finding in enumerate(found):
            trigger = finding.trigger
            proposal = Proposal(
                id=self.chance.key(),
                partnership_id=assessment.partnership_id,
                client_id=assessment.client_id,
                episode=assessment.episode,
                agency=assessment.agency,
                assessment=assessment,
                trigger=trigger.id,
                place=place,
                words=trigger.text,
                why=finding.why,
                source=trigger.source,
                pathway=_led(trigger.pathway),
                tell=trigger.tell,
                same_day=cannot_wait(trigger),
                countersign=trigger.countersign,
                third_party=finding.third_party,
                made_at=assessment.completed_at,
                wanted_by=wanted_by(trigger, clock.day_of(assessment.completed_at), LocalSettings()),
            )
            self.proposals.append(proposal)
            if proposal.same_day:
                self._for_today(proposal)
            else:
                self._can_wait(proposal, finding)

    def _for_today(self, proposal: Proposal) -> None:
        """Whoever has done it has accepted it; one that waits for the manager was declined."""
        task = self._made[proposal.assessment_id, task_kind(proposal.trigger)]
        proposal.task = task
        if task.carried_out_at and not task.done_at and not self._declined:
            self._declined = True
            proposal.state, proposal.decided_at, proposal.decided_by = Proposal.State.DECLINED, task.carried_out_at, task.carried_out_by
            proposal.reason, proposal.reason_words = "arranged", SEEN
            task.carried_out_words = f"Declined: It has been arranged already. {SEEN}"
            return
        if done := task.carried_out_at or task.done_at:
            self._accept(proposal, done)

    def _can_wait(self, proposal: Proposal, finding: Finding) -> None:
        at = proposal.made_at + timedelta(minutes=self.chance.randint(2, 30))
        over = proposal.episode.state == Episode.State.DISCHARGED
        if self.today - proposal.made_at.date() < NEW and not over and self.chance.happens(0.6):
            return
        if self.chance.happens(0.15):
            proposal.state, proposal.decided_at = Proposal.State.DECLINED, at
            proposal.decided_by, proposal.reason = proposal.assessment.completed_by, self.chance.one_of(WHY_NOT)
            return
        due = workday(at.date() + USUAL)
        done = over or due < self.today - LATE or (due <= self.today and self.chance.happens(0.7))
        worker = proposal.assessment.completed_by
        task = Task(
            id=self.chance.key(),
            partnership_id=proposal.partnership_id,
            client_id=proposal.client_id,
            kind=task_kind(proposal.trigger),
            subject_id=proposal.assessment_id,
            words=proposal.words,
            why=proposal.why,
            due_on=due,
            agency=proposal.agency,
            person=worker,
            made_at=at,
            made_by=worker,
        )
        if done:
            task.done_at, task.done_by = self.chance.moment_on(min(due, self.today)), worker
            task.done_at = max(task.done_at, at)
        proposal.task = task
        self.tasks.append(task)
        self._accept(proposal, at)

    def _accept(self, proposal: Proposal, at: datetime) -> None:
        proposal.state, proposal.decided_at = Proposal.State.ACCEPTED, at
        proposal.decided_by = proposal.assessment.completed_by
        on = any(each.episode == proposal.episode and each.pathway == proposal.pathway.split("/")[0] for each in self.pathways[-9:])
        if not proposal.pathway or on:
            return
        name, version = proposal.pathway.split("/")
        began = ClientPathway(
            id=self.chance.key(),
            partnership_id=proposal.partnership_id,
            client_id=proposal.client_id,
            episode=proposal.episode,
            agency=proposal.agency,
            pathway=name,
            version=int(version),
            started_on=at.date(),
            started_by=proposal.decided_by,
            proposal=proposal,
            because=proposal.why,
            third_party=proposal.third_party,
        )
        if proposal.episode.discharged_on:
            began.ended_on, began.ended_by = max(proposal.episode.discharged_on, began.started_on), proposal.decided_by
            began.ended_how = self.chance.one_of({"completed": 3, "left-treatment": 2, "handed-over": 1})
        self.pathways.append(began)

    def save(self, using: str) -> None:
        Task.objects.using(using).bulk_create(self.tasks)
        Proposal.objects.using(using).bulk_create(self.proposals)
        ClientPathway.objects.using(using).bulk_create(self.pathways)


def _led(name: str) -> str:
    led = pathway(name) if name else None
    return f"{led.name}/{led.version}" if led else ""
