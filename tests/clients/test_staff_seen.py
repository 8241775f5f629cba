"""What has this person seen? For their manager, who learns of clients only what they may know anyway."""

from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse

from carehub import clock, context
from carehub.models import Event, EventClient
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def keyworker():
    return factories.actor(name="Wren Larkrise")


@pytest.fixture
def manager(keyworker):
    return factories.actor(role="service-manager", agency=keyworker.agency)


@pytest.fixture
def someone(keyworker):
    return factories.client_of(keyworker.agency, keyworker=keyworker, last_name="Underwillow")


def page_of(who, name: str = "staff-seen") -> str:
    return reverse(name, args=[who.person_id])


def main_of(answer) -> str:
    return answer.content.decode().split("<main")[1]


def test_by_client_with_what_was_done(keyworker, manager, someone):
    browser = factories.signed_in(keyworker)
    for _ in range(3):
        browser.get(reverse("client", args=[someone.pk]))
    browser.get(reverse("client-sharing", args=[someone.pk]))
    browser.get(reverse("caseload"))
    html = main_of(factories.signed_in(manager).get(page_of(keyworker)))
    assert html.count(someone.reference) == 1
    for words in ("Underwillow", "5 times since", "Read the record", "Read who can see them", "Saw them in a list"):
        assert words in html
    with context.acting(manager):
        event = Event.objects.get(verb="staff.seen")
    assert event.subject_id == keyworker.person_id
    assert EventClient.objects.using("owner").filter(event=event, client_id=someone.pk).exists(), "the client's list says so too"


def test_a_client_out_of_reach_is_a_number(keyworker, manager, someone):
    """Shared with the keyworker by name: the manager does not reach them."""
    hidden = factories.client_of(factories.agency(keyworker.partnership), last_name="Hiddenholm")
    factories.access(hidden, membership=keyworker.membership, basis="break-glass", until=clock.now() + timedelta(hours=1))
    browser = factories.signed_in(keyworker)
    browser.get(reverse("client", args=[someone.pk]))
    for _ in range(2):
        assert browser.get(reverse("client", args=[hidden.pk])).status_code == 200
    for name in ("staff-seen", "staff-seen-paper"):
        html = main_of(factories.signed_in(manager).get(page_of(keyworker, name)))
        assert "Underwillow" in html
        assert "Hiddenholm" not in html
        assert hidden.reference not in html
        assert str(hidden.pk) not in html
        assert "clients whom you do not reach were shown to them 2 times" in html


def test_what_they_did_in_another_agency_is_not_theirs_to_read(keyworker, manager):
    elsewhere = factories.actor(agency=factories.agency(keyworker.partnership), person=keyworker.person)
    other = factories.client_of(elsewhere.agency, keyworker=elsewhere, last_name="Elsewhither")
    factories.access(other, agency=keyworker.agency, basis="consent")
    factories.signed_in(elsewhere).get(reverse("client", args=[other.pk]))
    html = main_of(factories.signed_in(manager).get(page_of(keyworker)))
    assert "Elsewhither" not in html
    assert "do not reach" not in html


def test_the_partnerships_manager_reads_numbers_and_no_name(keyworker, someone):
    above = factories.actor(role="partnership-manager", partnership=keyworker.partnership)
    factories.signed_in(keyworker).get(reverse("client", args=[someone.pk]))
    html = main_of(factories.signed_in(above).get(page_of(keyworker)))
    assert "Underwillow" not in html
    assert "once a client was shown to them whom you do not reach" in html


def test_what_is_unusual_is_marked(keyworker, manager):
    relative = factories.client_of(keyworker.agency, last_name="Larkrise")
    factories.signed_in(keyworker).get(reverse("client", args=[relative.pk]))
    html = main_of(factories.signed_in(manager).get(page_of(keyworker)))
    assert "Same surname" in html
    assert "Not their own clients" in html


def test_without_a_client(keyworker, manager, someone):
    browser = factories.signed_in(keyworker)
    browser.get(f"/clients/{keyworker.person_id}/")
    browser.get(browser.post(reverse("client-find"), {"words": "Nobodyhere"}).headers["Location"])
    html = main_of(factories.signed_in(manager).get(page_of(keyworker)))
    assert "Refused: 1" in html
    assert "Searched and found nobody: 1" in html


def test_was_this_name_searched_for(keyworker, manager, someone):
    browser = factories.signed_in(keyworker)
    browser.get(browser.post(reverse("client-find"), {"words": "Nobodyhere"}).headers["Location"])
    asking = factories.signed_in(manager)
    assert "was searched for once on these days" in main_of(asking.post(page_of(keyworker), {"words": " NOBODYHERE "}))
    assert "was not searched for" in main_of(asking.post(page_of(keyworker), {"words": "Somebodyelse"}))
    assert "needs an answer" in main_of(asking.post(page_of(keyworker), {"words": ""}))


