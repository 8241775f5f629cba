"""Promise 10: two people cannot silently overwrite each other."""

import random
import threading

import pytest
from django.db import connection

from carehub import context, stale
from carehub.stale import StaleSave
from clients.models import Client
from tests import factories

pytestmark = [pytest.mark.promise(10)]
FIELDS = ("telephone", "address", "safety_warning", "name_used")


def test_every_pair_of_stale_saves_keeps_both_texts(how_many, chance: random.Random, report):
    """Both open one form, both change some fields, one after the other saves. Whatever either typed stands, or is given back."""
    pairs = how_many(60, 500)
    conflicts = merges = 0
    for _ in range(pairs):
        names = [f"row-{number}" for number in range(chance.randint(1, 8))]
        opened = {name: chance.choice(["", "a", ["x"], {"value": 1}]) for name in names}
        first, second = (edited(opened, who, chance) for who in ("first", "second"))
        stands = stale.merge(opened=stale.marks(opened), mine=first, theirs=opened)
        assert (stands.values, stands.conflicts) == (first, {}), "the first save is just saved"
        result = stale.merge(opened=stale.marks(opened), mine=second, theirs=stands.values)
        for who, text in (("first", first), ("second", second)):
            for name in changed(opened, text):
                given_back = name in result.conflicts and text.get(name) in result.conflicts[name]
                saved = name in text and result.values.get(name) == text[name]
                removed = name not in text and name not in result.values
                assert given_back or saved or removed, f"{who} lost {name}: {opened} {first} {second} {result}"
        for name, both in result.conflicts.items():
            assert both == (second.get(name), stands.values.get(name))
        conflicts += bool(result.conflicts)
        merges += not result.conflicts
    assert conflicts
    assert merges
    report(f"{pairs} pairs of stale forms: 0 texts lost ({merges} merged, {conflicts} shown with both texts)")


def edited(opened: dict, who: str, chance: random.Random) -> dict:
    """Some fields changed, some rows removed, some added; now and then both type the same."""
    text = dict(opened)
    for name in opened:
        step = chance.random()
        if step < 0.3:
            text[name] = chance.choice([f"typed by the {who}", "typed by both", ""])
        elif step < 0.4:
            del text[name]
    if chance.random() < 0.4:
        text[chance.choice(["row-new", f"row-new-{who}"])] = f"added by the {who}"
    return text


def changed(opened: dict, text: dict) -> set[str]:
    return {name for name in opened.keys() | text.keys() if opened.get(name, "absent") != text.get(name, "absent")}


@pytest.mark.usefixtures("committed")
def test_two_saves_at_the_same_instant(how_many, chance: random.Random, report):
    """Real sessions on one row: exactly one of each pair is saved, the other is told, and a second try with both texts loses nothing."""
    keyworker = factories.actor()
    client = factories.client_of(keyworker.agency, keyworker=keyworker)
    pairs = how_many(25, 500)
    at_once = threading.Barrier(2, timeout=20)

    def save(who: str, outcome: dict) -> None:
        try:
            for pair in range(pairs):
                name, value = plans[pair][who]
                with context.acting(keyworker):
                    mine = Client.objects.get(pk=client.pk)
                    at_once.wait()
                    try:
                        mine.save_over(mine.row_version, **{name: value})
                        outcome[pair] = "saved"
                    except StaleSave:
                        outcome[pair] = "told"
                at_once.wait()
                if outcome[pair] == "told":
                    with context.acting(keyworker):
                        again = Client.objects.get(pk=client.pk)
                        again.save_over(
                            again.row_version, **{name: value if name != other_field(pair, who) else f"{getattr(again, name)} + {value}"}
                        )
                at_once.wait()
                if who == "first":
                    check(pair)
                at_once.wait()
        finally:
            connection.close()

    def other_field(pair: int, who: str) -> str:
        return plans[pair]["second" if who == "first" else "first"][0]

    def check(pair: int) -> None:
        with context.acting(keyworker):
            stands = Client.objects.get(pk=client.pk)
        assert sorted((results["first"][pair], results["second"][pair])) == ["saved", "told"], f"pair {pair}: {results}"
        for field, value in plans[pair].values():
            assert value in getattr(stands, field), f"pair {pair}: '{value}' is gone from {field}"

    plans = [{who: (chance.choice(FIELDS), f"{who[0]}{pair}") for who in ("first", "second")} for pair in range(pairs)]
    results: dict[str, dict[int, str]] = {"first": {}, "second": {}}
    failures: list[BaseException] = []

    def run(who: str) -> None:
        try:
            save(who, results[who])
        except BaseException as failure:  # an assertion in a thread would be lost otherwise
            failures.append(failure)
            at_once.abort()

    threads = [threading.Thread(target=run, args=(who,)) for who in results]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    real = [failure for failure in failures if not isinstance(failure, threading.BrokenBarrierError)]
    if real or failures:
        raise (real or failures)[0]
    told = sum(outcome == "told" for outcomes in results.values() for outcome in outcomes.values())
    assert told == pairs
    with context.acting(keyworker):
        assert Client.objects.get(pk=client.pk).row_version == 1 + 2 * pairs
        assert Client.pgh_event_model.objects.filter(id=client.pk).count() == 1 + 2 * pairs, "each state is on record"
    report(f"{pairs} pairs of saves at the same instant on one row: one saved and one told each time, 0 lost")
