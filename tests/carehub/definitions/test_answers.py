"""What can be answered, in which words it is refused, and what 'no answer' means."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from carehub import clock
from carehub.definitions.answers import Incomplete, complete, kept, missing, not_answers_of, progress, value
from carehub.definitions.forward import Stamp, last_answers
from carehub.definitions.schema import NOT_ANSWERS, Form
from carehub.definitions.typed import from_post, merge, read
from tests.carehub.definitions.writing import choices, form_of, load, question

REASONS = 'reasons = "not-answer-reasons/1"\n'
LAST = {"value": "yes", "on": "2006-01-05", "by": "Robin Marsh"}


def one(folder: Path, kind: str, **keys: Any) -> Form:
    return form_of(folder, question("q", kind, short="Short name", **keys))


def problem(form: Form, typed: dict[str, list[str]]) -> str:
    found = read(form, typed)
    assert "q" not in found.answers
    return found.problems["q"]


def date_typed(day: str, month: str, year: str) -> dict[str, list[str]]:
    return {"q_day": [day], "q_month": [month], "q_year": [year]}


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("31", "2", "2006"), "this date does not exist: enter a real one, such as 27 3 2006"),
        (("29", "2", "2007"), "this date does not exist: enter a real one, such as 27 3 2006"),
        (("1", "13", "2006"), "this date does not exist: enter a real one, such as 27 3 2006"),
        (("", "3", "2006"), "the date must include a day"),
        (("1", "", ""), "the date must include a month and a year"),
        (("1", "3", "06"), "the year must have four digits, such as 2006"),
        (("1", "3", "1806"), "the year must be 1900 or later"),
        (("first", "3", "2006"), "enter the date in numbers, such as 27 3 2006"),
        (("١", "3", "2006"), "enter the date in numbers, such as 27 3 2006"),
    ],
)
def test_a_date_that_is_none(tmp_path: Path, typed: tuple[str, str, str], message: str) -> None:
    assert problem(one(tmp_path, "date"), date_typed(*typed)) == f"‘Question q?’: {message}"


@pytest.mark.parametrize("month", ["3", "03", "March", "mar"])
def test_a_date(tmp_path: Path, month: str) -> None:
    assert read(one(tmp_path, "date"), date_typed("1", month, "2006")).answers == {"q": {"value": "2006-03-01"}}


def test_a_date_in_the_future_or_the_past(tmp_path: Path) -> None:
    today = clock.today()
    tomorrow, yesterday = today + dt.timedelta(days=1), today - dt.timedelta(days=1)
    past = one(tmp_path, "date", dates="past")
    assert problem(past, parts(tomorrow)) == "‘Question q?’: the date lies in the future: it must be today or earlier"
    assert read(past, parts(today)).answers["q"] == {"value": today.isoformat()}
    future = one(tmp_path, "date", dates="future")
    assert problem(future, parts(yesterday)) == "‘Question q?’: the date has passed: it must be today or later"
    assert read(future, parts(today)).answers["q"] == {"value": today.isoformat()}


def parts(day: dt.date) -> dict[str, list[str]]:
    return date_typed(str(day.day), str(day.month), str(day.year))


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("29", "enter a number from 0 to 28"),
        ("-1", "enter a number from 0 to 28"),
        ("3.5", "enter a whole number, such as 14"),
        ("often", "enter a number in digits, such as 14"),
        ("1e3", "enter a number in digits, such as 14"),
        ("NaN", "enter a number in digits, such as 14"),
        ("٣", "enter a number in digits, such as 14"),
        ("9" * 400, "enter a number in digits, such as 14"),
    ],
)
def test_a_number_that_is_none_or_out_of_range(tmp_path: Path, typed: str, message: str) -> None:
    assert problem(one(tmp_path, "number", least=0, most=28), {"q": [typed]}) == f"‘Question q?’: {message}"


@pytest.mark.parametrize(("typed", "kept_as"), [("0", 0), (" 14 ", 14), ("14.0", 14), ("1,000", 1000), ("2.5", 2.5)])
def test_a_number(tmp_path: Path, typed: str, kept_as: float) -> None:
    answer = read(one(tmp_path, "number", least=0, decimals=True), {"q": [typed]}).answers["q"]["value"]
    assert (answer, type(answer)) == (kept_as, type(kept_as))


def test_an_answer_that_was_not_offered(tmp_path: Path) -> None:
    form = one(tmp_path, "one-of", choices=choices("a", "b"))
    assert problem(form, {"q": ["c"]}) == "‘Question q?’: choose one of the answers listed"
    several = one(tmp_path, "many-of", choices=[*choices("a", "b"), {"value": "none", "text": "None of these", "alone": True}])
    assert problem(several, {"q": ["a", "c"]}) == "‘Question q?’: choose one of the answers listed"
    assert "“None of these” goes with no other answer" in problem(several, {"q": ["a", "none"]})
    assert read(several, {"q": ["b", "a"]}).answers["q"]["value"] == ["a", "b"]


def test_a_text_that_is_too_long_or_cannot_be_kept(tmp_path: Path) -> None:
    form = one(tmp_path, "text", most=10)
    assert problem(form, {"q": ["x" * 11]}) == "‘Question q?’: this is 11 characters long: keep it to 10 or fewer"
    assert "cannot be kept" in problem(form, {"q": ["a\x00b"]})
    assert "cannot be kept" in problem(form, {"q": ["a\ud800b"]})
    assert read(form, {"q": ["   "]}).answers == {}


def test_a_score_is_from_1_to_5(tmp_path: Path) -> None:
    form = one(tmp_path, "score-1-5", area="housing", anchors={str(score): "x" for score in range(1, 6)})
    assert "from 1, best, to 5, worst" in problem(form, {"q": ["0"]})
    assert read(form, {"q": ["5"]}).answers["q"]["value"] == 5


def test_two_answers_that_must_differ(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("main", "substance", codes="problem-substance/1", short="Main substance") + question(
        "second", "substance", codes="problem-substance/1", differs_from=["main"], short="Second"))  # fmt: skip
    found = read(form, {"main": ["1011"], "second": ["1011"]})
    assert found.problems == {"second": "‘Question second?’: “Heroin” stands under “Question main?” already"}
    assert read(form, {"main": ["1011"], "second": ["7000"]}).problems == {}


# --- No answer --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("none", NOT_ANSWERS)
def test_a_not_answer_completes_a_mandatory_question_and_is_no_value(tmp_path: Path, none: str) -> None:
    form = one(tmp_path, "number", mandatory=True, least=0, most=28)
    answers = complete(form, read(form, {"q__none": [none]}).answers)
    assert answers == {"q": {"none": none}}
    assert value(answers, "q") is None
    assert value({"q": {"value": 0}}, "q") == 0


def test_nothing_at_all_is_not_taken_for_a_not_answer(tmp_path: Path) -> None:
    form = one(tmp_path, "number", mandatory=True)
    with pytest.raises(Incomplete) as caught:
        complete(form, read(form, {"q": [""]}).answers)
    assert [(lack.question, lack.name, lack.reason) for lack in caught.value.missing] == [
        ("q", "Short name", "answer it, or say why there is no answer")
    ]


def test_only_the_not_answers_that_a_question_takes(tmp_path: Path) -> None:
    form = one(tmp_path, "text", not_answers=["not-known"])
    assert problem(form, {"q__none": ["declined"]}) == "‘Question q?’: choose one of the reasons listed"
    assert [none for none, _why, _text in not_answers_of(form, form.question("q"))] == ["not-known"]


def test_an_answer_and_why_there_is_none(tmp_path: Path) -> None:
    assert "there is more than one answer" in problem(one(tmp_path, "text"), {"q": ["x"], "q__none": ["declined"]})


def test_where_best_practice_expects_a_question_its_not_answer_has_a_reason(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("q", expectations=["sharing"]), REASONS)
    assert [lack.reason for lack in missing(form, {"q": {"none": "declined"}})] == ["say why there is no answer"]
    assert missing(form, {"q": {"none": "declined", "why": "not-today"}}) == []
    assert missing(form, {"q": {"none": "not-applicable"}}) == []
    offered = not_answers_of(form, form.question("q"))
    # One click: each entry that needs a reason carries it.
    assert all(why for none, why, _text in offered if none != "not-applicable")
    assert problem(form, {"q__none": ["declined/no-time"]}).endswith("choose one of the reasons listed")


# --- Still true, and asked again --------------------------------------------------------------------------------------


def test_still_true_keeps_the_day_on_which_it_was_asked(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("q"))
    assert read(form, {"q__still": ["1"]}, {"q": LAST}).answers == {
        "q": {"value": "yes", "still": {"on": "2006-01-05", "by": "Robin Marsh"}}
    }
    assert "no earlier answer" in read(form, {"q__still": ["1"]}).problems["q"]


@pytest.mark.parametrize("said", ["no", "yes"])
def test_what_is_said_today_overrules_still_true(tmp_path: Path, said: str) -> None:
    """Without the page's script both come in. Why there is no answer beside it stays a contradiction."""
    form = form_of(tmp_path, question("q"))
    assert read(form, {"q": [said], "q__still": ["1"]}, {"q": LAST}).answers == {"q": {"value": said}}
    assert "more than one answer" in read(form, {"q__none": ["declined"], "q__still": ["1"]}, {"q": LAST}).problems["q"]
    again = form_of(tmp_path, question("q", re_ask="always"))
    assert "more than one answer" in read(again, {"q": [said], "q__still": ["1"]}, {"q": LAST}).problems["q"]


