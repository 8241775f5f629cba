"""What a partnership has changed of a form: questions of its own, other words, questions that are not asked.

Kept as JSON with the edition (carehub.models.FormEdition); laid over the form by ``editions``.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import count
from typing import Any, Self

from django.utils.text import slugify

from carehub.definitions.read_form import LOCAL
from carehub.definitions.schema import Question

#: How a question of one's own may be answered.
KINDS = ("text", "long-text", "number", "date", "yes-no", "one-of", "many-of")
#: Of these, the kinds whose answers are written one a line.
WITH_CHOICES = ("one-of", "many-of")


@dataclass(frozen=True)
class OnlyIf:
    """Asked only where ``question`` was answered with ``answer`` (a choice's value)."""

    question: str
    answer: str


@dataclass(frozen=True)
class LocalSection:
    id: str
    title: str


@dataclass(frozen=True)
class LocalQuestion:
    """One question of a partnership's own, as it was typed."""

    id: str
    #: The id of the form's section, or of one of the edition's own.
    section: str
    text: str
    kind: str
    hint: str = ""
    choices: tuple[str, ...] = ()
    #: The last choice goes with no other ('None of these').
    last_alone: bool = False
    mandatory: bool = False
    third_party: bool = False
    #: Which of the items that best practice expects it asks.
    expectations: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    unit: str = ""
    only_if: OnlyIf | None = None

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        said = {each.name: kept[each.name] for each in fields(cls) if each.name in kept}
        said |= {name: tuple(said.get(name, ())) for name in ("choices", "expectations")}
        return cls(**said | {"only_if": OnlyIf(**said["only_if"]) if said.get("only_if") else None})


@dataclass(frozen=True)
class Rewording:
    """What a question of the form says in this partnership. Its choices, and what they mean, stay the form's."""

    text: str
    hint: str = ""


@dataclass(frozen=True)
class Edition:
    """All that a partnership has changed of one version of a form. A retired question of one's own stays in ``questions`` too."""

    questions: tuple[LocalQuestion, ...] = ()
    sections: tuple[LocalSection, ...] = ()
    #: By ``base_id``.
    reworded: Mapping[str, Rewording] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        return cls(
            questions=tuple(LocalQuestion.from_json(each) for each in kept.get("questions", ())),
            sections=tuple(LocalSection(**each) for each in kept.get("sections", ())),
            reworded={name: Rewording(**each) for name, each in kept.get("reworded", {}).items()},
            retired=frozenset(kept.get("retired", ())),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "questions": [_said(each) for each in self.questions],
            "sections": [asdict(each) for each in self.sections],
            "reworded": {name: asdict(each) for name, each in sorted(self.reworded.items())},
            "retired": sorted(self.retired),
        }

    @property
    def is_empty(self) -> bool:
        return self == Edition()

    @property
    def asked(self) -> tuple[LocalQuestion, ...]:
        """Its own questions, without those that are retired."""
        return tuple(each for each in self.questions if each.id not in self.retired)

    def question(self, name: str) -> LocalQuestion | None:
        return next((each for each in self.questions if each.id == name), None)

    # --- Changes: each gives another edition ---

    def with_question(self, question: LocalQuestion) -> Self:
        """Added at the end, or in the place of the one with the same id."""
        if self.question(question.id) is None:
            return replace(self, questions=(*self.questions, question))
        return replace(self, questions=tuple(question if each.id == question.id else each for each in self.questions))

    def without_question(self, name: str) -> Self:
        """Taken out altogether: only what was never published."""
        return replace(self, questions=tuple(each for each in self.questions if each.id != name), retired=self.retired - {name})

    def with_section(self, section: LocalSection) -> Self:
        others = tuple(each for each in self.sections if each.id != section.id)
        return replace(self, sections=(*others, section))

    def with_words(self, name: str, words: Rewording | None) -> Self:
        """None: the form's own words again."""
        others = {each: kept for each, kept in self.reworded.items() if each != name}
        return replace(self, reworded=others if words is None else {**others, name: words})

    def with_retired(self, name: str) -> Self:
        return replace(self, retired=self.retired | {name})

    def without_retired(self, name: str) -> Self:
        return replace(self, retired=self.retired - {name})


def _said(question: LocalQuestion) -> dict[str, Any]:
    """What was filled in; a least of 0 was."""
    return {name: value for name, value in asdict(question).items() if value not in (None, "", ()) and value is not False}


def base_id(question: Question) -> str:
    """What a change is kept under. Of a group all entries are reworded and retired together: 'child-name', not 'child-name-2'."""
    return question.id.removesuffix(f"-{question.entry}") if question.group else question.id


def new_id(form: str, words: str, taken: Iterable[str]) -> str:
    """An id for something new that nobody has borne: answers are kept under it for ever.

    With the form's name: forms take over each other's answers under one id, and two questions that begin alike are not the same.
    """
    slug = re.sub(r"-+", "-", slugify(words)[:24].replace("_", "-")).strip("-") or "question"
    name, number, known = f"{LOCAL}{form}-{slug}", 1, set(taken)
    while name in known:
        number += 1
        name = f"{LOCAL}{form}-{slug}-{number}"
    return name


def new_section_id(taken: Iterable[str]) -> str:
    """Short: what somebody types into a section is kept under its name. No section takes the name of another one, gone or not."""
    known = set(taken)
    return next(name for number in count(1) if (name := f"{LOCAL}{number}") not in known)


def value_of(choice: str) -> str:
    """What an answer is kept as: its own words. So a choice that is reworded is another answer, and no old one changes its meaning."""
    return "-".join(choice.split()).replace("/", "∕")
