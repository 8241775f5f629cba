"""The forms as a family: what one knows the next one takes over, danger is asked again, others are kept off paper."""

import datetime as dt
from itertools import combinations

import pytest

from carehub.definitions.answers import progress
from carehub.definitions.catalogue import catalogue
from carehub.definitions.forward import Stamp, last_answers
from carehub.definitions.schema import Form, Question
from tests.carehub.definitions.test_shipped import SECONDS
from tests.clients.answering import everything
from tests.clients.definitions.shipped import FORMS, base, form, much, written

SHARED = [
    pytest.param(one, other, question.id, id=f"{one}-{other}-{question.id}")
    for one, other in combinations(FORMS, 2)
    for question in form(one).questions
    if form(other).has(question.id)
]


def facts(question: Question) -> tuple[object, ...]:
    """What has to agree, so that an answer means the same and its risk is not lost on the way."""
    choices = [(choice.value, choice.text, choice.kinds, choice.alone) for choice in question.choices]
    limits = (question.least, question.most, question.unit, question.dates)
    marks = (question.third_party, question.for_worker, question.national, question.area)
    return question.kind, question.text, question.short, choices, limits, marks, question.raises


@pytest.mark.parametrize(("one", "other", "question"), SHARED)
def test_what_two_forms_ask_they_ask_alike(one: str, other: str, question: str) -> None:
    assert facts(form(one).question(question)) == facts(form(other).question(question))


#: What triage asks and the comprehensive assessment need not: it decides what happens next.
OF_TRIAGE_ALONE = {"next-step", "comprehensive", "agrees"}


def test_the_comprehensive_assessment_starts_from_the_triage() -> None:
    triage, comprehensive = form("triage"), form("comprehensive")
    assert {question.id for question in triage.questions} - {question.id for question in comprehensive.questions} == OF_TRIAGE_ALONE
    known = last_answers(triage, much(triage), Stamp(dt.date(2026, 3, 2), "Robin Marsh"), into=comprehensive)
    assert {question.id for question in triage.questions if question.id in much(triage)} - OF_TRIAGE_ALONE == set(known)
    assert known["main-drug"] == {"value": "1011", "on": "2026-03-02", "by": "Robin Marsh"}


@pytest.mark.parametrize(("one", "other"), [("triage", "risk"), ("comprehensive", "risk"), ("risk", "comprehensive")])
def test_what_is_known_of_danger_goes_over(one: str, other: str) -> None:
    known = last_answers(form(one), much(form(one)), Stamp(dt.date(2026, 3, 2), "Robin Marsh"), into=form(other))
    assert {"suicide", "self-harm", "overdose", "injecting", "sharing", "harm-to-others", "harm-from-others", "children"} <= known.keys()


@pytest.mark.parametrize("later", ["comprehensive", "risk"])
def test_no_question_that_raised_a_risk_is_dropped_by_a_later_form(later: str) -> None:
    raising = {question.id for question in form("triage").questions if question.raises}
    assert raising <= {question.id for question in form(later).questions}


#: What practice never lets anybody confirm with one click, by the questions that ask it.
DANGER = {
    "suicide": ("suicide", "self-harm", "suicide-means", "self-harm-what", "hope", "overdose-meant"),
    "overdose": ("overdose", "overdose-with", "overdose-times", "overdose-there", "mixing", "alone", "naloxone", "tolerance-known"),
    "injecting": ("injecting", "injecting-sites", "injecting-days", "injected-by", "initiating", "wounds"),
    "sharing": ("sharing", "sharing-what"),
    "violence": ("harm-to-others", "harm-kinds", "staff-safety", "convicted-violence", "danger"),
    "domestic violence": ("harm-from-others", "harm-from-what", "safe-today", "harm-seen"),
    "children": ("children", "children-safe", "children-services", "home-others", "childcare", "child-lives", "child-worries", "storage"),
    "pregnancy": ("pregnant", "maternity"),
}


