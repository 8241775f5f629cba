"""Risks and proposals that answers lead to; and that silence about a risk is not its absence."""

import datetime as dt
from pathlib import Path

import pytest

from carehub.definitions.findings import findings, gravest, proposed, risks, risks_not_known
from carehub.definitions.forward import Stamp
from carehub.definitions.schema import Form
from tests.carehub.definitions.writing import choices, form_of, question, toml_table

TODAY = Stamp(dt.date(2006, 9, 1), "Sam Field")
EARLIER = {"value": "plan", "on": "2006-01-05", "by": "Robin Marsh"}
SUICIDE = question(
    "suicide",
    "one-of",
    choices=choices("never", "past", "plan"),
    re_ask="always",
    raises=[
        {"answer": "past", "area": "suicide", "level": "low", "words": "Suicide: in the past"},
        {"answer": "plan", "area": "suicide", "level": "immediate", "words": "Suicide: now"},
    ],
)
SIGNS = question(
    "signs",
    "many-of",
    choices=choices("shakes", "fits"),
    re_ask="always",
    third_party=True,
    raises=[
        {"answer": "shakes", "area": "substance", "level": "medium", "words": "Shakes"},
        {"answer": ["fits"], "area": "substance", "level": "high", "words": "Fits"},
    ],
)
SCORE = question(
    "score",
    "score-1-5",
    area="housing",
    anchors={str(score): "x" for score in range(1, 6)},
    re_ask="always",
    raises=[{"at_least": 4, "area": "self-neglect", "level": "high", "words": "Neglect"}],
)
BELOW = question("below", shown_if={"question": "suicide", "is": "plan"})


@pytest.fixture
def form(tmp_path: Path) -> Form:
    trigger = toml_table(
        "trigger",
        {
            "id": "act",
            "text": "Act today",
            "same_day": True,
            "countersign": True,
            "tell": "manager",
            "when": {"any": [{"question": "suicide", "is": "plan"}, {"question": "score", "at_least": 4}]},
        },
    )
    indication = toml_table("trigger", {"id": "why", "kind": "indication", "text": "Pregnant", "when": {"question": "below", "is": "yes"}})
    secret = toml_table("trigger", {"id": "secret", "text": "Protect", "when": {"question": "signs", "includes": "fits"}})
    return form_of(tmp_path, SUICIDE + SIGNS + SCORE + BELOW + trigger + indication + secret)


def test_the_gravest_comes_first_with_its_day(form: Form) -> None:
    found = risks(form, {"suicide": {"value": "plan"}, "signs": {"value": ["shakes", "fits"]}, "score": {"value": 3}}, TODAY)
    assert [(risk.level, risk.words) for risk in found] == [("immediate", "Suicide: now"), ("high", "Fits"), ("medium", "Shakes")]
    assert {risk.asked_on for risk in found} == {dt.date(2006, 9, 1)}
    assert [risk.third_party for risk in found] == [False, True, True]
    assert gravest(found)["substance"].words == "Fits"


def test_a_risk_that_was_not_asked_about_again_stands_with_its_old_day(form: Form) -> None:
    [found] = risks(form, {"suicide": {"none": "not-asked", "why": "not-re-asked", "last": EARLIER}}, TODAY)
    assert (found.words, found.asked_on, found.asked_by) == ("Suicide: now", dt.date(2006, 1, 5), "Robin Marsh")


def test_no_answer_about_a_risk_is_told_apart_from_no_risk(form: Form) -> None:
    answers = {"suicide": {"none": "declined"}, "signs": {"value": ["shakes"]}}
    assert [(one.question, one.none, one.areas) for one in risks_not_known(form, answers)] == [
        ("suicide", "declined", ("suicide",)),
        ("score", "", ("self-neglect",)),
    ]
    assert risks(form, answers, TODAY)[0].words == "Shakes"


def test_a_hidden_question_raises_nothing(tmp_path: Path) -> None:
    hidden = SUICIDE + 'shown_if = { question = "ask", is = "yes" }\n'
    form = form_of(tmp_path, question("ask") + hidden)
    assert risks(form, {"ask": {"value": "no"}, "suicide": {"value": "plan"}}) == ()
    assert risks_not_known(form, {"ask": {"value": "no"}}) == ()


def test_a_trigger_holds_does_not_or_cannot_be_told(form: Form) -> None:
    [act] = findings(form, {"suicide": {"value": "plan"}}, "proposal")[:1]
    assert act.holds is True
    assert [one.words for one in act.because] == ["Question suicide? Answer plan"]
    assert [str(one) for one in act.not_known] == ["Question score?"]
    assert act.trigger.countersign
    [act] = findings(form, {"suicide": {"value": "never"}, "score": {"value": 1}}, "proposal")[:1]
    assert act.holds is False
    assert len(act.because) == 2
    [act] = findings(form, {"suicide": {"value": "never"}, "score": {"none": "declined"}}, "proposal")[:1]
    assert act.holds is None
    assert proposed(form, {"suicide": {"value": "never"}}) == ()


def test_what_is_to_be_asked_first_is_named(form: Form) -> None:
    [why] = findings(form, {}, "indication")
    assert (why.holds, [one.question for one in why.not_known]) == (None, ["suicide"])
    [why] = findings(form, {"suicide": {"value": "never"}}, "indication")
    assert (why.holds, why.not_known) == (False, ())


def test_what_rests_on_somebody_else_s_words_is_marked(form: Form) -> None:
    found = {one.trigger.id: one for one in findings(form, {"signs": {"value": ["fits"]}})}
    assert found["secret"].third_party
    assert found["secret"].because[0].third_party
    assert not found["act"].third_party
