"""A review is asked for before its day, by hand and where the risk has risen: the day comes nearer, never further off."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from carehub import clock, context
from carehub.actors import NotAllowed
from carehub.models import Event, Membership, Notice
from carehub.rules import Refused
from careplans import notices
from careplans.actions.asking import ask_for_review
from careplans.actions.reviews import tell_of_reviews
from careplans.models import CarePlan, PlanVersion, ReviewAsked
from careplans.review_standing import standing_of
from clients.models import Episode
from tests import factories
from tests.careplans import plans

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(keyworker, triaged):
    """Its review is due in four weeks."""
    return plans.signed(triaged, keyworker)


def day(days: int):
    return clock.today() + timedelta(days=days)


def ask(version: PlanVersion, by, *, reason: str = "incident", words: str = "", by_when=None) -> ReviewAsked:
    with context.acting(by):
        return ask_for_review(version=version, reason=reason, words=words, by_when=by_when or day(7), by=by)


def days_of(version: PlanVersion) -> set:
    """The plan's day, and the one on which every list looks."""
    with factories.loading(version.partnership_id):
        plan = CarePlan.objects.select_related("episode").get(pk=version.plan_id)
    return {plan.review_due_on, plan.episode.next_due_on}


def told(partnership) -> list[tuple[str, str, object]]:
    with context.on_duty(partnership.pk, "reviews"):
        return sorted(Notice.objects.values_list("kind", "person__name", "about_day"))


def standing_now(version: PlanVersion, by):
    with context.acting(by):
        return standing_of(CarePlan.objects.get(pk=version.plan_id), by.partnership)


def test_the_day_comes_nearer_and_never_further_off(signed, keyworker, manager, partnership):
    assert days_of(signed) == {day(28)}
    ask(signed, manager, words="Found unconscious at the station", by_when=day(5))
    assert days_of(signed) == {day(5)}
    assert told(partnership) == [(notices.REVIEW_ASKED, keyworker.person.name, day(5))]
    ask(signed, keyworker, reason="asked", by_when=day(20))
    assert days_of(signed) == {day(5)}
    assert len(told(partnership)) == 1, "who asks is not told"
    now = standing_now(signed, keyworker)
    assert now.words.startswith("asked for before its day: Something happened: an overdose, violence, self-harm. The rule: first review")
    assert [(each.reason, each.by) for each in now.asked] == [("incident", manager.person.name), ("asked", keyworker.person.name)]
    with context.acting(manager):
        assert Event.objects.get(verb="plan.review-asked", person=manager.person).reason == "incident"


def test_where_nobody_is_keyworker_the_managers_are_told(signed, keyworker, manager, partnership):
    with factories.loading(partnership.pk):
        Episode.objects.filter(pk=signed.plan.episode_id).update(keyworker=None, keyworker_since=None)
    ask(signed, keyworker)
    assert told(partnership) == [(notices.REVIEW_ASKED, manager.person.name, day(7))]


def left(keyworker) -> None:
    Membership.objects.filter(pk=keyworker.membership.pk).update(ends_on=day(-1))


def test_where_the_keyworker_has_left_the_managers_are_told(signed, keyworker, manager, partnership):
    """Their clients are still in their name until somebody is chosen: nobody would hear of it."""
    left(keyworker)
    other = factories.actor(agency=keyworker.agency)
    ask(signed, other)
    assert told(partnership) == [(notices.REVIEW_ASKED, manager.person.name, day(7))]
    risk_of(signed, "high", when_signed="low")
    tell_of_reviews(partnership)
    assert (notices.RISK_HIGH, manager.person.name, day(7)) in told(partnership)
    assert keyworker.person.name not in {name for _kind, name, _day in told(partnership)}


