"""The definitions that come with CareHub: they load, keep to their budget, and say what the guidance says."""

import datetime as dt

import pytest

from carehub import local_settings
from carehub.definitions.answers import complete, missing
from carehub.definitions.catalogue import Catalogue, folders
from carehub.definitions.findings import findings, proposed, risks
from carehub.definitions.load import read_folders
from carehub.definitions.plans import Interval
from carehub.definitions.schema import Form, Question
from carehub.definitions.typed import read

#: What one answer costs, in seconds: asking it in one's own words, listening, ticking. Estimates, on the generous side.
SECONDS = {
    "text": 40,
    "long-text": 120,
    "number": 20,
    "date": 25,
    "yes-no": 20,
    "one-of": 28,
    "many-of": 40,
    "score-1-5": 40,
    "substance": 25,
    "weeks": 30,
}


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return Catalogue.load(folders())


@pytest.fixture
def triage(shipped: Catalogue) -> Form:
    return shipped.form("triage", 1)


def test_every_shipped_file_is_right() -> None:
    found, errors = read_folders(folders())
    assert errors == []
    assert len(found) >= 18


# --- Triage ---------------------------------------------------------------------------------------------------------


def test_triage_takes_twenty_minutes_at_most(triage: Form) -> None:
    assert len(triage.questions) <= triage.most_questions == 37
    assert sum(SECONDS[question.kind] for question in triage.questions) <= triage.minutes * 60 == 20 * 60


def test_triage_can_be_clicked_through(triage: Form) -> None:
    """Few questions are typed; the others cost one click, or two for a list that opens."""
    typed_ones = [question.id for question in triage.questions if question.kind in ("text", "long-text", "number", "date")]
    clicks = sum(2 if question.kind == "substance" else 1 for question in triage.questions if question.id not in typed_ones)
    assert len(typed_ones) <= 6
    assert clicks <= 40


def test_triage_asks_what_it_must(triage: Form) -> None:
    national = {question.national for question in triage.questions}
    assert national >= {
        "DRUG1",
        "DRUG2",
        "DRUG3",
        "DRUG1AGE",
        "ROUTE",
        "INJSTAT",
        "ALCDDAYS",
        "ALCUNITS",
        "PREGNANT",
        "PRNTSTAT",
        "ACCMNEED",
        "DUALDIAG",
    }
    asked = {expectation for question in triage.questions for expectation in question.expectations}
    assert asked == {
        *("overdose-history", "domestic-violence-history", "mental-health-contact", "alcohol-use", "alcohol-dependence", "pregnancy"),
        *("abscesses", "sharing", "home-others"),
    }
    assert {raised.area for question in triage.questions for raised in question.raises} == {
        *("suicide", "substance", "harm-to-others", "harm-from-others", "self-neglect"),
    }


def test_danger_is_asked_again_each_time(triage: Form) -> None:
    danger = "suicide self-harm overdose injecting sharing harm-to-others harm-from-others children children-safe pregnant"
    for name in danger.split():
        assert triage.question(name).re_ask == "always", name


def test_what_others_did_is_kept_from_the_client_s_papers(triage: Form) -> None:
    assert {question.id for question in triage.questions if question.third_party} == {"harm-from-others", "children-safe"}


def test_every_key_question_can_be_declined_but_the_worker_s_own(triage: Form) -> None:
    for question in triage.questions:
        assert question.mandatory
        if not question.for_worker:
            assert "declined" in question.not_answers, question.id


def test_each_question_has_a_short_name_for_lists(triage: Form) -> None:
    names = [question.short for question in triage.questions]
    assert all(name and len(name) <= 45 for name in names)
    assert len(set(names)) == len(names)


def test_the_six_indications_for_a_comprehensive_assessment(triage: Form) -> None:
    assert len([trigger for trigger in triage.triggers if trigger.kind == "indication"]) == 6


def test_safeguarding_and_imminent_risk_are_never_closed_by_one_person(triage: Form) -> None:
    for name in ("suicide-today", "suicide-now", "children-at-risk", "harm-from-others", "harm-to-others"):
        trigger = next(one for one in triage.triggers if one.id == name)
        assert (trigger.countersign, trigger.same_day, bool(trigger.tell)) == (True, True, True)


