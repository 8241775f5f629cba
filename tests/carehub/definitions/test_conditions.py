"""Yes, no, and not known: conditions do not take silence for an answer."""

from pathlib import Path
from typing import Any

import pytest

from carehub.definitions.conditions import for_script, holds, in_words, shown
from carehub.definitions.following import Condition
from carehub.definitions.read_condition import read_condition
from carehub.definitions.schema import Form
from carehub.definitions.table import Table
from tests.carehub.definitions.writing import choices, form_of, question

IS_YES = {"question": "yn", "is": "yes"}
FIVE = {"question": "score", "at_least": 4}


@pytest.fixture
def form(tmp_path: Path) -> Form:
    drugs = [{"value": "h", "text": "Heroin", "kinds": ["opioid"]}, {"value": "c", "text": "Crack"}]
    return form_of(
        tmp_path,
        question("yn")
        + question("number", "number", least=0, most=28)
        + question("drug", "one-of", choices=drugs)
        + question("many", "many-of", choices=[*choices("a", "b", "c"), {"value": "none", "text": "None", "alone": True}])
        + question("score", "score-1-5", area="housing", anchors={str(one): "x" for one in range(1, 6)})
        + question("text", "text")
        + question("below", shown_if=IS_YES)
        + question("deeper", shown_if={"question": "below", "is": "yes"}),
    )


def condition(data: dict[str, Any]) -> Condition:
    return read_condition(Table(data, (), Path("x.toml"), "", "a condition"))


@pytest.mark.parametrize(
    ("test", "answer", "expected"),
    [
        ({"question": "yn", "is": "yes"}, {"value": "yes"}, True),
        ({"question": "yn", "is": "yes"}, {"value": "no"}, False),
        ({"question": "yn", "is_not": "yes"}, {"value": "no"}, True),
        ({"question": "drug", "is_one_of": ["h", "c"]}, {"value": "c"}, True),
        ({"question": "drug", "is_a": "opioid"}, {"value": "h"}, True),
        ({"question": "drug", "is_a": "opioid"}, {"value": "c"}, False),
        ({"question": "number", "at_least": 1}, {"value": 0}, False),
        ({"question": "number", "at_least": 1}, {"value": 1}, True),
        ({"question": "number", "at_most": 1}, {"value": 0}, True),
        ({"question": "many", "includes": "a"}, {"value": ["a", "b"]}, True),
        ({"question": "many", "includes": ["a", "b"]}, {"value": ["c"]}, False),
        ({"question": "many", "chosen_at_least": 2}, {"value": ["a", "b"]}, True),
        ({"question": "many", "chosen_at_least": 1}, {"value": ["none"]}, False),
        ({"question": "score", "at_least": 4}, {"value": 5}, True),
        ({"question": "text", "answered": True}, {"value": "x"}, True),
        ({"question": "text", "answered": False}, None, True),
        ({"question": "text", "none": "declined"}, {"none": "declined"}, True),
        ({"question": "text", "none": "declined"}, {"none": "not-known"}, False),
    ],
)
def test_each_test(form: Form, test: dict[str, Any], answer: dict[str, Any] | None, expected: bool) -> None:
    answers = {test["question"]: answer} if answer else {}
    assert holds(form, condition(test), answers) is expected


@pytest.mark.parametrize("none", ["declined", "not-known", "not-asked"])
@pytest.mark.parametrize("test", [IS_YES, {"question": "yn", "is_not": "yes"}, {"question": "number", "at_most": 5}, FIVE])
def test_a_not_answer_is_neither_yes_nor_no_nor_nought(form: Form, test: dict[str, Any], none: str) -> None:
    assert holds(form, condition(test), {test["question"]: {"none": none}}) is None
    assert holds(form, condition({"not": test}), {test["question"]: {"none": none}}) is None
    assert holds(form, condition(test), {}) is None


