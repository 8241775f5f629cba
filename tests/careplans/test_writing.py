"""Starting and saving a plan: everything may be saved, nothing is lost, nothing reaches another plan."""

import random
from contextlib import suppress
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from carehub import context, stale
from carehub.actors import NotAllowed
from carehub.lifecycle import WrongState
from carehub.models import Event
from carehub.rules import Refused
from careplans import content
from careplans.actions import revising, writing
from careplans.models import Action, CarePlan, Goal, Need, PlanVersion, RiskStep
from clients.models import Episode
from tests import factories
from tests.careplans import plans
from tests.queries import at_most


def verbs(client, by) -> list[str]:
    with context.acting(by):
        return list(Event.objects.filter(clients__client_id=client.pk).order_by("at").values_list("verb", flat=True))


# --- Begin --------------------------------------------------------------------------------------------------------------------


def test_begins_with_everything_that_came_up_as_later(triaged, keyworker):
    version = plans.begun(triaged, keyworker)
    needs = plans.said_of(version, keyworker).rows["need"].values()
    assert {need["words"] for need in needs} >= {"Main problem: Heroin", "Overdose in the last year"}
    assert {need["standing"] for need in needs} == {"later"}
    assert {need["source"] for need in needs} == {"assessment"}
    assert [need["domain"] for need in needs] == sorted(
        (need["domain"] for need in needs), key=["drugs-and-alcohol", "health", "offending", "social"].index
    )
    assert (version.number, version.state, version.plan.state, version.plan.lead) == (1, "draft", "begun", True)
    assert verbs(triaged, keyworker) == ["plan.started"]


def test_two_clicks_begin_one_plan(triaged, keyworker):
    assert plans.begun(triaged, keyworker).pk == plans.begun(triaged, keyworker).pk
    assert verbs(triaged, keyworker) == ["plan.started"]


def test_where_another_agency_leads_ours_is_a_linked_plan(triaged, keyworker, other_agency):
    elsewhere = factories.actor(agency=other_agency)
    factories.episode_of(triaged, other_agency, keyworker=elsewhere, state="triage")
    factories.access(triaged, agency=other_agency)
    factories.plan_version(triaged, by=elsewhere)
    assert plans.begun(triaged, keyworker).plan.lead is False


# --- Save ---------------------------------------------------------------------------------------------------------------------


def test_rows_are_added_changed_ordered_and_taken_off(triaged, keyworker):
    version = plans.written(triaged, keyworker)
    said = plans.said_of(version, keyworker)
    (goal,) = said.rows["goal"]
    said.rows["goal"][goal]["client_words"] = "I want to sleep"
    said.rows["goal"] = {"first": {"domain": "social", "client_words": "A home"}} | said.rows["goal"]
    said.rows["action"]["b"] = {"goal_id": "first", "what": "Apply", "who": "agency", "who_name": "Housing", "by_when": plans.soon()}
    said.rows["risk"]["r"] = {"area": "substance", "what": "Naloxone", "who_name": "Nurse", "by_when": plans.soon(), "third_party": "yes"}
    said.texts["way_back"] = "Walk in"
    plans.save(version, said, keyworker)
    now = plans.said_of(version, keyworker)
    assert [each["client_words"] for each in now.rows["goal"].values()] == ["A home", "I want to sleep"]
    assert [each["what"] for each in now.rows["action"].values()] == ["Keep a sleep diary", "Apply"]
    assert now.texts["way_back"] == "Walk in"
    (step,) = now.rows["risk"].values()
    assert step["third_party"] == "yes"
    del now.rows["goal"][goal], now.rows["risk"][next(iter(now.rows["risk"]))]
    plans.save(version, now, keyworker)
    left = plans.said_of(version, keyworker)
    assert [each["client_words"] for each in left.rows["goal"].values()] == ["A home"]
    assert [each["what"] for each in left.rows["action"].values()] == ["Apply"]
    assert not left.rows["risk"]


def test_goals_change_places(triaged, keyworker):
    version = plans.begun(triaged, keyworker)
    said = plans.said_of(version, keyworker)
    said.rows["goal"] = {key: {"domain": "health", "client_words": key} for key in "abc"}
    plans.save(version, said, keyworker)
    now = plans.said_of(version, keyworker)
    now.rows["goal"] = dict(reversed(now.rows["goal"].items()))
    plans.save(version, now, keyworker)
    assert [each["client_words"] for each in plans.said_of(version, keyworker).rows["goal"].values()] == ["c", "b", "a"]