def test_what_is_said_to_be_for_today_is_for_today(shipped: Catalogue) -> None:
    """A week later the words would be wrong: what can wait has its day beside it, not in its words."""
    for form in shipped.forms():
        for trigger in form.triggers:
            assert trigger.same_day or trigger.countersign or " today" not in trigger.text, f"{form.name}: {trigger.id}"


NOTHING_WRONG = {
    "reason": "To get my children back", "urgent": "none", "previous": "never", "others-helping": "gp", "motivation": "ready",
    "main-drug": "5000", "main-route": "3", "main-days": "28", "main-age": "15", "second-drug": "none", "prescribed": "none",
    "injecting": "N", "alcohol-days": "0", "overdose": "never", "health-now": "none", "mental-health": "never", "mood": "none",
    "pregnant": "no",
    "suicide": "never", "self-harm": "never", "harm-to-others": "never", "harm-from-others": "never", "self-neglect": "mostly",
    "housing": "3", "home-others": "none", "children": "14", "easier": "none", "how-soon": "usual", "next-step": "nothing",
    "comprehensive": "not-now", "agrees": "yes",
}  # fmt: skip


def answers_of(triage: Form, **changed: str) -> dict:
    typed = {name: [value] for name, value in (NOTHING_WRONG | {name.replace("_", "-"): value for name, value in changed.items()}).items()}
    found = read(triage, typed)
    assert not found.problems
    return found.answers


def test_a_quiet_triage_asks_thirty_one_questions_and_finds_nothing(triage: Form) -> None:
    answers = complete(triage, answers_of(triage))
    assert len(answers) == 31
    assert risks(triage, answers) == ()
    assert proposed(triage, answers) == ()
    assert [finding.holds for finding in findings(triage, answers, "indication")] == [False] * 6


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"suicide": "plan"}, {"suicide-today"}),
        ({"suicide": "now"}, {"suicide-now"}),
        ({"overdose": "recent"}, {"overdose"}),
        ({"main_drug": "1011", "second_drug": "2200"}, {"overdose"}),
        ({"main_drug": "1011", "alcohol_days": "4"}, {"overdose"}),
        ({"main_drug": "1011", "prescribed": "sedative"}, {"overdose"}),
        ({"main_drug": "1011", "urgent": "just-out"}, {"overdose"}),
        ({"main_drug": "2200", "alcohol_days": "4"}, set()),
        ({"injecting": "P"}, {"hepatitis-c-test", "hepatitis-b-vaccine"}),
        ({"injecting": "C"}, {"hepatitis-c-test", "hepatitis-b-vaccine", "clean-equipment"}),
        ({"alcohol_days": "28", "alcohol_signs": "shakes"}, {"alcohol-dependence"}),
        ({"pregnant": "maybe"}, {"maternity"}),
        ({"mental_health": "now"}, {"dual-diagnosis"}),
        ({"mood": "low"}, {"low-mood"}),
        ({"mood": "hopeless"}, {"low-mood"}),
        ({"mood": "hopeless", "self_harm": "year"}, {"low-mood", "suicide-now"}),
        ({"mood": "low", "self_harm": "year"}, {"low-mood"}),
        ({"mood": "voices"}, {"dual-diagnosis"}),
        ({"children": "11", "children_safe": "risk"}, {"children-at-risk"}),
        ({"harm_from_others": "now-home"}, {"harm-from-others"}),
        ({"health_now": "abscess"}, {"see-a-nurse"}),
        ({"urgent": "prescription"}, {"prescription"}),
    ],
)
def test_answers_propose(triage: Form, changed: dict[str, str], expected: set[str]) -> None:
    assert {finding.trigger.id for finding in proposed(triage, answers_of(triage, **changed))} == expected


@pytest.mark.parametrize("none", ["declined", "not-known"])
def test_who_is_hopeless_and_does_not_speak_of_suicide_is_kept_safe_today(triage: Form, none: str) -> None:
    hopeless = answers_of(triage, mood="hopeless") | {"suicide": {"none": none}}
    [found] = [finding for finding in proposed(triage, hopeless) if finding.trigger.id == "suicide-now"]
    assert "Mood in the last two weeks: Feeling hopeless" in found.why
    assert "Thoughts of suicide:" in found.why


def test_nothing_is_asked_twice_of_somebody_who_comes_for_alcohol(triage: Form) -> None:
    answers = answers_of(triage, main_drug="7000", alcohol_days="28", alcohol_units="30", alcohol_signs="none")
    assert {"main-route", "main-days"}.isdisjoint(complete(triage, answers))


