"""Scores: what adds up, what is no score, what a wrong one says when it is loaded."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from carehub.definitions.errors import DefinitionError
from carehub.definitions.findings import findings, proposed, risks, risks_not_known
from carehub.definitions.fingerprint import fingerprint
from carehub.definitions.forward import Stamp
from carehub.definitions.schema import Form
from carehub.definitions.scores import ScoreResult, of
from tests.carehub.definitions.writing import HEAD, form_of, load, question, toml_table, toml_value

OFTEN = [{"value": value, "text": value.title(), "points": points} for points, value in enumerate(("never", "sometimes", "always"))]
BANDS = [
    {"from": 0, "to": 2, "text": "Lower", "source": "A book"},
    {"from": 3, "to": 4, "text": "Higher", "source": "local"},
]


def score(bands: list[dict[str, Any]] | None = None, **keys: Any) -> str:
    about = {"id": "total", "title": "The score", "questions": ["one", "two"], "least": 0, "most": 4, "source": "A book"} | keys
    text = toml_table("score", {name: value for name, value in about.items() if value is not None})
    return text + "".join(toml_table("score.band", band) for band in (BANDS if bands is None else bands))


def questions(**two: Any) -> str:
    return question("one", "one-of", choices=OFTEN) + question("two", "one-of", choices=OFTEN, **two)


def form(folder: Path, *, two: Mapping[str, Any] | None = None, more: str = "", **keys: Any) -> Form:
    return form_of(folder, questions(**(two or {})) + score(**keys) + more)


def scored(form: Form, **answers: str) -> ScoreResult:
    """'declined' and 'not-asked' stand for themselves."""
    given: dict[str, Any] = {
        name: {"none": value} if value in ("declined", "not-asked", "not-applicable") else {"value": value}
        for name, value in answers.items()
    }
    (found,) = of(form, given)
    return found


@pytest.mark.parametrize(
    ("one", "two", "value", "band"),
    [
        *(("never", "never", 0, "Lower"), ("sometimes", "sometimes", 2, "Lower")),
        *(("always", "sometimes", 3, "Higher"), ("always", "always", 4, "Higher")),
    ],
)
def test_points_add_up_and_mean_something(tmp_path: Path, one: str, two: str, value: int, band: str) -> None:
    found = scored(form(tmp_path), one=one, two=two)
    assert found.band
    assert (found.value, found.least, found.most, found.band.text, found.lacking) == (value, 0, 4, band, ())
    assert str(found) == f"The score: {value} of 4. {band}"


@pytest.mark.parametrize("none", ["declined", "not-asked", "not-applicable"])
def test_no_answer_is_no_score_and_never_0(tmp_path: Path, none: str) -> None:
    found = scored(form(tmp_path), one="always", two=none)
    assert (found.value, found.band) == (None, None)
    assert [(each.question.id, each.none) for each in found.lacking] == [("two", none)]
    assert (len(found.without), found.to_ask) == (1, 0)
    assert str(found) == "The score: no score"


def test_what_is_still_to_be_asked_is_told_from_what_was_declined(tmp_path: Path) -> None:
    found = scored(form(tmp_path), one="declined")
    assert ([each.question.id for each in found.without], found.to_ask) == (["one"], 1)


def test_an_answer_that_was_not_asked_again_still_counts(tmp_path: Path) -> None:
    last = {"none": "not-asked", "why": "not-re-asked", "last": {"value": "always", "on": "2006-01-05", "by": "Robin Marsh"}}
    (found,) = of(form(tmp_path), {"one": last, "two": {"value": "never"}})  # type: ignore[typeddict-item]
    assert (found.value, found.earlier) == (2, 1)


ONLY_SOMETIMES = {"shown_if": {"question": "one", "is_not": "never"}}


def test_a_hidden_question_counts_what_the_score_says(tmp_path: Path) -> None:
    assert scored(form(tmp_path, two=ONLY_SOMETIMES, hidden=0), one="never").value == 0
    assert scored(form(tmp_path, two=ONLY_SOMETIMES, hidden=0), one="always", two="always").value == 4


def test_without_a_word_on_it_a_hidden_question_leaves_no_score(tmp_path: Path) -> None:
    found = scored(form(tmp_path, two=ONLY_SOMETIMES), one="never")
    assert (found.value, [each.question.id for each in found.lacking]) == (None, ["two"])


def test_a_question_that_may_have_to_be_asked_is_not_a_hidden_one(tmp_path: Path) -> None:
    found = scored(form(tmp_path, two=ONLY_SOMETIMES, hidden=0), one="declined")
    assert (found.value, [each.question.id for each in found.lacking]) == (None, ["one"])


def test_what_stands_under_a_hidden_question_does_not_count(tmp_path: Path) -> None:
    assert scored(form(tmp_path, two=ONLY_SOMETIMES, hidden=0), one="never", two="always").value == 0


WHICH = question("which", "one-of", choices=[{"value": "a", "text": "A"}, {"value": "b", "text": "B"}])


def of_two_substances(folder: Path, *, for_others: bool) -> Form:
    for_a: list[dict[str, Any]] = [band | {"when": {"question": "which", "is": "a"}} for band in BANDS]
    others: list[dict[str, Any]] = [{"from": 0, "to": 4, "text": "Anything", "source": "local"}]
    return form_of(folder, WHICH + questions() + score([*for_a, *others] if for_others else for_a))


def test_bands_of_one_substance(tmp_path: Path) -> None:
    both = of_two_substances(tmp_path, for_others=True)
    bands = {which: scored(both, which=which, one="always", two="always").band for which in "ab"}
    assert {which: band.text for which, band in bands.items() if band} == {"a": "Higher", "b": "Anything"}


def test_where_the_substance_is_not_known_no_band_holds(tmp_path: Path) -> None:
    found = scored(of_two_substances(tmp_path, for_others=True), which="declined", one="always", two="always")
    assert (found.value, found.band) == (4, None)


def test_a_substance_without_bands_has_a_score_and_no_meaning(tmp_path: Path) -> None:
    found = scored(of_two_substances(tmp_path, for_others=False), which="b", one="always", two="always")
    assert (found.value, found.band, str(found)) == (4, None, "The score: 4 of 4")


# --- Conditions on a score ------------------------------------------------------------------------------------------

TRIGGER = {"id": "see", "text": "See somebody.", "when": {"score": "total", "at_least": 3}}


@pytest.mark.parametrize(
    ("answers", "holds", "because", "not_known"),
    [
        ({"one": "always", "two": "sometimes"}, True, ["The score: 3 of 4. Higher"], []),
        ({"one": "sometimes", "two": "sometimes"}, False, ["The score: 2 of 4. Lower"], []),
        ({"one": "always"}, None, [], ["two"]),
    ],
)
def test_a_trigger_tests_a_score(
    tmp_path: Path, answers: dict[str, str], holds: bool | None, because: list[str], not_known: list[str]
) -> None:
    with_trigger = form(tmp_path, more=toml_table("trigger", TRIGGER))
    (found,) = findings(with_trigger, {name: {"value": value} for name, value in answers.items()})
    assert (found.holds, [str(each) for each in found.because], [each.question for each in found.not_known]) == (holds, because, not_known)


def test_what_rests_on_somebody_else_s_words_says_so(tmp_path: Path) -> None:
    with_trigger = form(tmp_path, two={"third_party": True}, more=toml_table("trigger", TRIGGER))
    (found,) = proposed(with_trigger, {"one": {"value": "always"}, "two": {"value": "always"}})
    assert found.third_party
    assert scored(with_trigger, one="always", two="always").third_party


@pytest.mark.parametrize(("test", "value", "held"), [("is", 2, True), ("is_not", 2, False), ("at_least", 3, False), ("at_most", 2, True)])
def test_every_test_of_a_score(tmp_path: Path, test: str, value: int, held: bool) -> None:
    with_trigger = form(tmp_path, more=toml_table("trigger", TRIGGER | {"when": {"score": "total", test: value}}))
    (found,) = findings(with_trigger, {"one": {"value": "sometimes"}, "two": {"value": "sometimes"}})
    assert found.holds is held


# --- What is wrong with a score is said when it is loaded -----------------------------------------------------------


def band(least: int, most: int) -> dict[str, Any]:
    return {"from": least, "to": most, "text": "Some", "source": "local"}


#: Where the score stands in a form of these questions, its lists, and the first band: its keys follow.
SCORE, NAMES, LEAST, MOST = 23, 26, 27, 28
BAND = 31


@pytest.mark.parametrize(
    ("keys", "bands", "line", "reason"),
    [
        ({"questions": ["one", "tow"]}, None, NAMES, "'tow' is not known as questions: did you mean 'two'?"),
        ({"questions": []}, None, NAMES, "needs 'questions' that add up"),
        ({"questions": ["one", "one"]}, None, NAMES, "'one' stands twice"),
        ({"questions": ["one", "three"]}, None, NAMES, "'three' cannot be part of a score: its choice 'b' has no 'points'."),
        ({"questions": ["one", "four"]}, None, NAMES, "'four' cannot be part of a score: it is of kind 'yes-no'"),
        ({"most": 5}, None, MOST, "'most' is 5, but the points of the choices add up to 4."),
        ({"least": 1}, None, LEAST, "'least' is 1, but the points of the choices add up to 0."),
        ({"source": None}, None, SCORE, "a score needs 'source'."),
        ({}, [band(0, 2), band(2, 4)], BAND + 7, "2 lies in this band and in the one before."),
        ({}, [band(0, 1), band(3, 4)], BAND + 7, "No band holds 2: there is a gap before this one."),
        ({}, [band(1, 4)], BAND + 1, "No band holds 0: there is a gap before this one."),
        ({}, [band(0, 3)], BAND + 2, "No band holds 4: the bands end before 4."),
        ({}, [band(0, 4), band(5, 6)], BAND + 6, "The band from 5 to 6 lies outside the score, 0 to 4."),
        ({}, [band(2, 0)], BAND + 2, "'to' is less than 'from'"),
        ({}, [{"from": 0, "to": 4, "text": "All"}], BAND, "a band needs 'source'."),
        ({}, [band(0, 4) | {"when": {"question": "five", "is": "a"}}], BAND + 5, "'five' is not known as question"),
        ({}, [band(0, 4) | {"when": {"score": "total", "at_least": 1}}], BAND + 5, "'total' is a score"),
        ({"questoins": ["one"]}, None, SCORE + 7, "'questoins' is not a key of a score. Did you mean 'questions'?"),
    ],
)
def test_what_is_wrong_with_a_score(
    tmp_path: Path, keys: dict[str, Any], bands: list[dict[str, Any]] | None, line: int, reason: str
) -> None:
    three = [{"value": "a", "text": "A", "points": 0}, {"value": "b", "text": "B"}]
    others = question("three", "one-of", choices=three) + question("four")
    with pytest.raises(DefinitionError) as caught:
        form_of(tmp_path, questions() + score(bands, **keys) + _after(others))
    assert reason in caught.value.reason
    assert caught.value.line == line
    assert caught.value.file == tmp_path / "local-1.toml"


def _after(others: str) -> str:
    """A second section, so that the lines before stay where they are."""
    return '\n[[section]]\nid = "after"\ntitle = "After"\n' + others


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ({"score": "totl", "at_least": 1}, "'totl' is not known as score: did you mean 'total'?"),
        ({"score": "total", "at_least": 5}, "the score is a whole number from 0 to 4."),
        ({"score": "total", "includes": "never"}, "'includes' does not go with a score"),
        ({"score": "total"}, "A condition on 'total' needs exactly one of"),
    ],
)
def test_what_is_wrong_with_a_condition_on_a_score(tmp_path: Path, when: dict[str, Any], reason: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        form(tmp_path, more=toml_table("trigger", TRIGGER | {"when": when}))
    assert reason in caught.value.reason


def test_no_question_is_shown_because_of_a_score(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="whether a question is shown may not hang on it"):
        form_of(tmp_path, questions() + question("three", shown_if={"score": "total", "at_least": 1}) + score())


def test_points_belong_to_choices_and_not_to_code_lists(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="'points' must be a whole number"):
        form_of(tmp_path, question("one", "one-of", choices=[{"value": "a", "text": "A", "points": "1"}, {"value": "b", "text": "B"}]))


TOOL = HEAD.replace('level = "local"', 'level = "tool"') + "%s" + '\n[[section]]\nid = "one"\ntitle = "One"\n'


def test_a_tool_has_a_score_and_a_licence(tmp_path: Path) -> None:
    licence = f"licence = {toml_value('Free for all')}\n"
    with pytest.raises(DefinitionError, match=r"line 5: A tool needs at least one \[\[score\]\]"):
        load(tmp_path, TOOL % licence + questions())
    with pytest.raises(DefinitionError, match="line 5: A tool needs its 'licence'"):
        load(tmp_path, TOOL % "" + questions() + score())
    form = load(tmp_path, TOOL % licence + questions() + score()).form("local")
    assert (form.licence, form.words_are_ours) == ("Free for all", False)


def test_other_points_are_another_form(tmp_path: Path) -> None:
    other = [dict(choice) for choice in OFTEN]
    other[1]["points"], other[2]["points"] = 2, 1
    changed = form_of(tmp_path, question("one", "one-of", choices=other) + question("two", "one-of", choices=OFTEN) + score())
    assert fingerprint(changed) != fingerprint(form(tmp_path))


# --- A risk that rests on a score -----------------------------------------------------------------------------------

RISK = {"area": "substance", "level": "high", "words": "High score", "when": {"score": "total", "at_least": 3}}
STAMP = Stamp(dt.date(2006, 3, 1), "Sam Field")


def asked_again(folder: Path) -> Form:
    text = "".join(question(name, "one-of", choices=OFTEN, re_ask="always") for name in ("one", "two"))
    return form_of(folder, text + score() + toml_table("risk", RISK))


def test_a_risk_rests_on_a_score_and_on_the_oldest_of_its_answers(tmp_path: Path) -> None:
    last = {"none": "not-asked", "why": "not-re-asked", "last": {"value": "always", "on": "2006-01-05", "by": "Robin Marsh"}}
    (found,) = risks(asked_again(tmp_path), {"one": last, "two": {"value": "always"}}, STAMP)  # type: ignore[typeddict-item]
    assert (found.words, found.asked_on, found.asked_by) == ("High score", dt.date(2006, 1, 5), "Robin Marsh")


def test_no_score_is_no_absent_risk(tmp_path: Path) -> None:
    form = asked_again(tmp_path)
    assert risks(form, {"one": {"value": "always"}, "two": {"none": "declined"}}, STAMP) == ()
    (not_known,) = risks_not_known(form, {"one": {"value": "always"}, "two": {"none": "declined"}})
    assert (not_known.question, not_known.areas) == ("two", ("substance",))


def test_a_risk_may_rest_only_on_what_is_asked_again(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="The risk rests on 'one', which needs re_ask"):
        form(tmp_path, more=toml_table("risk", RISK))