def test_the_days(keyworker, manager, someone):
    factories.signed_in(keyworker).get(reverse("client", args=[someone.pk]))
    clock.move_on(10)
    browser, today = factories.signed_in(manager), clock.today()
    assert "Nobody whom you reach" in main_of(browser.get(page_of(keyworker)))
    days = f"?since={(today - timedelta(days=10)).isoformat()}&until={today.isoformat()}"
    assert "Underwillow" in main_of(browser.get(page_of(keyworker) + days))
    typed = {"since_day": "1", "since_month": "3", "since_year": "2026", "until_day": "1", "until_month": "2", "until_year": "2026"}
    names = [name for name in typed if f'name="{name}"' in browser.get(page_of(keyworker)).content.decode()]
    assert len(names) == 6, "as the boxes are called"
    html = main_of(browser.get(page_of(keyworker), typed))
    assert "lies before" in html
    assert 'value="2026"' in html
    assert "three months at most" in main_of(browser.get(page_of(keyworker), typed | {"since_year": "2025"}))
    assert browser.get(page_of(keyworker) + "?since=nonsense&before=nonsense").status_code == 200


def test_five_thousand_events_are_few_queries(keyworker, manager, report):
    clients = [factories.client_of(keyworker.agency, keyworker=keyworker, last_name=f"Quill{n}stone") for n in range(120)]
    now = clock.now()
    with context.acting(keyworker):
        events = [
            Event(at=now - timedelta(minutes=number), partnership=keyworker.partnership, person=keyworker.person,
                  membership=keyworker.membership, verb="viewed", page="client", method="GET", status=200, shown=1)
            for number in range(5000)
        ]  # fmt: skip
        Event.objects.bulk_create(events)
        rows = (
            EventClient(event=each, partnership=keyworker.partnership, client_id=clients[number % 120].pk)
            for number, each in enumerate(events)
        )
        EventClient.objects.bulk_create(rows)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum has long done where there is so much
    browser = factories.signed_in(manager)
    with at_most(12) as asked:
        html = main_of(browser.get(page_of(keyworker)))
    began = clock.real_now()
    browser.get(page_of(keyworker))
    took = (clock.real_now() - began).total_seconds() * 1000
    assert html.count("<tr") == 51
    second = main_of(browser.get(page_of(keyworker) + html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")))
    seen = {client.reference for client in clients if client.reference in html}
    assert len(seen) == 50
    assert not [reference for reference in seen if reference in second]
    with at_most(12):
        browser.get(page_of(keyworker, "staff-seen-paper"))
    report(f"what one person saw, 5,000 events of 120 clients: {len(asked)} queries, {took:.0f} ms")


def test_the_list_of_staff(keyworker, manager):
    left = factories.actor(agency=keyworker.agency, name="Anselm Goneaway", ends_on=clock.today() - timedelta(days=1))
    for number in range(60):
        factories.actor(agency=keyworker.agency, name=f"Colleague {number:02}")
    factories.actor(agency=factories.agency(keyworker.partnership), name="Aaron Elsewhere")
    browser = factories.signed_in(manager)
    with at_most(12):
        html = main_of(browser.get(reverse("staff")))
    assert left.person.name in html
    assert "Has left" in html
    assert "Aaron Elsewhere" not in html
    further = main_of(browser.get(reverse("staff") + html.split('rel="next" href="')[1].split('"')[0]))
    assert "Wren Larkrise" in further
    assert "Colleague 00" not in further
    assert browser.get(reverse("staff") + "?after=nonsense").status_code == 200


@pytest.mark.parametrize("name", ["staff-seen", "staff-seen-paper"])
def test_who_may(keyworker, manager, name):
    assert factories.signed_in(keyworker).get(page_of(keyworker, name)).status_code == 403
    assert factories.signed_in(manager).get(page_of(factories.actor(), name)).status_code == 404
    other = factories.actor(role="service-manager", agency=factories.agency(keyworker.partnership))
    assert factories.signed_in(other).get(page_of(keyworker, name)).status_code == 404
    assert factories.signed_in(manager).get(page_of(keyworker, name)).status_code == 200


@pytest.mark.parametrize("days", ["since=0001-01-01&until=9999-12-31", "until=9999-12-31", "since=9999-12-31", "since=x&until=y"])
def test_days_that_cannot_be_are_the_usual_ones(keyworker, manager, days):
    assert factories.signed_in(manager).get(f"{page_of(keyworker)}?{days}").status_code == 200
