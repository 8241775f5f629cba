"""Groups of questions, asked once for each entry; and risks that several answers make together."""

import datetime as dt
from pathlib import Path

import pytest
from crispy_forms.utils import render_crispy_form
from django.http import QueryDict

from carehub.definitions.answers import complete, kept, missing
from carehub.definitions.errors import DefinitionError
from carehub.definitions.fields import build
from carehub.definitions.findings import proposed, risks, risks_not_known
from carehub.definitions.forward import Stamp, last_answers
from carehub.definitions.schema import Form
from carehub.definitions.show import blank, show
from carehub.definitions.typed import ASKED, from_answers
from tests.carehub.definitions.writing import HEAD, choices, load, question, toml_table

TODAY = Stamp(dt.date(2006, 9, 1), "Sam Field")
SECTION = '\n[[section]]\nid = "one"\ntitle = "One"\n'


def group(*questions: str, **keys: object) -> str:
    about = {"id": "child", "title": "Child", "most": 4, "another": "Is there another child?", **keys}
    return toml_table("section.group", about) + "".join(
        each.replace("[[section.question]]", "[[section.group.question]]") for each in questions
    )


CHILDREN = group(
    question("lives", "one-of", choices=choices("here", "away"), mandatory=True),
    question("school", "text", shown_if={"question": "lives", "is": "here"}, mandatory=True),
    first="Have you children?",
)
AFTER = '\n[[section]]\nid = "two"\ntitle = "Two"\n' + question("care", shown_if={"question": "lives", "is": "here"}, mandatory=True)
TELLS = toml_table("trigger", {"id": "away", "text": "Ask where", "when": {"question": "lives", "is": "away"}})


@pytest.fixture
def form(tmp_path: Path) -> Form:
    return load(tmp_path, HEAD + SECTION + CHILDREN + AFTER + TELLS).form("local")


def said(**answers: object) -> dict:
    return {name.replace("_", "-"): {"value": value} for name, value in answers.items()}


def test_each_entry_becomes_questions_of_its_own(form):
    assert [each.id for each in form.section("one").questions][:6] == [
        "child-more-0",
        "lives-1",
        "school-1",
        "child-more-1",
        "lives-2",
        "school-2",
    ]
    assert form.section("one").questions[-1].id == "school-4"
    assert (form.question("lives-2").name, form.question("lives-2").entry_title) == ("Child 2: Question lives?", "Child 2")


def test_no_children_asks_nothing_more(form):
    answers = said(child_more_0="no")
    assert missing(form, answers) == []
    assert complete(form, answers) == answers


def test_an_entry_is_asked_only_when_the_one_before_says_so(form):
    answers = said(child_more_0="yes", lives_1="here", school_1="Hill", child_more_1="no", lives_2="here")
    assert "lives-2" not in kept(form, answers)
    assert [each.question for each in missing(form, answers)] == ["care"]
    answers = said(child_more_0="yes", lives_1="here", school_1="Hill", child_more_1="yes", care="no")
    assert [each.question for each in missing(form, answers)] == ["lives-2", "child-more-2"]


def test_conditions_in_an_entry_mean_that_entry(form):
    answers = said(child_more_0="yes", lives_1="away", child_more_1="yes", lives_2="here", child_more_2="no", care="yes")
    assert [each.question for each in missing(form, answers)] == ["school-2"]


@pytest.mark.parametrize(("first", "second", "holds"), [("away", "here", True), ("here", "away", True), ("here", "here", False)])
def test_outside_the_group_any_entry_counts(form, first, second, holds):
    answers = said(child_more_0="yes", lives_1=first, child_more_1="yes", lives_2=second, child_more_2="no")
    assert bool(proposed(form, answers)) is holds


def test_the_page_offers_one_entry_more_than_is_open(form):
    page = build(form, section="one", draft=from_answers(form, said(child_more_0="yes", lives_1="here")))
    assert [each.id for each in page.questions if each.id.startswith("lives")] == ["lives-1", "lives-2"]
    assert [each.id for each in build(form, section="one").questions if each.id.startswith("lives")] == ["lives-1"]


def test_what_was_typed_into_an_entry_that_closes_is_still_on_the_page(form):
    """Somebody says 'no other child' by mistake: the words stand there when they change it back."""
    page = build(form, section="one", draft={"child-more-0": ["no"], "school-3": ["Hill"]})
    assert "school-3" in page.fields


