"""What a later assessment starts from: each question's last answer, with the day it was asked and who asked."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from carehub.definitions.answers import Answer, LastAnswer
from carehub.definitions.cleaning import check
from carehub.definitions.schema import Form


@dataclass(frozen=True)
class Stamp:
    """Who asked, and on which day. Each section of an assessment has its own."""

    on: dt.date
    by: str


def last_answers(
    form: Form,
    answers: Mapping[str, Answer],
    stamp: Stamp,
    *,
    sections: Mapping[str, Stamp] | None = None,
    into: Form | None = None,
) -> dict[str, LastAnswer]:
    """Copies a completed assessment forward: question → its last answer.

    A question that was not asked then keeps the older answer and its older day: 'last asked on' is never made younger by
    copying. ``into`` is the form of the new assessment if it is another version: an answer goes over where the question
    still exists and could still be answered so.
    """
    into = into or form
    found: dict[str, LastAnswer] = {}
    for section in form.sections:
        asked = (sections or {}).get(section.id, stamp)
        for question in section.questions:
            answer = answers.get(question.id)
            if not answer or not into.has(question.id):
                continue
            last = _last(answer, asked)
            new = into.question(question.id)
            fits = check(new, last["value"]) if "value" in last else last["none"] in new.not_answers
            if new.kind == question.kind and fits:
                found[question.id] = last
    return found


def _last(answer: Answer, stamp: Stamp) -> LastAnswer:
    if "last" in answer:
        return answer["last"]
    asked = answer["still"] if "still" in answer else {"on": stamp.on.isoformat(), "by": stamp.by}
    if "value" in answer:
        return {"value": answer["value"], "on": asked["on"], "by": asked["by"]}
    none: LastAnswer = {"none": answer["none"], "on": asked["on"], "by": asked["by"]}
    return {**none, "why": answer["why"]} if answer.get("why") else none
