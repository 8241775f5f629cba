"""Reviewing a plan: what is asked, what is refused, and what it leaves behind."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.urls import reverse

from carehub import clock, context
from carehub.form_editions import form_for
from carehub.rules import Refused
from careplans import content, policies
from careplans.actions.agreeing import agree
from careplans.actions.needs import rescored
from careplans.actions.returning import return_version
from careplans.actions.reviewing import review
from careplans.actions.revising import start_revision
from careplans.changes import changes_since
from careplans.models import ActionDone, CarePlan, GoalOutcome, PlanReview, PlanVersion
from careplans.policies import Held
from clients.actions.assessing import complete_assessment, save_answers, start_assessment
from clients.models import Assessment, Episode
from tests.careplans import plans
from tests.careplans.pages import tree_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(keyworker, triaged):
    """A signed plan of two goals, with the client whose it is."""
    version = plans.begun(triaged, keyworker)
    said = plans.filled(plans.said_of(version, keyworker))
    said.rows["goal"]["g2"] = {"domain": "social", "client_words": "A room of my own"}
    said.rows["action"]["a2"] = {"goal_id": "g2", "what": "See the housing office", "who": "client", "by_when": plans.soon()}
    version = plans.save(version, said, keyworker)
    with context.acting(keyworker):
        version = agree(version=version, by=keyworker, seen_text=content.of(version).fingerprint())
    return plans.signed(triaged, keyworker, version=version)


def held(version: PlanVersion, **more: Any) -> Held:
    """The first goal achieved, the others partly, unless said otherwise."""
    goals = list(content.of(version).rows["goal"])
    outcomes = {goals[0]: ("achieved", "")} | dict.fromkeys(goals[1:], ("partly", "The list is long"))
    said = {"held_on": clock.today(), "next_review_on": clock.today() + timedelta(days=14), "outcomes": outcomes}
    return Held(**{**said, **more})


def test_a_review_leaves_its_outcomes_and_a_draft_behind(keyworker, signed):
    with context.acting(keyworker):
        before = content.of(signed)
        done, kept = list(before.rows["goal"])
        later = next(key for key, need in before.rows["need"].items() if need["standing"] == "later")
        made = review(
            plan=signed.plan,
            version=signed,
            held=held(signed, promoted=[later], phase="delivery", scores={"housing": 4}, client_says="It goes better"),
            by=keyworker,
        )
        draft = PlanVersion.objects.get(pk=made.draft_id)
        after = content.of(draft)
        assert [goal["client_words"] for goal in after.rows["goal"].values()] == [before.rows["goal"][kept]["client_words"]]
        lines = content.lines_of(draft)
        assert {lines[key] for key in after.rows["goal"]} == {kept}
        assert {need["standing"] for key, need in after.rows["need"].items() if lines[key] == later} == {"now"}
        assert (draft.number, draft.phase, draft.next_review_on) == (2, "delivery", clock.today() + timedelta(days=14))
        assert dict(GoalOutcome.objects.values_list("goal_id", "outcome")) == {UUID(done): "achieved", UUID(kept): "partly"}
        scored = Assessment.objects.get(pk=made.scores_id)
        assert (scored.form, scored.state, scored.took_place_on) == ("nine-areas", "complete", clock.today())
        assert Episode.objects.get(pk=signed.plan.episode_id).scores["housing"] == 4
        assert any(need["area"] == "housing" and need["score"] == "4" for need in after.rows["need"].values())
        # Until the draft is signed, the review is still what the client waits for.
        head = CarePlan.objects.get(pk=signed.plan_id)
        assert (head.current_id, head.review_due_on, made.was_due_on) == (signed.pk, signed.next_review_on, signed.next_review_on)
        assert PlanVersion.objects.get(pk=signed.pk).agreed_text == signed.agreed_text


def test_an_area_that_is_well_again_shows_its_new_score_on_the_next_draft(keyworker, signed):
    with context.acting(keyworker):
        first = review(plan=signed.plan, version=signed, held=held(signed, scores={"housing": 4}), by=keyworker)
        draft = PlanVersion.objects.get(pk=first.draft_id)
        said = content.of(draft)
        for goal in list(said.rows["goal"]):
            said.rows["action"][f"n{goal}"] = {"goal_id": goal, "what": "Ask again", "who": "client", "by_when": plans.soon()}
        said.rows["risk"]["r"] = {"area": "substance", "what": "Carry naloxone", "who_name": "Nurse", "by_when": plans.soon()}
    draft = plans.save(draft, said, keyworker)
    with context.acting(keyworker):
        agreed = agree(version=draft, by=keyworker, seen_text=content.of(draft).fingerprint())
        agreed = PlanVersion.objects.select_related("client").get(pk=agreed.pk)
    now = plans.signed(agreed.client, keyworker, version=agreed)
    with context.acting(keyworker):
        goals = dict.fromkeys(content.of(now).rows["goal"], ("partly", "It takes time"))
        plan = CarePlan.objects.select_related("episode").get(pk=now.plan_id)
        draft = review(plan=plan, version=now, held=held(now, outcomes=goals, scores={"housing": 1}), by=keyworker).draft
        (need,) = (each for each in content.of(draft).rows["need"].values() if each["area"] == "housing" and each["score"])
        best = next(each for each in form_for(plan.partnership_id, "nine-areas").questions if each.area == "housing").anchors[0]
        assert (need["score"], need["words"]) == ("1", f"Housing: {best}")
        sentences = changes_since(now.pk, PlanVersion.objects.get(pk=draft.pk), keyworker).sentences
        assert f"Scored anew: {need['words']}, 1 of 5 instead of 4" in sentences


def test_a_draft_without_a_review_shows_the_newest_scores_too(keyworker, triaged, signed):
    scored = {"score-housing": {"value": 3}}
    with context.acting(keyworker):
        review(plan=signed.plan, version=signed, held=held(signed, scores={"housing": 4}), by=keyworker)
        episode = Episode.objects.get(client=triaged)
        needs = {"a": {"area": "housing", "score": "4", "words": "Housing: worse"}, "b": {"area": "", "score": "", "words": "Else"}}
        assert rescored(needs, episode) == {}
        begun = start_assessment(by=keyworker, client_id=triaged.pk, episode=episode, form="nine-areas", took_place_on=clock.today())
        saved = save_answers(by=keyworker, client_id=triaged.pk, assessment=begun, answers=scored, questions=scored, opened={})
        complete_assessment(by=keyworker, client_id=triaged.pk, assessment=saved, row_version=saved.row_version)
        episode.refresh_from_db()
        changed = rescored(needs, episode)
        assert (list(changed), changed["a"]["score"]) == (["a"], "3")


def test_an_action_that_is_done_is_said_to_be_and_not_carried_on(keyworker, signed):
    with context.acting(keyworker):
        before = content.of(signed)
        first, second = before.rows["goal"]
        done, gone = (next(iter(before.actions_of(key))) for key in (second, first))
        made = review(plan=signed.plan, version=signed, held=held(signed, done=[done, gone]), by=keyworker)
        assert {each.action_id for each in ActionDone.objects.filter(review=made)} == {UUID(done), UUID(gone)}
        draft = PlanVersion.objects.get(pk=made.draft_id)
        after = content.of(draft)
        assert [goal["client_words"] for goal in after.rows["goal"].values()] == ["A room of my own"]
        assert after.rows["action"] == {}
        sentences = changes_since(signed.pk, draft, keyworker).sentences
        assert "Done: See the housing office" in sentences
        assert not any("taken off" in each for each in sentences)
        assert ("goal", "actions") in {(each.split(".")[0], each.split(".")[-1]) for each, _words in policies.missing_before_agreed(draft)}


def test_the_page_ticks_actions_done_in_the_same_save(keyworker, signed, signed_in):
    here, address = signed_in(keyworker), reverse("plan-review", args=[signed.client_id, signed.pk])
    assert "Which of these are done?" in here.get(address).content.decode()
    with context.acting(keyworker):
        said = content.of(signed)
    first, second = said.rows["goal"]
    (done,) = said.actions_of(second)
    sent = {f"goal-{first}-outcome": "achieved", f"goal-{second}-outcome": "not-yet", f"goal-{second}-why": "The list is long"}
    for name, day in (("held_on", clock.today()), ("next_review_on", clock.today() + timedelta(days=14))):
        sent |= {f"{name}_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    page = here.post(address, sent | {f"goal-{second}-done": [done]}, follow=True).content.decode()
    assert "Done: See the housing office" in page
    with context.acting(keyworker):
        assert ActionDone.objects.get(action_id=done).review.of_version_id == signed.pk


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"held_on": None}, "held_on"),
        ({"done": ["another"]}, "done"),
        ({"held_on": 1}, "held_on"),
        ({"held_on": -1}, "held_on"),
        ({"next_review_on": None}, "next_review_on"),
        ({"next_review_on": 0}, "next_review_on"),
        ({"next_review_on": 29}, "next_review_on"),
        ({"phase": "elsewhere"}, "phase"),
        ({"promoted": ["no-need"]}, "promoted"),
        ({"scores": {"housing": 6}}, "score.housing"),
        ({"scores": {"weather": 1}}, "score.weather"),
        ({"others_there": "x" * 301}, "others_there"),
        ({"client_says": "x" * 4001}, "client_says"),
        ({"outcomes": {}}, "goal.{}.outcome"),
        ({"outcomes": "not-yet"}, "goal.{}.why"),
        ({"outcomes": "elsewhere"}, "goal.{}.outcome"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(keyworker, signed, change, field):
    with context.acting(keyworker):
        goals = list(content.of(signed).rows["goal"])
        name, value = next(iter(change.items()))
        if isinstance(value, int):
            value = clock.today() + timedelta(days=value)
        if name == "outcomes" and value:
            value = dict.fromkeys(goals, (value, " "))
        with pytest.raises(Refused) as no:
            review(plan=signed.plan, version=signed, held=held(signed, **{name: value}), by=keyworker)
        assert field.format(goals[0]) in no.value.fields
        assert not PlanReview.objects.exists()
        assert not Assessment.objects.filter(form="nine-areas").exists()


def test_the_last_day_of_the_rule_is_taken(keyworker, signed):
    with context.acting(keyworker):
        made = review(plan=signed.plan, version=signed, held=held(signed, next_review_on=clock.today() + timedelta(weeks=4)), by=keyworker)
        assert made.draft.next_review_on == clock.today() + timedelta(weeks=4)


def test_a_plan_is_reviewed_once_a_version(keyworker, signed):
    with context.acting(keyworker):
        review(plan=signed.plan, version=signed, held=held(signed), by=keyworker)
        with pytest.raises(Refused, match="Version 2 has been begun already"):
            review(plan=signed.plan, version=signed, held=held(signed), by=keyworker)
        with pytest.raises(Refused, match="reviewed already"):
            policies.check_review(signed.plan, keyworker, draft=None, reviewed=True)


@pytest.mark.parametrize("state", ["begun", "closed"])
def test_only_a_plan_in_force_is_reviewed(keyworker, signed, state):
    signed.plan.state = state
    assert policies.why_not(policies.check_review, signed.plan, keyworker, draft=None, reviewed=False)


def test_another_agencys_plan_is_not_reviewed(stranger, signed):
    assert "Another agency" in policies.why_not(policies.check_review, signed.plan, stranger, draft=None, reviewed=False)


def test_a_change_without_a_review_does_not_put_the_review_off(keyworker, triaged, signed, monkeypatch):
    due_on = signed.next_review_on
    later = datetime.combine(due_on + timedelta(days=3), time(12), tzinfo=clock.LONDON)
    monkeypatch.setattr(clock, "now", lambda: later)
    with context.acting(keyworker):
        draft = start_revision(plan=CarePlan.objects.select_related("episode").get(pk=signed.plan_id), by=keyworker)
        with connection.cursor() as cursor:  # its steps were for earlier days
            cursor.execute("UPDATE careplans_action SET by_when = %s WHERE version_id = %s", [due_on + timedelta(days=9), draft.pk])
        draft = agree(version=draft, by=keyworker, seen_text=content.of(draft).fingerprint())
    plans.signed(triaged, keyworker, version=draft)
    with context.acting(keyworker):
        head = CarePlan.objects.get(pk=signed.plan_id)
        assert head.current_id == draft.pk
        assert head.review_due_on == due_on
        assert head.episode.next_due_on == due_on


def fields(version: PlanVersion, **more: str) -> dict[str, str]:
    """The page filled in: all that must be."""
    day, after = clock.today(), clock.today() + timedelta(days=14)
    found = {f"held_on_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    found |= {f"next_review_on_{part}": str(getattr(after, part)) for part in ("day", "month", "year")}
    for key in content.of(version).rows["goal"]:
        found |= {f"goal-{key}-outcome": "partly", f"goal-{key}-why": "It takes time"}
    return {**found, **more}


def at(version: PlanVersion) -> str:
    return reverse("plan-review", args=[version.client_id, version.pk])


def test_the_page_saves_at_once_and_leads_to_the_draft(signed_in, keyworker, triaged, signed):
    browser = signed_in(keyworker)
    assert at(signed) in browser.get(reverse("client", args=[triaged.pk])).content.decode()
    page = browser.get(at(signed)).content.decode()
    assert "A room of my own" in page
    assert "first review within 4 weeks of" in page
    with context.acting(keyworker):
        data = fields(signed, **{"score-housing": "3"})
    answer = browser.post(at(signed), data)
    with context.acting(keyworker):
        made = PlanReview.objects.get(plan=signed.plan)
    draft = reverse("plan-edit", args=[triaged.pk, made.draft_id])
    assert answer.headers["Location"] == draft
    compared = reverse("plan-changes", args=[triaged.pk, made.draft_id])
    (panel,) = tree_of(browser.get(draft)).xpath("//section[@aria-labelledby='since-review']")
    assert panel.xpath(f".//a[@href='{compared}']")
    assert [each for each in panel.xpath(".//li/text()") if each.startswith("Next review: ")]
    agree = reverse("plan-agree", args=[triaged.pk, made.draft_id])
    assert agree in browser.get(compared).content.decode()


def test_what_was_returned_for_the_review_stands_there_until_it_is_mended(signed_in, keyworker, manager, triaged, signed):
    with context.acting(manager):
        found = return_version(version=signed, mend="at-review", words="Name the GP.", by=manager)
    browser = signed_in(keyworker)
    page = browser.get(at(signed)).content.decode()
    assert "Returned: to mend at this review" in page
    with context.acting(keyworker):
        draft = review(plan=signed.plan, version=signed, held=held(signed), by=keyworker).draft
    address = reverse("plan-edit", args=[triaged.pk, draft.pk])
    assert "Returned: to mend at this review" in browser.get(address).content.decode()
    answer = browser.post(reverse("plan-mended", args=[triaged.pk, found.pk]), {"words": "The GP is named."})
    assert answer.headers["Location"] == address
    assert "Name the GP." not in browser.get(address).content.decode()


def test_what_is_missing_stands_beside_its_field_and_nothing_typed_is_lost(signed_in, keyworker, signed):
    browser = signed_in(keyworker)
    with context.acting(keyworker):
        data = fields(signed, client_says="It goes better, slowly", held_on_day="31", held_on_month="2")
        first = next(iter(content.of(signed).rows["goal"]))
    data[f"goal-{first}-why"] = ""
    page = browser.post(at(signed), data).content.decode()
    assert "must be a real date" in page
    assert "Say why" in page
    assert "It goes better, slowly" in page
    with context.acting(keyworker):
        assert not PlanReview.objects.exists()


def test_of_two_at_once_the_second_keeps_their_words_and_is_led_to_the_draft(signed_in, keyworker, signed):
    browser = signed_in(keyworker)
    with context.acting(keyworker):
        data = fields(signed, client_says="What the second one heard")
        draft = review(plan=signed.plan, version=signed, held=held(signed), by=keyworker).draft
    page = browser.post(at(signed), data).content.decode()
    assert "Version 2 has been begun already" in page
    assert "What the second one heard" in page
    assert reverse("plan-edit", args=[signed.client_id, draft.pk]) in page
    with context.acting(keyworker):
        assert PlanReview.objects.count() == 1