def test_never_one_click_for_what_is_to_be_asked_again(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("q", re_ask="always", mandatory=True))
    assert "asked again every time" in read(form, {"q__still": ["1"]}, {"q": LAST}).problems["q"]
    # Nor by another way in: an import, a copied draft.
    assert missing(form, {"q": {"value": "yes", "still": {"on": "2006-01-05", "by": "R"}}})
    answers = complete(form, read(form, {"q__none": ["not-asked/not-re-asked"]}, {"q": LAST}).answers)
    assert answers == {"q": {"none": "not-asked", "why": "not-re-asked", "last": LAST}}
    assert value(answers, "q") == "yes"


def test_not_re_asked_needs_something_that_was_asked(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("q", re_ask="always"))
    assert "choose one of the reasons" in read(form, {"q__none": ["not-asked/not-re-asked"]}).problems["q"]


def test_copying_forward_makes_no_answer_younger(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("q", re_ask="always") + question("r"))
    answers = {"q": {"none": "not-asked", "why": "not-re-asked", "last": LAST}, "r": {"value": "no"}}
    stamps = {"one": Stamp(dt.date(2006, 6, 1), "Sam Field")}
    last = last_answers(form, answers, Stamp(dt.date(2006, 5, 1), "Somebody else"), sections=stamps)
    assert last == {"q": LAST, "r": {"value": "no", "on": "2006-06-01", "by": "Sam Field"}}


