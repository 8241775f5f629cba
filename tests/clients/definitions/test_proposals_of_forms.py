"""What the answers propose, form by form; and what of it nobody closes alone."""

from typing import Any

import pytest

from carehub.definitions.findings import proposed
from careplans.proposals import from_assessment
from clients.models import Assessment
from tests.clients.answering import everything
from tests.clients.definitions.shipped import FORMS, form, much

#: Answers with which nothing at all is proposed.
NOTHING: dict[str, dict[str, Any]] = {
    "comprehensive": {"naloxone": "no-opiates", "main_drug": "5000", "gp": "yes", "risk_plan": "none-needed", "overdose_help": "yes"},
    "risk": {"naloxone": "no-opiates", "main_drug": "5000", "risk_plan": "none-needed"},
    "screening": {"main_drug": "5000"},
    "aftercare": {"naloxone": "no-opiates", "plan_done": "yes", "agency_more_0": "yes", "use_now": "nothing", "way_back": "yes"},
}
NOTHING["aftercare"] |= {"tolerance_known": "yes", "agency_accepted_1": "yes"}
for each in ("comprehensive", "risk"):
    NOTHING[each] |= {"bbv_transmission": "yes", "safer_sex": "none"}
NOTHING["comprehensive"] |= {"consent_treatment": "yes", "alcohol_days": 0, "hepatitis_c_offer": "B"}
NOTHING["comprehensive"] |= {"smoking": "no", "prescription_wanted": "no", "hepatitis_b": "C", "support": ["family"]}
NOTHING["risk"] |= {f"{one}_severity": "none" for one in ("suicide", "substance", "others", "from_others", "neglect")}


def quiet(name: str, **changed: Any) -> dict:
    return everything(form(name), **(NOTHING[name] | changed))


def ids(name: str, answers: dict) -> set[str]:
    return {finding.trigger.id for finding in proposed(form(name), answers)}


