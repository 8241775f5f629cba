"""Outcome profiles of the demonstration: at the start, at each interval, at a planned discharge; some are late, some were never asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from carehub.definitions import weeks
from carehub.definitions.answers import Answer, Answers, complete, not_answers_of
from carehub.definitions.catalogue import catalogue
from carehub.definitions.conditions import shown
from carehub.definitions.fingerprint import fingerprint
from carehub.definitions.schema import Form, Question, Value
from carehub.demo.chance import Chance, workday
from carehub.demo.courses import SETTINGS
from carehub.demo.lives import (
    ALCOHOL,
    AMPHETAMINES,
    BENZODIAZEPINES,
    CANNABIS,
    COCAINE,
    CRACK,
    HEROIN,
    METHADONE,
    OPIATES,
    Life,
)
from carehub.demo.people import Somebody, StayRows
from clients.models import Assessment, Episode
from clients.outcomes.due import EXIT, FORM, REVIEW, STAGE, START

#: One in so many of those treated now, and of those discharged as planned, has none or lacks the last: about 15 of a hundred.
LACKS_ONE_IN = 7
#: In a hundred questions so many get no answer.
NO_ANSWER = 2
#: Substance → the item that counts its days.
ITEMS = {
    HEROIN: "outcome-opiates", METHADONE: "outcome-opiates", OPIATES: "outcome-opiates", CRACK: "outcome-crack",
    COCAINE: "outcome-cocaine", AMPHETAMINES: "outcome-amphetamines", CANNABIS: "outcome-cannabis", ALCOHOL: "outcome-alcohol",
    BENZODIAZEPINES: "outcome-other",
}  # fmt: skip
#: On a day of use: grams, or spliffs.
AMOUNTS = {
    "outcome-opiates": 0.5, "outcome-crack": 0.4, "outcome-cocaine": 1, "outcome-amphetamines": 1, "outcome-cannabis": 4,
    "outcome-other": 0.1,
}  # fmt: skip


@dataclass
class Story:
    """How somebody's four weeks are at one profile, and how they move on to the next."""

    #: Item → days of 28.
    days: dict[str, float]
    #: Item → points of 20.
    scales: dict[str, float]
    housing_problem: bool
    #: Days are multiplied by it from one profile to the next; scales move by 3 points against it.
    course: float

    def moves_on(self, chance: Chance) -> None:
        for item in self.days:
            self.days[item] = min(weeks.MOST, self.days[item] * self.course * chance.uniform(0.8, 1.15))
        for item in self.scales:
            self.scales[item] = min(19, max(1, self.scales[item] + (1 - self.course) * 6 + chance.uniform(-1, 1)))
        self.housing_problem = self.housing_problem and chance.happens(0.5 if self.course < 1 else 0.9)


class Profiles:
    """Collects the rows of everybody, then saves them: begun first, then locked."""

    def __init__(self, chance: Chance, today: date):
        self.chance, self.today = chance, today
        self.form: Form = catalogue().form(FORM)
        self.fingerprint = fingerprint(self.form)
        self.rows: list[Assessment] = []
        self.rounds: list[list[Assessment]] = []
        self.turns = {True: 0, False: 0}

    def add(self, somebody: Somebody, stay: StayRows) -> None:
        if stay.stay.triaged_on is None:
            return
        planned = list(self._planned(stay))
        if planned and self._lacks(stay):
            # The last was forgotten: of those who have not been here long, the first.
            planned.pop()
        story = _at_start(somebody.life, self.chance)
        for number, (day, stage) in enumerate(planned):
            if number:
                story.moves_on(self.chance)
            if stage == EXIT and stay.stay.reason == "completed":
                _ends_use(story, somebody.life)
            self._row(somebody, stay, day, stage, story, number)

    def _planned(self, stay: StayRows) -> Iterator[tuple[date, str]]:
        """The days on which they were asked, and at which point."""
        triaged, discharged = stay.stay.triaged_on, stay.stay.discharged_on
        last_day = (discharged or self.today) - timedelta(days=1)
        day = workday(triaged + timedelta(days=self.chance.randint(0, 9)))
        day = triaged if day > last_day else day
        # With two services at once the profile goes on from the one that the other has asked.
        stage = REVIEW if stay.stay.linked else START
        while day <= last_day:
            yield day, stage
            stage = REVIEW
            day = workday(day + timedelta(weeks=SETTINGS.outcome_interval_weeks, days=self.chance.randint(-9, 8)))
        if discharged and stay.episode.ending == Episode.Ending.PLANNED:
            yield discharged, EXIT

    def _lacks(self, stay: StayRows) -> bool:
        """Whoever began this fortnight is never late: the turn goes to those who can be."""
        in_treatment = stay.stay.discharged_on is None
        late_after = timedelta(days=SETTINGS.outcome_window_days)
        if self.today - stay.stay.triaged_on <= late_after or stay.episode.ending == Episode.Ending.UNPLANNED:
            return False
        self.turns[in_treatment] += 1
        return self.turns[in_treatment] % LACKS_ONE_IN == 2

    def _row(self, somebody: Somebody, stay: StayRows, day: date, stage: str, story: Story, number: int) -> None:
        worker, episode = stay.worker.person, stay.episode
        began = self.chance.moment_on(day, hour=14)
        at = began + timedelta(minutes=self.chance.randint(12, 25))
        row = Assessment(
            id=self.chance.key(),
            **somebody.about,
            episode=episode,
            agency=episode.agency,
            form=self.form.name,
            form_version=self.form.version,
            form_fingerprint=self.fingerprint,
            answers=_answers(self.form, stage, story, somebody.life, self.chance),
            sections={section.id: {"on": day.isoformat(), "by": [worker.name]} for section in self.form.sections},
            took_place_on=day,
            started_at=began,
            started_by=worker,
            state=Assessment.State.COMPLETE,
            completed_at=at,
            completed_by=worker,
            locked_at=at,
            row_version=5,
        )
        self.rows.append(row)
        while len(self.rounds) <= number:
            self.rounds.append([])
        self.rounds[number].append(row)

    def save(self, using: str) -> None:
        """A round at a time: an episode has one draft of a form."""
        finished = ("state", "completed_at", "completed_by", "locked_at")
        for rows in self.rounds:
            kept = [{name: getattr(row, name) for name in finished} for row in rows]
            for row in rows:
                row.state, row.completed_at, row.completed_by, row.locked_at = Assessment.State.DRAFT, None, None, None
            Assessment.objects.using(using).bulk_create(rows)
            for row, values in zip(rows, kept, strict=True):
                for name, value in values.items():
                    setattr(row, name, value)
            Assessment.objects.using(using).bulk_update(rows, finished)


