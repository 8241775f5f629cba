"""The risk management plan: begun from the one in force, agreed only when each risk has its step, then locked; and what the banner says."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from carehub import clock, context
from carehub.actors import NotAllowed
from carehub.lifecycle import WrongState
from carehub.models import Event
from carehub.rules import Refused
from carehub.stale import StaleSave
from clients import risk_planning
from clients.actions.planning_risk import begin_risk_plan, save_risk_plan
from clients.models import Episode, RiskPlan, RiskPlanStep
from clients.risk_planning import Agreed, Written
from tests import factories
from tests.clients.test_assessing import triaged


@pytest.fixture
def at_risk(keyworker, referred):
    """Somebody who overdosed, and thinks of suicide."""
    triaged(keyworker, referred, overdose="recent", suicide="now")
    return referred


def begin(by, client) -> RiskPlan:
    with context.acting(by):
        episode = Episode.objects.visible_to(by).get(client=client, agency=by.agency)
        return begin_risk_plan(by=by, client_id=client.pk, episode=episode)


def step(area, what="Naloxone, and how to use it", **said) -> Written:
    return Written(area, what, **{"by_whom": "Robin", "by_when": clock.today(), "told": "GP", **said})


def save(by, plan, steps, *, weeks=4, agree=True, version=None, agreement="agrees", why="") -> RiskPlan:
    review = clock.today() + timedelta(weeks=weeks) if weeks is not None else None
    with context.acting(by):
        return save_risk_plan(
            by=by,
            client_id=plan.client_id,
            plan=plan,
            opened_at=version or plan.row_version,
            steps=steps,
            said=Agreed(review, agreement, why),
            agree=agree,
        )


def steps_of(by, plan):
    with context.acting(by):
        return list(RiskPlanStep.objects.visible_to(by).filter(plan=plan).values_list("area", "what"))


def episode_of(by, client) -> Episode:
    with context.acting(by):
        return Episode.objects.visible_to(by).get(client=client, agency=by.agency)


def test_agreed_and_locked_with_its_review_on_the_episode(keyworker, at_risk):
    assert episode_of(keyworker, at_risk).risk_plan_look == "risk-plan-missing"
    plan = save(keyworker, begin(keyworker, at_risk), [step("suicide", "Ring the crisis team"), step("substance")])
    assert (plan.state, bool(plan.locked_at)) == ("agreed", True)
    episode = episode_of(keyworker, at_risk)
    assert (episode.risk_plan_review_on, episode.risk_plan_look) == (clock.today() + timedelta(weeks=4), "")
    clock.move_on(29)
    assert episode_of(keyworker, at_risk).risk_plan_look == "risk-plan-late"


def test_looked_at_again_it_begins_with_the_same_steps(keyworker, at_risk):
    first = save(keyworker, begin(keyworker, at_risk), [step("suicide", "Ring the crisis team"), step("substance")])
    second = begin(keyworker, at_risk)
    assert (second.number, steps_of(keyworker, second)) == (2, steps_of(keyworker, first))


def test_begun_twice_is_begun_once(keyworker, at_risk):
    assert begin(keyworker, at_risk).pk == begin(keyworker, at_risk).pk


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ([("suicide", {})], "what-substance-1"),
        ([("suicide", {}), ("substance", {"what": ""})], "what-substance-1"),
        ([("suicide", {}), ("substance", {"by_whom": ""})], "by_whom-substance-1"),
        ([("suicide", {"by_when": None}), ("substance", {})], "by_when-suicide-1"),
        ([("suicide", {"told": ""}), ("substance", {})], "told-suicide-1"),
    ],
    ids=["a risk without a step", "without what", "without who", "without by when", "without who was told"],
)
def test_what_keeps_it_from_being_agreed_stands_at_its_field(keyworker, at_risk, steps, field):
    with pytest.raises(Refused) as refused:
        save(keyworker, begin(keyworker, at_risk), [step(area, **said) for area, said in steps])
    assert list(refused.value.fields) == [field]
    assert not re.search(r"[0-9]", refused.value.fields[field][0]), "the message counts steps instead of naming them"


@pytest.mark.parametrize(
    ("agreement", "why", "field"),
    [
        *(("", "", "agreement"), ("in-part", "", "agreement_words"), ("not-told", "", "agreement_words"), ("in-part", "The visit", "")),
        *(("disagrees", "", "agreement_words"), ("disagrees", "Nobody is to be told: not even his sister", "")),
    ],
)
def test_whether_the_client_agrees(keyworker, at_risk, agreement, why, field):
    def agree():
        return save(keyworker, begin(keyworker, at_risk), [step("suicide"), step("substance")], agreement=agreement, why=why)

    if field:
        with pytest.raises(Refused) as refused:
            agree()
        assert list(refused.value.fields) == [field]
    else:
        assert agree().agreement == agreement


@pytest.mark.parametrize(("level", "weeks"), [("high", 4), ("medium", 8), ("low", 13)])
def test_the_graver_the_risk_the_sooner_it_is_looked_at_again(keyworker, at_risk, level, weeks):
    episode = episode_of(keyworker, at_risk)
    episode.risk = level
    assert risk_planning.latest_review(keyworker, episode) == clock.today() + timedelta(weeks=weeks)


def test_a_new_risk_after_the_plan_was_agreed_is_said_until_a_plan_covers_it(signed_in, keyworker, at_risk):
    plan = save(keyworker, begin(keyworker, at_risk), [step("suicide"), step("substance")])
    triaged(keyworker, at_risk, overdose="recent", suicide="now", harm_to_others="year")
    assert [each["words"] for each in episode_of(keyworker, at_risk).new_since_risk_plan] == ["Hurt somebody in the last year"]
    browser = signed_in(keyworker)
    banner = browser.get(reverse("client", args=[at_risk.pk])).content.decode()
    assert "New since the plan was agreed: Hurt somebody in the last year" in banner
    page = browser.get(reverse("risk-plan", args=[at_risk.pk])).content.decode()
    assert "New since the plan was agreed" in page.partition("<main")[2]
    save(keyworker, begin(keyworker, at_risk), [step(area) for area in ("suicide", "substance", "harm-to-others")])
    assert episode_of(keyworker, at_risk).risk_plan_look == ""
    assert plan.state == "agreed"


def test_suicide_comes_first_and_nobody_is_said_to_be_told_where_it_is_not_written(signed_in, keyworker, at_risk):
    plan = save(keyworker, begin(keyworker, at_risk), [step("substance"), step("suicide", "Ring the crisis team")])
    with context.acting(keyworker):
        assert [each.area for each in plan.steps_in_order] == ["suicide", "substance"]
    page = signed_in(keyworker).get(reverse("risk-plan", args=[at_risk.pk])).content.decode()
    assert page.index("Ring the crisis team") < page.index("Naloxone, and how")
    assert {"Overdose in the last four weeks", "Suicide risk: thoughts now"} <= set(re.findall(r"[A-Z][a-z: ]+", page))


@pytest.mark.parametrize("weeks", [None, 0, -1, 5], ids=["no day", "today", "past", "too far"])
def test_the_day_to_look_again(keyworker, at_risk, weeks):
    with pytest.raises(Refused) as refused:
        save(keyworker, begin(keyworker, at_risk), [step("suicide"), step("substance")], weeks=weeks)
    assert list(refused.value.fields) == ["review_on"]


def test_half_of_it_can_be_saved(keyworker, at_risk):
    plan = save(keyworker, begin(keyworker, at_risk), [Written("suicide", "", told="Her sister")], weeks=None, agree=False)
    assert steps_of(keyworker, plan) == [("suicide", "")]


def test_a_second_save_goes_over_nothing_unseen(keyworker, at_risk):
    plan = begin(keyworker, at_risk)
    save(keyworker, plan, [step("suicide")], agree=False)
    with pytest.raises(StaleSave):
        save(keyworker, plan, [step("substance")], agree=False, version=1)
    assert steps_of(keyworker, plan) == [("suicide", "Naloxone, and how to use it")]


def test_another_agency_and_reception_write_none(keyworker, stranger, agency, at_risk):
    plan = begin(keyworker, at_risk)
    factories.access(at_risk, agency=stranger.agency, basis="consent")
    with pytest.raises(NotAllowed):
        save(stranger, plan, [step("suicide")], agree=False)
    with pytest.raises(NotAllowed):
        save(factories.actor(role="reception", agency=agency), plan, [step("suicide")], agree=False)


def test_what_is_agreed_is_not_written_again(keyworker, at_risk):
    plan = save(keyworker, begin(keyworker, at_risk), [step("suicide"), step("substance")])
    with pytest.raises(WrongState):
        save(keyworker, plan, [step("suicide")])


def test_the_database_keeps_what_was_agreed(keyworker, at_risk):
    plan = save(keyworker, begin(keyworker, at_risk), [step("suicide"), step("substance")])
    with context.acting(keyworker):
        tries = [
            lambda: RiskPlan.objects.filter(pk=plan.pk).update(review_on=clock.today()),
            lambda: RiskPlan.objects.filter(pk=plan.pk).delete(),
            lambda: RiskPlanStep.objects.filter(plan=plan).update(told="nobody"),
            lambda: RiskPlanStep.objects.filter(plan=plan).delete(),
            lambda: RiskPlanStep.objects.create(
                partnership_id=plan.partnership_id, client_id=plan.client_id, plan=plan, area="suicide", place=9, what="x"
            ),
        ]
        for number, attempt in enumerate(tries):
            with pytest.raises(IntegrityError), transaction.atomic():
                attempt()
                pytest.fail(f"attempt {number} was allowed")


# --- The pages -----------------------------------------------------------------------------------------------------------------


def test_from_the_banner_to_the_plan(signed_in, keyworker, at_risk):
    browser = signed_in(keyworker)
    page = browser.get(reverse("client", args=[at_risk.pk])).content.decode()
    assert "No risk management plan" in page
    answer = browser.post(reverse("risk-plan-begin", args=[at_risk.pk]))
    assert answer.status_code == 302
    form = browser.get(answer["Location"])
    assert "Suicide risk: thoughts now" in form.content.decode()
    day = clock.today()
    sent = {"opened_at": "1", "then": "agree", "agreement": "in-part", "agreement_words": "Not the visits"}
    for area in ("suicide", "substance"):
        sent |= {f"what-{area}-1": "Ring the crisis team", f"by_whom-{area}-1": "Robin", f"told-{area}-1": "GP"}
        sent |= {f"by_when-{area}-1_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    review = day + timedelta(weeks=3)
    sent |= {f"review_on_{part}": str(getattr(review, part)) for part in ("day", "month", "year")}
    done = browser.post(answer["Location"], sent)
    assert done.status_code == 302, done.context["form"].errors
    page = browser.get(done["Location"]).content.decode()
    assert "Ring the crisis team" in page
    assert "Not the visits" in page
    assert "No risk management plan" not in page
    with context.acting(keyworker):
        assert Event.objects.filter(verb="risk-plan.agreed", clients__client_id=at_risk.pk).count() == 1


def test_what_is_missing_is_said_and_nothing_is_lost(signed_in, keyworker, at_risk):
    browser = signed_in(keyworker)
    address = browser.post(reverse("risk-plan-begin", args=[at_risk.pk]))["Location"]
    answer = browser.post(address, {"opened_at": "1", "then": "agree", "what-suicide-1": "Ring the crisis team"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Substance use: write what is done about it" in page
    assert "Ring the crisis team" in page


def test_risk_that_was_asked_long_ago_says_so(signed_in, keyworker, at_risk):
    clock.move_on(13 * 7 + 1)
    assert "Risk not asked again in time" in signed_in(keyworker).get(reverse("client", args=[at_risk.pk])).content.decode()