@pytest.mark.parametrize("topic", DANGER)
def test_danger_is_asked_again_each_time(topic: str) -> None:
    found = set()
    for name in FORMS:
        for question in written(form(name)):
            if base(question) in DANGER[topic]:
                found.add(base(question))
                assert question.re_ask == "always", (name, question.id)
    assert found == set(DANGER[topic])


@pytest.mark.parametrize("name", FORMS)
def test_whatever_makes_a_risk_is_asked_again(name: str) -> None:
    asked = form(name)
    resting = {question.id for question in asked.questions if question.raises}
    resting |= {leaf.question for rule in asked.risks for leaf in rule.when.leaves()}
    assert all(asked.question(one).re_ask == "always" for one in resting)


#: What comes from others or is about them, or must never be read at home.
ABOUT_OTHERS = {
    "screening": {"danger"},
    "triage": {"harm-from-others", "children-safe"},
    "comprehensive": {
        *("harm-from-others", "harm-from-what", "safe-today", "harm-seen", "sex-work", "children-safe"),
        *("child-name", "child-carer", "child-worries", "partner", "carer-needs"),
    },
    "risk": {
        *(
            "harm-from-others",
            "harm-from-what",
            "safe-today",
            "harm-seen",
            "children-safe",
            "others-whom",
            "staff-safety",
            "risk-told",
            "sex-work",
        ),
        *("from-others-severity", "from-others-likelihood", "from-others-whom", "from-others-worse", "from-others-protects"),
    },
    "aftercare": set(),
}


@pytest.mark.parametrize("name", FORMS)
def test_what_is_about_others_stays_off_paper(name: str) -> None:
    assert {base(question) for question in written(form(name)) if question.third_party} == ABOUT_OTHERS[name]


@pytest.mark.parametrize("name", ["triage", "comprehensive", "risk"])
def test_every_risk_of_harm_from_others_stays_off_paper(name: str) -> None:
    asked = form(name)
    for question in asked.questions:
        if any(raised.area == "harm-from-others" for raised in question.raises):
            assert question.third_party, question.id
    for rule in asked.risks:
        if rule.area == "harm-from-others":
            assert all(asked.question(leaf.question).third_party for leaf in rule.when.leaves())


@pytest.mark.parametrize("name", FORMS)
def test_the_client_may_decline_whatever_is_asked_of_them(name: str) -> None:
    for question in form(name).questions:
        if not question.for_worker:
            assert "declined" in question.not_answers, question.id


@pytest.mark.parametrize("name", FORMS)
def test_no_question_waits_for_one_that_comes_later(name: str) -> None:
    """Asked in their order, each question knows by then whether it is asked."""
    order = [question.id for question in form(name).questions]
    for question in form(name).questions:
        for leaf in question.shown_if.leaves() if question.shown_if else ():
            assert order.index(leaf.question) < order.index(question.id), (question.id, leaf.question)


# --- How long it takes -----------------------------------------------------------------------------------------------


def seconds(asked: Form, answers: dict) -> int:
    return sum(SECONDS[asked.question(name).kind] for name in answers)


def test_screening_takes_five_minutes_and_nine_questions() -> None:
    asked = form("screening")
    assert len(asked.questions) <= 9
    assert sum(SECONDS[question.kind] for question in asked.questions) <= asked.minutes * 60 == 5 * 60
    assert not any(question.kind in ("text", "long-text", "number", "date") for question in asked.questions)


@pytest.mark.parametrize("name", ["comprehensive", "risk", "aftercare"])
def test_the_form_says_truly_how_long_it_takes(name: str) -> None:
    """For somebody with much to tell: no longer than the form says, and not so much shorter that nobody believes it."""
    asked = form(name)
    needed = seconds(asked, much(asked)) / 60
    assert asked.minutes * 0.5 <= needed <= asked.minutes


def test_no_sitting_of_the_comprehensive_assessment_is_long() -> None:
    """It is spread over sessions: each section is a part of one, a quarter of an hour at most."""
    asked = form("comprehensive")
    answers = much(asked)
    for section in asked.sections:
        shown = [question for question in section.questions if question.id in answers]
        assert sum(SECONDS[question.kind] for question in shown) <= 15 * 60, section.id
    assert {total for _answered, total in progress(asked, answers).values()} != {0}