def _at_start(life: Life, chance: Chance) -> Story:
    days: dict[str, float] = {"outcome-alcohol": life.drinks_on}
    if life.second in ITEMS:
        days[ITEMS[life.second]] = chance.randint(3, 14)
    if life.main in ITEMS:
        days[ITEMS[life.main]] = life.days_used
    if life.injecting == "C":
        days["outcome-injected"] = max(1, life.days_used - chance.randint(0, 6))
    if life.in_trouble:
        days["outcome-shoplifting"] = chance.randint(1, 12)
    low = 3 if life.mental_health in ("now", "crisis") else 0
    scales = {
        "outcome-psychological": chance.randint(6, 12) - low,
        "outcome-physical": chance.randint(6, 14),
        "outcome-quality": chance.randint(4, 12),
    }
    course = chance.one_of({0.55: 40, 0.75: 28, 1.0: 20, 1.2: 12})
    return Story(days, scales, life.housing == "1", course)


def _ends_use(story: Story, life: Life) -> None:
    """Treatment was completed: nothing of what it was for, no injecting."""
    for item in (ITEMS.get(life.main), "outcome-injected"):
        if item in story.days:
            story.days[item] = 0


def _answers(form: Form, stage: str, story: Story, life: Life, chance: Chance) -> Answers:
    answers: Answers = {STAGE: {"value": stage}}
    for question in form.questions:
        if question.id != STAGE and shown(form, question, answers):
            answers[question.id] = _answer(form, question, story, life, chance)
    return complete(form, answers)


def _answer(form: Form, question: Question, story: Story, life: Life, chance: Chance) -> Answer:
    if chance.randint(1, 100) <= NO_ANSWER:
        none, why, _words = chance.choice([each for each in not_answers_of(form, question) if each[1]])
        return {"none": none, "why": why}
    return {"value": _value(question, story, life, chance)}


def _value(question: Question, story: Story, life: Life, chance: Chance) -> Value:
    if question.kind == "weeks":
        if question.id == "outcome-work":
            return [0, 0, 0, 0] if life.benefits else _week_by_week(20 - chance.randint(0, 3), 5, chance)
        return _week_by_week(round(story.days.get(question.id, 0)), weeks.DAYS, chance)
    if question.kind == "yes-no":
        # Sharing, and the risk of losing a home, would raise proposals: the triages have raised theirs.
        return "yes" if question.id == "outcome-housing-problem" and story.housing_problem else "no"
    if question.id in story.scales:
        return round(story.scales[question.id])
    if question.id == "outcome-alcohol-amount":
        return life.units
    if question.kind == "number":
        return AMOUNTS[question.id.removesuffix("-amount")]
    return "Diazepam, not prescribed"


def _week_by_week(total: int, most: int, chance: Chance) -> list[int]:
    """``total`` days shared out over four weeks, at most ``most`` in each; the weeks differ a little."""
    left = min(total, most * len(weeks.WEEKS))
    found = [left // len(weeks.WEEKS)] * len(weeks.WEEKS)
    for place in chance.sample(range(len(found)), left % len(found)):
        found[place] += 1
    giver, taker = chance.sample(range(len(found)), 2)
    if found[giver] and found[taker] < most and chance.happens(0.6):
        found[giver], found[taker] = found[giver] - 1, found[taker] + 1
    return found
