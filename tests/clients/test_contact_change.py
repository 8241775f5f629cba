"""How a client may be reached changes: by whoever treats them, on record, and over nobody's newer answer."""

from datetime import timedelta

import pytest
from django.urls import reverse

from carehub import clock, context
from carehub.models import Draft, Event
from clients.models import Client, SafeContact
from tests import factories
from tests.queries import at_most


@pytest.fixture
def rowan(keyworker):
    client = factories.client_of(keyworker.agency, keyworker=keyworker, telephone="07700 900111", address="1 Sandpiper Row")
    with factories.loading(client.partnership_id):
        SafeContact.objects.filter(client=client).update(asked_on=clock.today() - timedelta(days=90))
    return client


def address(client) -> str:
    return reverse("contact-change", args=[client.pk])


def typed(client, actor, **other) -> dict:
    """The form as the page opens it, with some answers changed."""
    with context.acting(actor):
        client, safe = Client.objects.get(pk=client.pk), SafeContact.objects.get(client=client)
    values = {name: "yes" if getattr(safe, name) else "no" for name in SafeContact.CHANNELS}
    values |= {name: getattr(safe, name) for name in ("what_to_say", "who_must_not_know")}
    values |= {name: getattr(client, name) for name in SafeContact.OF_THE_CLIENT}
    return values | {"opened_at": safe.row_version, "why": ""} | other


def stands(client, actor) -> tuple[Client, SafeContact]:
    with context.acting(actor):
        return Client.objects.get(pk=client.pk), SafeContact.objects.get(client=client)


@pytest.mark.parametrize("role", ["keyworker", "reception", "service-manager", "prescriber"])
def test_changed_and_asked_today(signed_in, agency, keyworker, rowan, role):
    actor = factories.actor(role=role, agency=agency)
    browser = signed_in(actor)
    page = browser.get(address(rowan))
    assert page.context["form"].initial["telephone"] == "07700 900111"
    said = typed(rowan, actor, telephone="07700 900222", by_voicemail="no", why="New number")
    answer = browser.post(address(rowan), said)
    assert answer["Location"] == reverse("client-contact", args=[rowan.pk])
    client, safe = stands(rowan, keyworker)
    assert (client.telephone, safe.by_voicemail, safe.by_text, safe.asked_on) == ("07700 900222", False, True, clock.today())
    with context.acting(keyworker):
        event = Event.objects.get(verb="contact.changed", clients__client_id=rowan.pk)
        assert not Draft.objects.filter(kind="contact").exists()
    assert event.reason == "by_voicemail, telephone: New number"
    assert "900222" not in event.reason, "the log does not repeat where they can be reached"


NO_WAY = "No way to reach them: ask again when you see them"


def test_that_nothing_leads_to_them_is_said_and_refused_is_nothing(signed_in, keyworker, rowan):
    browser = signed_in(keyworker)
    no = dict.fromkeys(SafeContact.CHANNELS, "no")
    for other, none in (
        (no | {"by_visit": "yes", "address": ""}, True),
        (no | {"by_visit": "yes", "address": "1 Sandpiper Row"}, False),
        (no | {"by_text": "yes", "telephone": " "}, True),
        (no | {"by_text": "yes", "telephone": "07700 900111"}, False),
        (no, True),
    ):
        answer = browser.post(address(rowan), typed(rowan, keyworker, why="Asked again", **other))
        assert answer.status_code == 302
        page = browser.get(answer["Location"]).content.decode()
        # The message, and the state in the box.
        assert page.count(NO_WAY) == (2 if none else 0), other
        assert (NO_WAY in browser.get(reverse("client", args=[rowan.pk])).content.decode()) == none


def test_nothing_changed_is_asked_today_all_the_same(signed_in, keyworker, rowan):
    signed_in(keyworker).post(address(rowan), typed(rowan, keyworker))
    assert stands(rowan, keyworker)[1].asked_on == clock.today()
    with context.acting(keyworker):
        assert Event.objects.filter(verb="contact.asked", clients__client_id=rowan.pk).count() == 1


def test_a_way_that_is_taken_back_asks_why(signed_in, keyworker, rowan):
    page = signed_in(keyworker).post(address(rowan), typed(rowan, keyworker, by_text="no", telephone="07700 900222"))
    assert page.status_code == 200
    assert page.context["form"].errors == {"why": ["Say what has changed: a way to reach them is taken back"]}
    assert "07700 900222" in page.content.decode(), "what was typed stands there"
    assert stands(rowan, keyworker)[0].telephone == "07700 900111"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"by_post": ""}, "by_post"),
        ({"by_post": "perhaps"}, "by_post"),
        ({"telephone": "9" * 41}, "telephone"),
        ({"why": "x" * 201}, "why"),
    ],
)
def test_what_is_wrong_stands_at_its_field(signed_in, keyworker, rowan, wrong, field):
    page = signed_in(keyworker).post(address(rowan), typed(rowan, keyworker, **wrong))
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]


@pytest.mark.parametrize("opened_at", ["", "x", "-1", "9" * 30])
def test_a_form_without_its_version_goes_over_nothing(signed_in, keyworker, rowan, opened_at):
    page = signed_in(keyworker).post(address(rowan), typed(rowan, keyworker, telephone="07700 900222", opened_at=opened_at))
    assert page.status_code == 200
    assert stands(rowan, keyworker)[0].telephone == "07700 900111"


def test_a_colleague_was_first(signed_in, manager, keyworker, rowan):
    """Both opened it; the second sees both, and saves knowing."""
    mine = typed(rowan, keyworker, telephone="07700 900333", who_must_not_know="Her brother")
    theirs = typed(rowan, manager, telephone="07700 900222", by_visit="yes")
    assert signed_in(manager).post(address(rowan), theirs).status_code == 302
    browser = signed_in(keyworker)
    page = browser.post(address(rowan), mine)
    form = page.context["form"]
    assert "it says ‘07700 900222’ now" in form.errors["telephone"][0]
    assert "it says ‘Yes’ now" in form.errors["by_visit"][0]
    assert form["who_must_not_know"].value() == "Her brother"
    assert stands(rowan, keyworker)[0].telephone == "07700 900222"
    again = mine | {"opened_at": form.data["opened_at"], "by_visit": "yes"}
    assert browser.post(address(rowan), again).status_code == 302
    assert stands(rowan, keyworker)[0].telephone == "07700 900333"


def test_who_does_not_treat_them_changes_nothing(signed_in, stranger, keyworker, rowan):
    assert signed_in(stranger).get(address(rowan)).status_code == 404
    factories.access(rowan, agency=stranger.agency, basis="consent")
    browser = signed_in(stranger)
    page = browser.post(address(rowan), typed(rowan, keyworker, telephone="07700 900222"))
    assert page.status_code == 403
    assert "Only an agency that treats the client does this." in page.content.decode()
    contact = browser.get(reverse("client-contact", args=[rowan.pk])).content.decode()
    assert address(rowan) not in contact
    assert address(rowan) in signed_in(keyworker).get(reverse("client-contact", args=[rowan.pk])).content.decode()
    assert address(rowan) in signed_in(keyworker).get(reverse("client", args=[rowan.pk])).content.decode()


def test_budget(signed_in, keyworker, rowan):
    browser = signed_in(keyworker)
    browser.get(address(rowan))
    with at_most(12):
        browser.get(address(rowan))
    said = typed(rowan, keyworker, telephone="07700 900222")
    with at_most(15):
        browser.post(address(rowan), said)
