"""Comprehensive assessments of the demonstration: of those in treatment, once or again, so that there is a now and a before to look at."""

from datetime import date, timedelta

from carehub.definitions.answers import Answers
from carehub.definitions.catalogue import catalogue
from carehub.definitions.fingerprint import fingerprint
from carehub.definitions.forward import Stamp
from carehub.definitions.schema import Form
from carehub.demo.chance import Chance, workday
from carehub.demo.people import Somebody, StayRows
from carehub.demo.triage import answered
from clients import risk
from clients.actions.written_down import area_scores
from clients.models import Assessment

#: Of a hundred in treatment so many have had one; the second comes half a year later.
WITH, AGAIN_AFTER = 60, timedelta(days=170)


class Comprehensives:
    """Collects the rows and writes the newest scores onto the episodes, then saves them: begun first, then locked."""

    def __init__(self, chance: Chance, today: date):
        self.chance, self.today = chance, today
        self.form: Form = catalogue().form("comprehensive")
        self.fingerprint = fingerprint(self.form)
        self.rows: list[Assessment] = []

    def add(self, somebody: Somebody, stay: StayRows, triage: Assessment | None) -> None:
        if triage is None or triage.completed_at is None or stay.stay.discharged_on or not stay.stay.plans:
            return
        if self.chance.randint(1, 100) > WITH:
            return
        first = workday(triage.took_place_on + timedelta(days=self.chance.randint(7, 28)))
        need = {area.id: self.chance.randint(2, 5) for area in catalogue().domains().areas}
        for day in (first, workday(first + AGAIN_AFTER)):
            if day >= self.today:
                break
            self._row(somebody, stay, day, need)
            need = {area: max(1, score - self.chance.randint(0, 2)) for area, score in need.items()}

    def _row(self, somebody: Somebody, stay: StayRows, day: date, need: dict[str, int]) -> None:
        answers = _with_scores(self.form, answered(self.form, somebody.life, self.chance, day), need)
        began = self.chance.moment_on(day)
        worker, episode = stay.worker.person, stay.episode
        sections = {section.id: {"on": day.isoformat(), "by": [worker.name]} for section in self.form.sections}
        stamps = {name: Stamp(day, worker.name) for name in sections}
        at = began + timedelta(minutes=self.chance.randint(40, 75))
        found = risk.picture(risk.Told(self.form, answers, Stamp(day, worker.name), stamps))
        self.rows.append(
            Assessment(
                id=self.chance.key(),
                **somebody.about,
                episode=episode,
                agency=episode.agency,
                form=self.form.name,
                form_version=self.form.version,
                form_fingerprint=self.fingerprint,
                answers=answers,
                sections=sections,
                took_place_on=day,
                started_at=began,
                started_by=worker,
                state=Assessment.State.COMPLETE,
                completed_at=at,
                completed_by=worker,
                risk=found.level,
                locked_at=at,
                row_version=9,
            )
        )
        scores = area_scores(self.form, answers)
        episode.comprehensive_due_on = None
        episode.scores, episode.score_sum = scores, sum(scores.values())

    def save(self, using: str) -> None:
        finished = ("state", "completed_at", "completed_by", "risk", "locked_at")
        kept = [{name: getattr(row, name) for name in finished} for row in self.rows]
        for row, values in zip(self.rows, kept, strict=True):
            row.state, row.completed_at, row.completed_by, row.risk, row.locked_at = Assessment.State.DRAFT, None, None, "", None
            # One draft of a form at a time.
            Assessment.objects.using(using).bulk_create([row])
            for name, value in values.items():
                setattr(row, name, value)
            Assessment.objects.using(using).bulk_update([row], finished)


def _with_scores(form: Form, answers: Answers, need: dict[str, int]) -> Answers:
    scored = {question.id: question.area for question in form.questions if question.kind == "score-1-5"}
    return {name: {"value": need[scored[name]]} if name in scored else answer for name, answer in answers.items()}
