"""What the national review found missing is asked, can be declined with a reason, and is shown where it is neither."""

import pytest

from carehub.definitions.answers import is_answered, kept, missing, needs_reason, not_answers_of
from carehub.definitions.catalogue import catalogue
from carehub.definitions.schema import Form, Question
from tests.clients.answering import everything
from tests.clients.definitions.shipped import form, much

ITEMS = [code.value for code in catalogue().codes("expectations").codes]
OF_RISK = [code.value for code in catalogue().codes("expectations").codes if code.property("form") == "risk"]

#: Every item in every form that must have it, with each question that asks about it.
ASKED = [
    pytest.param(name, question.id, id=f"{name}-{item}-{question.id}")
    for name, items in (("comprehensive", ITEMS), ("risk", [*OF_RISK, "risk-management-plan"]))
    for item in items
    for question in form(name).questions
    if item in question.expectations
]


def names_of(asked: Form, answers: dict) -> dict[str, str]:
    return {lack.question: lack.reason for lack in missing(asked, answers)}


def test_there_are_thirteen_and_the_forms_ask_them_all() -> None:
    assert len(ITEMS) == 13
    assert len(OF_RISK) == 5
    assert {item for question in form("comprehensive").questions for item in question.expectations} == set(ITEMS)
    assert {item for question in form("risk").questions for item in question.expectations} >= {*OF_RISK, "risk-management-plan"}


@pytest.mark.parametrize(("name", "question"), ASKED)
def test_it_can_be_answered(name: str, question: str) -> None:
    answers = much(form(name))
    assert "value" in answers[question]
    assert question not in names_of(form(name), answers)
    assert kept(form(name), answers)[question] == answers[question]


@pytest.mark.parametrize(("name", "question"), ASKED)
def test_it_can_be_declined_with_a_reason_and_not_without(name: str, question: str) -> None:
    asked = form(name)
    declined = [why for none, why, _words in not_answers_of(asked, asked.question(question)) if none == "declined"]
    assert len(declined) >= 2
    assert all(declined)
    answers = much(asked) | {question: {"none": "declined"}}
    assert names_of(asked, answers)[question] == "say why there is no answer"
    answers[question] = {"none": "declined", "why": declined[0]}
    assert question not in names_of(asked, answers)
    assert kept(asked, answers)[question] == {"none": "declined", "why": declined[0]}


@pytest.mark.parametrize(("name", "question"), ASKED)
def test_it_is_missing_when_it_is_neither(name: str, question: str) -> None:
    answers = much(form(name))
    del answers[question]
    assert names_of(form(name), answers)[question].startswith("answer it")


@pytest.mark.parametrize("name", ["comprehensive", "risk"])
@pytest.mark.parametrize("none", ["declined", "not-known"])
@pytest.mark.parametrize("gate", ["injecting", "alcohol-days"])
def test_who_does_not_say_whether_is_still_asked_about_the_danger(name: str, none: str, gate: str) -> None:
    """'I would rather not say' to injecting or drinking must not spare the questions that people die of."""
    asked = form(name)
    answers = everything(asked, **{gate: {"none": none, "why": "does-not-want-to-say"}})
    wanted = {"injecting": {"sharing", "injecting-sites", "wounds"}, "alcohol-days": {"alcohol-signs"}}[gate]
    assert wanted <= answers.keys()
    assert wanted.isdisjoint(everything(asked, **{gate: {"injecting": "N", "alcohol-days": 0}[gate]}))


def of(question: Question) -> tuple[object, ...]:
    return question.mandatory, bool(question.not_answers)


@pytest.mark.parametrize("name", ["triage", "comprehensive", "risk"])
def test_what_is_expected_is_mandatory_everywhere(name: str) -> None:
    for question in form(name).questions:
        if question.expectations:
            assert of(question) == (True, True), question.id
            assert needs_reason(form(name), question, "declined")


@pytest.mark.parametrize("name", ["comprehensive", "risk"])
def test_an_empty_assessment_says_all_that_is_to_be_asked_first(name: str) -> None:
    asked = form(name)
    lacking = names_of(asked, {})
    shown_at_once = [question.id for question in asked.questions if question.shown_if is None and question.mandatory]
    assert list(lacking) == shown_at_once
    assert not any(is_answered({}) for _ in lacking)
