"""The log: one event a request, a row for each client, nothing ever changed in it."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, connections, transaction

from carehub import clock, context, events
from carehub.models import Event, EventClient, Task
from clients.actions.consenting import record_consent
from clients.models import Client, Episode, SafeContact
from tests import factories

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.urls("tests.carehub.pages")]


@pytest.fixture
def keyworker():
    return factories.actor()


@pytest.fixture
def someone(keyworker):
    return factories.client_of(keyworker.agency, keyworker=keyworker)


@pytest.fixture
def other(keyworker):
    return factories.client_of(keyworker.agency, keyworker=keyworker)


@pytest.fixture
def browser(keyworker):
    return factories.signed_in(keyworker)


def the_event(client) -> Event:
    with factories.loading(client.partnership_id):
        (event,) = Event.objects.prefetch_related("clients")
        event.shown = {row.client_id for row in event.clients.all()}
        return event


def test_a_page_that_shows_clients_is_one_event_with_a_row_for_each(browser, keyworker, someone, other):
    began = clock.now()
    browser.get(f"/test/two/{someone.pk}/{other.pk}")
    event = the_event(someone)
    assert (event.verb, event.page, event.method, event.status) == ("viewed", "test-two", "GET", 200)
    assert (event.person_id, event.membership_id, event.partnership_id) == (
        keyworker.person_id,
        keyworker.membership.pk,
        someone.partnership_id,
    )
    assert event.shown == {someone.pk, other.pk}
    assert began <= event.at <= clock.now()
    assert len(event.reference) == 8


def test_two_deeds_in_one_request_are_one_event(browser, someone, other):
    browser.post(f"/test/two/{someone.pk}/{other.pk}")
    event = the_event(someone)
    assert (event.verb, event.subject_kind, event.subject_id, event.reason) == ("client.merged", "client", someone.pk, "the same person")
    assert event.also == [{"verb": "client.closed", "subject_kind": "", "subject_id": "", "reason": ""}]
    assert event.shown == {someone.pk, other.pk}


def test_a_page_that_shows_nobody_is_no_event(browser, someone):
    browser.get("/test/nobody")
    assert not Event.objects.using("owner").exists()


def test_the_address_is_not_in_the_log(browser, someone, other):
    browser.get(f"/test/two/{someone.pk}/{other.pk}?name=typed-by-somebody")
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT to_jsonb(e)::text FROM carehub_event e")
        assert "typed-by-somebody" not in cursor.fetchone()[0]


def test_outside_a_request_each_deed_is_an_event(keyworker, someone):
    with context.acting(keyworker):
        events.record("client.changed", by=keyworker, client=someone.pk, subject=someone, reason="rang")
        events.record("client.changed", by=keyworker, client=someone.pk, subject=someone)
        assert Event.objects.count() == 2
        events.saw(someone.pk)
        assert EventClient.objects.count() == 2


def test_an_event_goes_with_its_change_or_not_at_all(keyworker, someone):
    with pytest.raises(ZeroDivisionError), context.acting(keyworker):
        events.record("client.changed", by=keyworker, client=someone.pk)
        raise ZeroDivisionError
    assert not Event.objects.using("owner").exists()


def test_the_log_is_read_within_the_partnership_and_clients_within_reach(keyworker, someone):
    with context.acting(keyworker):
        events.record("client.changed", by=keyworker, client=someone.pk)
    colleague = factories.actor(agency=factories.agency(someone.partnership))
    with context.acting(colleague):
        assert (Event.objects.count(), EventClient.objects.count()) == (1, 0)
    with context.acting(factories.actor()):
        assert (Event.objects.count(), EventClient.objects.count()) == (0, 0)
    assert Event.objects.count() == 0


LOGS = (
    "carehub_event",
    "carehub_eventclient",
    "carehub_membershipevent",
    "carehub_taskevent",
    "clients_clientevent",
    "clients_consentevent",
    "clients_episodeevent",
    "clients_safecontactevent",
)


def test_every_history_is_among_the_logs():
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname ~ '_[a-z]+event$'"
        )
        assert {name for (name,) in cursor.fetchall()} <= set(LOGS)


@pytest.mark.parametrize("alias", ["default", "owner"])
def test_nobody_changes_or_removes_what_is_on_record(alias, keyworker, someone):
    """Not the application, which may not even try, and not the owner, whom a trigger refuses."""
    with context.acting(keyworker):
        events.record("client.changed", by=keyworker, client=someone.pk)
        record_consent(by=keyworker, client=someone, kind="treatment", how="said")
        said = {"kind": "plan.review", "subject_id": uuid4(), "due_on": clock.today(), "agency": keyworker.agency, "made_at": clock.now()}
        Task.objects.create(partnership_id=someone.partnership_id, client_id=someone.pk, **said)
    if alias == "default":
        statements = ("UPDATE {0} SET id = id", "DELETE FROM {0}", "TRUNCATE {0} CASCADE")
        code = "42501"
    else:
        statements = ("UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE")
        code = "23514"
    with connections[alias].cursor() as cursor:
        for table in LOGS:
            key = "id" if table in LOGS[:2] else "pgh_id"
            for statement in statements:
                with pytest.raises(DatabaseError) as refusal, transaction.atomic(using=alias):
                    cursor.execute(statement.format(table, key).replace("id = id", f"{key} = {key}"))
                assert refusal.value.__cause__.pgcode == code, (alias, table, statement)


def test_earlier_states_say_who_made_them(keyworker, someone):
    with context.acting(keyworker):
        client = Client.objects.get(pk=someone.pk)
        client.save_over(client.row_version, telephone="07700 900555")
        states = list(Client.pgh_event_model.objects.filter(id=someone.pk).order_by("pgh_id"))
    assert [state.telephone for state in states] == ["07700 900123", "07700 900555"]
    assert states[-1].pgh_context["person"] == str(keyworker.person_id)
    assert states[-1].pgh_context["membership"] == str(keyworker.membership.pk)


def test_earlier_states_are_read_within_reach(keyworker, someone):
    with context.acting(keyworker):
        assert all(model.pgh_event_model.objects.count() == 1 for model in (Client, Episode, SafeContact))
    with context.acting(factories.actor(agency=factories.agency(someone.partnership))):
        assert not any(model.pgh_event_model.objects.count() for model in (Client, Episode, SafeContact))


def test_a_client_is_named_once_however_often_shown(keyworker, someone):
    with events.gathering() as entry, context.acting(keyworker):
        entry.actor = keyworker
        for _ in range(3):
            events.saw(someone.pk)
        events.record("client.changed", by=keyworker, client=someone.pk)
        entry.write()
        assert EventClient.objects.count() == 1


def test_deeds_of_one_request_do_not_leak_into_another():
    with events.gathering() as outer:
        events.saw(uuid4())
        with events.gathering() as inner:
            events.record("one", by=None)
        assert inner.verb == "one"
        assert not outer.verb
        assert not inner.clients
    assert events.current() is None
