"""Two people at the same instant, on committed data and connections of their own: what waits for the other sees what the other wrote."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection, transaction

from carehub import clock, context, stale
from carehub.lifecycle import WrongState
from carehub.rules import Refused
from careplans import content
from careplans.actions import agreeing, signing, writing
from careplans.actions.asking import ask_for_review
from careplans.actions.revising import start_revision
from careplans.models import CarePlan, PlanVersion, ReviewAsked, Signature
from clients.actions.allocating import change_keyworker
from clients.actions.assessing import complete_assessment, start_assessment
from clients.models import Assessment, Episode
from tests import factories
from tests.careplans import plans

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def keyworker():
    return factories.actor()


@pytest.fixture
def manager(keyworker):
    return factories.actor(role="service-manager", agency=keyworker.agency)


def at_once(first, second) -> list:
    """``first`` runs up to its commit; ``second`` begins, has to wait, and goes on once ``first`` has committed. What each came to."""
    outcomes: list = [None, None]
    holding, started = threading.Event(), threading.Event()

    def run(place: int, deed) -> None:
        try:
            outcomes[place] = deed()
        except Exception as problem:
            outcomes[place] = problem
        finally:
            connection.close()

    def hold():
        with transaction.atomic():
            result = first()
            holding.set()
            started.wait(10)
            waiting.join(0.7)  # until the other one stands at the lock
        return result

    def wait():
        holding.wait(10)
        started.set()
        return second()

    waiting = threading.Thread(target=run, args=(1, wait))
    holder = threading.Thread(target=run, args=(0, hold))
    for thread in (holder, waiting):
        thread.start()
    for thread in (holder, waiting):
        thread.join(20)
    return outcomes


def saving(version, said, by, opened, expected):
    return lambda: plans.save(version, said, by, opened=opened, expected=expected)


@pytest.mark.promise(10)
def test_a_save_that_waited_sees_the_rows_of_the_other(keyworker, manager):
    version = plans.written(plans.triaged(keyworker), keyworker)
    before = plans.said_of(version, keyworker)
    opened, expected = stale.marks(before.flat()), version.row_version
    (goal,) = before.rows["goal"]
    theirs, mine = plans.said_of(version, manager), plans.said_of(version, keyworker)
    theirs.rows["goal"][goal]["client_words"] = "Theirs"
    mine.rows["goal"][goal]["client_words"] = "Mine"
    mine.texts["strengths"] = "Mine too"
    first, second = at_once(saving(version, theirs, manager, opened, expected), saving(version, mine, keyworker, opened, expected))
    assert isinstance(first, PlanVersion)
    assert isinstance(second, writing.PlanConflict)
    assert list(second.conflicts.values()) == [("Mine", "Theirs")]
    now = plans.said_of(version, keyworker)
    assert now.rows["goal"][goal]["client_words"] == "Theirs"
    assert now.texts["strengths"] == ""


def test_two_saves_of_different_lines_are_both_there(keyworker, manager):
    version = plans.written(plans.triaged(keyworker), keyworker)
    opened, expected = stale.marks(plans.said_of(version, keyworker).flat()), version.row_version
    theirs, mine = plans.said_of(version, manager), plans.said_of(version, keyworker)
    theirs.rows["goal"]["t"] = {"domain": "social", "client_words": "Theirs"}
    mine.rows["goal"]["m"] = {"domain": "social", "client_words": "Mine"}
    at_once(saving(version, theirs, manager, opened, expected), saving(version, mine, keyworker, opened, expected))
    words = [row["client_words"] for row in plans.said_of(version, keyworker).rows["goal"].values()]
    assert sorted(words) == ["I want to sleep through", "Mine", "Theirs"]


def test_agreeing_waits_for_a_save_and_then_does_not_agree_to_what_nobody_read(keyworker, manager):
    version = plans.written(plans.triaged(keyworker), keyworker)
    before = plans.said_of(version, keyworker)
    seen = before.fingerprint()
    theirs = plans.said_of(version, manager)
    next(iter(theirs.rows["goal"].values()))["client_words"] = "Theirs"

    def agree():
        with context.acting(keyworker):
            return agreeing.agree(version=version, by=keyworker, seen_text=seen)

    opened = stale.marks(before.flat())
    _first, second = at_once(saving(version, theirs, manager, opened, version.row_version), agree)
    assert isinstance(second, Refused)
    with context.acting(keyworker):
        assert PlanVersion.objects.get(pk=version.pk).state == "draft"


@pytest.mark.parametrize("other", ["sign", "reopen"])
def test_of_two_who_sign_or_open_again_one_comes_too_late(keyworker, manager, other):
    client = plans.triaged(keyworker)
    version = plans.agreed(client, keyworker)

    def sign(by):
        def deed():
            with context.acting(by):
                return signing.sign(
                    version=version,
                    by=by,
                    client=plans.word(),
                    keyworker={"how": "screen", "name": by.person.name},
                    seen_text=version.agreed_text,
                )

        return deed

    def reopen():
        with context.acting(manager):
            return agreeing.reopen(version=version, by=manager)

    first, second = at_once(sign(keyworker), sign(manager) if other == "sign" else reopen)
    assert isinstance(first, PlanVersion), first
    assert isinstance(second, WrongState), second
    with context.acting(keyworker):
        assert PlanVersion.objects.get(pk=version.pk).state == "signed"
        assert Signature.objects.filter(version=version).count() == 2


def test_a_plan_is_signed_while_its_review_is_asked_for(keyworker, manager):
    """Both write onto the plan: who signs waits, and loses no signature to it."""
    client = plans.triaged(keyworker)
    signed = plans.signed(client, keyworker)
    with context.acting(keyworker):
        draft = start_revision(plan=CarePlan.objects.get(pk=signed.plan_id), by=keyworker)
        draft = agreeing.agree(version=draft, by=keyworker, seen_text=content.of(draft).fingerprint())

    def ask():
        with context.acting(manager):
            return ask_for_review(version=signed, reason="incident", words="", by_when=clock.today() + timedelta(days=3), by=manager)

    first, second = at_once(ask, lambda: plans.signed(client, keyworker, version=draft))
    assert isinstance(first, ReviewAsked), first
    assert isinstance(second, PlanVersion), second


def test_an_assessment_is_completed_while_the_client_is_given_to_somebody_else(keyworker, manager):
    """Both write onto the episode: who completes waits, and is not told that an answer was changed."""
    client = plans.triaged(keyworker)
    episode, other = plans.episode_of(client, keyworker), factories.actor(agency=keyworker.agency)
    with context.acting(keyworker):
        begun = start_assessment(by=keyworker, client_id=client.pk, episode=episode, form="nine-areas")

    def give():
        with context.acting(manager):
            about = {"since": clock.today(), "reason": "absent", "opened_at": episode.row_version}
            return change_keyworker(by=manager, episode=episode, keyworker=other.person, **about)

    def complete():
        with context.acting(keyworker):
            return complete_assessment(by=keyworker, client_id=client.pk, assessment=begun, row_version=begun.row_version)

    first, second = at_once(give, complete)
    assert isinstance(first, Episode), first
    assert isinstance(second, Assessment), second
    assert plans.episode_of(client, keyworker).keyworker_id == other.person_id


def test_two_who_start_begin_one_plan(keyworker, manager):
    client = plans.triaged(keyworker)
    first, second = at_once(lambda: plans.begun(client, keyworker), lambda: plans.begun(client, manager))
    assert first.pk == second.pk


@pytest.mark.promise(10)
def test_pairs_at_the_same_instant_lose_nothing(keyworker, manager, chance, how_many, report):
    """Without any order between the two: whoever comes second is merged, or gets both texts."""
    version = plans.written(plans.triaged(keyworker), keyworker)
    conflicts = 0
    for turn in range(how_many(20, 250)):
        before = plans.said_of(version, keyworker)
        with context.acting(keyworker):
            expected = PlanVersion.objects.get(pk=version.pk).row_version
        opened = stale.marks(before.flat())
        (goal, *_more) = before.rows["goal"]
        typed, deeds = [], []
        for side, by in enumerate((keyworker, manager)):
            said = plans.said_of(version, by)
            text = f"{turn}-{side}"
            match chance.choice(("goal", "text", "new")):
                case "goal":
                    said.rows["goal"][goal]["client_words"] = text
                case "text":
                    said.texts["strengths"] = text
                case "new":
                    said.rows["goal"] = {**before.rows["goal"], f"n{text}": {"domain": "health", "client_words": text}}
            typed.append(text)
            deeds.append(saving(version, said, by, opened, expected))
        outcomes: list = [None, None]

        def run(place, deed=deeds, into=outcomes):
            try:
                into[place] = deed[place]()
            except writing.PlanConflict as conflict:
                into[place] = conflict
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(place,)) for place in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert all(outcomes), outcomes
        stands = set(plans.said_of(version, keyworker).flat().values())
        given_back = {
            text for each in outcomes if isinstance(each, writing.PlanConflict) for pair in each.conflicts.values() for text in pair
        }
        conflicts += sum(isinstance(each, writing.PlanConflict) for each in outcomes)
        for text in typed:
            assert text in stands or text in given_back, f"{text} is gone"
        with suppress(KeyError):  # a page that grows without end is slow to read
            said = plans.said_of(version, keyworker)
            said.rows["goal"] = {goal: said.rows["goal"][goal]}
            plans.save(version, said, keyworker)
    report(f"{how_many(20, 250)} pairs at the same instant, {conflicts} conflicts, 0 silent losses")


def test_content_is_what_was_written(keyworker):
    version = plans.written(plans.triaged(keyworker), keyworker)
    with context.acting(keyworker):
        assert content.of(PlanVersion.objects.get(pk=version.pk)) == content.of(version)
