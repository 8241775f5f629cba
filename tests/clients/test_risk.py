"""How findings become one level, and what is not known is never 'none'."""

from datetime import date

import pytest

from carehub.definitions.forward import Stamp
from clients import risk
from clients.findings import what_answers_say
from clients.models import Episode
from tests.clients.answering import everything, triage

STAMP = Stamp(date(2026, 3, 3), "Robin Marsh")


@pytest.mark.parametrize(
    ("levels", "all_asked", "level"),
    [
        ([], True, "none"),
        ([], False, ""),
        (["low"], False, "low"),
        (["low", "high", "medium"], True, "high"),
        (["medium", "low"], True, "medium"),
        (["", "none"], True, "none"),
    ],
)
def test_highest(levels, all_asked, level):
    assert risk.highest(levels, all_asked=all_asked) == Episode.Risk(level)


def test_immediate_is_kept_as_high():
    assert risk.kept_level("immediate") == "high"


def picture(**answers) -> risk.Picture:
    return risk.picture(risk.Told(triage(), everything(**answers), STAMP, {}))


def test_nothing_found_and_everything_asked():
    assert picture().level == "none"
    assert picture().words == []


def test_declined_is_not_none():
    found = picture(suicide={"none": "declined"}, self_harm={"none": "declined"})
    assert found.level == ""
    assert [(each["words"], each["level"]) for each in found.words] == [("Suicide or self-harm: not known", "")]


def test_one_word_an_area_the_gravest():
    found = picture(suicide="past", self_harm="recent")
    assert [(each["words"], each["level"], each["asked_on"]) for each in found.words] == [
        ("Self-harm in the last four weeks", "high", "2026-03-03")
    ]
    assert len(found.found) == 2


def test_a_second_high_risk_is_said_too_a_lesser_one_beside_it_is_not():
    words = [each["words"] for each in picture(injecting={"value": "C"}, sharing={"value": "recent"}, overdose={"value": "recent"}).words]
    assert {"Shares injecting equipment", "Overdose in the last four weeks"} <= set(words)
    assert "Injects now" not in words


def test_what_was_not_asked_again_keeps_its_day():
    last = {"value": "year", "on": "2025-01-05", "by": "Somebody"}
    found = picture(overdose={"none": "not-asked", "why": "not-re-asked", "last": last})
    assert found.words[0]["asked_on"] == "2025-01-05"
    assert found.level == "medium"


def test_what_answers_say():
    said = what_answers_say(triage(), everything(suicide="plan", previous="left-early", pregnant="yes"))
    assert [each.trigger.id for each in said.today] == ["suicide-today"]
    assert "maternity" in [each.trigger.id for each in said.proposals]
    assert [each.trigger.id for each in said.priority] == ["priority-pregnant"]
    assert len(said.indications) == 6
    held = {each.finding.trigger.id for each in said.indications if each.finding.holds}
    assert {"risk-of-harm", "disengagement", "pregnant-or-children-at-risk"} <= held
    assert said.indicated == len(held)


def test_an_empty_triage_says_no_risk_to_nobody():
    said = what_answers_say(triage(), {})
    assert not said.risks
    assert said.to_ask
