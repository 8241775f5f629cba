"""What changed between two versions, in sentences and side by side."""

import pytest
from django.template.loader import render_to_string

from carehub import context
from carehub.templatetags.print_sheet import unstopped
from careplans import content, sheets
from careplans.actions.agreeing import agree
from careplans.actions.revising import next_version, start_revision
from careplans.changes import changes
from careplans.models import CarePlan, Need, PlanVersion
from clients.models import Episode
from tests import factories
from tests.careplans import plans

pytestmark = pytest.mark.django_db


def revised(client, by) -> tuple[PlanVersion, PlanVersion]:
    """A signed version, and the draft copied from it."""
    before = plans.signed(client, by)
    with context.acting(by):
        draft = start_revision(plan=CarePlan.objects.get(pk=before.plan_id), by=by)
    return before, draft


def between(before, now, by, outcomes=None):
    with context.acting(by):
        old, new = PlanVersion.objects.get(pk=before.pk), PlanVersion.objects.get(pk=now.pk)
        return changes(old, new, outcomes)


def test_what_was_only_copied_has_not_changed(triaged, keyworker):
    before, draft = revised(triaged, keyworker)
    found = between(before, draft, keyworker)
    assert [each for each in found.sentences if not each.startswith("Next review")] == []
    assert all(not pair.changed for pair in found.beside["What I want"])


def test_steps_name_who_does_them_as_the_sheet_does(triaged, keyworker, manager):
    version = plans.written(triaged, keyworker, who="keyworker")
    with context.acting(keyworker):
        agreed = agree(version=version, by=keyworker, seen_text=content.of(version).fingerprint())
    before = plans.signed(triaged, keyworker, version=agreed)
    with context.acting(keyworker):
        plan = CarePlan.objects.select_related("episode").get(pk=before.plan_id)
        draft = start_revision(plan=plan, by=keyworker)
        Episode.objects.filter(pk=plan.episode_id).update(keyworker=manager.person)
    pair = between(before, draft, keyworker).beside["What I want"][0]
    assert keyworker.person.name in pair.before[1]
    assert manager.person.name in pair.now[1]


def test_each_kind_of_change_has_its_sentence(triaged, keyworker):
    before, draft = revised(triaged, keyworker)
    said = plans.said_of(draft, keyworker)
    goal, action = next(iter(said.rows["goal"])), next(iter(said.rows["action"]))
    need = next(key for key, row in said.rows["need"].items() if not row["third_party"])
    said.rows["goal"][goal]["client_words"] = "I want to sleep till seven"
    said.rows["action"][action]["by_when"] = plans.soon(20)
    said.rows["action"][action] |= {"intervention": "2", "milestone": "Three nights in a row"}
    said.rows["action"]["b"] = {"goal_id": goal, "what": "No coffee after four", "who": "client", "by_when": plans.soon()}
    said.rows["goal"]["h"] = {"domain": "social", "client_words": "I want my own front door"}
    said.rows["need"][need]["standing"] = "now"
    said.rows["involved"]["i"] = {"role": "carer", "name": "Mum", "contact": "at home", "does": "Rings on Sundays"}
    said.texts["way_back"] = "I walk in on any weekday."
    plans.save(draft, said, keyworker)
    found = between(before, draft, keyworker)
    lines = [line.strip() for line in found.beside["What I want"][0].now]
    assert {"Treatment: Specialist prescribing (tier 3)", "How we will know: Three nights in a row"} <= set(lines)
    sentences = "\n".join(found.sentences)
    for words in (
        "In other words: ‘I want to sleep till seven’, before: ‘I want to sleep through’",
        "Another day: Keep a sleep diary, by ",
        "Step changed: Keep a sleep diary",
        "New step: No coffee after four",
        "New goal: I want my own front door",
        f"Taken up now: {said.rows['need'][need]['words']}",
        "Takes part now: Mum",
        "Written down for the first time: How I come back",
    ):
        assert words in sentences


