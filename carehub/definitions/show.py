"""A form as it was asked and answered, and the blank form for paper. Both come from the same definition as the page."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub.definitions import weeks
from carehub.definitions.answers import (
    NOT_ANSWER_WORDS,
    NOT_RE_ASKED,
    Answer,
    LastAnswer,
    is_answered,
    needs_reason,
    not_answers_of,
    reason_words,
)
from carehub.definitions.cleaning import number_text
from carehub.definitions.conditions import in_words, shown
from carehub.definitions.forward import Stamp
from carehub.definitions.schema import Form, Question, Section, Value

#: Entries of a group on the blank form; for more, another sheet.
_ENTRIES = 3
#: Lines for handwriting on the blank form.
_LINES = {"text": 1, "long-text": 4, "number": 1, "date": 1}


@dataclass(frozen=True)
class Row:
    """One question with its answer, as words."""

    question: str
    text: str
    #: Several where several were ticked; the not-answer's words where there is no answer.
    answer: tuple[str, ...]
    #: 'declined' and so on; 'missing' where a draft has nothing yet; '' where there is an answer.
    none: str = ""
    #: 'Still true: last asked on … by …', 'Last asked on … by …: …'.
    note: str = ""
    #: What stood here in the assessment before, where that differs; '' where nothing did or nothing changed.
    before: str = ""
    changed: bool = False
    third_party: bool = False
    for_worker: bool = False
    #: 'Child 2' with the first question of an entry.
    heading: str = ""


@dataclass(frozen=True)
class ShownSection:
    id: str
    title: str
    rows: tuple[Row, ...]
    stamp: Stamp | None = None


@dataclass(frozen=True)
class BlankQuestion:
    text: str
    hint: str
    #: 'Ask only if …', or ''.
    only_if: str
    #: Boxes to tick: (words, hint).
    choices: tuple[tuple[str, str], ...]
    tick_several: bool
    #: Lines to write on; ``unit`` behind the first.
    lines: tuple[int, ...]
    unit: str
    not_answers: tuple[str, ...]
    for_worker: bool
    third_party: bool
    heading: str = ""
    #: Small boxes to write a number in, each with its label.
    boxes: tuple[str, ...] = ()


@dataclass(frozen=True)
class BlankSection:
    title: str
    intro: str
    questions: tuple[BlankQuestion, ...]


def show(
    form: Form,
    answers: Mapping[str, Answer],
    *,
    stamp: Stamp | None = None,
    sections: Mapping[str, Stamp] | None = None,
    before: Mapping[str, Answer] | None = None,
    for_client: bool = False,
) -> list[ShownSection]:
    """The form as it was asked, section by section: ``form`` must be the version that the assessment was recorded on.

    ``before`` is the assessment before this one: answers that differ are marked. ``for_client`` leaves out what comes from
    or is about other people, without a trace that anything is left out.
    """
    found = []
    for section in form.sections:
        asked = [
            question
            for question in section.questions
            if not (for_client and question.third_party) and (shown(form, question, answers) or is_answered(answers.get(question.id)))
        ]
        rows = tuple(
            _row(form, question, answers.get(question.id), None if before is None else before.get(question.id, {}), heading)
            for question, heading in with_headings(asked)
        )
        if rows:
            found.append(ShownSection(section.id, section.title, rows, (sections or {}).get(section.id, stamp)))
    return found


def with_headings(questions: Iterable[Question]) -> Iterator[tuple[Question, str]]:
    """Each question with what its entry is called, where it is the first of the entry; '' with all others."""
    entry = ("", 0)
    for question in questions:
        before, entry = entry, (question.group, question.entry)
        yield question, question.entry_title if entry != before else ""


def answer_words(form: Form, question: Question, answer: Mapping[str, object]) -> tuple[str, ...]:
    """The answer, or why there is none, as a person reads it."""
    if "value" in answer:
        return value_words(question, answer["value"])  # type: ignore[arg-type]
    none = str(NOT_ANSWER_WORDS[str(answer["none"])])
    why = str(answer.get("why") or "")
    if not why:
        return (none,)
    if why == NOT_RE_ASKED:
        return (reason_words(form, why),)
    return (_("%(none)s: %(reason)s") % {"none": none, "reason": reason_words(form, why)},)


def value_words(question: Question, value: Value) -> tuple[str, ...]:
    if question.kind == "many-of" and isinstance(value, list):
        return tuple(_choice(question, one) for one in value)
    if question.kind == "score-1-5" and isinstance(value, int):
        return (_("%(score)s of 5 (1 best, 5 worst): %(meaning)s") % {"score": value, "meaning": question.anchors[value - 1]},)
    if question.kind == "weeks" and isinstance(value, list):
        return (weeks.in_words([int(days) for days in value]),)
    if question.kind == "date":
        return (date_format(dt.date.fromisoformat(str(value)), "j F Y"),)
    if question.kind == "number" and isinstance(value, int | float):
        return (f"{number_text(value)} {question.unit}".strip(),)
    return (_choice(question, value) if question.choices else str(value),)


def last_words(form: Form, question: Question, last: LastAnswer) -> str:
    """For beside a question: 'Last answer: Heroin (3 March 2026, Robin Marsh)'."""
    return _("Last answer: %(answer)s (%(asked)s)") % {"answer": "; ".join(answer_words(form, question, last)), "asked": _asked(last)}


def blank(form: Form, section: str = "") -> list[BlankSection]:
    """The form for paper: every question, with the condition in words where it is asked of some only."""
    return [_blank_section(form, one) for one in form.sections if section in ("", one.id)]


def _row(form: Form, question: Question, answer: Answer | None, before: Mapping[str, object] | None, heading: str) -> Row:
    if not is_answered(answer):
        return Row(
            question.id,
            question.text,
            (_("Not answered yet"),),
            none="missing",
            third_party=question.third_party,
            for_worker=question.for_worker,
            heading=heading,
        )
    assert answer is not None
    words = answer_words(form, question, answer)
    earlier = answer_words(form, question, before) if before and is_answered(before) else ()
    changed = before is not None and "still" not in answer and "last" not in answer and earlier != words
    return Row(
        question.id,
        question.text,
        words,
        none=answer.get("none", ""),
        note=_note(form, question, answer),
        before="; ".join(earlier) if changed else "",
        changed=changed,
        third_party=question.third_party,
        for_worker=question.for_worker,
        heading=heading,
    )


def _note(form: Form, question: Question, answer: Answer) -> str:
    if "still" in answer:
        return _("Still true: last asked %(asked)s") % {"asked": _asked(answer["still"])}
    if last := answer.get("last"):
        return _("Last asked %(asked)s: %(answer)s") % {"asked": _asked(last), "answer": "; ".join(answer_words(form, question, last))}
    return ""


def _asked(told: Mapping[str, object]) -> str:
    day = date_format(dt.date.fromisoformat(str(told["on"])), "j F Y")
    return _("on %(day)s by %(person)s") % {"day": day, "person": told["by"]}


def _choice(question: Question, value: object) -> str:
    choice = question.choice(value)
    return choice.text if choice else str(value)


def _blank_section(form: Form, section: Section) -> BlankSection:
    asked = with_headings(question for question in section.questions if question.entry <= _ENTRIES)
    return BlankSection(section.title, section.intro, tuple(_blank_question(form, question, heading) for question, heading in asked))


def _blank_question(form: Form, question: Question, heading: str) -> BlankQuestion:
    choices = tuple((choice.text, choice.hint) for choice in question.choices)
    if question.anchors:
        choices = tuple((f"{score} – {meaning}", "") for score, meaning in enumerate(question.anchors, start=1))
    return BlankQuestion(
        text=question.text,
        hint=question.hint,
        only_if=in_words(form, question.shown_if) if question.shown_if else "",
        choices=choices,
        tick_several=question.kind == "many-of",
        lines=tuple(range(_LINES.get(question.kind, 0))),
        unit=question.unit,
        not_answers=_boxes_for_none(form, question),
        for_worker=question.for_worker,
        third_party=question.third_party,
        boxes=tuple(str(label) for label in weeks.LABELS.values()) if question.kind == "weeks" else (),
        heading=heading,
    )


def _boxes_for_none(form: Form, question: Question) -> tuple[str, ...]:
    """Why there is no answer, as boxes: with the reasons where one is needed or the question is asked in private ('Not safe to ask').

    Elsewhere the four words are enough; a dozen boxes under every question would be what one sees of the form.
    """
    return tuple(
        text or str(NOT_ANSWER_WORDS[none])
        for none, why, text in not_answers_of(form, question)
        if not why or question.third_party or needs_reason(form, question, none)
    )
