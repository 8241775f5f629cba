"""The comprehensive assessment that a triage asks for is due until it is done or declined; whoever holds a begun one sees it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from carehub import clock, context
from carehub.actors import NotAllowed
from carehub.definitions.catalogue import catalogue
from carehub.models import Event
from carehub.rules import Refused
from clients.actions.assessing import decline_comprehensive, hand_on, start_correction
from clients.models import Episode
from tests import factories
from tests.clients.answering import everything
from tests.clients.test_assessing import begin, complete, save, triaged

pytestmark = pytest.mark.django_db
WITHIN = timedelta(days=28)


def episode(by, client) -> Episode:
    with context.acting(by):
        return Episode.objects.get(client=client)


def due(by, client):
    return episode(by, client).comprehensive_due_on


def declines(by, client, why="They do not want more questions"):
    with context.acting(by):
        decline_comprehensive(by=by, client_id=client.pk, episode=Episode.objects.get(client=client), why=why)


def comprehensive(by, client):
    answers = everything(catalogue().form("comprehensive"))
    return complete(by, save(by, begin(by, client, form="comprehensive"), answers))


def shown(browser) -> list[tuple]:
    found = browser.get(reverse("caseload")).context["assessments"]
    return [(each.client.pk, each.title, each.begun_on is not None, each.due is not None, each.held_by) for each in found]


@pytest.mark.parametrize(("needed", "expected"), [("yes", WITHIN), ("not-now", None)])
def test_the_triage_makes_it_due(keyworker, referred, needed, expected):
    triaged(keyworker, referred, comprehensive=needed)
    assert due(keyworker, referred) == (expected and clock.today() + expected)


def test_done_it_is_due_no_more_and_a_later_update_of_a_part_does_not_bring_it_back(keyworker, referred):
    triaged(keyworker, referred, comprehensive="yes")
    comprehensive(keyworker, referred)
    assert due(keyworker, referred) is None
    update = begin(keyworker, referred, only=["safety"])
    complete(keyworker, save(keyworker, update, {name: each for name, each in everything().items() if name not in update.answers}))
    assert due(keyworker, referred) is None


def test_declined_it_stays_so_until_the_next_triage_asks_again(keyworker, referred):
    triage = triaged(keyworker, referred, comprehensive="yes")
    with pytest.raises(Refused, match="Say why"):
        declines(keyworker, referred, why=" ")
    declines(keyworker, referred)
    with context.acting(keyworker):
        assert Event.objects.filter(verb="comprehensive.declined", reason="They do not want more questions").exists()
        draft = start_correction(by=keyworker, client_id=referred.pk, assessment=triage, why="The postcode was wrong")
    complete(keyworker, draft)
    now = episode(keyworker, referred)
    assert (now.comprehensive_due_on, now.comprehensive_declined_why) == (None, "They do not want more questions")
    with pytest.raises(Refused, match="No comprehensive assessment is waited for"):
        declines(keyworker, referred)
    triaged(keyworker, referred, comprehensive="yes")
    now = episode(keyworker, referred)
    assert (now.comprehensive_due_on, now.comprehensive_declined_why) == (clock.today() + WITHIN, "")


def test_who_may_not_decline_it(keyworker, stranger, referred):
    triaged(keyworker, referred, comprehensive="yes")
    factories.access(referred, agency=stranger.agency, basis="consent")
    with pytest.raises(NotAllowed):
        declines(stranger, referred)


def test_it_stands_on_the_keyworkers_list_and_the_clients_page_until_it_is_declined(keyworker, referred, signed_in):
    triaged(keyworker, referred, comprehensive="yes")
    title = catalogue().form("comprehensive").title
    browser = signed_in(keyworker)
    assert shown(browser) == []  # four weeks are left: it stands on the client's page only
    with factories.loading(referred.partnership_id):
        Episode.objects.filter(client=referred).update(comprehensive_due_on=clock.today() + timedelta(days=7))
    assert shown(browser) == [(referred.pk, title, False, True, "")]
    page = reverse("client", args=[referred.pk])
    address = reverse("comprehensive-decline", args=[referred.pk])
    assert address in browser.get(page).content.decode()
    begin(keyworker, referred, form="comprehensive")
    assert shown(browser) == [(referred.pk, title, True, True, "")]
    form = browser.get(address)
    assert browser.post(address, {"why": "Well on the initial plan", "draft_ticket": form.context["draft_ticket"]}).status_code == 302
    assert "Well on the initial plan" in browser.get(page).content.decode()
    assert shown(browser) == [(referred.pk, title, True, False, "")]


def test_what_was_handed_on_stands_on_the_list_of_whoever_holds_it(keyworker, agency, referred, signed_in):
    triaged(keyworker, referred, comprehensive="yes")
    draft = begin(keyworker, referred, form="comprehensive")
    colleague = factories.actor(role="keyworker", agency=agency)
    assert shown(signed_in(colleague)) == []
    with context.acting(keyworker):
        hand_on(by=keyworker, client_id=referred.pk, assessment=draft, to=colleague.person)
    title = catalogue().form("comprehensive").title
    assert shown(signed_in(colleague)) == [(referred.pk, title, True, True, "")]
    assert shown(signed_in(keyworker)) == [(referred.pk, title, True, True, colleague.person.name)]


def test_a_begun_triage_of_ones_own_stands_in_one_place(keyworker, referred, signed_in):
    begin(keyworker, referred)
    browser = signed_in(keyworker)
    assert shown(browser) == []
    assert browser.get(reverse("caseload")).context["rows"][0].begun_on == clock.today()
