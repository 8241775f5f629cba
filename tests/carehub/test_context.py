"""Who acts, as the database sees it. Real commits: inside a test's transaction a context would outlive its request."""

import psycopg2.extensions
import pytest
from django.db import connection, transaction

from carehub import context
from carehub.models import Access
from clients.models import Client
from tests import factories

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def keyworker():
    return factories.actor()


@pytest.fixture
def someone(keyworker):
    return factories.client_of(keyworker.agency, keyworker=keyworker)


def test_without_context_there_is_nobody(someone):
    assert Client.objects.count() == 0


def test_who_acts_reaches_their_clients_until_the_end_of_the_transaction(keyworker, someone):
    with context.acting(keyworker):
        assert list(Client.objects.visible_to(keyworker)) == [someone]
    assert Client.objects.count() == 0


def test_another_agency_reaches_nobody(someone):
    stranger = factories.actor(agency=factories.agency(someone.partnership))
    with context.acting(stranger):
        assert Client.objects.count() == 0


def test_a_context_outside_a_transaction_is_refused(keyworker):
    with pytest.raises(RuntimeError, match="belongs to a transaction"):
        context.acting_as(keyworker)


def test_who_acted_before_acts_again(keyworker, someone):
    stranger = factories.actor(agency=factories.agency(someone.partnership))
    with context.acting(keyworker):
        with context.acting(stranger):
            assert Client.objects.count() == 0
        assert Client.objects.count() == 1
        with context.on_duty(someone.partnership_id, "load"):
            assert Client.objects.count() == 1
        with pytest.raises(ZeroDivisionError), context.acting(stranger):
            1 / 0  # noqa: B018
        assert Client.objects.count() == 1


def test_an_inner_context_does_not_leak_outwards(keyworker, someone):
    with transaction.atomic():
        with context.acting(keyworker):
            assert Client.objects.count() == 1
        assert Client.objects.count() == 0


def test_only_named_duties_exist(keyworker):
    with pytest.raises(KeyError), context.on_duty(keyworker.partnership_id, "curiosity"):
        pass


def test_a_duty_reaches_one_partnership(someone):
    elsewhere = factories.partnership()
    with context.on_duty(elsewhere.pk, "reviews"):
        assert Client.objects.count() == 0
    with context.on_duty(someone.partnership_id, "reviews"):
        assert Client.objects.count() == 1


def test_a_connection_that_changes_hands_is_wiped(keyworker, someone):
    """A pooled connection may come with somebody's settings, made for the session and not for a transaction."""
    with connection.cursor() as cursor:
        for name, value in (
            ("partnership", keyworker.partnership_id),
            ("agency", keyworker.agency_id),
            ("person", keyworker.person_id),
            ("duty", "load"),
        ):
            cursor.execute(f"SET carehub.{name} = '{value}'")
    with transaction.atomic():
        context.clear()
        assert Client.objects.count() == 0
    stranger = factories.actor(agency=factories.agency(someone.partnership))
    with context.acting(stranger):
        assert Client.objects.count() == 0


def test_a_lost_connection_takes_its_context_along(keyworker, someone):
    with pytest.raises(Exception, match="terminating|closed"), context.acting(keyworker):
        connection.connection.close()
        Client.objects.count()
    connection.close()
    assert connection.connection is None or connection.connection.status == psycopg2.extensions.STATUS_READY
    assert Client.objects.count() == 0


def test_access_that_begins_later_or_has_ended_reaches_nobody(keyworker, someone):
    factories.end_access(someone, agency=keyworker.agency)
    with context.acting(keyworker):
        assert Client.objects.count() == 0
        assert not Access.objects.reached_by(keyworker).exists()
