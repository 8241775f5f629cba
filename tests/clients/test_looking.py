"""Who has looked at a client: every line of the log about them, in words, for staff and on paper for the client."""

from datetime import timedelta

import pytest
from django.urls import reverse

from carehub import clock, context, events
from carehub.models import Event, EventClient
from clients.looked.at_client import deed, visits
from clients.views.looking import PAGE, place
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
        assert visits(deputy, someone.pk)[0].newest.role == f"Keyworker, standing in for {keyworker.person.name}"


def looked_at(someone, by, at, page: str = "client", verb: str = "viewed") -> None:
    event = Event.objects.create(
        at=at, partnership=by.partnership, person=by.person, membership=by.membership, verb=verb, page=page
    )  # fmt: skip
    EventClient.objects.create(event=event, partnership=by.partnership, client_id=someone.pk)


def test_one_line_a_person_and_day_with_how_often_and_each_time(signed_in, keyworker, someone):
    colleague = factories.actor(agency=keyworker.agency)
    noon = clock.begins(clock.today() - timedelta(days=3)) + timedelta(hours=12)
    with context.acting(keyworker):
        for minutes, page in ((0, "client"), (5, "client"), (90, "plan-show")):
            looked_at(someone, keyworker, noon + timedelta(minutes=minutes), page)
        looked_at(someone, colleague, noon + timedelta(minutes=20))
        looked_at(someone, keyworker, noon - timedelta(days=1))
        # After midnight in London it is the next day.
        looked_at(someone, keyworker, noon + timedelta(hours=12, minutes=10))
        found = visits(keyworker, someone.pk)
    assert [(each.newest.who, len(each.looks)) for each in found] == [
        (keyworker.person.name, 1),
        (keyworker.person.name, 3),
        (colleague.person.name, 1),
        (keyworker.person.name, 1),
    ]
    assert found[1].deeds == [("Read the care plan", 1), ("Read the record", 2)]
    for page in ("client-looked", "client-looked-paper"):
        said = " ".join(signed_in(keyworker).get(page_of(someone, page)).content.decode().split())
        assert "12:00 to 13:30" in said
        assert "Read the record (2 times)" in said


def test_so_many_a_page_and_none_twice(signed_in, keyworker, someone):
    now = clock.now()
    with context.acting(keyworker):
        for number in range(2 * PAGE + 5):
            looked_at(someone, keyworker, now - timedelta(days=number + 1))
            looked_at(someone, keyworker, now - timedelta(days=number + 1, seconds=number))
    browser, seen, address = signed_in(keyworker), [], page_of(someone)
    while address:
        page = browser.get(address)
        seen += [each.day for each in page.context["visits"]]
        address = page_of(someone) + page.context["further"] if page.context["further"] else ""
    assert len(set(seen)) == len(seen) >= 2 * PAGE + 5
    assert browser.get(page_of(someone) + "?after=nonsense").status_code == 200
    assert place("2026-03-03_2026-03-03T10:00:00") is None


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
