"""Promise 6: the log cannot be quietly changed. Somebody who owns the tables tampers with sealed rows; the check finds each."""

import random
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections

from carehub import clock, context, events, sealing
from carehub.log_check import broken
from tests import factories

pytestmark = [pytest.mark.promise(6), pytest.mark.usefixtures("committed")]
EVENTS = 60


@pytest.fixture(autouse=True)
def anchors(settings, tmp_path):
    settings.LOG_ANCHORS = tmp_path / "log-anchors"


def sealed_log(chance: random.Random) -> None:
    team = factories.agency()
    people = [factories.actor(agency=team) for _ in range(3)]
    clients = [factories.client_of(team) for _ in range(3)]
    for number in range(EVENTS):
        by = chance.choice(people)
        with context.acting(by):
            events.record("client.changed", by=by, client=chance.choice(clients).pk, reason=f"Reason {number}")
        if number % 20 == 19:
            sealing.seal_log()


def unguarded(cursor) -> None:
    """What an owner with bad intentions does first: triggers and foreign keys away."""
    for table in ("carehub_event", "carehub_eventclient", "carehub_eventseal"):
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cursor.execute("SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'f' AND confrelid = 'carehub_event'::regclass")
    for table, name in cursor.fetchall():
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


def event_at(cursor, position: int):
    cursor.execute("SELECT event_id FROM carehub_eventseal WHERE position = %s", [position])
    return cursor.fetchone()[0]


def edited(cursor, chance: random.Random) -> None:
    column, value = chance.choice(
        [
            ("verb", "'viewed'"),
            ("reason", "'None'"),
            ("at", "at - interval '1 second'"),
            ("person_id", "NULL"),
            ("status", "200"),
            ("shown", "7"),
        ]
    )
    cursor.execute(f"UPDATE carehub_event SET {column} = {value} WHERE id = %s", [event_at(cursor, chance.randint(1, EVENTS))])


def another_client(cursor, chance: random.Random) -> None:
    cursor.execute(
        "UPDATE carehub_eventclient SET client_id = %s WHERE event_id = %s", [uuid4(), event_at(cursor, chance.randint(1, EVENTS))]
    )


def client_left_out(cursor, chance: random.Random) -> None:
    cursor.execute("DELETE FROM carehub_eventclient WHERE event_id = %s", [event_at(cursor, chance.randint(1, EVENTS))])


def deleted(cursor, chance: random.Random) -> None:
    cursor.execute("DELETE FROM carehub_event WHERE id = %s", [event_at(cursor, chance.randint(1, EVENTS))])


def deleted_with_its_link(cursor, chance: random.Random) -> None:
    position = chance.randint(1, EVENTS - 1)
    cursor.execute("DELETE FROM carehub_event WHERE id = %s", [event_at(cursor, position)])
    cursor.execute("DELETE FROM carehub_eventseal WHERE position = %s", [position])


def tail_cut(cursor, chance: random.Random) -> None:
    cursor.execute("DELETE FROM carehub_eventseal WHERE position > %s RETURNING event_id", [chance.randint(0, EVENTS - 1)])
    cursor.execute("DELETE FROM carehub_event WHERE id = ANY(%s)", [[key for (key,) in cursor.fetchall()]])


def seals_alone_cut(cursor, chance: random.Random) -> None:
    cursor.execute("DELETE FROM carehub_eventseal WHERE position > %s", [chance.randint(0, EVENTS - 1)])


def swapped(cursor, chance: random.Random) -> None:
    one, other = chance.sample(range(1, EVENTS + 1), 2)
    first, second = event_at(cursor, one), event_at(cursor, other)
    cursor.execute("UPDATE carehub_eventseal SET event_id = %s WHERE position = %s", [uuid4(), one])
    cursor.execute("UPDATE carehub_eventseal SET event_id = %s WHERE position = %s", [first, other])
    cursor.execute("UPDATE carehub_eventseal SET event_id = %s WHERE position = %s", [second, one])


def inserted(cursor, chance: random.Random) -> None:
    """A forged event between two others, everything after it moved up and chained anew."""
    at = chance.randint(1, EVENTS)
    forged = uuid4()
    cursor.execute(
        "INSERT INTO carehub_event (id, at, partnership_id, person_id, verb, page, method, subject_kind, reason, reference, shown, also)"
        " SELECT %s, at, partnership_id, person_id, 'viewed', '', '', '', '', '', 0, '[]' FROM carehub_event WHERE id = %s",
        [forged, event_at(cursor, at)],
    )
    cursor.execute("UPDATE carehub_eventseal SET position = -position - 1 WHERE position >= %s", [at])
    cursor.execute("UPDATE carehub_eventseal SET position = -position WHERE position < 0")
    cursor.execute(
        "INSERT INTO carehub_eventseal (position, event_id, sealed_at, previous, hash) VALUES (%s, %s, now(), '', '')", [at, forged]
    )
    chained_anew(cursor, at)


