"""Answers that do not go together: found, named with their words, refused in a file where they could never be."""

from pathlib import Path
from typing import Any

import pytest

from carehub.definitions.answers import missing
from carehub.definitions.catalogue import catalogue
from carehub.definitions.contradictions import contradictions
from carehub.definitions.errors import DefinitionError
from carehub.definitions.fingerprint import fingerprint
from carehub.definitions.schema import Form
from tests.carehub.definitions.writing import choices, form_of, question, toml_table
from tests.clients.answering import everything

INJECTING = question("injects", "one-of", short="Injecting", choices=choices("never", "now"))
ROUTE = question("route", "one-of", short="How it is taken", choices=choices("inject", "smoke"))
DAYS = question("days", "number", least=0, most=28, short="Days")
BOTH = {"all": [{"question": "injects", "is": "never"}, {"question": "route", "is": "inject"}]}


def checked(tmp_path: Path, when: dict[str, Any], questions: str = INJECTING + ROUTE + DAYS) -> Form:
    return form_of(tmp_path, questions + toml_table("check", {"id": "both", "text": "Ask again.", "when": when}))


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"injects": "never", "route": "inject"}, ["Injecting: Answer never; How it is taken: Answer inject"]),
        ({"injects": "never", "route": "smoke"}, []),
        ({"injects": "never"}, []),
        ({"injects": {"none": "declined"}, "route": "inject"}, []),
    ],
)
def test_what_does_not_go_together_is_named_and_holds_nothing_up(tmp_path: Path, answers: dict[str, Any], said: list[str]) -> None:
    form = checked(tmp_path, BOTH)
    given = {name: one if isinstance(one, dict) else {"value": one} for name, one in answers.items()}
    assert [each.answers for each in contradictions(form, given)] == said
    assert missing(form, given) == []


def test_it_belongs_to_the_version_of_the_form(tmp_path: Path) -> None:
    plain = fingerprint(form_of(tmp_path, INJECTING + ROUTE + DAYS))
    assert fingerprint(checked(tmp_path, BOTH)) != plain


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ({"question": "injects", "is": "never"}, "looks at one answer"),
        ({"all": [{"question": "injects", "is": "never"}, {"question": "injects", "is": "now"}]}, "looks at one answer"),
        ({"all": [{"question": "injetcs", "is": "never"}, {"question": "route", "is": "inject"}]}, "did you mean 'injects'"),
        ({"all": [{"question": "injects", "is": "sometimes"}, {"question": "route", "is": "inject"}]}, "not an answer to it"),
        ({"all": [BOTH, {"question": "days", "at_least": 3}, {"question": "days", "at_most": 2}]}, "can never hold"),
        ({"all": [{"question": "injects", "is": "never"}, {"question": "shares", "is": "yes"}]}, "can never hold"),
    ],
)
def test_what_could_never_be_is_refused(tmp_path: Path, when: dict[str, Any], reason: str) -> None:
    shares = question("shares", shown_if={"question": "injects", "is": "now"})
    with pytest.raises(DefinitionError) as error:
        checked(tmp_path, when, INJECTING + ROUTE + DAYS + shares)
    assert reason in str(error.value)


def test_two_of_one_name_are_refused(tmp_path: Path) -> None:
    twice = 2 * toml_table("check", {"id": "both", "text": "Ask again.", "when": BOTH})
    with pytest.raises(DefinitionError, match="twice"):
        form_of(tmp_path, INJECTING + ROUTE + twice)


# --- Those that are shipped ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [form.name for form in catalogue().forms() if form.checks])
def test_a_quiet_assessment_contradicts_itself_nowhere(name: str) -> None:
    form = catalogue().form(name)
    assert contradictions(form, everything(form)) == ()


@pytest.mark.parametrize(
    ("form", "answers", "found"),
    [
        ("triage", {"main_drug": "1011", "main_route": "1", "injecting": "N"}, "never-injected-and-injects"),
        ("triage", {"injecting": "N", "health_now": ["abscess"]}, "never-injected-and-injects"),
        ("triage", {"injecting": "P", "sharing": "recent"}, "injects-no-more-and-injects"),
        ("triage", {"main_drug": "1011", "main_route": "1", "main_days": 28, "injecting": "P"}, "injects-no-more-and-injects"),
        ("triage", {"main_drug": "7000", "alcohol_days": 0}, "alcohol-is-the-trouble-and-no-drink"),
        ("triage", {"urgent": ["prescription"], "prescribed": ["none"]}, "prescription-runs-out-and-none"),
        ("triage", {"children": "11", "home_others": ["none"]}, "children-at-home-and-none-there"),
        ("comprehensive", {"main_drug": "1011", "main_days": 0, "main_last": "today", "naloxone": "yes"}, "days-and-last-taken"),
        ("comprehensive", {"main_drug": "1011", "main_days": 9, "main_last": "longer", "naloxone": "yes"}, "days-and-last-taken"),
        ("comprehensive", {"overdose": "year", "overdose_meant": "yes", "self_harm": "never"}, "overdose-meant-and-never-hurt-themselves"),
        ("comprehensive", {"main_drug": "1011", "main_last": "week", "naloxone": "no-opiates"}, "no-opiates-and-opiates"),
        ("risk", {"injecting": "P", "sharing": "recent"}, "injects-no-more-and-shares"),
        ("risk", {"main_drug": "1011", "naloxone": "no-opiates"}, "no-opiates-and-opiates"),
    ],
)
def test_what_is_looked_for(form: str, answers: dict[str, Any], found: str) -> None:
    asked = catalogue().form(form)
    quiet = {"main_days": 5, "main_last": "week"} if form == "comprehensive" else {}
    [one] = contradictions(asked, everything(asked, **quiet | answers))
    assert one.check.id == found
    assert one.answers.count(";") >= 1
    assert not one.third_party
