"""The page on what has changed since the start of treatment."""

from datetime import timedelta

import pytest
from django.urls import reverse

from carehub import clock, context
from clients.models import ChangeRule, Episode
from clients.outcomes.page import outcomes_of
from tests import factories
from tests.clients.outcomes import profile_of
from tests.queries import at_most


def ago(days: int):
    return clock.today() - timedelta(days=days)


@pytest.fixture
def browser(signed_in, keyworker):
    return signed_in(keyworker)


@pytest.fixture
def client_in_treatment(keyworker):
    return factories.client_of(keyworker.agency, keyworker=keyworker, episode={"referred_on": ago(200), "triaged_on": ago(195)})


def text(browser, client) -> str:
    page = browser.get(reverse("client-outcomes", args=[client.pk]))
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


@pytest.fixture
def two(keyworker, client_in_treatment):
    profile_of(client_in_treatment, ago(95), "start", by=keyworker, opiates=[7, 7, 7, 7], alcohol=[2, 2, 2, 2], quality=5)
    profile_of(client_in_treatment, ago(4), "review", by=keyworker, alcohol={"none": "declined"}, quality=12)
    return client_in_treatment


def rule(by, item: str, least: int) -> None:
    with factories.loading(by.partnership_id):
        ChangeRule.objects.create(
            partnership=by.partnership,
            item=item,
            least_difference=least,
            source="Board, 3 May",
            entered_at=clock.now(),
            entered_by=by.person,
        )


def test_without_a_profile_it_says_what_would_be_here(browser, client_in_treatment):
    assert "No outcome profile yet" in text(browser, client_in_treatment)


def test_the_clients_page_leads_to_one_that_may_be_asked_and_to_none_before(browser, keyworker, client_in_treatment):
    page, link = (
        reverse("client", args=[client_in_treatment.pk]),
        reverse("assessment-start", args=[client_in_treatment.pk, "outcome-profile"]),
    )
    assert link in browser.get(page).content.decode()
    profile_of(client_in_treatment, ago(0), "start", by=keyworker)
    assert link not in browser.get(page).content.decode()


def test_one_profile_is_no_change(browser, keyworker, client_in_treatment):
    profile_of(client_in_treatment, ago(10), "start", by=keyworker)
    assert "There is one profile" in text(browser, client_in_treatment)


def test_change_in_words_and_in_the_table(browser, two):
    page = text(browser, two)
    assert "Opiates, not prescribed: abstinent. 28 of 28 days at the start, none now." in page
    assert "Quality of life: 5 of 20 at the start, 12 of 20 now. 7 higher." in page
    assert "Cannot be told, since an answer is lacking: Alcohol" in page
    assert "Asked and declined" in page


def test_the_chart_has_a_gap_and_no_0_where_nothing_was_answered(browser, keyworker, two):
    with context.acting(keyworker):
        use = next(each for each in outcomes_of(two.pk, keyworker, None).charts if each.name == "outcome-use")
    alcohol = use.columns.index("Alcohol")
    assert [row[alcohol] for row in use.rows] == ["8", "–"]
    assert [row[use.columns.index("Opiates, not prescribed")] for row in use.rows] == ["28", "0"]


def test_without_a_rule_the_page_says_so_and_calls_nothing_better(browser, two):
    page = text(browser, two)
    assert "No rule entered" in page
    assert "Improved" not in page


def test_with_a_rule_it_says_improved_and_who_says_so(browser, keyworker, two):
    rule(keyworker, "outcome-quality", 7)
    page = text(browser, two)
    assert "Improved" in page
    assert "From a difference of 7. Board, 3 May" in page


def test_a_draft_and_what_was_corrected_do_not_count(browser, keyworker, two):
    profile_of(two, ago(1), "review", by=keyworker, state="draft", quality=20)
    assert "20 of 20" not in text(browser, two)


def test_no_start_and_the_first_one_stands_in_its_place(browser, keyworker, client_in_treatment):
    profile_of(client_in_treatment, ago(95), "review", by=keyworker)
    profile_of(client_in_treatment, ago(4), "review", by=keyworker)
    assert "No profile from the start of treatment" in text(browser, client_in_treatment)


def test_it_says_when_the_next_is_due(browser, keyworker, two):
    with context.acting(keyworker):
        episode = Episode.objects.get(client=two)
        due = outcomes_of(two.pk, keyworker, episode).due
    assert episode.triaged_on is not None
    assert (due.started_on, due.last_on, due.due_on) == (ago(95), ago(4), ago(4) + timedelta(weeks=13))
    assert "Next profile due" in text(browser, two)


def test_nobody_elsewhere_sees_it(signed_in, two):
    stranger = signed_in(factories.actor(role="keyworker", agency=factories.agency()))
    assert stranger.get(reverse("client-outcomes", args=[two.pk])).status_code == 404


def test_its_queries_do_not_grow_with_the_profiles(browser, keyworker, two):
    for days in (60, 40, 20):
        profile_of(two, ago(days), "review", by=keyworker)
    with at_most(30):
        text(browser, two)