def test_an_empty_triage_lists_what_is_missing_in_its_order(triage: Form) -> None:
    found = [lack.question for lack in missing(triage, {})]
    assert found[:3] == ["reason", "urgent", "previous"]
    assert "sharing" not in found


def test_the_worker_s_questions_are_few(triage: Form) -> None:
    def for_worker(question: Question) -> bool:
        return question.for_worker

    assert [question.id for question in filter(for_worker, triage.questions)] == [
        *("children-safe", "how-soon", "next-step", "treatment", "comprehensive"),
    ]


# --- Code lists -----------------------------------------------------------------------------------------------------


def test_what_counts_as_planned_depends_on_the_day(shipped: Catalogue) -> None:
    old = shipped.codes_on("discharge-reason", dt.date(2006, 6, 1))
    assert {code.value for code in old.with_property("successful", True)} == {"1", "2", "5"}
    assert {code.value for code in old.codes} == {str(number) for number in range(1, 14)}
    new = shipped.codes_on("discharge-reason", dt.date(2010, 6, 1))
    assert {code.value for code in new.with_property("end", "neutral")} == {"83", "84", "87"}
    for codes in (old, new):
        assert [code.property("dropped_out") for code in codes.with_property("died", True)] == [False]


def test_tiers_and_structure_of_interventions(shipped: Catalogue) -> None:
    modality = shipped.codes("modality")
    assert {code.value for code in modality.with_property("structured", True)} == {"1", "2", "3", "4", "5", "6", "11", "12"}
    assert {code.value for code in modality.with_property("tier", 4)} == {"1", "6"}
    assert all(code.property("tier") in (3, 4) for code in modality.with_property("structured", True))


LENGTHS = {
    "problem-substance": 18,
    "route": 5,
    "injecting-status": 3,
    "referral-source": 24,
    "ethnicity": 16,
    "expectations": 13,
    "risk-areas": 5,
}


@pytest.mark.parametrize(("name", "count"), LENGTHS.items())
def test_the_lists_are_whole(shipped: Catalogue, name: str, count: int) -> None:
    assert len(shipped.codes(name).codes) == count


def test_national_codes_for_answers_that_are_none(shipped: Catalogue) -> None:
    assert shipped.codes("injecting-status").none_codes == (("declined", "Z"),)
    assert shipped.form("triage", 1).question("injecting").national_none == (("declined", "Z"),)


# --- Plans ----------------------------------------------------------------------------------------------------------


def test_four_domains_and_nine_areas(shipped: Catalogue) -> None:
    domains = shipped.domains()
    assert [domain.id for domain in domains.domains] == ["drugs-and-alcohol", "health", "offending", "social"]
    assert len(domains.areas) == 9
    assert {area.id for area in domains.areas if area.local} == {"injecting", "risk-behaviour"}
    assert "housing" in [area.id for area in domains.domain("social").areas]


def test_the_kinds_of_plan_and_their_reviews(shipped: Catalogue) -> None:
    kinds = shipped.plan_kinds()
    assert [kind.id for kind in kinds.kinds] == ["initial", "comprehensive", "aftercare", "residential"]
    full = kinds.kind("comprehensive").review
    assert full.interval(reviewed_before=False).after(dt.date(2006, 11, 30)) == dt.date(2007, 2, 28)
    assert full.interval(reviewed_before=True).after(dt.date(2007, 2, 28)) == dt.date(2007, 8, 28)
    assert not full.local
    initial = kinds.kind("initial")
    assert initial.review.interval(reviewed_before=False).after(dt.date(2006, 12, 20)) == dt.date(2007, 1, 17)
    assert initial.review.local
    assert not initial.concern_from
    assert all(kinds.part(part) for kind in kinds.kinds for part in kind.required)


def test_the_reviews_are_those_of_the_local_settings(shipped: Catalogue) -> None:
    """The same rule is told in two places, as a default of a setting and as a kind of plan: they may not part."""
    ours, kinds = local_settings.LocalSettings(), shipped.plan_kinds()
    assert kinds.kind("initial").review.first == Interval(weeks=ours.initial_review_weeks)
    full = kinds.kind("comprehensive").review
    assert (full.first, full.then) == (Interval(months=ours.first_review_months), Interval(months=ours.later_review_months))