def test_what_does_not_apply_is_no(form: Form) -> None:
    answers = {"yn": {"none": "not-applicable"}}
    assert holds(form, condition(IS_YES), answers) is False
    assert holds(form, condition({"not": IS_YES}), answers) is True


def test_not_asked_again_the_last_answer_counts(form: Form) -> None:
    answers = {"yn": {"none": "not-asked", "why": "not-re-asked", "last": {"value": "yes", "on": "2006-01-01", "by": "R"}}}
    assert shown(form, "below", answers)


@pytest.mark.parametrize(
    ("first", "second", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, None, None, True),
        (False, None, False, None),
        (None, None, None, None),
        (False, False, False, False),
    ],
)
def test_all_and_any_with_the_unknown(form: Form, first: bool | None, second: bool | None, both: bool | None, either: bool | None) -> None:
    as_answer = {True: {"value": "yes"}, False: {"value": "no"}, None: {"none": "declined"}}
    as_score = {True: {"value": 5}, False: {"value": 1}, None: {"none": "declined"}}
    answers = {"yn": as_answer[first], "score": as_score[second]}
    assert holds(form, condition({"all": [IS_YES, FIVE]}), answers) is both
    assert holds(form, condition({"any": [IS_YES, FIVE]}), answers) is either


def test_a_question_under_a_hidden_one_is_hidden(form: Form) -> None:
    answers = {"yn": {"value": "no"}, "below": {"value": "yes"}}
    assert not shown(form, "below", answers)
    assert not shown(form, "deeper", answers)
    # Known not to apply: 'no', not 'not known'.
    assert holds(form, form.question("deeper").shown_if, answers) is False
    assert holds(form, form.question("deeper").shown_if, {}) is None


def test_a_section_s_condition_is_that_of_each_question(tmp_path: Path) -> None:
    section = '\n[[section]]\nid = "two"\ntitle = "Two"\nshown_if = { question = "yn", is = "yes" }\n'
    form = form_of(tmp_path, question("yn") + section + question("a") + question("b", shown_if={"question": "a", "is": "yes"}))
    assert not shown(form, "a", {"yn": {"value": "no"}})
    assert shown(form, "b", {"yn": {"value": "yes"}, "a": {"value": "yes"}})
    assert not shown(form, "b", {"yn": {"value": "no"}, "a": {"value": "yes"}})


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (IS_YES, "“Question yn?” is “Yes”"),
        ({"question": "drug", "is_one_of": ["h", "c"]}, "“Question drug?” is “Heroin” or “Crack”"),
        ({"question": "drug", "is_a": "opioid"}, "“Question drug?” is “Heroin”"),
        ({"question": "number", "at_least": 1}, "“Question number?” is 1 or more"),
        ({"question": "many", "chosen_at_least": 2}, "“Question many?” has 2 answers or more"),
        ({"question": "text", "answered": True}, "“Question text?” has an answer"),
        ({"any": [IS_YES, FIVE]}, "“Question yn?” is “Yes”, or “Question score?” is 4 or more"),
        ({"not": IS_YES}, "it is not so that “Question yn?” is “Yes”"),
    ],
)
def test_in_words_for_paper(form: Form, test: dict[str, Any], words: str) -> None:
    assert in_words(form, condition(test)) == words


def test_for_the_page_s_script_what_stands_elsewhere_is_decided(form: Form) -> None:
    both = condition({"all": [IS_YES, FIVE]})
    here = frozenset({"score"})
    leaf = {"question": "score", "test": "at_least", "value": 4}
    assert for_script(form, both, {"yn": {"value": "yes"}}, here) == {"test": "all", "parts": [True, leaf]}
    assert for_script(form, both, {"yn": {"value": "yes"}, "score": {"value": 4}}, frozenset()) is True
    assert for_script(form, both, {}, frozenset()) is None
    assert for_script(form, condition({"question": "drug", "is_a": "opioid"}), {}, frozenset({"drug"})) == {
        "question": "drug",
        "test": "is_one_of",
        "value": ["h"],
    }