def test_once_a_reason_and_version(signed, keyworker):
    first = ask(signed, keyworker)
    with pytest.raises(Refused, match="said already") as no:
        ask(signed, keyworker, by_when=day(2))
    assert list(no.value.fields) == ["reason"]
    assert days_of(signed) == {day(7)}
    with factories.loading(signed.partnership_id), pytest.raises(IntegrityError), transaction.atomic():
        ReviewAsked.objects.create(
            partnership_id=signed.partnership_id, client_id=signed.client_id, agency_id=first.agency_id, plan=signed.plan,
            of_version=signed, reason="incident", due_on=day(1), asked_at=clock.now(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "weather"}, "reason"),
        ({"words": "x" * 301}, "words"),
        ({"by_when": -1}, "by_when"),
        ({"by_when": 29}, "by_when"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_moves(signed, keyworker, said, field):
    if "by_when" in said:
        said = {"by_when": day(said["by_when"])}
    with pytest.raises(Refused) as no:
        ask(signed, keyworker, **said)
    assert list(no.value.fields) == [field]
    assert days_of(signed) == {day(28)}


def test_parties_ask_for_a_review_of_the_lead_plan_and_of_no_other(signed, keyworker, stranger, triaged, partnership):
    factories.access(triaged, agency=stranger.agency, basis="consent")
    ask(signed, stranger, reason="tier-4", by_when=day(3))
    assert days_of(signed) == {day(3)}
    assert told(partnership) == [(notices.REVIEW_ASKED, keyworker.person.name, day(3))]
    assert [each.by for each in standing_now(signed, keyworker).asked] == [stranger.person.name]
    with factories.loading(partnership.pk):
        CarePlan.objects.filter(pk=signed.plan_id).update(lead=False)
    with pytest.raises(NotAllowed, match="not the lead plan"):
        ask(signed, stranger, reason="risk", by_when=day(1))


def test_the_page_asks_with_one_click_and_says_what_the_rule_says(signed, keyworker, signed_in):
    here, show = signed_in(keyworker), reverse("plan-show", args=[signed.client_id, signed.pk])
    address = reverse("plan-ask-review", args=[signed.client_id, signed.pk])
    assert address in here.get(show).content.decode()
    page = here.get(address).content.decode()
    assert f'value="{day(7).day}"' in page
    when = {f"by_when_{part}": str(getattr(day(7), part)) for part in ("day", "month", "year")}
    assert "Say what calls for it" in here.post(address, when).content.decode()
    assert here.post(address, {**when, "reason": "attendance", "words": "Came once in five"}).headers["Location"] == show
    assert days_of(signed) == {day(7)}
    page = here.get(show).content.decode()
    assert "The client comes irregularly" in page
    assert "Came once in five" in page
    assert 'value="attendance"' not in here.get(address).content.decode(), "a reason that was said is not offered again"
    assert "asked for before its day" in here.get(reverse("client", args=[signed.client_id])).content.decode()


def test_what_was_asked_outlives_a_change_and_ends_with_the_review(signed, keyworker, triaged):
    from careplans.actions.agreeing import agree
    from careplans.actions.reviewing import review
    from careplans.actions.revising import start_revision
    from careplans.content import of
    from tests.careplans.test_reviewing import held

    ask(signed, keyworker)

    def sign(draft: PlanVersion) -> PlanVersion:
        with context.acting(keyworker):
            draft = agree(version=draft, by=keyworker, seen_text=of(draft).fingerprint())
        return plans.signed(triaged, keyworker, version=draft)

    with context.acting(keyworker):
        draft = start_revision(plan=CarePlan.objects.select_related("episode").get(pk=signed.plan_id), by=keyworker)
    changed = sign(draft)
    assert days_of(changed) == {day(7)}
    assert [each.reason for each in standing_now(changed, keyworker).called_for] == ["incident"]
    with context.acting(keyworker):
        goals = dict.fromkeys(of(changed).rows["goal"], ("partly", "It takes time"))
        draft = review(plan=changed.plan, version=changed, held=held(changed, outcomes=goals), by=keyworker).draft
    assert standing_now(changed, keyworker).called_for, "until it is signed the day stays, and so does its reason"
    sign(draft)
    now = standing_now(changed, keyworker)
    assert now.asked == ()
    assert days_of(changed) == {day(14)}


# --- The scheduled pass ------------------------------------------------------------------------------------------------------


def risk_of(version: PlanVersion, level: str, *, days_ago: int = 0, when_signed: str | None = None) -> None:
    with factories.loading(version.partnership_id):
        Episode.objects.filter(pk=version.plan.episode_id).update(risk=level, risk_asked_on=day(-days_ago))
        if when_signed is not None:
            CarePlan.objects.filter(pk=version.plan_id).update(risk_when_signed=when_signed)


@pytest.mark.parametrize(
    ("when_signed", "now", "rose"),
    [
        *(("", "low", True), ("none", "medium", True), ("low", "medium", True), ("medium", "high", True)),
        *(("high", "medium", False), ("medium", "medium", False), ("low", "", False), ("", "none", False)),
    ],
)
def test_a_risk_that_rose_asks_for_a_review_once(signed, keyworker, manager, partnership, when_signed, now, rose):
    risk_of(signed, now, when_signed=when_signed)
    first = tell_of_reviews(partnership)
    before = told(partnership)
    notice = notices.RISK_HIGH if now == "high" else notices.RISK_ROSE
    assert (notice in [kind for kind, _, _ in before]) is rose
    assert {name for _, name, _ in before} <= {keyworker.person.name}
    assert days_of(signed) == {day(7 if rose else 28)}
    assert [(each.reason, each.by) for each in standing_now(signed, keyworker).asked] == ([("risk", "")] if rose else [])
    assert (first, tell_of_reviews(partnership), told(partnership)) == (len(before), 0, before)


def test_a_second_higher_rise_asks_again_and_the_same_level_does_not(signed, keyworker, partnership):
    risk_of(signed, "medium", when_signed="low")
    tell_of_reviews(partnership)
    assert days_of(signed) == {day(7)}
    risk_of(signed, "low")
    tell_of_reviews(partnership)
    risk_of(signed, "medium")
    assert tell_of_reviews(partnership) == 0, "it was asked for, and has not been answered"
    risk_of(signed, "high")
    assert tell_of_reviews(partnership) == 1, "on the same day too"
    rises = {(kind, name) for kind, name, _ in told(partnership)} & {
        (each, keyworker.person.name) for each in (notices.RISK_ROSE, notices.RISK_HIGH)
    }
    assert len(rises) == 2
    with factories.loading(partnership.pk):
        assert list(ReviewAsked.objects.values_list("cause", flat=True)) == ["medium", "high"]
    assert tell_of_reviews(partnership) == 0


def test_what_was_asked_by_hand_keeps_no_rise_silent(signed, keyworker, partnership):
    ask(signed, keyworker, reason="risk")
    risk_of(signed, "high", when_signed="low")
    tell_of_reviews(partnership)
    assert (notices.RISK_HIGH, keyworker.person.name, day(7)) in told(partnership)


def stay(client, *, ended_days_ago: int, kind: str = "residential") -> Episode:
    agency = factories.agency(client.partnership, kind=kind)
    with factories.loading(client.partnership_id):
        return Episode.objects.create(
            partnership_id=client.partnership_id, client_id=client.pk, agency=agency, state="discharged", referral_source="3",
            referred_on=day(-90), discharged_on=day(-ended_days_ago), discharge_reason="5", ending="neutral",
        )  # fmt: skip


def test_the_end_of_a_residential_stay_asks_for_a_review_once(signed, keyworker, triaged, partnership):
    ended = stay(triaged, ended_days_ago=0)
    assert tell_of_reviews(partnership) == 0, "what the client does not share is told to nobody"
    factories.access(triaged, agency=keyworker.agency, basis="consent", parts=["record"])
    tell_of_reviews(partnership)
    assert told(partnership) == sorted((kind, keyworker.person.name, day(7)) for kind in (notices.STAY_ENDED, notices.REVIEW_SOON))
    assert days_of(signed) == {day(7)}
    assert [(each.reason, each.by) for each in standing_now(signed, keyworker).asked] == [("tier-4", "")]
    assert tell_of_reviews(partnership) == 0
    with factories.loading(partnership.pk):
        assert ReviewAsked.objects.get().cause == str(ended.pk)
    stay(triaged, ended_days_ago=0)
    tell_of_reviews(partnership)
    with factories.loading(partnership.pk):
        assert ReviewAsked.objects.count() == 2, "another stay asks anew"


@pytest.mark.parametrize("what", ["before the signature", "no residential one", "by hand", "not the lead plan"])
def test_what_is_no_reason_after_a_stay(what, signed, keyworker, triaged, partnership):
    factories.access(triaged, agency=keyworker.agency, basis="consent", parts=["record"])
    stay(
        triaged,
        ended_days_ago=1 if what == "before the signature" else 0,
        kind="voluntary" if what == "no residential one" else "residential",
    )
    if what == "by hand":
        ask(signed, keyworker, reason="tier-4")
    if what == "not the lead plan":
        with factories.loading(partnership.pk):
            CarePlan.objects.filter(pk=signed.plan_id).update(lead=False)
    tell_of_reviews(partnership)
    assert not any(kind == notices.STAY_ENDED for kind, _, _ in told(partnership))


def test_after_ten_days_of_silence_it_is_due_at_once(signed, keyworker, manager, partnership):
    risk_of(signed, "high", days_ago=10)
    tell_of_reviews(partnership)
    assert days_of(signed) == {day(0)}
    expected = [(kind, keyworker.person.name, day(0)) for kind in (notices.RISK_HIGH, notices.REVIEW_SOON)]
    assert told(partnership) == sorted(expected)
    assert tell_of_reviews(partnership) == 0


def test_a_new_signature_knows_the_risk_and_a_closed_plan_has_none(signed, keyworker, partnership):
    risk_of(signed, "high", when_signed="high")
    assert tell_of_reviews(partnership) == 0
    risk_of(signed, "high", when_signed="low")
    with factories.loading(partnership.pk):
        CarePlan.objects.filter(pk=signed.plan_id).update(
            state="closed", lead=False, closed_at=clock.now(), closed_by=keyworker.person, closed_why="treatment-ended"
        )
    tell_of_reviews(partnership)
    assert not {kind for kind, _, _ in told(partnership)} & {notices.RISK_ROSE, notices.RISK_HIGH}