def test_saving_what_stands_there_writes_nothing(triaged, keyworker):
    version = plans.written(triaged, keyworker)
    before = verbs(triaged, keyworker)
    again = plans.save(version, plans.said_of(version, keyworker), keyworker)
    assert again.row_version == version.row_version
    assert verbs(triaged, keyworker) == before


def test_a_form_that_is_sent_twice_makes_one_row(triaged, keyworker):
    version = plans.begun(triaged, keyworker)
    opened, expected = stale.marks(plans.said_of(version, keyworker).flat()), version.row_version
    for _ in range(2):
        plans.save(version, plans.filled(plans.said_of(version, keyworker)), keyworker, opened=opened, expected=expected)
    said = plans.said_of(version, keyworker)
    assert (len(said.rows["goal"]), len(said.rows["action"])) == (1, 1)


def test_what_an_assessment_found_keeps_its_words_and_stays(triaged, keyworker):
    version = plans.begun(triaged, keyworker)
    before = plans.said_of(version, keyworker)
    said = plans.said_of(version, keyworker)
    first, second, *_others = said.rows["need"]
    said.rows["need"][first] |= {"words": "Something nicer", "third_party": "yes", "score": "1", "standing": "now"}
    del said.rows["need"][second]
    plans.save(version, said, keyworker)
    now = plans.said_of(version, keyworker)
    assert now.rows["need"] == before.rows["need"] | {first: before.rows["need"][first] | {"standing": "now"}}


def test_what_was_said_here_can_be_put_in_other_words_and_taken_off(triaged, keyworker):
    version = plans.begun(triaged, keyworker)
    said = plans.said_of(version, keyworker)
    said.rows["need"]["n"] = {"words": "Teeth", "domain": "health", "source": "assessment", "score": "5", "standing": "tomorrow"}
    plans.save(version, said, keyworker)
    now = plans.said_of(version, keyworker)
    key = content.own_key(version.pk, "n")
    assert now.rows["need"][key] == {
        "domain": "health", "area": "", "score": "", "words": "Teeth", "standing": "later", "source": "said", "third_party": ""
    }  # fmt: skip
    now.rows["need"][key]["words"] = "My teeth hurt"
    plans.save(version, now, keyworker)
    now = plans.said_of(version, keyworker)
    assert now.rows["need"][key]["words"] == "My teeth hurt"
    del now.rows["need"][key]
    plans.save(version, now, keyworker)
    assert key not in plans.said_of(version, keyworker).rows["need"]


@pytest.mark.parametrize(
    "bad", ["\x00\x01", "🙂 " * 50, "<script>alert(1)</script>", "'; DROP TABLE careplans_goal; --", "\u202e\u0000x", "a" * 100_000]
)
def test_odd_texts_are_kept_as_texts(triaged, keyworker, bad):
    version = plans.begun(triaged, keyworker)
    said = plans.filled(plans.said_of(version, keyworker), words=f"I want {bad}", what=f"Do {bad}", who_name=bad)
    said.texts["way_back"] = bad
    plans.save(version, said, keyworker)
    now = plans.said_of(version, keyworker)
    (goal,), (action,) = now.rows["goal"].values(), now.rows["action"].values()
    assert goal["client_words"] == content.plain("", f"I want {bad}")
    assert action["what"] == content.plain("", f"Do {bad}")
    assert now.texts["way_back"] == content.plain("", bad)


@pytest.mark.parametrize("forged", [True, False])
def test_a_key_copied_from_another_plan_reaches_nothing_there(triaged, keyworker, forged):
    other = plans.written(plans.triaged(keyworker), keyworker)
    victim = plans.said_of(other, keyworker)
    version = plans.begun(triaged, keyworker)
    said = plans.said_of(version, keyworker)
    said.rows["goal"] = {key: {"domain": "social", "client_words": "Stolen"} for key in victim.rows["goal"]}
    said.rows["action"] = {key: row | {"what": "Stolen"} for key, row in victim.rows["action"].items()}
    opened = stale.marks(victim.flat()) if forged else {}
    with suppress(writing.PlanConflict):
        plans.save(version, said, keyworker, opened=opened, expected=0)
    assert plans.said_of(other, keyworker) == victim
    assert not victim.rows["goal"].keys() & plans.said_of(version, keyworker).rows["goal"].keys()


def test_another_clients_page_changes_nothing(triaged, keyworker):
    version = plans.written(triaged, keyworker)
    other = plans.triaged(keyworker)
    version.client_id = other.pk
    with pytest.raises(Refused, match="another client"):
        plans.save(version, plans.filled(plans.content.Content()), keyworker)


