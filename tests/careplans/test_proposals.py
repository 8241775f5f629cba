"""What a triage puts on a plan comes from the definitions, not from here."""

from carehub.definitions.catalogue import catalogue
from carehub.definitions.load import read_folders
from careplans.models import Domain
from careplans.proposals import NeedRules, from_assessment
from clients.models import Assessment
from clients.models.assessments import RiskFound


def proposed(**answers) -> dict[str, object]:
    given = {name.replace("_", "-"): {"value": value} for name, value in answers.items()}
    return {each.words: each for each in from_assessment(Assessment(form="triage", form_version=1, answers=given))}


def test_answers_become_needs_in_the_domain_of_their_question():
    found = proposed(main_drug="1011", housing="1")
    assert found["Main problem: Heroin"].domain == "drugs-and-alcohol"
    assert found["Housing: No fixed home: an urgent housing problem"].area == "housing"


def test_a_quiet_answer_is_no_need():
    assert not proposed(housing="3", overdose="never", second_drug="none")


def test_a_risk_comes_in_the_words_of_the_banner_and_once():
    found = proposed(overdose="year")
    assert list(found) == ["Overdose in the last year"]


def test_what_is_said_about_others_is_marked():
    found = proposed(harm_from_others="now-other")
    assert [each.third_party for each in found.values()] == [True]


def test_no_answer_is_no_need_but_what_was_known_before_still_is():
    last = {"value": "1011", "on": "2026-01-01", "by": "Robin Marsh"}
    answers = {"housing": {"none": "declined"}, "main-drug": {"none": "not-asked", "why": "not-re-asked", "last": last}}
    found = from_assessment(Assessment(form="triage", form_version=1, answers=answers))
    assert [each.words for each in found] == ["Main problem: Heroin"]


def test_every_rule_fits_a_question_of_its_form_that_has_a_domain():
    rules = [each for each in catalogue() if isinstance(each, NeedRules)]
    assert rules
    for each in rules:
        form = catalogue().form(each.form)
        for rule in each.rules:
            # Of a group, named without its number, the first entry.
            name = rule.when.question if form.has(rule.when.question) else f"{rule.when.question}-1"
            assert form.has(name), rule.when.question
            assert form.question(name).domain, rule.when.question


def test_a_wrong_file_is_refused_with_its_line(tmp_path):
    (tmp_path / "needs-x-1.toml").write_text(
        'kind = "needs"\nname = "needs-x"\nversion = 1\ntitle = "X"\nform = "triage"\n\n[[need]]\nquestion = "housing"\nwords = "X"\n'
    )
    found, errors = read_folders([tmp_path])
    assert not found
    assert "exactly one of" in str(errors[0])


def test_domains_and_areas_of_the_tables_are_those_of_the_definitions():
    assert {domain.id: domain.title for domain in catalogue().domains().domains} == {each.value: str(each.label) for each in Domain}
    assert {code.value for code in catalogue().codes("risk-areas").codes} == set(RiskFound.Area.values)
