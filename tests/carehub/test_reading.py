"""A script that reads record after record is stopped; a person at a busy desk types their password once and goes on."""

from datetime import timedelta

import pytest
from django.urls import reverse

from carehub import clock, context
from carehub.models import Draft, Event, EventClient, Notice, OutgoingMail
from tests import factories
from tests.carehub.signing_in import PASSWORD, sign_in
from tests.queries import at_most

pytestmark = pytest.mark.usefixtures("committed")
LIMIT = 30


@pytest.fixture
def keyworker():
    return factories.actor(password=PASSWORD)


@pytest.fixture
def manager(keyworker):
    return factories.actor(role="service-manager", agency=keyworker.agency)


@pytest.fixture
def many(keyworker):
    return [factories.client_of(keyworker.agency, keyworker=keyworker, last_name=f"Quillfeather{number}") for number in range(LIMIT + 15)]


def page_of(client) -> str:
    return reverse("client", args=[client.pk])


def read(browser, clients) -> list[int]:
    return [browser.get(page_of(client)).status_code for client in clients]


def go_on(browser, to: str, typed: str = PASSWORD):
    return browser.post(reverse("reading-go-on"), {"typed": typed, "next": to})


def logged(**about):
    return Event.objects.using("owner").filter(**about)


def test_a_script_that_opens_one_record_after_another(keyworker, manager, how_many, report):
    """By one person through two sign-ins at once, over a list of their clients: thirty, and not one more."""
    asked = how_many(60, 200)
    clients = [factories.client_of(keyworker.agency, last_name=f"Quillfeather{number}stone") for number in range(asked)]
    browsers = [sign_in(keyworker.person), sign_in(keyworker.person)]
    answers = [browsers[number % 2].get(page_of(client)) for number, client in enumerate(clients)]
    assert [each.status_code for each in answers] == [200] * LIMIT + [429] * (asked - LIMIT)
    for answer, client in zip(answers[LIMIT:], clients[LIMIT:], strict=True):
        assert client.last_name not in answer.content.decode()
        assert client.reference not in answer.content.decode()
    assert logged(verb="reading.stopped", status=429, person=keyworker.person).count() == asked - LIMIT
    with context.acting(manager):
        (notice,) = Notice.objects.visible_to(manager)
    assert (notice.kind, notice.subject_id, notice.client_id) == ("reading.stopped", keyworker.membership.pk, None)
    (mail,) = OutgoingMail.objects.using("owner").all()
    assert mail.person == manager.person
    assert keyworker.person.name not in mail.body
    told = f"{LIMIT} records read, {asked - LIMIT} times asked for the password, 1 notice and 1 mail to the manager"
    report(f"a script of {asked} requests in two sign-ins: {told}")


def test_a_busy_desk_types_the_password_once(keyworker, manager, many):
    browser = sign_in(keyworker.person)
    assert read(browser, many[:LIMIT]) == [200] * LIMIT
    asked = browser.get(page_of(many[LIMIT]))
    html = asked.content.decode()
    assert asked.status_code == 429
    assert "More than 30 records were opened as you within 10 minutes" in html
    assert f'value="{page_of(many[LIMIT])}"' in html
    assert "csrfmiddlewaretoken" in html
    answer = go_on(browser, page_of(many[LIMIT]))
    assert answer.headers["Location"] == page_of(many[LIMIT])
    assert read(browser, many[LIMIT:]) == [200] * 15
    assert logged(verb="reading.went-on").count() == 1


def test_what_is_open_already_stays_open_and_lists_do_not_count(keyworker, many):
    browser = sign_in(keyworker.person)
    for _turn in range(3):
        assert browser.get(reverse("caseload")).status_code == 200
    assert read(browser, many[: LIMIT + 1])[-1] == 429
    assert read(browser, many[:LIMIT]) == [200] * LIMIT
    assert browser.get(reverse("caseload")).status_code == 200
    assert browser.get(reverse("client-sharing", args=[many[3].pk])).status_code == 200


def test_after_a_while_it_is_forgotten(keyworker, many):
    browser = sign_in(keyworker.person)
    assert read(browser, many[: LIMIT + 1])[-1] == 429
    clock.move_on(1)
    assert read(browser, many[LIMIT:]) == [200] * 15


def test_a_wrong_password_and_another_sign_in_help_nobody(keyworker, many):
    browser = sign_in(keyworker.person)
    read(browser, many[:LIMIT])
    html = go_on(browser, page_of(many[LIMIT]), typed="not my password at all").content.decode()
    assert "That is neither your password nor the code of your app" in html
    assert f'value="{page_of(many[LIMIT])}"' in html
    assert read(browser, many[LIMIT:])[0] == 429
    assert read(sign_in(keyworker.person), many[LIMIT:])[0] == 429
    assert logged(verb="reading.not-proven").count() == 1
    assert go_on(browser, "https://elsewhere.example/").headers["Location"] == "/"


def test_what_somebody_typed_into_a_form_is_kept(keyworker, many):
    browser = sign_in(keyworker.person)
    opened = browser.get(reverse("consent-record", args=[many[-1].pk])).content.decode()
    ticket = opened.split('name="draft_ticket" value="')[1].split('"')[0]
    clock.move_on(1)
    read(browser, many[:LIMIT])
    answer = browser.post(
        reverse("consent-record", args=[many[-1].pk]), {"draft_ticket": ticket, "purpose": "Not to be asked twice", "kind": "sharing"}
    )
    assert answer.status_code == 429
    with context.acting(keyworker):
        assert Draft.objects.get().fields["purpose"] == ["Not to be asked twice"]


def test_a_partnership_decides_how_many(keyworker, many):
    keyworker.partnership.local_settings = {"opened_records": 5, "opened_within_minutes": 2}
    keyworker.partnership.save()
    assert read(sign_in(keyworker.person), many[:7]) == [200] * 5 + [429] * 2


def test_a_managers_own_reading_is_told_to_the_partnerships(manager, many):
    above = factories.actor(role="partnership-manager", partnership=manager.partnership)
    read(factories.signed_in(manager), many[: LIMIT + 1])
    with context.acting(above):
        assert [each.kind for each in Notice.objects.visible_to(above)] == ["reading.stopped"]
    html = factories.signed_in(above).get(reverse("notices")).content.decode()
    assert "about somebody who works here" in html


def test_it_costs_no_query_more(keyworker, many):
    """Also of somebody with five thousand events behind them."""
    with context.acting(keyworker):
        events = [
            Event(at=clock.now() - timedelta(minutes=11, seconds=number), partnership=keyworker.partnership, person=keyworker.person,
                  membership=keyworker.membership, verb="viewed", page="client", method="GET", status=200, shown=1)
            for number in range(5000)
        ]  # fmt: skip
        Event.objects.bulk_create(events)
        rows = (EventClient(event=each, partnership=keyworker.partnership, client_id=many[0].pk) for each in events)
        EventClient.objects.bulk_create(rows)
    browser = factories.signed_in(keyworker)
    with at_most(12):
        browser.get(page_of(many[1]))
