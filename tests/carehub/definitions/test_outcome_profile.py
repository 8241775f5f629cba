"""The outcome profile asks what is asked nationally, and never takes 'not answered' for 0."""

import pytest

from carehub.definitions.answers import missing
from carehub.definitions.catalogue import Catalogue, folders
from carehub.definitions.findings import proposed
from carehub.definitions.schema import Form
from carehub.definitions.typed import read

#: What national monitoring takes from it.
NATIONAL = {
    *("TRSTAGE", "ALCUSE", "OPIUSE", "CRAUSE", "COCAUSE", "AMPHUSE", "CANNUSE", "OTDRGUSE", "IVDRGUSE", "SHARING", "SHOTHEFT"),
    *("DRGSELL", "OTHTHEFT", "ASSAULT", "PSYHSTAT", "PWORK", "EDUCAT", "PHSTAT", "ACUTHPBM", "HRISK", "QUALLIFE"),
}


@pytest.fixture(scope="module")
def form() -> Form:
    return Catalogue.load(folders()).form("outcome-profile", 1)


def test_every_national_field_is_asked_for(form: Form) -> None:
    assert {question.national for question in form.questions} - {""} == NATIONAL
    assert form.level == "outcome"


def test_days_are_asked_week_by_week(form: Form) -> None:
    by_week = [question.id.removeprefix("outcome-") for question in form.questions if question.kind == "weeks"]
    assert by_week == [
        *("alcohol", "opiates", "crack", "cocaine", "amphetamines", "cannabis", "other"),
        *("injected", "shoplifting", "selling", "work", "education"),
    ]


def test_the_stage_is_one_of_four_and_cannot_be_left_open(form: Form) -> None:
    stage = form.question("outcome-stage")
    assert ([choice.value for choice in stage.choices], stage.not_answers) == (["start", "review", "exit", "after-exit"], ())


def test_the_scales_say_which_end_is_best(form: Form) -> None:
    scales = [question for question in form.questions if (question.least, question.most) == (0, 20)]
    assert [question.national for question in scales] == ["PSYHSTAT", "PHSTAT", "QUALLIFE"]
    for question in scales:
        assert question.hint.startswith("From 0, the worst, to 20, the best.")


def test_nothing_is_confirmed_with_a_click_and_nothing_is_0_for_want_of_an_answer(form: Form) -> None:
    for question in form.questions:
        assert (question.mandatory, question.re_ask) == (True, "always")
        assert "not-applicable" not in question.not_answers


def test_the_words_are_ours_and_the_partnership_confirms_that_it_may_use_it(form: Form) -> None:
    assert form.words_are_ours
    assert "The partnership confirms" in form.licence


ZEROS = {
    f"outcome-{name}_week{week}": ["0"]
    for name in (
        *("alcohol", "opiates", "crack", "cocaine", "amphetamines", "cannabis", "other", "injected", "shoplifting"),
        *("selling", "work", "education"),
    )
    for week in (4, 3, 2, 1)
}


def test_who_used_nothing_is_not_asked_how_much(form: Form) -> None:
    asked = {lack.question for lack in missing(form, read(form, ZEROS).answers)}
    assert not [name for name in asked if name.endswith("-amount") or "shared" in name or name == "outcome-other-name"]


def test_one_day_and_the_amount_is_asked(form: Form) -> None:
    one = read(form, ZEROS | {"outcome-crack_week1": ["1"], "outcome-injected_week4": ["1"]}).answers
    asked = {lack.question for lack in missing(form, one)}
    assert {"outcome-crack-amount", "outcome-shared-needle", "outcome-shared-other"} <= asked
    assert "outcome-cocaine-amount" not in asked


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"outcome-injected_week1": ["2"], "outcome-shared-other": ["yes"]}, {"outcome-sharing"}),
        ({"outcome-shared-other": ["yes"]}, set()),
        ({"outcome-eviction": ["yes"]}, {"outcome-housing"}),
        ({"outcome-eviction": ["no"], "outcome-housing-problem": ["no"]}, set()),
    ],
)
def test_what_it_proposes(form: Form, typed: dict[str, list[str]], expected: set[str]) -> None:
    assert {finding.trigger.id for finding in proposed(form, read(form, ZEROS | typed).answers)} == expected