@pytest.mark.parametrize("name", NOTHING)
def test_a_quiet_life_proposes_nothing(name: str) -> None:
    assert ids(name, quiet(name)) == set()


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"suicide": "plan"}, {"suicide-today"}),
        ({"suicide": "now", "suicide_means": "means"}, {"suicide-now", "suicide-today"}),
        ({"suicide": "now", "suicide_means": "no"}, {"suicide-now"}),
        ({"children": "11", "children_safe": "risk"}, {"children-at-risk"}),
        ({"harm_from_others": "now-home", "safe_today": "yes"}, {"harm-from-others"}),
        ({"harm_from_others": "past", "safe_today": "no"}, {"not-safe-today"}),
        ({"harm_to_others": "now"}, {"harm-to-others"}),
        ({"overdose": "year", "overdose_meant": "no"}, {"overdose"}),
        ({"mixing": "sometimes"}, {"overdose"}),
        ({"main_drug": "1011", "naloxone": "no"}, {"overdose"}),
        ({"main_drug": "1011", "naloxone": "yes"}, set()),
        ({"main_drug": "1011", "naloxone": "yes", "second_drug": "2200"}, {"overdose"}),
        ({"main_drug": "1011", "naloxone": "yes", "urgent": ["just-out"]}, {"overdose"}),
        ({"main_drug": "1011", "naloxone": "yes", "other_more_0": "yes", "other_drug_1": "2200"}, {"overdose"}),
        ({"alcohol_days": 28, "alcohol_units": 8, "alcohol_signs": ["shakes"]}, {"alcohol-dependence"}),
        ({"alcohol_days": 28, "alcohol_units": 20, "alcohol_signs": ["none"]}, {"alcohol-dependence"}),
        ({"alcohol_days": 9, "alcohol_units": 8, "alcohol_more": "yes", "alcohol_stop": "yes"}, {"alcohol-dependence"}),
        ({"alcohol_days": 9, "alcohol_units": 8, "alcohol_more": "yes"}, set()),
        ({"without": ["fits"]}, {"withdrawal-fits"}),
        ({"injecting": "P", "hepatitis_c_tested": "N", "hiv": "no"}, {"hepatitis-c-test"}),
        ({"injecting": "P", "hepatitis_c_tested": {"none": "not-known"}, "hiv": "no"}, {"hepatitis-c-test"}),
        ({"injecting": "P", "hepatitis_c_tested": "Y", "hepatitis_b": "D", "hiv": "no"}, {"hepatitis-b-vaccine"}),
        ({"injecting": "P", "hepatitis_c_tested": "Y", "hiv": "no"}, set()),
        ({"injecting": "P", "hepatitis_c_tested": "Y"}, {"hiv"}),
        ({"injecting": "P", "hepatitis_c_tested": "Y", "sharing": "recent", "hiv": "no"}, {"test-again", "clean-equipment"}),
        ({"hepatitis_c_tested": "Y", "hepatitis_c_result": "yes", "hepatitis_c_care": "no"}, {"liver-clinic"}),
        ({"health_now": ["abscess"]}, {"see-a-nurse"}),
        ({"pregnant": "yes"}, {"maternity"}),
        ({"pregnant": "maybe"}, {"maternity"}),
        ({"score_mental_health": 3}, set()),
        ({"score_mental_health": 4}, {"dual-diagnosis"}),
        ({"mental_health": "now"}, {"dual-diagnosis"}),
        ({"mood": ["voices"]}, {"dual-diagnosis"}),
        ({"score_housing": 4}, {"housing"}),
        ({"eviction": "notice"}, {"housing"}),
        ({"debts": "rent"}, {"benefits"}),
        ({"law_now": ["court"]}, {"court"}),
        ({"driving": "yes"}, {"driving"}),
        ({"home_others": ["children"], "storage": "open"}, {"storage"}),
        ({"storage": "open"}, set()),
        ({"carer": "yes", "carer_contact": "yes"}, {"carer"}),
        ({"bbv_transmission": "partly"}, {"viruses-explained"}),
        ({"safer_sex": "no"}, {"safer-sex"}),
        ({"risk_plan": "to-write"}, {"risk-plan"}),
        ({"easier": ["interpreter-pl"]}, {"interpreter"}),
        ({"consent_treatment": "no"}, {"no-consent"}),
        ({"prescription_wanted": "yes", "tolerance": "lost"}, {"overdose"}),
    ],
)
def test_the_comprehensive_assessment_proposes(changed: dict[str, Any], expected: set[str]) -> None:
    assert ids("comprehensive", quiet("comprehensive", **changed)) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"suicide": "plan"}, {"suicide-today"}),
        ({"suicide_severity": "grave", "suicide_likelihood": "now"}, {"suicide-today"}),
        ({"suicide_severity": "grave", "suicide_likelihood": "likely"}, set()),
        ({"substance_severity": "serious", "substance_likelihood": "now"}, {"substance-today"}),
        ({"others_severity": "grave", "others_likelihood": "now"}, {"harm-to-others"}),
        ({"from_others_severity": "serious", "from_others_likelihood": "now"}, {"not-safe-today"}),
        ({"neglect_severity": "serious", "neglect_likelihood": "now"}, {"neglect-today"}),
        ({"harm_from_others": "now-other", "safe_today": "not-sure"}, {"harm-from-others", "not-safe-today"}),
        (
            {"harm_from_others": "past", "safe_today": "yes", "home_others": ["children"], "harm_seen": "seen"},
            {"children-at-risk"},
        ),
        ({"overdose": "recent", "overdose_meant": "yes"}, {"overdose", "suicide-now"}),
        (
            {"injecting": "C", "injecting_sites": ["groin"]},
            {"hepatitis-c-test", "hepatitis-b-vaccine", "clean-equipment", "dangerous-sites"},
        ),
        ({"injecting": "P", "wounds": "now"}, {"hepatitis-c-test", "hepatitis-b-vaccine", "see-a-nurse"}),
        ({"staff_safety": ["two-workers"]}, {"staff-safety"}),
        ({"risk_plan": "change"}, {"risk-plan"}),
        ({"self_neglect": "hardly"}, {"self-neglect"}),
    ],
)
def test_the_risk_assessment_proposes(changed: dict[str, Any], expected: set[str]) -> None:
    assert ids("risk", quiet("risk", **changed)) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"trouble": "drugs", "main_drug": "5000"}, {"drug-service"}),
        ({"trouble": "both", "main_drug": "1011"}, {"drug-service", "overdose"}),
        ({"injecting": "P"}, {"clean-equipment"}),
        ({"suicide": "now"}, {"suicide-now"}),
        ({"danger": ["child"]}, {"children-at-risk"}),
        ({"danger": ["hurt"]}, {"harm-from-others"}),
        ({"danger": ["hurt-others"]}, {"harm-to-others"}),
        ({"danger": ["shakes", "pregnant"]}, {"withdrawing", "maternity"}),
        ({"danger": ["overdose"]}, {"overdose-now"}),
        ({"danger": ["overdose"], "trouble": "drugs", "main_drug": "1011"}, {"drug-service", "overdose-now"}),
        ({"danger": {"none": "declined"}, "trouble": "drugs", "main_drug": "1011"}, {"drug-service", "overdose"}),
    ],
)
def test_the_screening_proposes(changed: dict[str, Any], expected: set[str]) -> None:
    assert ids("screening", quiet("screening", **changed)) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"tolerance_known": "partly"}, {"overdose"}),
        ({"naloxone": "no"}, {"overdose"}),
        ({"plan_done": "no"}, {"care-plan-goes-on"}),
        ({"drug_support": ["na-aa"], "drug_support_set": "some"}, {"set-up"}),
        ({"agency_more_0": "no"}, {"no-agency"}),
        ({"agency_accepted_1": "asked"}, {"agency-answer"}),
        ({"agency_more_1": "yes", "agency_accepted_2": "no"}, {"agency-answer"}),
        ({"way_back": "no"}, {"way-back"}),
        ({"suicide": "plan"}, {"suicide-today"}),
        ({"housing": "1"}, {"housing"}),
    ],
)
def test_the_aftercare_assessment_proposes(changed: dict[str, Any], expected: set[str]) -> None:
    assert ids("aftercare", quiet("aftercare", **changed)) == expected