def changed_and_chained_anew(cursor, chance: random.Random) -> None:
    at = chance.randint(1, EVENTS)
    cursor.execute("UPDATE carehub_event SET reason = 'It was somebody else' WHERE id = %s", [event_at(cursor, at)])
    chained_anew(cursor, at)


def chained_anew(cursor, begin: int) -> None:
    """Whoever knows the program can make the chain anew; not what was written down outside the database."""
    cursor.execute("SELECT hash FROM carehub_eventseal WHERE position = %s", [begin - 1])
    row = cursor.fetchone()
    previous = row[0] if row else sealing.NOTHING
    cursor.execute(
        f"SELECT s.position, s.sealed_at, {sealing.EVENT} FROM carehub_eventseal s JOIN carehub_event e ON e.id = s.event_id"
        " WHERE s.position >= %s ORDER BY s.position",
        [begin],
    )
    for position, sealed_at, *event in cursor.fetchall():
        hashed = sealing.link(position, sealed_at, tuple(event), previous)
        cursor.execute("UPDATE carehub_eventseal SET previous = %s, hash = %s WHERE position = %s", [previous, hashed, position])
        previous = hashed


def tail_cut_and_sealed_on(cursor, chance: random.Random) -> None:
    """The newest links go, others come in their place: as many as went, so that the chain ends where it ended before."""
    cut = chance.randint(0, EVENTS - 1)
    cursor.execute("DELETE FROM carehub_eventseal WHERE position > %s RETURNING event_id", [cut])
    gone = [key for (key,) in cursor.fetchall()]
    cursor.execute("DELETE FROM carehub_event WHERE id = ANY(%s)", [gone])
    cursor.execute("SELECT hash FROM carehub_eventseal WHERE position = %s", [cut])
    row = cursor.fetchone()
    previous = row[0] if row else sealing.NOTHING
    for position in range(cut + 1, EVENTS + 1):
        key, at = uuid4(), clock.now()
        cursor.execute(
            "INSERT INTO carehub_event (id, at, verb, page, method, subject_kind, reason, reference, shown, also)"
            " VALUES (%s, %s, 'viewed', '', '', '', '', '', 0, '[]')",
            [key, at],
        )
        cursor.execute(f"SELECT {sealing.EVENT} FROM carehub_event e WHERE e.id = %s", [key])
        hashed = sealing.link(position, at, cursor.fetchone(), previous)
        cursor.execute(
            "INSERT INTO carehub_eventseal (position, event_id, sealed_at, previous, hash) VALUES (%s, %s, %s, %s, %s)",
            [position, key, at, previous, hashed],
        )
        previous = hashed
    sealing.anchor(sealing.Head(EVENTS, previous, clock.now().isoformat()))


TAMPERINGS: tuple[Callable, ...] = (
    edited, another_client, client_left_out, deleted, deleted_with_its_link, tail_cut, seals_alone_cut, swapped, inserted,
    changed_and_chained_anew, tail_cut_and_sealed_on,
)  # fmt: skip


def test_every_tampering_is_found(how_many, chance: random.Random, report, settings):
    sealed_log(chance)
    honest = settings.LOG_ANCHORS.read_bytes()
    now = clock.now() + timedelta(minutes=2)
    assert broken(using="owner", now=now) == []
    owner = connections["owner"]
    owner.set_autocommit(False)
    kinds: dict[str, int] = {}
    number = how_many(44, 1_001)
    try:
        for turn in range(number):
            tamper = TAMPERINGS[turn % len(TAMPERINGS)]
            with owner.cursor() as cursor:
                unguarded(cursor)
                tamper(cursor, chance)
            said = broken(using="owner", now=now)
            assert said, f"{tamper.__name__} was not found"
            assert all(sentence.endswith((".", "away.")) for sentence in said)
            kinds[tamper.__name__] = kinds.get(tamper.__name__, 0) + 1
            owner.rollback()
            settings.LOG_ANCHORS.write_bytes(honest)
        assert broken(using="owner", now=now) == []
    finally:
        owner.rollback()
        owner.set_autocommit(True)
    report(f"{number} tamperings of sealed rows, all found: {kinds}")
