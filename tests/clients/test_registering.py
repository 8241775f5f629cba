"""Registering a client: what is written, who may, and what stops it."""

import threading
import time
from datetime import date, timedelta

import pytest
from django.db import connection

from carehub import clock, context
from carehub.actors import NotAllowed
from carehub.models import Access, Agency, EventClient
from carehub.rules import Refused
from clients.actions.registering import register_client
from clients.models import Client, Episode
from clients.policies.records import LikelyDuplicates
from tests import factories

CONTACT = {"by_telephone": True, "by_voicemail": False, "by_text": True, "by_post": False, "by_visit": False}


def about(**other) -> dict:
    values = {
        "first_name": "Sorrel",
        "last_name": "Larkrise",
        "date_of_birth": date(1981, 3, 27),
        "sex": "F",
        "referred_on": clock.today(),
        "referral_source": "4",
        "safe_contact": CONTACT | {"what_to_say": "It is Sam"},
    }
    return values | other


def register(by, **other) -> Client:
    with context.acting(by):
        return register_client(by=by, **about(**other))


def test_writes_client_contact_episode_access_and_event(keyworker):
    client = register(keyworker, referred_on=clock.today() - timedelta(days=3))
    with context.acting(keyworker):
        episode = Episode.objects.visible_to(keyworker).get(client=client)
        assert (episode.state, episode.keyworker, episode.agency) == ("referral", keyworker.person, keyworker.agency)
        assert (episode.next_due_what, episode.next_due_on) == ("triage", clock.today() + timedelta(days=4))
        assert client.safe_contact.allowed() == ["telephone", "text message"]
        assert client.safe_contact.asked_on == clock.today()
        grant = Access.objects.reached_by(keyworker).get(client_id=client.pk)
        assert (grant.basis, grant.rests_on, grant.agency) == ("episode", episode.pk, keyworker.agency)
        event = EventClient.objects.get(client_id=client.pk).event
        assert (event.verb, event.person) == ("client.registered", keyworker.person)


def test_counts_days_as_the_partnership_has_decided(keyworker):
    keyworker.partnership.local_settings = {"triage_within_days": 2}
    client = register(keyworker)
    with context.acting(keyworker):
        assert Episode.objects.get(client=client).next_due_on == clock.today() + timedelta(days=2)


def test_another_agency_does_not_see_the_client(keyworker, stranger):
    client = register(keyworker)
    with context.acting(stranger):
        assert not Client.objects.visible_to(stranger).filter(pk=client.pk).exists()
        assert not Client.objects.filter(pk=client.pk).exists()


@pytest.mark.parametrize("role", ["reception", "prescriber", "commissioner", "administrator", "peer-auditor"])
def test_roles_that_do_not_register(agency, role):
    with pytest.raises(NotAllowed):
        register(factories.actor(role=role, agency=agency))


def test_manager_chooses_the_keyworker(manager, keyworker):
    client = register(manager, keyworker=keyworker.person)
    with context.acting(manager):
        assert Episode.objects.get(client=client).keyworker == keyworker.person


def test_keyworker_chooses_nobody_else(keyworker, agency):
    colleague = factories.actor(role="keyworker", agency=agency)
    with pytest.raises(NotAllowed):
        register(keyworker, keyworker=colleague.person)


def test_manager_chooses_nobody_from_elsewhere(manager, stranger):
    with pytest.raises(Refused, match="does not work in this agency"):
        register(manager, keyworker=stranger.person)


@pytest.mark.parametrize(
    ("born", "referred", "field"),
    [
        (timedelta(days=1), timedelta(), "date_of_birth"),
        (date(1902, 12, 31), timedelta(), "date_of_birth"),
        (date(1981, 3, 27), timedelta(days=1), "referred_on"),
        (timedelta(), timedelta(days=-1), "referred_on"),
    ],
)
def test_dates_that_cannot_be(keyworker, born, referred, field):
    day = clock.today() + born if isinstance(born, timedelta) else born
    with pytest.raises(Refused) as refused:
        register(keyworker, date_of_birth=day, referred_on=clock.today() + referred)
    assert list(refused.value.fields) == [field]


def test_earliest_and_latest_dates_that_can_be(keyworker):
    register(keyworker, date_of_birth=date(1903, 1, 1))
    register(keyworker, first_name="Newborn", last_name="Today", date_of_birth=clock.today())


# --- Likely duplicates -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"first_name": "Sorel", "last_name": "Larkrize"},
        {"first_name": "S.", "last_name": "larkrise"},
        {"date_of_birth": date(1981, 3, 28)},
        {"first_name": "Larkrise", "last_name": "Sorrel"},
    ],
    ids=["the same", "misspelt", "initial", "wrong day", "names swapped"],
)
def test_likely_the_same_person(keyworker, other):
    known = register(keyworker)
    with pytest.raises(LikelyDuplicates) as likely:
        register(keyworker, **other)
    assert [client.pk for client in likely.value.clients] == [known.pk]


@pytest.mark.parametrize(
    "other", [{"first_name": "Piran", "last_name": "Oxbow"}, {"first_name": "Tamsin", "date_of_birth": date(1964, 1, 2)}]
)
def test_somebody_else(keyworker, other):
    register(keyworker)
    register(keyworker, **other)


def test_looked_at_and_somebody_else(keyworker):
    known = register(keyworker)
    register(keyworker, looked_at_duplicates=[known.pk])
    with context.acting(keyworker):
        assert Client.objects.visible_to(keyworker).count() == 2


def test_looking_at_one_of_two_is_not_enough(keyworker):
    first = register(keyworker)
    second = register(keyworker, looked_at_duplicates=[first.pk])
    with pytest.raises(LikelyDuplicates) as likely:
        register(keyworker, looked_at_duplicates=[second.pk])
    assert [client.pk for client in likely.value.clients] == [first.pk]


def test_other_agencies_are_not_looked_at(keyworker, stranger):
    register(stranger)
    register(keyworker)


@pytest.mark.parametrize("first_to_begin", ["the one who registers", "the one who waits"])
def test_sent_twice_registers_once(committed, first_to_begin):
    """Two submits of one form at the same moment: whichever began first, the second to write finds the client of the first."""
    keyworker = factories.actor()
    waits, began, outcomes = threading.Event(), threading.Event(), []

    def submit(*, second: bool):
        try:
            if second and first_to_begin == "the one who registers":
                waits.wait(10)
            with context.acting(keyworker):
                if second:
                    began.set()
                    waits.wait(10)
                else:
                    if first_to_begin == "the one who waits":
                        began.wait(10)
                        # Its access will be dated after the other transaction's beginning.
                        context.catch_up()
                    Agency.objects.select_for_update(no_key=True).get(pk=keyworker.agency_id)
                    waits.set()
                    time.sleep(0.2)
                register_client(by=keyworker, **about())
            outcomes.append("registered")
        except LikelyDuplicates:
            outcomes.append("shown")
        finally:
            connection.close()

    threads = [threading.Thread(target=submit, kwargs={"second": second}) for second in (False, True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["registered", "shown"]
    with context.acting(keyworker):
        assert Client.objects.count() == 1
