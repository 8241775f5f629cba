"""Nine areas with a score and five anchors; five areas of risk, each with what was, is, could be, and for whom."""

from itertools import product

import pytest

from carehub.definitions.catalogue import catalogue
from carehub.definitions.findings import gravest, risks
from tests.clients.answering import everything
from tests.clients.definitions.shipped import form, much

AREAS = [area.id for area in catalogue().domains().areas]
#: Prefix of the worker's judgement → the area of risk.
JUDGED = {
    "suicide": "suicide",
    "substance": "substance",
    "others": "harm-to-others",
    "from-others": "harm-from-others",
    "neglect": "self-neglect",
}


@pytest.mark.parametrize("area", AREAS)
def test_each_of_the_nine_areas_is_scored_once_with_five_anchors(area: str) -> None:
    asked = form("comprehensive")
    score = asked.question(f"score-{area}")
    assert (score.kind, score.area, score.for_worker, score.mandatory) == ("score-1-5", area, True, True)
    assert len(set(score.anchors)) == 5
    assert all(5 <= len(anchor) <= 70 for anchor in score.anchors)
    assert "1 (best) to 5 (worst)" in score.text
    assert "ours, not national" in score.hint
    assert [one.id for one in asked.questions if one.kind == "score-1-5" and one.area == area] == [score.id]


def test_a_score_ends_its_section() -> None:
    """Nobody scores what has not been talked about."""
    ends = [section.questions[-1].id for section in form("comprehensive").sections if any(q.kind == "score-1-5" for q in section.questions)]
    assert sorted(ends) == sorted(f"score-{area}" for area in AREAS)


def test_what_a_score_prints_tells_a_reader_at_home_nothing_of_others() -> None:
    """Scores from 2 upwards stand on the plan that the client takes home."""
    anchors = " ".join(form("comprehensive").question("score-family-and-children").anchors).lower()
    assert not any(word in anchors for word in ("violen", "partner", "hurt", "safe", "risk", "danger"))


@pytest.mark.parametrize("prefix", JUDGED)
def test_each_of_the_five_risk_areas_is_asked_in_full(prefix: str) -> None:
    asked = form("risk")
    section = asked.section_of(f"{prefix}-severity")
    names = [question.id for question in section.questions]
    assert names[-5:] == [f"{prefix}-{part}" for part in ("severity", "likelihood", "whom", "worse", "protects")]
    assert len(names) > 5  # and before that, what was and what is
    for part in ("severity", "likelihood"):
        question = asked.question(f"{prefix}-{part}")
        assert question.for_worker
        assert len(question.choices) == 4
        assert all(choice.hint for choice in question.choices)  # the anchors
        assert question.not_answers == ("not-known",)


def test_only_where_there_is_a_risk_is_more_asked_about_it() -> None:
    quiet = everything(form("risk"), **{f"{prefix}-severity": "none" for prefix in JUDGED})
    for prefix in JUDGED:
        assert f"{prefix}-severity" in quiet
        assert f"{prefix}-likelihood" not in quiet


#: Severity, likelihood → level. Ours.
LEVELS = {
    "slight": ("low", "low", "low", "medium", "low"),
    "serious": ("low", "medium", "high", "immediate", "medium"),
    "grave": ("medium", "high", "high", "immediate", "high"),
}


@pytest.mark.parametrize("prefix", JUDGED)
@pytest.mark.parametrize(("severity", "likelihood"), list(product(LEVELS, ("unlikely", "possible", "likely", "now", None))))
def test_severity_and_likelihood_make_the_level(prefix: str, severity: str, likelihood: str | None) -> None:
    """None: the worker does not know how likely. That is never the lowest level there is, unless little could happen."""
    asked = form("risk")
    judged = {"value": likelihood} if likelihood else {"none": "not-known"}
    answers = everything(asked, **{f"{one}-severity": "none" for one in JUDGED} | {f"{prefix}-severity": severity})
    found = risks(asked, answers | {f"{prefix}-likelihood": judged})
    level = LEVELS[severity][("unlikely", "possible", "likely", "now", None).index(likelihood)]
    assert {area: risk.level for area, risk in gravest(found).items()} == {JUDGED[prefix]: level}
    assert [risk.third_party for risk in found] == [prefix == "from-others"]


@pytest.mark.parametrize("prefix", JUDGED)
def test_a_risk_that_nobody_can_judge_is_no_absent_risk(prefix: str) -> None:
    asked = form("risk")
    answers = everything(asked, **{f"{one}-severity": "none" for one in JUDGED})
    found = risks(asked, answers | {f"{prefix}-severity": {"none": "not-known"}})
    assert {(risk.area, risk.level) for risk in found} == {(JUDGED[prefix], "medium")}


@pytest.mark.parametrize("name", ["triage", "comprehensive", "risk"])
def test_a_full_picture_covers_all_five_areas(name: str) -> None:
    """What a newer assessment does not ask about it cannot find: the banner would fall silent."""
    asked = form(name)
    raised = {raised.area for question in asked.questions for raised in question.raises}
    assert raised | {rule.area for rule in asked.risks} == set(JUDGED.values())


#: Raised elsewhere and not asked here: by a prescriber, or of somebody who does not come for treatment yet or any more.
ELSEWHERE = {"tolerance", "danger", "tolerance-known"}


def test_what_looks_into_an_area_in_full_asks_whatever_the_others_ask_about_it() -> None:
    """It replaces what they found: a risk that it did not ask about would vanish from the banner."""
    asked = form("risk")
    assert {area for section in asked.sections for area in section.assesses} == set(JUDGED.values())
    for name in ("screening", "triage", "comprehensive", "aftercare"):
        assert not any(section.assesses for section in form(name).sections)
        raising = {question.id for question in form(name).questions if question.raises}
        raising |= {leaf.question for rule in form(name).risks for leaf in rule.when.leaves()} - {"use-now"}
        assert raising - {question.id for question in asked.questions} <= ELSEWHERE, name


@pytest.mark.parametrize("name", ["screening", "triage", "comprehensive", "risk", "aftercare"])
def test_no_two_risks_of_a_form_are_told_in_the_same_words(name: str) -> None:
    asked = form(name)
    words = [raised.words for question in asked.questions if question.entry <= 1 for raised in question.raises]
    words += [rule.words for rule in asked.risks]
    assert len(set(words)) == len(words)
    assert max(map(len, words)) <= 90


def test_much_wrong_is_seen_in_every_area() -> None:
    found = gravest(risks(form("risk"), much(form("risk"), harm_to_others="year", others_likelihood="likely", neglect_likelihood="now")))
    assert {area: risk.level for area, risk in found.items()} == {
        "suicide": "high",
        "substance": "high",
        "harm-to-others": "medium",
        "harm-from-others": "high",
        "self-neglect": "medium",
    }
