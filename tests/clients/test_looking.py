"""Who has looked at a client: every line of the log about them, in words, for staff and on paper for the client."""

from datetime import timedelta

import pytest
from django.urls import reverse

from carehub import clock, context, events
from carehub.models import Event, EventClient
from clients.looked import deed, looks
from tests import factories


@pytest.fixture
def someone(keyworker):
    return factories.client_of(keyworker.agency, keyworker=keyworker, last_name="Underwillow")


def page_of(someone, name: str = "client-looked") -> str:
    return reverse(name, args=[someone.pk])


def test_what_was_read_and_done_stands_there_the_newest_first(signed_in, keyworker, someone):
    browser = signed_in(keyworker)
    browser.get(reverse("client", args=[someone.pk]))
    browser.get(reverse("client-sharing", args=[someone.pk]))
    html = browser.get(page_of(someone)).content.decode()
    assert html.index("Read who can see them") < html.index("Read the record")
    assert keyworker.person.name in html
    assert str(keyworker.agency) in html
    assert "Read this list" in browser.get(page_of(someone)).content.decode(), "reading it is on it too"


def test_as_whom_a_deputy_looked(keyworker, someone):
    deputy = factories.actor(agency=keyworker.agency, ends_on=clock.today())
    deputy.membership.stands_in_for = keyworker.membership
    deputy.membership.save()
    with context.acting(deputy):
        events.record("viewed", by=deputy, client=someone.pk)
        assert looks(deputy, someone.pk)[0].role == f"Keyworker, standing in for {keyworker.person.name}"


def test_fifty_a_page_and_no_line_twice(signed_in, keyworker, someone):
    now = clock.now()
    with context.acting(keyworker):
        for number in range(120):
            event = Event.objects.create(
                at=now - timedelta(seconds=number // 3), partnership=keyworker.partnership, person=keyworker.person,
                membership=keyworker.membership, verb="viewed", page="client",
            )  # fmt: skip
            EventClient.objects.create(event=event, partnership=keyworker.partnership, client_id=someone.pk)
        first = looks(keyworker, someone.pk, most=50)
        second = looks(keyworker, someone.pk, before=(first[-1].at, first[-1].key), most=50)
        third = looks(keyworker, someone.pk, before=(second[-1].at, second[-1].key), most=50)
    assert len({each.key for each in (*first, *second, *third)}) == 120
    browser = signed_in(keyworker)
    html = browser.get(page_of(someone)).content.decode()
    assert "Next entries" in html
    assert browser.get(page_of(someone) + "?before=nonsense").status_code == 200


def test_it_asks_little(signed_in, keyworker, someone, django_assert_max_num_queries):
    browser = signed_in(keyworker)
    for _turn in range(30):
        browser.get(reverse("client", args=[someone.pk]))
    with django_assert_max_num_queries(12):
        browser.get(page_of(someone))


def test_on_paper_there_is_no_reason_and_no_risk(signed_in, keyworker, someone, stranger):
    with context.acting(keyworker):
        events.record("record.opened", by=keyworker, client=someone.pk, reason="life-at-risk: her brother hits her")
    factories.assessment(someone, by=keyworker, state="complete")
    browser = signed_in(keyworker)
    assert "her brother hits her" in browser.get(page_of(someone)).content.decode()
    sheet = browser.get(page_of(someone, "client-looked-paper")).content.decode()
    assert "Opened without consent" in sheet
    assert "her brother" not in sheet
    assert "isk" not in sheet.split("<main")[1]
    with context.acting(keyworker):
        assert Event.objects.filter(verb="looked.printed").exists()


@pytest.mark.parametrize("name", ["client-looked", "client-looked-paper"])
def test_who_may(signed_in, keyworker, someone, stranger, name):
    assert signed_in(stranger).get(page_of(someone, name)).status_code == 404
    assert signed_in(factories.actor(role="reception", agency=keyworker.agency)).get(page_of(someone, name)).status_code == 403


def test_every_deed_has_words():
    assert str(deed("plan.signed", "plan-sign")) == "Signed the care plan"
    assert str(deed("viewed", "client")) == "Read the record"
    assert str(deed("something.new", "")) == "Changed something"