@pytest.mark.parametrize(("outcome", "words"), [("achieved", "Done: "), ("no-longer-wanted", "No longer wanted: "), ("", "Taken off: ")])
def test_a_goal_that_is_gone_says_why(outcome, words, triaged, keyworker):
    before = plans.signed(triaged, keyworker)
    with context.acting(keyworker):
        goal = next(iter(content.of(PlanVersion.objects.get(pk=before.pk)).rows["goal"]))
        plan = CarePlan.objects.select_related("episode").get(pk=before.plan_id)
        draft = next_version(plan, keyworker, without_goals=[goal])
    found = between(before, draft, keyworker, {goal: outcome})
    assert f"{words}I want to sleep through" in found.sentences
    assert found.beside["What I want"][0].now == ()


def test_what_others_said_is_in_no_sentence(triaged, keyworker):
    before, draft = revised(triaged, keyworker)
    said = plans.said_of(draft, keyworker)
    hidden = {"domain": "social", "words": "QUIETWORD said by a neighbour", "third_party": "yes", "standing": "now"}
    said.rows["need"]["n"] = hidden
    plans.save(draft, said, keyworker)
    found = between(before, draft, keyworker)
    assert "QUIETWORD" not in str(found)


def test_lines_hold_through_three_versions(triaged, keyworker):
    first = plans.signed(triaged, keyworker)
    with context.acting(keyworker):
        plan = CarePlan.objects.get(pk=first.plan_id)
        second = start_revision(plan=plan, by=keyworker)
    with context.acting(keyworker):
        second = agree(version=second, by=keyworker, seen_text=content.of(PlanVersion.objects.get(pk=second.pk)).fingerprint())
    plans.signed(triaged, keyworker, version=second)
    with context.acting(keyworker):
        third = start_revision(plan=CarePlan.objects.get(pk=first.plan_id), by=keyworker)
        lines = [set(content.lines_of(PlanVersion.objects.get(pk=each.pk)).values()) for each in (first, second, third)]
    assert lines[0] == lines[1] == lines[2]
    assert len(lines[0]) > 2


def test_a_full_stop_does_not_stand_before_a_comma(triaged, keyworker):
    version = plans.written(triaged, keyworker, what="Offer a test.")
    with context.acting(keyworker):
        version = agree(version=version, by=keyworker, seen_text=content.of(version).fingerprint())
    before = plans.signed(triaged, keyworker, version=version)
    with context.acting(keyworker):
        draft = start_revision(plan=CarePlan.objects.select_related("episode").get(pk=before.plan_id), by=keyworker)
    said = plans.said_of(draft, keyworker)
    (action,) = said.rows["action"].values()
    action["by_when"] = plans.soon(20)
    found = between(before, plans.save(draft, said, keyworker), keyworker)
    assert any(each.startswith("Another day: Offer a test, by ") for each in found.sentences)
    assert found.beside["What I want"][0].now[1].startswith("– Offer a test, ")
    with context.acting(keyworker):
        sheet = sheets.sheet_of(PlanVersion.objects.get(pk=before.pk))
    page = render_to_string("print/short_version.html", {"sheet": sheet})
    assert "Offer a test: <strong>" in page
    assert [unstopped(each) for each in ("a.", "a..", "a…", "a ")] == ["a", "a..", "a…", "a"]


def test_a_good_score_is_no_new_concern(triaged, keyworker):
    before, draft = revised(triaged, keyworker)
    with factories.loading(triaged.partnership_id):
        for score, words in ((2, "Low at times, and copes"), (3, "Low most days"), (None, "Sleeps badly")):
            of = {"partnership_id": draft.partnership_id, "client_id": draft.client_id, "version": draft}
            Need.objects.create(**of, domain="health", area="mental-health", score=score, words=words, standing="later")
    came = {each for each in between(before, draft, keyworker).sentences if each.startswith("Came up")}
    assert came == {"Came up: Low most days", "Came up: Sleeps badly"}