# --- Groups and sections -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "group", "entries", "opens"),
    [
        ("comprehensive", "child", 8, {"children": "11"}),
        ("comprehensive", "other", 5, {"other-more-0": "yes"}),
        ("comprehensive", "medicine", 8, {"prescribed": ["other"]}),
        ("comprehensive", "helper", 6, {"others-helping": ["gp"]}),
        ("aftercare", "agency", 6, {"agency-more-0": "yes"}),
    ],
)
def test_a_group_opens_when_there_is_something_to_ask(name: str, group: str, entries: int, opens: dict) -> None:
    asked = form(name)
    assert {question.entry for question in asked.questions if question.group == group} - {0} == set(range(1, entries + 1))
    first = {question.id for question in asked.questions if question.group == group and question.entry == 1}
    quiet = everything(asked, children="14", home_others=["none"])
    assert first.isdisjoint(quiet)
    assert first <= everything(asked, **opens).keys()


def test_a_child_in_the_home_is_written_down_though_it_is_not_the_client_s() -> None:
    answers = everything(form("comprehensive"), children="14", home_others=["children"])
    assert {"child-name-1", "child-worries-1", "children-safe", "children-services"} <= answers.keys()


def test_prescribing_is_for_a_prescriber_and_only_where_it_is_wanted() -> None:
    asked = form("comprehensive")
    assert [section.id for section in asked.sections if section.competence] == ["prescribing"]
    assert asked.section("prescribing").competence == "prescriber"
    own = {question.id for question in asked.section("prescribing").questions}
    assert own <= everything(asked, prescription_wanted="yes").keys()
    assert own.isdisjoint(everything(asked, prescription_wanted="not-now"))


def test_consent_to_treatment_is_asked_apart_from_consent_to_share() -> None:
    asked = form("comprehensive")
    assert asked.question("consent-treatment").mandatory
    assert "Consent to share is recorded separately" in asked.question("consent-treatment").hint


def test_the_client_s_wish_stands_beside_the_worker_s_view() -> None:
    section = [question.id for question in form("comprehensive").section("treatment").questions]
    assert section.index("preferred") + 1 == section.index("treatment")
    assert "explained" in section


@pytest.mark.parametrize(
    ("field", "question"),
    [
        *(("HEPBSTAT", "hepatitis-b"), ("HEPBVAC", "hepatitis-b-doses"), ("HEPCTSTD", "hepatitis-c-tested")),
        *(("HEPCSTAT", "hepatitis-c-offer"), ("EMPSTAT", "employment"), ("ACCMNEED", "housing"), ("SEXUAL", "sexuality")),
        *(("PREGNANT", "pregnant"), ("PRNTSTAT", "children"), ("DRUG1", "main-drug"), ("INJSTAT", "injecting")),
    ],
)
def test_national_fields_are_filled_once(field: str, question: str) -> None:
    asked = form("comprehensive")
    assert [one.id for one in asked.questions if one.national == field] == [question]


def test_national_codes_for_answers_that_are_none() -> None:
    asked = form("comprehensive")
    assert dict(asked.question("employment").national_none) == {"declined": "99", "not-known": "6", "not-asked": "99"}
    assert dict(asked.question("sexuality").national_none) == {"declined": "Z"}
    assert dict(asked.question("hepatitis-c-tested").national_none) == {"not-asked": "99"}


def test_an_area_is_scored_again_with_the_words_and_anchors_it_was_scored_with():
    whole = {question.id: question for question in catalogue().form("comprehensive").questions if question.kind == "score-1-5"}
    again = {question.id: question for question in catalogue().form("nine-areas").questions}
    assert set(again) == set(whole)
    assert {(one.text, one.area, tuple(one.anchors)) for one in again.values()} == {
        (one.text, one.area, tuple(one.anchors)) for one in whole.values()
    }