VIOLENCE = [{"harm_from_others": "now-home"}, {"harm_to_others": "now"}]
CHILD_AT_HOME = [{"home_others": ["children"]}, {"children": "12"}]


@pytest.mark.parametrize("name", ["triage", "comprehensive", "risk"])
@pytest.mark.parametrize("violence", VIOLENCE)
@pytest.mark.parametrize("child", CHILD_AT_HOME)
def test_violence_where_a_child_lives_is_about_the_child_too(name: str, violence: dict[str, Any], child: dict[str, Any]) -> None:
    safe = {"children_safe": "no", "harm_seen": "no", "safe_today": "yes"}
    at_risk = proposed(form(name), everything(form(name), **NOTHING.get(name, {}), **safe, **violence, **child))
    said = next(each for each in at_risk if each.trigger.id == "children-at-risk")
    assert (said.trigger.same_day, said.trigger.countersign, said.trigger.tell) == (True, True, "safeguarding-lead")
    assert said.third_party, "what is said of harm from others never stands on paper"
    for one_alone in (violence, child, {**child, "harm_from_others": "now-other"}, {"children": "13", **violence}):
        alone = everything(form(name), **(NOTHING.get(name, {}) | safe | one_alone))
        assert "children-at-risk" not in {each.trigger.id for each in proposed(form(name), alone)}, one_alone


@pytest.mark.parametrize(
    ("name", "child", "sign", "proposes"),
    [
        ("triage", {"children": "11"}, {"alcohol_signs": ["shakes"]}, True),
        ("triage", {"children": "12"}, {"main_drug": "1011"}, True),
        ("triage", {"home_others": ["children"]}, {"injecting": "C"}, True),
        ("triage", {"children": "13"}, {"injecting": "C"}, False),
        ("triage", {"children": "11"}, {"main_drug": "5000"}, False),
        ("triage", {"children": "11"}, {"main_drug": "5000", "children_safe": "support"}, True),
        ("comprehensive", {"children": "11"}, {"without": ["ill"]}, True),
        ("risk", {"children": "11"}, {"without": ["ill"]}, True),
        ("risk", {"children": "11"}, {"without": ["low"]}, False),
    ],
)
def test_a_child_at_home_with_a_dependent_adult(name: str, child: dict[str, Any], sign: dict[str, Any], proposes: bool) -> None:
    answers = everything(form(name), **(NOTHING.get(name, {}) | {"alcohol_days": 9} | child | sign))
    assert ("children-of-drug-users" in ids(name, answers)) is proposes


