"""Who should be seen first: the order, who is on the list, and what it costs."""

from datetime import timedelta

import pytest
from django.urls import reverse

from carehub import clock
from clients.models import Episode
from clients.seen_first import Waiting
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


def test_known_danger_then_how_soon_then_what_nobody_asked_then_need_and_waiting(signed_in, manager):
    day = clock.today()
    usual = waits(manager, urgency="usual", risk="low", score_sum=40, risk_asked_on=day)
    unasked = waits(manager, urgency="usual", risk="", score_sum=9)
    danger = waits(manager, urgency="usual", risk="high", score_sum=30)
    reported = waits(manager, urgency="", risk="", risk_begun=[{"words": "Suicide risk: thoughts now"}])
    longest = waits(manager, urgency="week", risk="low", score_sum=20, referred_on=day - timedelta(days=30))
    later = waits(manager, urgency="week", risk="low", score_sum=20, referred_on=day - timedelta(days=3))
    needs_more = waits(manager, urgency="week", risk="low", score_sum=25, referred_on=day)
    risky = waits(manager, urgency="week", risk="high", score_sum=9)
    today = waits(manager, urgency="today", risk="none", score_sum=9)
    unknown = waits(manager, urgency="", risk="")
    page = signed_in(manager).get(reverse("seen-first"))
    expected = (reported, today, danger, risky, needs_more, longest, later, unasked, unknown, usual)
    assert order(page) == [each.pk for each in expected]
    assert "Risk reported, assessment not completed" in page.content.decode()


#: Days since the referral, how soon it was said to be → the look of that, and what is said of the wait.
WAITS = [
    (21, "usual", "on-time", None),
    (22, "usual", "due", "Longer than three weeks"),
    (41, "usual", "due", "Longer than three weeks"),
    (42, "usual", "due", "Six weeks or more: wait to be reviewed"),
    (7, "week", "due", None),
    (8, "week", "due", "Longer than said"),
    (22, "week", "due", "Longer than three weeks"),
    (0, "today", "overdue", None),
    (1, "today", "overdue", "Longer than said"),
    (21, "", "risk-unknown", None),
    (42, "", "risk-unknown", "Six weeks or more: wait to be reviewed"),
]


@pytest.mark.parametrize(("days", "urgency", "look", "words"), WAITS)
def test_the_tick_stands_only_within_the_target_and_a_long_wait_is_said(days, urgency, look, words):
    today = clock.today()
    row = Waiting(Episode(referred_on=today - timedelta(days=days), urgency=urgency), today)
    assert row.urgency_look == look
    assert (str(row.wait_look[1]) if row.wait_look else None) == words


def test_the_page_says_that_a_wait_is_to_be_reviewed(signed_in, manager):
    waits(manager, urgency="usual", referred_on=clock.today() - timedelta(days=42))
    assert "wait to be reviewed" in signed_in(manager).get(reverse("seen-first")).content.decode()


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
