"""Days in each of four weeks: all four or none, 0 to 7 each, and 'not answered' is never 0."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict
from django.template import engines

from carehub.definitions import weeks
from carehub.definitions.conditions import holds
from carehub.definitions.errors import DefinitionError
from carehub.definitions.fields import DefinitionForm, build
from carehub.definitions.findings import proposed
from carehub.definitions.schema import Form
from carehub.definitions.show import blank, show
from carehub.definitions.typed import ASKED, from_answers, none_name, read
from tests.carehub.definitions.writing import form_of, question, toml_table


@pytest.fixture
def form(tmp_path: Path) -> Form:
    trigger = {"id": "many", "text": "Many days.", "when": {"question": "heroin", "at_least": 20}}
    after = question("after", shown_if={"question": "heroin", "at_least": 1})
    return form_of(tmp_path, question("heroin", "weeks", hint="Any use.", mandatory=True) + after + toml_table("trigger", trigger))


def typed(*days: str) -> dict[str, list[str]]:
    return {name: [one] for name, one in zip(weeks.names("heroin"), days, strict=True)}


def page(form: Form, *days: str, **more: str) -> DefinitionForm:
    data = QueryDict(mutable=True)
    data[ASKED] = "heroin"
    for name, values in typed(*days).items():
        data.setlist(name, values)
    data.update(more)
    return build(form, data=data, completing=True)


def html(page: DefinitionForm) -> str:
    text: str = engines["django"].from_string("{% load crispy_forms_tags %}{% crispy form %}").render({"form": page})
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("days", "value"),
    [
        (("0", "0", "0", "0"), [0, 0, 0, 0]),
        (("7", "7", "7", "7"), [7, 7, 7, 7]),
        ((" 7 ", "5", "03", "0"), [7, 5, 3, 0]),
    ],
)
def test_four_numbers_week_4_first(form: Form, days: tuple[str, ...], value: list[int]) -> None:
    assert read(form, typed(*days)).answers == {"heroin": {"value": value}}


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (("8", "0", "0", "0"), "week 4 must be a number of days from 0 to 7"),
        (("7", "0", "0", "9"), "week 1 must be a number of days from 0 to 7"),
        (("7", "-1", "0", "0"), "week 3 must be"),
        (("7", "0", "2.5", "0"), "week 2 must be"),
        (("daily", "7", "7", "7"), "week 4 must be"),
        (("7", "7", "", "7"), "enter all four weeks, or say why there is no answer"),
        (("", "", "", "0"), "enter all four weeks, or say why there is no answer"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(form: Form, days: tuple[str, ...], message: str) -> None:
    found = read(form, typed(*days))
    assert found.answers == {}
    assert message in found.problems["heroin"]
    assert found.problems["heroin"].startswith("‘Question heroin?’: ")


def test_nothing_typed_is_no_answer_and_never_0(form: Form) -> None:
    assert read(form, typed("", "", "", "")) == read(form, {})
    assert read(form, {}).answers == {}
    (missing,) = page(form, "", "", "", "").missing
    assert missing.reason == "answer it, or say why there is no answer"


def test_declined_instead_of_four_zeros(form: Form) -> None:
    assert read(form, {none_name(form.question("heroin")): ["declined"]}).answers == {"heroin": {"none": "declined"}}


def test_numbers_and_a_reason_are_two_answers(form: Form) -> None:
    both = typed("7", "7", "7", "7") | {none_name(form.question("heroin")): ["declined"]}
    assert "more than one answer" in read(form, both).problems["heroin"]


def test_the_page_has_four_boxes_and_says_the_total(form: Form) -> None:
    opened = html(build(form))
    for week, label in weeks.LABELS.items():
        assert f'<label class="govuk-label govuk-date-input__label" for="id_heroin_week{week}">{label}</label>' in opened
    assert "Total" not in opened
    saved = html(build(form, draft=typed("7", "5", "3", "0")))
    assert "Total: 15 of 28 days" in saved
    assert 'name="heroin_week4" type="text" inputmode="numeric" value="7"' in saved


def test_only_the_week_that_is_wrong_is_marked_and_what_was_typed_stays(form: Form) -> None:
    wrong = page(form, "7", "8", "3", "0")
    assert not wrong.is_valid()
    shown = html(wrong)
    assert shown.count('aria-invalid="true"') == 1
    assert 'id="id_heroin_week3" name="heroin_week3" type="text" inputmode="numeric" value="8"' in shown
    assert "Total" not in shown
    summary = engines["django"].from_string("{% load form_tags %}{% error_summary form %}").render({"form": wrong})
    assert 'href="#id_heroin_week3"' in summary


def test_a_draft_keeps_what_was_typed_and_reads_the_same_again(form: Form) -> None:
    draft = json.loads(json.dumps(page(form, "7", "", "x", "0").typed))
    assert [draft[name] for name in weeks.names("heroin")] == [["7"], [""], ["x"], ["0"]]
    answers = read(form, typed("7", "5", "3", "0")).answers
    assert read(form, from_answers(form, json.loads(json.dumps(answers)))).answers == answers


def words(form: Form, answers: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {row.question: row.answer for section in show(form, answers) for row in section.rows}


def test_it_is_shown_with_its_total_and_its_weeks(form: Form) -> None:
    assert words(form, {"heroin": {"value": [7, 5, 3, 0]}})["heroin"] == ("15 of 28 days (weeks 4, 3, 2, 1: 7, 5, 3, 0)",)
    assert words(form, {"heroin": {"none": "declined"}})["heroin"] == ("Asked and declined",)


def test_the_blank_form_has_four_boxes(form: Form) -> None:
    heroin = blank(form)[0].questions[0]
    assert heroin.boxes == ("Week 4 (first)", "Week 3", "Week 2", "Week 1 (last)")
    printed = engines["django"].from_string('{% include "definitions/blank.html" %}').render({"form": form, "sections": blank(form)})
    assert printed.count('class="blank__number"') == 4


@pytest.mark.parametrize(
    ("days", "asked", "found"),
    [([0, 0, 0, 0], False, False), ([0, 0, 0, 1], True, False), ([5, 5, 5, 4], True, False), ([5, 5, 5, 5], True, True)],
)
def test_conditions_look_at_the_total(form: Form, days: list[int], asked: bool, found: bool) -> None:
    answers: Any = {"heroin": {"value": days}}
    assert holds(form, form.question("after").shown_if, answers) is asked
    assert bool(proposed(form, answers)) is found


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        ({"at_least": 29}, "the answer is 28 at most"),
        ({"is": 7}, "'is' does not go with kind 'weeks'; use at_least, at_most"),
    ],
)
def test_a_condition_that_could_never_hold_is_refused(tmp_path: Path, test: dict[str, Any], reason: str) -> None:
    with pytest.raises(DefinitionError, match=reason):
        form_of(tmp_path, question("heroin", "weeks") + question("after", shown_if={"question": "heroin"} | test))


def test_weeks_take_no_range_of_their_own(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="'most' does not go with kind 'weeks'"):
        form_of(tmp_path, question("heroin", "weeks", most=28))
