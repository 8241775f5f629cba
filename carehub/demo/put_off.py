"""Reviews of the demonstration that were asked for before their day, or put off: some whose clients were not seen."""

from datetime import date, timedelta

from carehub.demo.chance import Chance
from carehub.demo.planned import PlanRows
from carehub.models import Task
from careplans.models import ReviewAsked, ReviewPutOff
from clients.re_engaging import RE_ENGAGE

DAY = timedelta(days=1)
#: Of those that are late, in turn: why it was put off, what was said, how many days ago, for how many days; '' for what was not.
LATE = (
    ("not-seen", "Nobody at the door; no answer by telephone", 3, 11),
    ("hospital", "On the ward until the end of the month", 6, 20),
    ("", "", 0, 0),
)
#: Of those due this week, in turn: what called for it, in whose words.
SOON = (("attendance", "Came to one in five appointments"), ("asked", ""), ("", ""))


class PutOffs:
    """Collects the rows, then writes them."""

    def __init__(self, chance: Chance, today: date):
        self.chance, self.today = chance, today
        self.tasks: list[Task] = []
        self.put_off: list[ReviewPutOff] = []
        self.asked: list[ReviewAsked] = []

    def add(self, plans: list[PlanRows]) -> None:
        # Not of what has been reviewed already, and is still to be signed.
        running = [each for each in plans if each.versions and each.versions[-1].signed and not each.course.closed]
        late = [each for each in running if each.course.signed[-1].review_by < self.today]
        soon = [each for each in running if self.today <= each.course.signed[-1].review_by <= self.today + 7 * DAY]
        for number, rows in enumerate(late):
            self._late(rows, *LATE[number % len(LATE)])
        for number, rows in enumerate(soon):
            self._soon(rows, *SOON[number % len(SOON)])

    def _late(self, rows: PlanRows, reason: str, words: str, days_ago: int, days: int) -> None:
        # Not before it was due soon.
        on = max(self.today - days_ago * DAY, rows.course.signed[-1].review_by - 3 * DAY)
        if not reason:
            return
        at, until = self.chance.moment_on(on), self.today - days_ago * DAY + days * DAY
        about, plan, worker = self._about(rows), rows.plan, rows.versions[-1].worker.worker.person
        made = ReviewPutOff(id=self.chance.key(), **about, reason=reason, words=words, until=until, put_off_at=at, put_off_by=worker)
        if reason == "not-seen":
            made.task = Task(
                id=self.chance.key(),
                partnership_id=plan.partnership_id,
                client_id=plan.client_id,
                kind=RE_ENGAGE,
                subject_id=made.pk,
                words="Find the client again: they were not seen for the review.",
                why=f"The review was to be held by {rows.course.signed[-1].review_by:%-d %B %Y}",
                due_on=until,
                agency=plan.agency,
                person=worker,
                made_at=at,
                made_by=worker,
            )
            self.tasks.append(made.task)
        self.put_off.append(made)

    def _soon(self, rows: PlanRows, reason: str, words: str) -> None:
        signed = rows.course.signed[-1]
        on = max(self.today - 2 * DAY, signed.on)
        if reason:
            worker, at = rows.versions[-1].worker.worker.person, self.chance.moment_on(on, hour=17)
            said = {"reason": reason, "words": words, "due_on": signed.review_by, "asked_at": at, "asked_by": worker}
            self.asked.append(ReviewAsked(id=self.chance.key(), **self._about(rows), **said))

    def _about(self, rows: PlanRows) -> dict[str, object]:
        return {**self._of(rows), "plan": rows.plan, "of_version": rows.versions[-1].version}

    def _of(self, rows: PlanRows) -> dict[str, object]:
        return {"partnership_id": rows.plan.partnership_id, "client_id": rows.plan.client_id, "agency": rows.plan.agency}

    def save(self, using: str) -> None:
        Task.objects.using(using).bulk_create(self.tasks)
        ReviewPutOff.objects.using(using).bulk_create(self.put_off)
        ReviewAsked.objects.using(using).bulk_create(self.asked)
