"""The log is chained within a minute, once, whoever else does it at the same moment; and reads back as it was sealed."""

import os
import threading
import traceback
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction

from carehub import clock, context, events, sealing
from carehub.celery import app
from carehub.log_check import broken
from carehub.models import Event, EventSeal
from tests import factories
from tests.carehub.client_tables import client_tables, counts
from tests.everything import everything_about

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def anchors(settings, tmp_path):
    settings.LOG_ANCHORS = tmp_path / "kept" / "log-anchors"
    return settings.LOG_ANCHORS


@pytest.fixture
def team():
    return factories.agency()


def some_events(team, number: int = 5) -> None:
    by = factories.actor(agency=team)
    client = factories.client_of(team, keyworker=by)
    for place in range(number):
        with context.acting(by):
            events.record("client.changed", by=by, client=client.pk, reason=f"Reason {place}, with “quotes”, ünïcode and\nlines")
    with transaction.atomic():
        context.clear()
        events.record("sign-in.failed", by=None)


def chain() -> list[tuple[int, str, str]]:
    with context.on_the_log():
        return list(EventSeal.objects.order_by("position").values_list("position", "previous", "hash"))


def found() -> list[str]:
    return broken(using="owner", now=clock.now())


def test_everything_has_one_link_strangers_included(team):
    some_events(team)
    assert sealing.seal_log() == Event.objects.using("owner").count()
    links = chain()
    assert [position for position, _previous, _hash in links] == list(range(1, len(links) + 1))
    assert [previous for _position, previous, _hash in links] == [sealing.NOTHING, *(hashed for _position, _previous, hashed in links[:-1])]
    assert found() == []
    assert sealing.seal_log() == 0


def test_who_commits_late_is_sealed_late(team):
    """Not by number and not by time: an older event that appears after a newer one was sealed gets its link all the same."""
    by = factories.actor(agency=team)
    with context.acting(by):
        Event.objects.create(at=clock.now(), partnership=by.partnership, person=by.person, verb="viewed")
    sealing.seal_log()
    with context.acting(by):
        Event.objects.create(at=clock.now() - timedelta(hours=3), partnership=by.partnership, person=by.person, verb="viewed")
    assert sealing.seal_log() == 1
    assert found() == []


def test_in_batches(team, monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 3)
    monkeypatch.setattr(sealing.seal_some, "__defaults__", (3,))
    some_events(team, 10)
    assert sealing.seal_log() == 11
    assert len(list(sealing.anchors())) == 4
    assert found() == []


def test_two_at_once_make_one_chain(team):
    some_events(team, 30)
    done: list[int] = []

    def one() -> None:
        try:
            done.append(sealing.seal_log())
        finally:
            connections.close_all()

    passes = [threading.Thread(target=one) for _ in range(4)]
    for each in passes:
        each.start()
    for each in passes:
        each.join()
    assert sum(done) + sealing.seal_log() == 31
    assert found() == []


def test_the_head_is_written_down_where_the_database_cannot_reach(team, anchors):
    some_events(team)
    sealing.seal_log()
    position, _previous, hashed = chain()[-1]
    assert [(head.position, head.hash) for head in sealing.anchors()] == [(position, hashed)]
    assert anchors.stat().st_mode & 0o077 == 0


def test_by_mail_once_a_day_and_a_mail_server_that_is_down_stops_nothing(team, settings, mailoutbox, monkeypatch):
    settings.LOG_ANCHOR_MAIL = "auditor@carehub.example"
    for _turn in range(3):
        some_events(team, 1)
        sealing.seal_log()
    assert len(mailoutbox) == 1
    assert chain()[1][2] in mailoutbox[0].body
    settings.LOG_ANCHORS.with_suffix(".mailed").unlink()

    def down(*_what, **_how):
        raise ConnectionRefusedError

    monkeypatch.setattr(sealing, "send_mail", down)
    some_events(team, 1)
    assert sealing.seal_log() == 2
    monkeypatch.undo()
    some_events(team, 1)
    sealing.seal_log()
    assert len(mailoutbox) == 2, "tried again with the next head"


def test_a_torn_line_is_none_and_the_next_one_is_whole(team, anchors):
    some_events(team)
    sealing.seal_log()
    with anchors.open("a") as file:
        file.write('{"position": 9')
    some_events(team)
    sealing.seal_log()
    assert [head.position for head in sealing.anchors()] == [6, 12]
    assert found() == []


def test_it_is_done_three_times_a_minute():
    entry = app.conf.beat_schedule["seal-the-log"]
    assert entry["task"] == "carehub.seal_log"
    assert entry["schedule"] <= 60
    assert "carehub.seal_log" in app.tasks


def test_the_sealer_sees_the_log_and_nothing_else(team):
    some_events(team)
    everything_about(factories.client_of(team), by=factories.actor(agency=team))
    with context.on_the_log():
        assert {table for table, number in counts(client_tables()).items() if number} == {"carehub_eventclient"}
        assert Event.objects.exists()


def test_nobody_else_reads_or_adds_links(team):
    some_events(team)
    sealing.seal_log()
    assert not EventSeal.objects.exists()
    with context.acting(factories.actor(agency=team)):
        assert not EventSeal.objects.exists()
    with context.on_duty(team.partnership_id, "load"):
        assert not EventSeal.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            EventSeal.objects.create(position=999, event=Event.objects.first(), sealed_at=clock.now(), previous="0" * 64, hash="0" * 64)


@pytest.mark.parametrize("statement", ["UPDATE {0} SET previous = previous", "DELETE FROM {0}", "TRUNCATE {0}"])
def test_the_application_cannot_even_try(team, statement):
    some_events(team, 1)
    sealing.seal_log()
    with context.on_the_log(), connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute(statement.format("carehub_eventseal"))


def test_the_command_says_where(team):
    some_events(team)
    sealing.seal_log()
    said = StringIO()
    call_command("verify_log", stdout=said)
    assert "is what was sealed" in said.getvalue()
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE carehub_event DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE carehub_event SET reason = 'Another reason' WHERE id = (SELECT event_id FROM carehub_eventseal WHERE position = 2)"
        )
    with pytest.raises(CommandError, match=r"\(link 2\) is not what was sealed"):
        call_command("verify_log")


def test_what_has_no_seal_after_a_minute_is_said(team, monkeypatch):
    some_events(team)
    call_command("verify_log", stdout=StringIO())
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(CommandError, match="6 events have no seal"):
        call_command("verify_log")


def test_a_kill_leaves_whole_links_only(team):
    """Killed after its links and before the commit: nothing of it stays, and the next pass does it."""
    some_events(team, 20)
    with context.on_the_log():
        event = Event.objects.values_list("pk")[0]
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            with context.on_the_log(), connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO carehub_eventseal (position, event_id, sealed_at, previous, hash)"
                    " VALUES (1, %s, now(), repeat('0', 64), repeat('1', 64))",
                    event,
                )
                os._exit(9)
        finally:  # whatever happened: a child that lived on would run the other tests a second time
            traceback.print_exc()
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert sealing.seal_log() == 21
    assert found() == []
