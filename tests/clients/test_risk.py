"""How findings become one level, and what is not known is never 'none'."""

import re
from datetime import date

import pytest

from carehub.definitions.forward import Stamp
from carehub.pages import RISKS_OPEN, Banner
from clients import risk
from clients.assessed.findings import beside_the_client, what_answers_say
from clients.banner import risks
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


def test_everything_found_is_kept_the_gravest_first_and_suicide_first_among_equals():
    words = picture(suicide="past", self_harm="recent", injecting="C", sharing="recent", overdose="year", harm_to_others="year").words
    assert [(each["words"], each["level"]) for each in words] == [
        ("Self-harm in the last four weeks", "high"),
        ("Shares injecting equipment", "high"),
        ("Injects now", "medium"),
        ("Overdose in the last year", "medium"),
        ("Hurt somebody in the last year", "medium"),
        ("Thoughts of suicide in the past", "low"),
    ]
    assert {each["asked_on"] for each in words} == {"2026-03-03"}


def entry(words: str, level: str, area: str = "substance") -> dict[str, str]:
    return {"words": words, "level": level, "area": area, "asked_on": "2026-03-03" if level else ""}


def shown(*words: dict[str, str]) -> Banner:
    episode = Episode(risk_words=list(words), risk_asked_on=date(2026, 3, 3))
    return Banner(name="", reference="", risks=risks(episode))


def test_the_banner_hides_no_medium_risk_behind_a_high_one():
    banner = shown(entry("Injects now", "high"), entry("Overdose in the last year", "medium"), entry("Overdose long ago", "low"))
    assert [(each.word, each.asked) for each in banner.unfolded] == [
        ("Injects now", date(2026, 3, 3)),
        ("Overdose in the last year", date(2026, 3, 3)),
    ]
    low_alone = shown(entry("Hurt somebody in the past", "low", "harm-to-others"))
    assert [each.word for each in low_alone.unfolded] == ["Hurt somebody in the past"]


@pytest.mark.parametrize("high", [0, 1, 4, 9])
@pytest.mark.parametrize("medium", [0, 1, 3, 5, 9])
@pytest.mark.parametrize("unknown", [0, 2])
def test_what_is_folded_is_counted_and_never_high(high: int, medium: int, unknown: int) -> None:
    words = [entry(f"high {each}", "high") for each in range(high)] + [entry(f"medium {each}", "medium") for each in range(medium)]
    banner = shown(*words, *(entry(f"not known {each}", "", f"area {each}") for each in range(unknown)))
    assert (*banner.unfolded, *banner.folded) == banner.risks
    assert all(each.state != "risk-high" for each in banner.folded)
    assert len(banner.folded) != 1
    assert len(banner.unfolded) <= max(high, RISKS_OPEN) + 1
    if banner.folded:
        numbers = [int(each) for each in re.findall(r"[0-9]+", banner.folded_in_words)]
        assert numbers[0] == sum(numbers[1:]) == len(banner.folded)


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


def test_what_others_did_is_put_apart_and_nothing_says_that_there_is_no_risk():
    shared, private = beside_the_client(what_answers_say(triage(), everything(harm_from_others="now-home")))
    assert [risk.words for _look, risk in private.risks] == ["Domestic violence now"]
    assert (shared.risks, shared.asks_of_risk) == ((), False)
    assert [each.trigger.id for each in private.today] == ["harm-from-others"]
    [held] = [each.finding for each in shared.indications if each.finding.holds]
    assert (held.trigger.id, held.because) == ("risk-of-harm", ())
    assert [each.finding.why for each in private.indications] == [
        "Harm from others and domestic violence: Yes, now: a partner or somebody in the family"
    ]
    assert private.number == 3
