"""What stands on a version of a plan: goals with actions, risk steps, and the texts beside them, made from a life."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format

from carehub.demo import sayings
from carehub.demo.chance import Chance
from carehub.demo.goals import GOALS, RISK_STEPS, DemoGoal
from carehub.demo.lives import Life

#: How many goals are worked on at one time, by kind of plan.
GOALS_NOW = {"initial": (1, 2), "comprehensive": (3, 4)}
#: A new version says by when anew; its goals are to be reached within about so many days.
WITHIN = 56


@dataclass(frozen=True)
class Names:
    """Put into the texts."""

    keyworker: str
    doctor: str
    agency: str
    telephone: str
    carer: str


@dataclass(frozen=True)
class GoalWords:
    goal: DemoGoal
    client_words: str


class Story:
    """One client's plans in one stay: goals that are reached make room for others, words stay as they were said."""

    def __init__(self, life: Life, names: Names, chance: Chance):
        self.life, self.names, self.chance = life, names, chance
        fitting = [goal for goal in GOALS if goal.fits(life)]
        later = [goal for goal in fitting if not goal.first]
        chance.shuffle(later)
        self._waiting = [GoalWords(goal, chance.choice(goal.client_words)) for goal in [goal for goal in fitting if goal.first] + later]
        self._now: list[GoalWords] = []
        self._other = chance.randrange(len(sayings.WHO_DOES_WHAT) - 1)
        self._texts = self._beside()

    def goals_for(self, kind: str) -> list[GoalWords]:
        """The goals of the next version of this kind. What was reached since the last one is gone, something that waited is taken up."""
        least, most = GOALS_NOW[kind]
        if kind == "comprehensive" and len(self._now) >= least:
            self._now.pop(self.chance.randrange(len(self._now)))
        wanted = self.chance.randint(least, most)
        while len(self._now) < wanted and self._waiting:
            self._now.append(self._waiting.pop(0))
        return list(self._now)

    def service_words(self, goal: DemoGoal, day: date) -> str:
        return self._say(self.chance.choice(goal.service_words), by=day + timedelta(days=WITHIN))

    def steps(self, goal: DemoGoal, day: date) -> Iterator[tuple[str, str, str, date, str, str]]:
        """What, who, who by name, by when, which intervention, milestone."""
        for place, (what, who, name, days) in enumerate(goal.steps):
            name = self._say(name)
            if name == "the GP":
                name = "GP"
            more = ("", "") if place else (goal.treatment, goal.milestone)
            yield self._say(what), who, name, day + timedelta(days=days), *more

    def risk_steps(self, areas: list[str], day: date) -> Iterator[tuple[str, str, str, date, str]]:
        """Area, what, who, by when, who has been told."""
        for area in areas:
            kind = "overdose" if area == "substance" and self.life.takes_opioids else area
            for what, who, days, told in RISK_STEPS.get(kind, ()):
                yield area, self._say(what), self._say(who), day + timedelta(days=days), self._say(told)

    def texts(self, kind: str) -> dict[str, str]:
        """Each text of a version. The first plan of somebody who waits is short."""
        found = dict(self._texts)
        if kind == "initial":
            found |= {"sharing": found["sharing"] if self.chance.happens(0.5) else ""}
        else:
            found["supports_the_wait"] = ""
            disagrees = self.chance.happens(0.12)
            found["disagreement"] = self.chance.choice(sayings.DISAGREEMENT) if disagrees else "Nothing: I agree with all of it."
        return found

    def involved(self, kind: str) -> tuple[tuple[str, str, str, str], ...]:
        """Role, name, contact, part. The first plan of somebody who waits names nobody else."""
        if kind == "initial":
            return ()
        return sayings.WHO_DOES_WHAT[0] if self.life.in_trouble else sayings.WHO_DOES_WHAT[1 + self._other]

    def _beside(self) -> dict[str, str]:
        life, pick = self.life, self.chance.choice
        how = (
            "injects"
            if life.injecting == "C"
            else "opioids"
            if life.takes_opioids
            else "alcohol"
            if life.dependent_on_alcohol
            else "others"
        )
        sharing = sayings.SHARING
        return {
            "strengths": pick(sayings.STRENGTHS),
            "supports_the_wait": self._say(pick(sayings.SUPPORTS_THE_WAIT)),
            "harm_reduction": self._say(pick(sayings.HARM_REDUCTION[how])),
            "if_difficult": self._say(pick(sayings.IF_DIFFICULT)),
            "way_back": self._say(pick(sayings.WAY_BACK)),
            "sharing": sharing[0] if life.in_trouble else pick(sharing[1:]),
            "disagreement": "",
        }

    def _say(self, words: str, by: date | None = None) -> str:
        return words.format(
            keyworker=self.names.keyworker,
            doctor=self.names.doctor,
            agency=self.names.agency,
            telephone=self.names.telephone,
            carer=self.names.carer,
            by=date_format(by, "j F Y") if by else "",
        )
