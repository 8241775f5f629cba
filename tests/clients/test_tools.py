"""A tool on its pages: what it adds up to after saving, at the check, and for ever after."""

import pytest
from django.urls import reverse

from carehub import context
from carehub.definitions.catalogue import catalogue
from carehub.models import Task
from clients.actions import assessing
from clients.models import Assessment, Episode
from tests import factories
from tests.clients.answering import as_post, everything


@pytest.fixture
def assessed(keyworker):
    """A client who has been seen already: a tool takes nobody out of the referral."""
    return factories.client_of(keyworker.agency, keyworker=keyworker)


@pytest.fixture
def browser(signed_in, keyworker):
    return signed_in(keyworker)


@pytest.fixture
def tool(keyworker, assessed) -> Assessment:
    with context.acting(keyworker):
        episode = Episode.objects.get(client=assessed)
        return assessing.start_assessment(by=keyworker, client_id=assessed.pk, episode=episode, form="phq-9")


PHQ = catalogue().form("phq-9")
#: Nine times 1, and what the tenth question wants to know.
SEVERAL_DAYS = everything(PHQ, **{name.replace("-", "_"): "several-days" for name in PHQ.score("total").questions})


def fill(browser, assessment, answers):
    address = reverse("assessment-edit", args=[assessment.client_id, assessment.pk, "two-weeks"])
    page = browser.get(address)
    sent = as_post(PHQ, "two-weeks", answers) | {"opened": page.context["marks"], "draft_ticket": page.context["draft_ticket"]}
    return browser.post(address, sent, follow=True)


def test_an_empty_tool_says_how_many_are_to_be_asked(browser, tool):
    page = browser.get(reverse("assessment-edit", args=[tool.client_id, tool.pk, "two-weeks"]))
    assert "9 questions are still to be answered." in page.content.decode()


def test_a_tool_that_asks_nothing_about_risk_does_not_say_that_there_is_none(browser, tool):
    assert "No risk found" not in fill(browser, tool, everything(PHQ)).content.decode()


def test_the_score_stands_on_the_page_once_it_is_saved(browser, tool):
    page = fill(browser, tool, SEVERAL_DAYS).content.decode()
    assert "PHQ-9 score: 9 of 27" in page
    assert "Mild" in page
    assert "From 5 to 9. Source: PHQ-9" in page
    assert "Ask about suicide now" in page


def test_one_declined_and_the_page_says_which(browser, tool):
    page = fill(browser, tool, SEVERAL_DAYS | {"phq-sleep": {"none": "declined"}}).content.decode()
    assert "No score" in page
    assert "Without an answer: Sleep" in " ".join(page.split())
    assert "of 27" not in page


def test_completed_it_keeps_its_score_and_asks_for_today(browser, keyworker, tool):
    fill(browser, tool, SEVERAL_DAYS)
    check = reverse("assessment-edit", args=[tool.client_id, tool.pk, "check"])
    page = browser.get(check)
    browser.post(check, {"row_version": page.context["assessment"].row_version})
    shown = browser.get(reverse("assessment-show", args=[tool.client_id, tool.pk])).content.decode()
    assert "PHQ-9 score: 9 of 27" in shown
    assert "In the public domain" in shown
    with context.acting(keyworker):
        task = Task.objects.get(kind="trigger.suicide-now")
        assert Assessment.objects.get(pk=tool.pk).state == Assessment.State.COMPLETE
    assert (task.countersigned, task.client_id) == (True, tool.client_id)
