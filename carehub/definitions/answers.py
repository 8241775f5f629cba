"""Answers as they are kept, and what is missing before an assessment can be completed.

An assessment keeps JSON, one object a question that was shown::

    {"main-drug": {"value": "1011"},
     "pregnant":  {"none": "declined", "why": "someone-present"},
     "home":      {"value": "3", "still": {"on": "2026-01-05", "by": "Robin Marsh"}},
     "suicide":   {"none": "not-asked", "why": "not-re-asked", "last": {"value": "never", "on": "2026-01-05", "by": "Robin Marsh"}}}

``value`` is a text, a number, a date as 2006-04-01, a choice's value or a list of them. 'still' says that an earlier answer
was confirmed and when it was asked; 'last' what is known of a question that was not asked again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carehub.definitions.conditions import last_known, shown
from carehub.definitions.schema import Form, Question, Value

#: Why a question has no answer, as a person reads it.
NOT_ANSWER_WORDS: dict[str, str | Promise] = {
    "declined": gettext_lazy("Asked and declined"),
    "not-known": gettext_lazy("Not known"),
    "not-applicable": gettext_lazy("Does not apply"),
    "not-asked": gettext_lazy("Not asked"),
}
#: The reason for 'not asked' where an earlier answer stands.
NOT_RE_ASKED = "not-re-asked"


class Asked(TypedDict):
    """When a question was last put to the client, and by whom."""

    on: str
    by: str


class LastAnswer(TypedDict, total=False):
    """What an earlier assessment knows; ``value`` or ``none``, and when it was asked."""

    value: Value
    none: str
    why: str
    on: str
    by: str


class Answer(TypedDict, total=False):
    value: Value
    none: str
    why: str
    still: Asked
    last: LastAnswer


Answers = dict[str, Answer]


@dataclass(frozen=True)
class Missing:
    """A question that stands between an assessment and its completion."""

    section: str
    question: str
    #: What the question is called.
    name: str
    #: What to do about it.
    reason: str


class Incomplete(Exception):
    """An assessment cannot be completed yet."""

    def __init__(self, missing: list[Missing]) -> None:
        self.missing = missing
        super().__init__(_("%(number)s questions are still to be answered.") % {"number": len(missing)})


def value(answers: Mapping[str, Mapping[str, Any]], question: str) -> Any:
    """What is known: the value given or, if it was not asked again, the last one. None where there is none, never 0."""
    return last_known(answers.get(question))


def is_answered(answer: Mapping[str, Any] | None) -> bool:
    """A value, or a reason why there is none, stands here."""
    return answer is not None and ("value" in answer or "none" in answer)


def is_asked(answer: Mapping[str, Any]) -> bool:
    """The assessment asked it itself; it did not carry over what an older one knows."""
    return "last" not in answer


def shown_questions(form: Form, answers: Mapping[str, Mapping[str, Any]]) -> list[Question]:
    return [question for question in form.questions if shown(form, question, answers)]


def kept(form: Form, answers: Mapping[str, Answer]) -> Answers:
    """The answers to questions that are shown. What was typed under a hidden one stays in the draft only."""
    return {question.id: answers[question.id] for question in shown_questions(form, answers) if is_answered(answers.get(question.id))}


def assumed(form: Form, answers: Mapping[str, Answer], *, sex: str, last: Mapping[str, LastAnswer]) -> Answers:
    """What need not be asked of somebody who is recorded as ``sex``, where nobody has answered it, now or earlier (``last``)."""
    found: Answers = {}
    for question in shown_questions(form, answers):
        if question.assumed is None or question.assumed.sex != sex or is_answered(answers.get(question.id)):
            continue
        if question.id not in last or last[question.id].get("none") == "not-applicable":
            found[question.id] = {"none": "not-applicable", "why": question.assumed.why}
    return found


def missing(form: Form, answers: Mapping[str, Answer]) -> list[Missing]:
    """What is still to be done, in the order of the form. Key questions take 'declined' and its like for an answer."""
    found = []
    for section in form.sections:
        for question in section.questions:
            if shown(form, question, answers) and (reason := _lacks(form, question, answers.get(question.id))):
                found.append(Missing(section.id, question.id, question.name, reason))
    return found


def complete(form: Form, answers: Mapping[str, Answer]) -> Answers:
    """The answers of a completed assessment. Raises Incomplete."""
    if lacking := missing(form, answers):
        raise Incomplete(lacking)
    return kept(form, answers)


def progress(form: Form, answers: Mapping[str, Answer]) -> dict[str, tuple[int, int]]:
    """For each section: how many questions are answered, of how many to be asked."""
    found = {}
    for section in form.sections:
        asked = [question for question in section.questions if shown(form, question, answers)]
        found[section.id] = (sum(1 for question in asked if is_answered(answers.get(question.id))), len(asked))
    return found


def not_answers_of(form: Form, question: Question, *, asked_before: bool = False) -> list[tuple[str, str, str]]:
    """What may be chosen instead of an answer: (not-answer, reason or '', words of the reason).

    Where the reason is part of what is expected, only not-answers with a reason are offered, so that it costs one click.
    """
    found = []
    for none in question.not_answers:
        reasons = [(none, reason.value, reason.text) for reason in form.reasons if reason.of == none]
        if asked_before and none == "not-asked":
            reasons = [(none, NOT_RE_ASKED, _("Not re-asked")), *reasons]
        if not needs_reason(form, question, none):
            found.append((none, "", ""))
        found += reasons
    return found


def needs_reason(form: Form, question: Question, none: str) -> bool:
    """Best practice expects this question: where it has no answer, the record says why."""
    return bool(question.expectations) and any(reason.of == none for reason in form.reasons)


def reason_words(form: Form, why: str) -> str:
    """The reason as it was offered; one that no list holds is shown as it was written."""
    if why == NOT_RE_ASKED:
        return _("Not re-asked")
    return next((reason.text for reason in form.reasons if reason.value == why), why)


def _lacks(form: Form, question: Question, answer: Mapping[str, Any] | None) -> str:
    if not is_answered(answer):
        return _("answer it, or say why there is no answer") if question.mandatory else ""
    assert answer is not None
    if "none" in answer and not answer.get("why") and needs_reason(form, question, answer["none"]):
        return _("say why there is no answer")
    if "still" in answer and question.re_ask == "always":
        return _("ask it again, or record that it was not re-asked")
    return ""