def test_an_agreed_plan_is_opened_again_first(triaged, keyworker):
    version = plans.agreed(triaged, keyworker)
    with pytest.raises(WrongState, match="Change it again"):
        plans.save(version, plans.said_of(version, keyworker), keyworker)


def test_reception_does_not_write(triaged, keyworker, agency):
    version = plans.begun(triaged, keyworker)
    with pytest.raises(NotAllowed):
        plans.save(version, plans.content.Content(), factories.actor(role="reception", agency=agency))


# --- Two at once --------------------------------------------------------------------------------------------------------------


def test_what_a_colleague_saved_meanwhile_is_merged_in(triaged, keyworker, manager):
    version = plans.written(triaged, keyworker)
    opened, expected = plans.said_of(version, keyworker), version.row_version
    theirs = plans.said_of(version, manager)
    theirs.texts["way_back"] = "Walk in"
    theirs.rows["goal"]["t"] = {"domain": "social", "client_words": "A home"}
    plans.save(version, theirs, manager)
    mine = plans.said_of(version, keyworker)
    mine.rows, mine.texts = opened.rows, dict(opened.texts) | {"strengths": "Gets up early"}
    plans.save(version, mine, keyworker, opened=stale.marks(opened.flat()), expected=expected)
    now = plans.said_of(version, keyworker)
    assert (now.texts["way_back"], now.texts["strengths"]) == ("Walk in", "Gets up early")
    assert len(now.rows["goal"]) == 2


def test_two_texts_for_one_line_are_both_given_and_nothing_is_written(triaged, keyworker, manager):
    version = plans.written(triaged, keyworker)
    opened, expected = stale.marks(plans.said_of(version, keyworker).flat()), version.row_version
    theirs, mine = plans.said_of(version, manager), plans.said_of(version, keyworker)
    theirs.texts["way_back"], mine.texts["way_back"] = "Walk in", "Write a letter"
    plans.save(version, theirs, manager)
    with pytest.raises(writing.PlanConflict) as conflict:
        plans.save(version, mine, keyworker, opened=opened, expected=expected)
    assert conflict.value.conflicts == {"way_back": ("Write a letter", "Walk in")}
    assert plans.said_of(version, keyworker).texts["way_back"] == "Walk in"


@pytest.mark.promise(10)
def test_pairs_of_stale_saves_lose_nothing(triaged, keyworker, manager, chance: random.Random, how_many, report):
    """Two people with the same page open change, add and take off at random; whatever was typed stands there, or was given back."""
    version = plans.written(triaged, keyworker)
    conflicts = 0
    for turn in range(how_many(20, 250)):
        opened = plans.said_of(version, keyworker)
        expected = plans_version(version, keyworker).row_version
        sides = [plans.said_of(version, keyworker) for _ in range(2)]
        typed = [at_random(side, chance, f"{turn}-{number}") for number, side in enumerate(sides)]
        plans.save(version, sides[0], manager)
        given_back: set[str] = set()
        try:
            plans.save(version, sides[1], keyworker, opened=stale.marks(opened.flat()), expected=expected)
        except writing.PlanConflict as conflict:
            conflicts += 1
            given_back = {text for pair in conflict.conflicts.values() for text in pair if text}
            if None in [side for pair in conflict.conflicts.values() for side in pair]:
                continue  # a whole row is in question: the page carries the rest of it
            typed[1] = {text for text in typed[1] if text in given_back}
        stands = set(plans.said_of(version, keyworker).flat().values())
        for text in typed[0] | typed[1]:
            assert text in stands or text in given_back, f"{text!r} is gone in turn {turn}"
    report(f"{how_many(20, 250)} pairs, {conflicts} conflicts, 0 silent losses")


def plans_version(version, by) -> PlanVersion:
    with context.acting(by):
        return PlanVersion.objects.get(pk=version.pk)


def at_random(said: content.Content, chance: random.Random, mark: str) -> set[str]:
    """Change a few things; the texts that were typed."""
    typed: set[str] = set()
    for number in range(chance.randint(1, 4)):
        text = f"{mark}-{number}"
        goals = list(said.rows["goal"])
        match chance.choice(["text", "goal", "new goal", "new action"] if goals else ["text", "new goal"]):
            case "text":
                said.texts[chance.choice(content.TEXTS[:2])] = text
            case "goal":
                said.rows["goal"][goals[0]]["client_words"] = text
            case "new goal":
                said.rows["goal"][str(uuid4())] = {"domain": "health", "client_words": text, "service_words": ""}
            case "new action":
                key = chance.choice(goals)
                row = {"goal_id": key, "what": text, "who": "client", "who_name": "", "by_when": plans.soon()}
                said.rows["action"][str(uuid4())] = row
        typed.add(text)
    return {text for text in typed if text in said.flat().values()}