def test_heading_over_each_entry_on_page_record_and_paper(form):
    answers = said(child_more_0="yes", lives_1="here", school_1="Hill", child_more_1="yes", lives_2="away", child_more_2="no")
    page = render_crispy_form(build(form, section="one", draft=from_answers(form, answers)))
    assert [page.count("Child 1</h3>"), page.count("Child 2</h3>"), page.count("Child 3</h3>")] == [1, 1, 1]
    assert [row.heading for row in show(form, answers)[0].rows if row.heading] == ["Child 1", "Child 2"]
    assert [each.heading for each in blank(form)[0].questions if each.heading] == ["Child 1", "Child 2", "Child 3"]


def test_entries_go_forward_to_the_next_assessment(form):
    answers = said(child_more_0="yes", lives_1="here", school_1="Hill", child_more_1="no")
    assert last_answers(form, answers, TODAY)["school-1"]["value"] == "Hill"


def test_the_same_answer_in_two_entries_can_be_refused(tmp_path):
    drugs = group(question("drug", "one-of", choices=choices("a", "b"), differs_from=["drug"]), question("why", "text"))
    form = load(tmp_path, HEAD + SECTION + drugs).form("local")
    data = QueryDict(mutable=True)
    data.update({ASKED: "drug-1 child-more-1 drug-2", "drug-1": "a", "child-more-1": "yes", "drug-2": "a"})
    assert "drug-2" in build(form, section="one", data=data).problems


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (group(question("lives"), most=13), "12 entries at most"),
        (group(question("lives"), most=1), "2 or more"),
        (
            toml_table("section.group", {"id": "child", "title": "Child", "most": 2, "another": "More?"}),
            "has no [[section.group.question]]",
        ),
        (group(question("lives")) + group(question("lives"), id="other"), "stands in two groups"),
        (question("lives-2") + group(question("lives")), "stands twice"),
        (group(question("lives", shown_if={"question": "nowhere", "is": "yes"})), "not known"),
        (group(question("lives", shown_if={"question": "lives", "is": "yes"})), "wait for each other"),
        (group(question("lives"), frist="Have you?"), "Did you mean 'first'"),
    ],
)
def test_a_wrong_group_is_refused_with_file_line_and_reason(tmp_path, text, reason):
    with pytest.raises(DefinitionError) as wrong:
        load(tmp_path, HEAD + SECTION + text)
    assert reason in str(wrong.value)
    assert "local-1.toml, line " in str(wrong.value)


# --- Risks that several answers make ------------------------------------------------------------------------------------------

NOW = question("now", mandatory=True, re_ask="always")
SEVERE = question("severe", "number", least=1, most=5, shown_if={"question": "now", "is": "yes"}, re_ask="always")
BOTH = {"all": [{"question": "now", "is": "yes"}, {"question": "severe", "at_least": 4}]}


def rule(**keys: object) -> str:
    return toml_table("risk", {"area": "suicide", "level": "high", "words": "Severe and now", "when": BOTH, **keys})


@pytest.fixture
def risky(tmp_path: Path) -> Form:
    return load(tmp_path, HEAD + SECTION + NOW + SEVERE + rule()).form("local")


def test_several_answers_make_a_risk(risky):
    assert risks(risky, said(now="yes", severe=3), TODAY) == ()
    found = risks(risky, said(now="yes", severe=4), TODAY)
    assert [(one.area, one.level, one.words, one.asked_on) for one in found] == [("suicide", "high", "Severe and now", TODAY.on)]


def test_the_risk_is_as_old_as_its_oldest_answer(risky):
    answers = said(now="yes") | {
        "severe": {"none": "not-asked", "why": "not-re-asked", "last": {"value": 5, "on": "2006-01-05", "by": "Robin Marsh"}}
    }
    (found,) = risks(risky, answers, TODAY)
    assert (found.asked_on, found.asked_by) == (dt.date(2006, 1, 5), "Robin Marsh")


def test_what_a_rule_asks_about_and_nobody_answered_is_not_known(risky):
    assert [each.question for each in risks_not_known(risky, said(now="yes"))] == ["severe"]
    assert risks_not_known(risky, said(now="no")) == ()


def test_third_party_goes_over_to_the_risk(tmp_path):
    told = question("told", re_ask="always", third_party=True)
    form = load(tmp_path, HEAD + SECTION + told + rule(when={"question": "told", "is": "yes"})).form("local")
    assert risks(form, said(told="yes"))[0].third_party


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (rule(area="rain"), "not known as area"),
        (rule(level="grave"), "not known as level"),
        (rule(when={"question": "noww", "is": "yes"}), "did you mean 'now'"),
        (question("calm") + rule(when={"question": "calm", "is": "yes"}), 're_ask = "always"'),
    ],
)
def test_a_wrong_rule_is_refused(tmp_path, text, reason):
    with pytest.raises(DefinitionError) as wrong:
        load(tmp_path, HEAD + SECTION + NOW + SEVERE + text)
    assert reason in str(wrong.value)
