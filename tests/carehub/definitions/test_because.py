"""Why something is proposed: the answers that were given, and of several ways to hold those that were met."""

import datetime as dt
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from carehub.definitions.because import in_one_line
from carehub.definitions.catalogue import catalogue
from carehub.definitions.conditions import rests_on, shown
from carehub.definitions.findings import Finding, findings
from carehub.definitions.following import Condition, Trigger
from carehub.definitions.forward import Stamp
from carehub.definitions.schema import Form, Question
from tests.carehub.definitions.writing import choices, form_of, question, toml_table

TODAY = Stamp(dt.date(2006, 9, 1), "Sam Field")
EARLIER = {"none": "not-asked", "why": "not-re-asked", "last": {"value": "year", "on": "2006-01-05", "by": "Robin Marsh"}}
QUESTIONS = (
    question("injects", "one-of", short="Injecting", choices=choices("never", "past", "now"))
    + question("shares", "one-of", short="Sharing", choices=choices("no", "recent"))
    + question("signs", "many-of", short="Signs", choices=choices("shakes", "fits", "none"))
    + question("overdose", "one-of", short="Overdose", choices=choices("never", "year"), re_ask="always")
)


def found(tmp_path: Path, when: dict[str, Any], **answers: Any) -> Finding:
    form = form_of(tmp_path, QUESTIONS + toml_table("trigger", {"id": "act", "text": "Act", "when": when}))
    given = {name: one if isinstance(one, dict) else {"value": one} for name, one in answers.items()}
    [finding] = findings(form, given, asked=TODAY)
    return finding


YEAR = {"question": "overdose", "is": "year"}
ANY = {"any": [{"question": "injects", "is": "now"}, {"question": "shares", "is": "recent"}]}


@pytest.mark.parametrize(
    ("when", "answers", "said"),
    [
        (ANY, {"injects": "past", "shares": "recent"}, "Sharing: Answer recent ({today})"),
        (ANY, {"injects": "now", "shares": "recent"}, "Injecting: Answer now; Sharing: Answer recent ({today})"),
        # Half of one way is no reason where another way was met.
        (
            {"any": [{"all": [{"question": "injects", "is": "now"}, {"question": "shares", "is": "recent"}]}, YEAR]},
            {"injects": "now", "shares": "no", "overdose": "year"},
            "Overdose: Answer year ({today})",
        ),
        ({"question": "signs", "includes": "fits"}, {"signs": ["shakes", "fits"]}, "Signs: Answer fits ({today})"),
        ({"question": "signs", "chosen_at_least": 2}, {"signs": ["shakes", "fits"]}, "Signs: Answer shakes, Answer fits ({today})"),
        ({"not": {"any": [{"question": "injects", "is": "never"}]}}, {"injects": "past"}, "Injecting: Answer past ({today})"),
        ({"question": "injects", "none": "declined"}, {"injects": {"none": "declined"}}, "Injecting: Asked and declined ({today})"),
        # What was not asked again keeps its own day.
        (
            {"all": [{"question": "injects", "is": "now"}, YEAR]},
            {"injects": "now", "overdose": EARLIER},
            "Injecting: Answer now ({today}); Overdose: Answer year (asked 5 January 2006)",
        ),
    ],
)  # fmt: skip
def test_the_answers_that_made_it_so(tmp_path: Path, when: dict[str, Any], answers: dict[str, Any], said: str) -> None:
    finding = found(tmp_path, when, **answers)
    assert (finding.holds, finding.why) == (True, said.format(today="asked 1 September 2006"))


def test_without_a_day_none_is_made_up(tmp_path: Path) -> None:
    form = form_of(tmp_path, QUESTIONS + toml_table("trigger", {"id": "act", "text": "Act", "when": ANY}))
    [finding] = findings(form, {"injects": {"value": "now"}})
    assert in_one_line(finding.because) == "Injecting: Answer now"


# --- Every trigger of every form that is shipped ------------------------------------------------------------------------------


TRIGGERS = [pytest.param(form, each, id=f"{form.name}/{each.id}") for form in catalogue().forms() for each in form.triggers]


def ways(form: Form, condition: Condition) -> list[tuple[Condition, ...]]:
    """Each way in which a condition can be met: the tests that are then to hold together."""
    if condition.test == "any":
        return [way for part in condition.parts for way in ways(form, part)]
    if condition.test == "all":
        return [sum(chosen, ()) for chosen in product(*(ways(form, part) for part in condition.parts))]
    return [(condition,)]


def passing(asked: Question, leaf: Condition) -> Any:
    expected: Any = leaf.value
    match leaf.test:
        case "is" | "at_least" | "at_most":
            value = expected
        case "is_one_of" | "includes":
            value = expected[0]
        case "is_a":
            value = next(choice.value for choice in asked.choices if expected in choice.kinds)
        case "is_not":
            value = next((choice.value for choice in asked.choices if choice.value != expected), (asked.least or 0) + 1)
        case "chosen_at_least":
            return [choice.value for choice in asked.choices if not choice.alone][:expected]
        case "answered":
            value = asked.choices[0].value if asked.choices else 1 if asked.kind == "number" else "x"
    if asked.kind == "weeks":
        return [min(7, max(0, value - 7 * before)) for before in range(4)]
    return [value] if asked.kind == "many-of" else value


def meet(form: Form, leaf: Condition, answers: dict[str, Any]) -> None:
    """Gives the answer that the test wants, and those that bring its question up."""
    asked = form.question(leaf.question)
    if asked.shown_if is not None and not shown(form, asked, answers):
        for one in ways(form, asked.shown_if)[0]:
            if one.question not in answers:
                meet(form, one, answers)
    if leaf.test == "none":
        answers[asked.id] = {"none": leaf.value}
    else:
        answers[asked.id] = {"value": passing(asked, leaf)}


@pytest.mark.parametrize(("form", "trigger"), TRIGGERS)
def test_every_way_names_the_answers_that_were_given(form: Form, trigger: Trigger) -> None:
    met = 0
    for way in ways(form, trigger.when)[:40]:
        answers: dict[str, Any] = {}
        for leaf in way:
            if leaf.score:
                answers |= {
                    name: {"value": max(form.question(name).choices, key=lambda one: one.points or 0).value}
                    for name in form.score(leaf.score).questions
                }
            elif leaf.question:
                meet(form, leaf, answers)
        [finding] = [one for one in findings(form, answers, trigger.kind, asked=TODAY) if one.trigger is trigger]
        if not finding.holds:
            continue  # Two tests of one question that this simple way of answering cannot meet together.
        met += 1
        named = {each.question for each in finding.because}
        assert named
        assert named <= set(rests_on(form, trigger.when)) & answers.keys()
        assert {leaf.question for leaf in way if leaf.question} <= named
        assert "1 September 2006" in finding.why
        # Nothing but the answers: what was not answered so is not named.
        assert all(each.words and not each.words.endswith(": ") for each in finding.because)
    assert met, "no way to meet it was found"
