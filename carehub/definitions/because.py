"""What a condition's verdict rests on, in the words of what was answered: for a person who reads why something is proposed."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub.definitions.answers import Answer, is_answered
from carehub.definitions.conditions import holds, passes, shown, standing
from carehub.definitions.following import Condition
from carehub.definitions.forward import Stamp
from carehub.definitions.schema import Form, Question
from carehub.definitions.scores import result
from carehub.definitions.show import answer_words


@dataclass(frozen=True)
class Because:
    """What a finding rests on: a question with its answer, or one that has none yet."""

    question: str
    words: str
    third_party: bool
    #: When it was asked; None where nobody says.
    asked_on: dt.date | None = None

    def __str__(self) -> str:
        return self.words


@dataclass
class _Looked:
    """A question, and the tests of its answer that the verdict rests on."""

    question: Question
    tests: list[Condition] = field(default_factory=list)


def because(form: Form, condition: Condition, answers: Mapping[str, Answer], stamps: Mapping[str, Stamp | None]) -> tuple[Because, ...]:
    """The answers that make the condition hold, or fail: of several ways to hold, those that were met. ``stamps``: of each question.

    Where it cannot be told yet, every answer that was looked at.
    """
    looked: dict[str, _Looked] = {}
    scored: dict[str, Because] = {}
    for leaf in _deciding(form, condition, answers, holds(form, condition, answers)):
        if leaf.score:
            one = result(form, form.score(leaf.score), answers)
            if one.value is not None:
                days = [day for name in one.score.questions if (day := asked(answers.get(name), stamps.get(name))[0])]
                scored[leaf.score] = Because(one.score.questions[0], str(one), one.third_party, min(days, default=None))
            continue
        question = form.question(leaf.question)
        if is_answered(answers.get(question.id)) and shown(form, question, answers):
            looked.setdefault(question.id, _Looked(question)).tests.append(leaf)
    told = [_told(form, each, answers[each.question.id], stamps.get(each.question.id)) for each in looked.values()]
    return (*told, *scored.values())


def in_one_line(found: Sequence[Because]) -> str:
    """'Injecting: Yes, in the last four weeks; Overdose: Yes, in the last year (asked 22 November 2006)', each day said once."""
    parts = []
    for day, those in groupby(found, key=lambda each: each.asked_on):
        words = "; ".join(each.words for each in those)
        parts.append(_("%(answers)s (asked %(day)s)") % {"answers": words, "day": date_format(day, "j F Y")} if day else words)
    return "; ".join(parts)


def asked(answer: Mapping[str, Any] | None, stamp: Stamp | None) -> tuple[dt.date | None, str]:
    """When the answer was given and to whom: of one that was confirmed or carried over, then."""
    answer = answer or {}
    if told := answer.get("still") or answer.get("last"):
        return dt.date.fromisoformat(told["on"]), told["by"]
    return (stamp.on, stamp.by) if stamp else (None, "")


def _deciding(form: Form, condition: Condition, answers: Mapping[str, Answer], held: bool | None) -> Iterator[Condition]:
    """The tests that made it so: of 'any' the parts that hold, of 'all' those that fail; all of them where it cannot be told."""
    if not condition.parts:
        yield condition
        return
    for part in condition.parts:
        wanted = held if condition.test != "not" or held is None else not held
        if held is None or holds(form, part, answers) is wanted:
            yield from _deciding(form, part, answers, wanted)


def _told(form: Form, looked: _Looked, answer: Answer, stamp: Stamp | None) -> Because:
    question = looked.question
    words = answer_words(form, question, _those_that_count(looked, standing(answer)))
    name = " ".join(filter(None, (question.entry_title, question.name)))
    mark = " " if name.endswith("?") else ": "
    said = mark.join((name, ", ".join(words)))
    return Because(question.id, said, question.third_party, asked(answer, stamp)[0])


def _those_that_count(looked: _Looked, told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of several choices that were ticked, those that a test asks about."""
    chosen = told.get("value")
    asking = [leaf for leaf in looked.tests if leaf.test in ("includes", "is_a")]
    if looked.question.kind != "many-of" or not isinstance(chosen, list) or len(asking) < len(looked.tests):
        return told
    counting = [one for one in chosen if any(passes(looked.question, leaf, [one]) for leaf in asking)]
    return {"value": counting} if counting else told
