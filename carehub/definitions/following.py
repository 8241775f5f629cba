"""What may follow from answers: conditions on them, and the risks, proposals and scores that have one. Read and checked with their form."""

from collections.abc import Iterator
from dataclasses import dataclass

#: How much a risk weighs, from the least. 'immediate' asks for something today.
RISK_LEVELS = ("low", "medium", "high", "immediate")

#: What a trigger does once its condition holds; each is shown under its own heading, and a person decides.
TRIGGER_KINDS = ("proposal", "indication", "priority", "drop-out")

#: Tests that a condition may apply to a question's answer.
TESTS = ("is", "is_not", "is_one_of", "includes", "at_least", "at_most", "chosen_at_least", "is_a", "answered", "none")


@dataclass(frozen=True)
class Condition:
    """One test of one answer (``question``, ``value``) or of one score, or 'all', 'any', 'not' over ``parts``."""

    test: str
    question: str = ""
    value: str | int | float | bool | tuple[str, ...] | None = None
    parts: tuple["Condition", ...] = ()
    score: str = ""

    def leaves(self) -> Iterator["Condition"]:
        """The tests of answers."""
        if self.question:
            yield self
        for part in self.parts:
            yield from part.leaves()

    def score_leaves(self) -> Iterator["Condition"]:
        """The tests of scores."""
        if self.score:
            yield self
        for part in self.parts:
            yield from part.score_leaves()


@dataclass(frozen=True)
class Raise:
    """Which answer means which risk: the words stand in the client's banner."""

    area: str
    level: str
    words: str
    when: Condition


@dataclass(frozen=True)
class RiskRule:
    """Several answers that together mean a risk: what is severe and likely. Beside ``Raise``, which looks at one answer."""

    area: str
    level: str
    words: str
    when: Condition
    third_party: bool = False


@dataclass(frozen=True)
class Trigger:
    """What answers propose. A person accepts or declines; with ``countersign`` nobody closes it alone."""

    id: str
    kind: str
    text: str
    when: Condition
    source: str = ""
    pathway: str = ""
    #: Who is told, 'manager' or 'safeguarding-lead'.
    tell: str = ""
    same_day: bool = False
    countersign: bool = False
    #: By when it is to be done, in days from the assessment; None: as the partnership has decided for all.
    within_days: int | None = None
    #: It is done by whoever takes somebody on who was referred: not asked of them.
    done_by_accepting: bool = False
    #: Triggers of the same form about the same matter that ask for less: not proposed beside it.
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """Answers that do not go together where the condition holds. Said to the worker, never in the way of saving or completing."""

    id: str
    text: str
    when: Condition


@dataclass(frozen=True)
class Band:
    """What a score from ``least`` to ``most`` (both included) means, and who says so."""

    least: int
    most: int
    text: str
    #: 'local' where the band is ours.
    source: str
    #: For whom it holds, where one instrument has bands of its own for each substance.
    when: Condition | None = None


@dataclass(frozen=True)
class Score:
    """Which questions add up, from ``least`` to ``most``, and what the sum means."""

    id: str
    title: str
    questions: tuple[str, ...]
    least: int
    most: int
    source: str
    bands: tuple[Band, ...] = ()
    #: What a question counts that its condition hides; None: then there is no score.
    hidden: int | None = None
