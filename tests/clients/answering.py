"""Answers for tests: a triage with nothing worrying in it, changed where a test wants something else."""

from typing import Any

from carehub.definitions import typed
from carehub.definitions.answers import Answer, Answers
from carehub.definitions.catalogue import catalogue
from carehub.definitions.conditions import shown
from carehub.definitions.schema import Form, Question

#: Answers that say nothing worrying, the first that a question has.
QUIET = ("never", "no", "none", "N", "usual", "mostly", "ready", "yes", "not-now", "nothing", "3", "14", "1000")


def triage() -> Form:
    return catalogue().form("triage")


def answer(question: Question) -> Answer:
    if question.kind in ("text", "long-text"):
        return {"value": "I want to sleep through the night."}
    if question.kind in ("number", "score-1-5"):
        return {"value": int(question.least or 1)}
    if question.kind == "date":
        return {"value": "2020-01-31"}
    chosen = next((value for value in QUIET if question.choice(value)), question.choices[0].value)
    return {"value": [chosen] if question.kind == "many-of" else chosen}


def everything(form: Form | None = None, **other: Any) -> Answers:
    """Every question that is to be asked, answered. ``other``: question (with _ for -) → its value, or a whole answer."""
    form = form or triage()
    given = {name.replace("_", "-"): one if isinstance(one, dict) else {"value": one} for name, one in other.items()}
    answers: Answers = {}
    for question in form.questions:
        if shown(form, question, answers):
            answers[question.id] = given.get(question.id) or answer(question)
    return answers


def as_post(form: Form, section: str, answers: Answers) -> dict[str, Any]:
    """What a browser sends when the section is filled in so."""
    carried = typed.from_answers(form, answers)
    questions = [question for question in form.section(section).questions if shown(form, question, answers)]
    names = [name for question in questions for name in (*typed.field_names(question), typed.none_name(question))]
    data = {name: carried[name] for name in names if name in carried}
    return data | {typed.ASKED: " ".join(question.id for question in questions)}