def test_copying_forward_into_a_new_version_takes_what_still_fits(tmp_path: Path) -> None:
    old = form_of(tmp_path, question("same") + question("gone") + question("other", "one-of", choices=choices("a", "b")) + question("kind"))
    new = form_of(
        tmp_path,
        question("same") + question("other", "one-of", choices=choices("b", "c")) + question("kind", "text") + question("fresh"),
    )
    answers = {"same": {"value": "yes"}, "gone": {"value": "yes"}, "other": {"value": "a"}, "kind": {"value": "yes"}}
    assert set(last_answers(old, answers, Stamp(dt.date(2006, 1, 1), "R"), into=new)) == {"same"}
    answers["other"] = {"value": "b"}
    assert set(last_answers(old, answers, Stamp(dt.date(2006, 1, 1), "R"), into=new)) == {"same", "other"}


# --- Hidden questions ---------------------------------------------------------------------------------------------------


def test_the_answer_to_a_hidden_question_is_not_kept_and_not_lost(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("a", mandatory=True) + question("b", "text", mandatory=True, shown_if={"question": "a", "is": "yes"}))
    draft = {"a": ["yes"], "b": ["typed with care"]}
    draft = merge(draft, from_post(form, {"a": ["no"]}, ["a"]))
    answers = read(form, draft).answers
    assert complete(form, answers) == {"a": {"value": "no"}} == kept(form, answers)
    draft = merge(draft, from_post(form, {"a": ["yes"]}, ["a"]))
    assert complete(form, read(form, draft).answers)["b"] == {"value": "typed with care"}


def test_what_was_typed_wrongly_under_a_hidden_question_stops_nobody(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("a") + question("b", "number", mandatory=True, shown_if={"question": "a", "is": "yes"}))
    assert complete(form, read(form, {"a": ["no"], "b": ["many"]}).answers) == {"a": {"value": "no"}}


def test_progress_counts_what_is_to_be_asked(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("a") + question("b", shown_if={"question": "a", "is": "yes"}))
    assert progress(form, {}) == {"one": (0, 1)}
    assert progress(form, {"a": {"value": "yes"}}) == {"one": (1, 2)}
    assert progress(form, {"a": {"none": "declined"}, "b": {"value": "yes"}}) == {"one": (1, 1)}


def test_a_box_that_was_unticked_clears_the_draft_and_what_the_page_did_not_hold_stays(tmp_path: Path) -> None:
    form = load(tmp_path, _TWO_SECTIONS).form("local")
    draft = {"a": ["x"], "b": ["yes"], "b__none": ["declined"]}
    assert merge(draft, from_post(form, {"asked__": ["a"]})) == {**draft, "a": [], "a__none": [], "a__still": []}


_TWO_SECTIONS = """kind = "form"
name = "local"
version = 1
title = "T"
level = "local"
[[section]]
id = "one"
title = "One"
question = [{ id = "a", text = "A?", kind = "many-of", choices = [{ value = "x", text = "X" }, { value = "y", text = "Y" }] }]
[[section]]
id = "two"
title = "Two"
question = [{ id = "b", text = "B?", kind = "yes-no" }]
"""