@pytest.mark.parametrize("area", ["suicide", "substance", "neglect"])
@pytest.mark.parametrize("whom", ["children", "none"])
def test_a_child_in_danger_with_the_client(area: str, whom: str) -> None:
    answers = quiet("risk", **{f"{area}_severity": "slight", f"{area}_likelihood": "unlikely", f"{area}_whom": [whom]})
    assert ("children-at-risk" in ids("risk", answers)) is (whom == "children")


#: Safeguarding and danger to life: the same day, told, and open until a second person has looked.
NOT_ALONE = {
    *("suicide-today", "suicide-now", "children-at-risk", "harm-from-others", "harm-to-others"),
    *("not-safe-today", "substance-today", "neglect-today"),
}


@pytest.mark.parametrize("name", FORMS)
def test_safeguarding_and_danger_to_life_are_never_closed_by_one_person(name: str) -> None:
    for trigger in form(name).triggers:
        closed_alone = (trigger.countersign, trigger.same_day, bool(trigger.tell)) != (True, True, True)
        assert closed_alone == (trigger.id not in NOT_ALONE), trigger.id


def test_every_immediate_risk_is_looked_at_by_a_second_person() -> None:
    """Whatever makes a risk 'immediate' in the risk assessment proposes something that has to be countersigned."""
    for prefix in ("suicide", "substance", "others", "from-others", "neglect"):
        for severity in ("serious", "grave"):
            found = proposed(form("risk"), quiet("risk", **{f"{prefix}-severity": severity, f"{prefix}-likelihood": "now"}))
            assert any(finding.trigger.countersign for finding in found), prefix


@pytest.mark.parametrize("name", FORMS)
def test_the_same_proposal_is_told_to_the_same_person_everywhere(name: str) -> None:
    triage = {trigger.id: trigger for trigger in form("triage").triggers}
    for trigger in form(name).triggers:
        if trigger.id in triage:
            ours, theirs = (trigger.kind, trigger.tell, trigger.pathway), triage[trigger.id]
            assert ours == (theirs.kind, theirs.tell, theirs.pathway), trigger.id


# --- What of it is put on the plan -----------------------------------------------------------------------------------


def needs(**answers: Any) -> list[tuple[str, str, int | None, bool]]:
    found = from_assessment(Assessment(form="comprehensive", form_version=1, answers=answers and quiet("comprehensive", **answers)))
    return [(each.domain, each.words, each.score, each.third_party) for each in found]


ALWAYS = ("drugs-and-alcohol", "Main problem: Cannabis", None, False)


def test_a_score_from_2_upwards_is_a_need_in_its_domain() -> None:
    assert needs(score_housing=1) == [ALWAYS]
    assert needs(score_housing=2) == [ALWAYS, ("social", "Housing: A home, with small problems", 2, False)]
    assert needs(score_criminal_and_legal=5)[1:] == [
        ("offending", "Criminal and legal: Could go to prison, or trouble on most days", 5, False)
    ]


def test_every_area_can_come_on_the_plan() -> None:
    areas = ("drug-and-alcohol", "injecting", "risk-behaviour", "physical-health", "mental-health", "criminal-and-legal")
    areas += ("family-and-children", "housing", "employment-and-benefits")
    found = needs(**{f"score-{area}": 3 for area in areas})
    assert {domain for domain, _words, score, _third in found if score == 3} == {"drugs-and-alcohol", "health", "offending", "social"}
    assert len([score for _domain, _words, score, _third in found if score == 3]) == 9


def test_each_entry_of_a_group_is_a_need_of_its_own() -> None:
    found = needs(**{"other-more-0": "yes", "other-drug-1": "2200", "other-more-1": "yes", "other-drug-2": "3406"})
    assert ("drugs-and-alcohol", "Also takes: Benzodiazepines", None, False) in found
    assert ("drugs-and-alcohol", "Also takes: Ecstasy", None, False) in found


def test_hiv_and_harm_from_others_are_on_no_sheet() -> None:
    answers = much(
        form("comprehensive"),
        hiv="no-care",
        sex_work="1",
        harm_from_what=["throat"],
        children_safe="support",
        housing_good="unsafe",
        debts="threat",
    )
    found = from_assessment(Assessment(form="comprehensive", form_version=1, answers=answers))
    printed = " ".join(each.words for each in found if not each.third_party)
    assert "HIV" not in printed
    assert not any(
        words in printed for words in ("Domestic violence", "Has sex for money", "throat", "Grave violence", "feel safe", "afraid")
    )
    assert any(each.third_party for each in found)
