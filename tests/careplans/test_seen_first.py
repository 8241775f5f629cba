"""Who should be seen first: the order, who is on the list, and what it costs."""

from datetime import timedelta

import pytest
from django.urls import reverse

from carehub import clock
from clients.models import Episode
from tests import factories
from tests.queries import at_most


def waits(by, **of_episode):
    """A client who waits; ``of_episode``: what was written down of them."""
    client = factories.client_of(by.agency, keyworker=by, state="triage", next_due=("plan", clock.today()))
    with factories.loading(by.partnership_id):
        Episode.objects.filter(client=client).update(**of_episode)
    return client


def order(page):
    return [row.episode.client_id for row in page.context["rows"]]


def test_how_soon_then_risk_then_need_then_waiting(signed_in, manager):
    day = clock.today()
    usual = waits(manager, urgency="usual", risk="high", score_sum=40)
    longest = waits(manager, urgency="week", risk="low", score_sum=20, referred_on=day - timedelta(days=30))
    later = waits(manager, urgency="week", risk="low", score_sum=20, referred_on=day - timedelta(days=3))
    needs_more = waits(manager, urgency="week", risk="low", score_sum=25, referred_on=day)
    risky = waits(manager, urgency="week", risk="high", score_sum=9)
    today = waits(manager, urgency="today", risk="none", score_sum=9)
    unknown = waits(manager, urgency="", risk="")
    page = signed_in(manager).get(reverse("seen-first"))
    assert order(page) == [each.pk for each in (today, risky, needs_more, longest, later, unknown, usual)]


def test_who_is_in_treatment_or_elsewhere_does_not_wait_here(signed_in, manager, stranger):
    factories.client_of(manager.agency, keyworker=manager, state="treatment", next_due=("review", clock.today()))
    waits(stranger, urgency="today")
    page = signed_in(manager).get(reverse("seen-first"))
    assert order(page) == []
    assert "Nobody is waiting" in page.content.decode()


def test_a_keyworker_does_not_share_out(signed_in, keyworker):
    assert signed_in(keyworker).get(reverse("seen-first")).status_code == 403


@pytest.mark.parametrize("asked", ["0", "-1", "x", "9" * 30, "", "²"])
def test_odd_pages_are_the_first_or_the_last(signed_in, manager, asked):
    assert signed_in(manager).get(reverse("seen-first"), {"page": asked}).status_code == 200


def test_thirty_cost_what_three_cost(signed_in, manager):
    for number in range(30):
        waits(manager, urgency="week", score_sum=number + 9)
    browser = signed_in(manager)
    with at_most(8):
        page = browser.get(reverse("seen-first"))
    assert len(order(page)) == 25
    assert page.context["next_page"] == 2
    assert len(order(browser.get(reverse("seen-first"), {"page": 2}))) == 5
