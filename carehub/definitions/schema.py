"""What a definition says, once it has been read and checked. Nothing here can be changed after loading."""

import datetime as dt
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from carehub.definitions.following import Check, Condition, Raise, RiskRule, Score, Trigger

#: How a question is answered. 'substance' is one choice from a long code list, shown as a list to open.
KINDS = ("text", "long-text", "number", "date", "yes-no", "one-of", "many-of", "score-1-5", "substance", "weeks")
CHOOSING = ("yes-no", "one-of", "many-of", "substance")

#: Answers that say why there is none. None of them is 0, 'no' or an empty text.
NotAnswer = Literal["declined", "not-known", "not-applicable", "not-asked"]
NOT_ANSWERS: tuple[NotAnswer, ...] = ("declined", "not-known", "not-applicable", "not-asked")

#: What an answer is written down as, for lists: how soon somebody is to be seen, whether a comprehensive assessment is to follow.
FILLS = {"urgency": ("today", "week", "usual"), "comprehensive": ("yes", "not-now"), "agreement": ("yes", "no")}

#: Who may answer a section that is locked to competence (MoC 4.6).
COMPETENCES = ("prescriber",)

#: ``list[int]``: days in each of four weeks.
Value = str | int | float | list[str] | list[int]


@dataclass(frozen=True)
class Choice:
    """An answer to choose; in a code list, a code of it with its properties (``tier``, ``end``, …)."""

    value: str
    text: str
    hint: str = ""
    #: What the choice is one of ('opioid'), for conditions with ``is_a``.
    kinds: tuple[str, ...] = ()
    #: Goes with no other choice ('None of these').
    alone: bool = False
    #: What the choice counts in a score.
    points: int | None = None
    properties: tuple[tuple[str, str | int | bool], ...] = ()

    def property(self, name: str) -> str | int | bool | None:
        return dict(self.properties).get(name)


@dataclass(frozen=True)
class Assumed:
    """Need not be answered of whoever is recorded as of this sex: 'does not apply', and ``why``, unless somebody says otherwise."""

    sex: str
    why: str


@dataclass(frozen=True)
class Question:
    """One question of a form, as it is asked."""

    id: str
    text: str
    kind: str
    #: What lists call the question; ``name`` is never empty. Messages say ``text``.
    short: str = ""
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    mandatory: bool = False
    shown_if: Condition | None = None
    #: One of the four domains, and one of the nine areas within it.
    domain: str = ""
    area: str = ""
    #: What 1, 2, 3, 4 and 5 mean, in this order: 1 is best, 5 is worst.
    anchors: tuple[str, ...] = ()
    #: The best-practice expectations that this question meets.
    expectations: tuple[str, ...] = ()
    #: The field of national monitoring that the answer fills, and its codes for answers that are none.
    national: str = ""
    national_none: tuple[tuple[str, str], ...] = ()
    #: About or from somebody else: never printed for the client, never on a screen turned to them.
    third_party: bool = False
    #: 'always': cannot be confirmed with one click; asked again, or kept as 'not re-asked'.
    re_ask: str = ""
    #: For the worker to answer, not to be read out.
    for_worker: bool = False
    not_answers: tuple[str, ...] = NOT_ANSWERS
    raises: tuple[Raise, ...] = ()
    least: int | float | None = None
    most: int | float | None = None
    decimals: bool = False
    unit: str = ""
    #: 'past' (today included), 'future' (today included) or 'any'.
    dates: str = "any"
    #: Questions whose answer this one must not repeat: the second substance is not the main one.
    differs_from: tuple[str, ...] = ()
    assumed: Assumed | None = None
    #: What of the episode the answer is written down as: one of FILLS.
    fills: str = ""
    #: The group that it is asked for each entry of ('child'), which entry, and what the entry is called ('Child 2').
    group: str = ""
    entry: int = 0
    entry_title: str = ""

    @property
    def name(self) -> str:
        return self.short or self.text

    def choice(self, value: object) -> Choice | None:
        return next((choice for choice in self.choices if choice.value == value), None)


@dataclass(frozen=True)
class Section:
    id: str
    title: str
    questions: tuple[Question, ...]
    #: Said to the client before the questions.
    intro: str = ""
    #: Who may answer: 'prescriber' for a medical section; empty for everybody who may assess.
    competence: str = ""
    #: The areas of risk that it looks into in full: what older assessments found in them stands no longer.
    assesses: tuple[str, ...] = ()
    shown_if: Condition | None = None  # Each of its questions carries it too, and each that is added later.


@dataclass(frozen=True)
class Reason:
    """A reason, from a list, why there is no answer."""

    value: str
    text: str
    of: str


@dataclass(frozen=True)
class Definition:
    """What every definition has."""

    KIND: ClassVar[str] = ""  # 'pathway', where a form refers to it by name.
    name: str
    version: int
    title: str

    def rests_on(self, form: str) -> frozenset[str]:
        return frozenset()  # Questions of ``form`` that this definition looks at: none of them can be taken out of it.


@dataclass(frozen=True)
class Form(Definition):
    """An assessment form in one version. Completed assessments show the version they were recorded on, for ever."""

    sections: tuple[Section, ...]
    level: str
    about: str = ""
    source: str = ""
    triggers: tuple[Trigger, ...] = ()
    risks: tuple[RiskRule, ...] = ()
    checks: tuple[Check, ...] = ()
    reasons: tuple[Reason, ...] = ()
    #: How long it may take, in minutes, and how many questions one client may have to answer; 0: no limit.
    minutes: int = 0
    most_questions: int = 0
    scores: tuple[Score, ...] = ()
    #: Who owns the instrument, and what it may be used for.
    licence: str = ""
    #: The instrument's questions stand here in our words and not in the official ones.
    words_are_ours: bool = False
    #: Which of a partnership's editions is laid over the file (carehub.definitions.editions); 0: none.
    edition: int = 0
    _by_id: dict[str, Question] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_id.update((question.id, question) for section in self.sections for question in section.questions)

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(self._by_id.values())

    def question(self, name: str) -> Question:
        return self._by_id[name]

    def has(self, name: str) -> bool:
        return name in self._by_id

    def score(self, name: str) -> Score:
        return next(score for score in self.scores if score.id == name)

    def section(self, name: str) -> Section:
        return next(section for section in self.sections if section.id == name)

    def section_of(self, question: str) -> Section:
        return next(section for section in self.sections for asked in section.questions if asked.id == question)


@dataclass(frozen=True)
class CodeList(Definition):
    """A list of codes, in force from a day and, once a later version is, until a day."""

    codes: tuple[Choice, ...]
    in_force_from: dt.date
    in_force_until: dt.date | None = None
    source: str = ""
    #: The national code for an answer that is none: ("declined", "Z").
    none_codes: tuple[tuple[str, str], ...] = ()

    def code(self, value: object) -> Choice | None:
        return next((code for code in self.codes if code.value == value), None)

    def in_force_on(self, day: dt.date) -> bool:
        return self.in_force_from <= day and (self.in_force_until is None or day <= self.in_force_until)

    def with_property(self, name: str, value: str | int | bool) -> tuple[Choice, ...]:
        """The codes of which ``name`` is ``value``: ``reasons.with_property("end", "planned")``."""
        return tuple(code for code in self.codes if code.property(name) == value)