# --- The next version ---------------------------------------------------------------------------------------------------------


def test_a_revision_is_copied_forward_under_keys_of_its_own(triaged, keyworker):
    signed = plans.signed(triaged, keyworker)
    with context.acting(keyworker):
        draft = revising.start_revision(plan=signed.plan, by=keyworker)
        again = revising.start_revision(plan=signed.plan, by=keyworker)
    assert draft.pk == again.pk
    assert (draft.number, draft.state, draft.copied_from_id) == (2, "draft", signed.pk)
    old, new = plans.said_of(signed, keyworker), plans.said_of(draft, keyworker)
    assert [row["client_words"] for row in new.rows["goal"].values()] == [row["client_words"] for row in old.rows["goal"].values()]
    assert [row["words"] for row in new.rows["need"].values()] == [row["words"] for row in old.rows["need"].values()]
    assert not {key for rows in old.rows.values() for key in rows} & {key for rows in new.rows.values() for key in rows}
    assert {row["goal_id"] for row in new.rows["action"].values()} == set(new.rows["goal"])
    assert new.texts["disagreement"] == ""
    with context.acting(keyworker):
        assert CarePlan.objects.get(pk=signed.plan_id).current_id == signed.pk
        assert Episode.objects.get(client=triaged).next_due_what == "review"


def test_the_signed_version_stays_as_it_was_while_the_next_is_written(triaged, keyworker):
    signed = plans.signed(triaged, keyworker)
    before = plans.said_of(signed, keyworker)
    with context.acting(keyworker):
        draft = revising.start_revision(plan=signed.plan, by=keyworker)
    said = plans.said_of(draft, keyworker)
    next(iter(said.rows["goal"].values()))["client_words"] = "Something else"
    plans.save(draft, said, keyworker)
    assert plans.said_of(signed, keyworker) == before


# --- What the database itself refuses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["goal", "need", "action", "risk"])
def test_nothing_is_added_to_a_signed_plan(triaged, keyworker, kind):
    signed = plans.signed(triaged, keyworker)
    about = {"partnership_id": signed.partnership_id, "client_id": signed.client_id, "version_id": signed.pk}
    with context.acting(keyworker):
        goal = Goal.objects.filter(version=signed).first()
        row = {
            "goal": Goal(**about, domain="health", client_words="One more"),
            "need": Need(**about, domain="health", words="One more"),
            "action": Action(**about, goal=goal, what="One more", who="client", by_when=plans.day(plans.soon())),
            "risk": RiskStep(**about, area="substance", what="One more", who_name="Nurse", by_when=plans.day(plans.soon())),
        }[kind]
        with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
            row.save(force_insert=True)
        with pytest.raises(IntegrityError, match="locked"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE careplans_goal SET client_words = 'Other' WHERE version_id = %s", [signed.pk])


@pytest.mark.parametrize(("kind", "empty"), [("action", {"who": ""}), ("action", {"by_when": None}), ("goal", {"client_words": ""})])
def test_what_is_not_finished_cannot_be_locked(triaged, keyworker, kind, empty):
    version = plans.agreed(triaged, keyworker)
    part = {"action": Action, "goal": Goal}[kind]
    with context.acting(keyworker), pytest.raises(IntegrityError), transaction.atomic():
        part.objects.filter(version=version).update(**empty)
        part.objects.filter(version=version).update(locked_at=version.agreed_at)


def test_a_save_takes_few_statements_however_many_rows(triaged, keyworker):
    version = plans.begun(triaged, keyworker)
    said = plans.said_of(version, keyworker)
    for number in range(12):
        said.rows["goal"][f"g{number}"] = {"domain": "health", "client_words": f"Goal {number}"}
        said.rows["action"][f"a{number}"] = {"goal_id": f"g{number}", "what": "Do", "who": "client", "by_when": plans.soon()}
        said.rows["risk"][f"r{number}"] = {"area": "substance", "what": "Do", "who_name": "Nurse", "by_when": plans.soon()}
        said.rows["need"][f"n{number}"] = {"domain": "health", "words": f"Need {number}"}
    with context.acting(keyworker):
        marks = stale.marks(content.of(version).flat())
        with at_most(8):
            writing.save_plan(version=version, expected=version.row_version, opened_marks=marks, said=said, by=keyworker)
