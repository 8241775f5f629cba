"""An assessment on the way: what is read before something is decided, and going on with one that was left."""

import re

import pytest
from django.urls import reverse

from carehub import context
from clients.models import Assessment
from tests import factories
from tests.clients.answering import as_post, everything, triage
from tests.clients.test_assessing import begin
from tests.clients.test_assessment_pages import address, answered, fill, now


@pytest.fixture
def browser(signed_in, keyworker):
    return signed_in(keyworker)


@pytest.fixture
def draft(keyworker, referred) -> Assessment:
    return begin(keyworker, referred)


# --- Read before it is decided ------------------------------------------------------------------------------------------------


def test_what_the_answers_say_stands_above_the_question_that_it_decides(browser, keyworker, draft):
    answered(keyworker, draft, everything(suicide="now", pregnant="yes", previous="left-early", harm_from_others="now-home"))
    page = browser.get(address(draft, "next")).content.decode()
    order = [
        page.index(words)
        for words in (
            "To be done today",
            "Suicide risk: thoughts now",
            "Priority: to be seen sooner",
            "2 things from what others have said or done: not for the client",
            "Domestic violence now",
            'data-question="how-soon"',
            "For a comprehensive assessment",
            "Treatment before: Yes, and I stopped going",
            "1 thing from what others have said or done: not for the client",
            'data-question="comprehensive"',
        )
    ]
    assert order == sorted(order)
    assert page.count("Domestic violence now") == 1
    unfolded = re.sub(r"<details.*?</details>", "", page.split('data-question="how-soon"')[0].split("<main")[1], flags=re.S)
    assert "Domestic violence now" not in unfolded


def test_a_form_that_decides_nothing_says_it_below(browser, keyworker, referred, draft):
    tool = begin(keyworker, referred, form="phq-9")
    page = browser.get(address(tool, "two-weeks")).content.decode()
    assert page.index('data-question="phq-interest"') < page.index("What the answers say")


# --- Left, and gone on with --------------------------------------------------------------------------------------------------


def types_and_leaves(browser, draft, section, answers) -> None:
    """Typed, kept by the page as it is typed, never saved."""
    page = browser.get(address(draft, section))
    kept = as_post(triage(), section, answers) | {"draft_ticket": page.context["draft_ticket"], "draft_sequence": "1"}
    assert browser.post("/drafts/", kept).status_code < 300


def counts(page) -> dict:
    return {item["name"]: (item["answered"], item["of"]) for item in page.context["items"] if "of" in item}


@pytest.mark.parametrize(
    ("saved", "leads_to"), [([], "reason"), (["reason"], "drugs"), (["reason", "injecting"], "drugs"), (None, "check")]
)
def test_it_goes_on_at_the_first_section_that_is_not_finished(browser, draft, saved, leads_to):
    if saved != []:
        fill(browser, draft, everything(), *(saved or []))
    else:
        types_and_leaves(browser, draft, "drugs", everything())
    assert browser.get(address(draft))["Location"] == address(draft, leads_to)


def test_what_was_typed_and_left_is_counted_and_gone_on_with(browser, signed_in, keyworker, agency, draft):
    fill(browser, draft, everything(), "reason")
    types_and_leaves(browser, draft, "reason", everything())
    types_and_leaves(browser, draft, "drugs", everything())
    assert browser.get(address(draft))["Location"] == address(draft, "reason")
    page = browser.get(address(draft, "reason"))
    assert (counts(page)["reason"], counts(page)["drugs"], counts(page)["injecting"]) == ((5, 5), (6, 6), (0, 1))
    assert page.content.decode().count("typed, not saved") == 1
    # A colleague has not typed it: they see what is saved.
    other = signed_in(factories.actor(role="keyworker", agency=agency)).get(address(draft, "drugs"))
    assert (counts(other)["reason"], counts(other)["drugs"]) == ((5, 5), (0, 4))


def test_a_correction_begins_with_its_first_section(browser, keyworker, draft):
    answered(keyworker, draft, everything())
    row = now(keyworker, draft)
    browser.post(address(draft, "check"), {"row_version": row.row_version})
    answer = browser.post(reverse("assessment-correct", args=[draft.client_id, draft.pk]), {"why": "The postcode was wrong"})
    with context.acting(keyworker):
        assert answer["Location"] == address(Assessment.objects.get(corrects=draft), "reason")


# --- Answers that do not go together -----------------------------------------------------------------------------------------


def test_a_contradiction_is_said_beside_its_questions_and_holds_nothing_up(browser, keyworker, draft):
    answers = everything(main_drug="1011", main_route="1", injecting="N")
    fill(browser, draft, answers, *[each.id for each in triage().sections if each.id != "injecting"])
    page = browser.get(address(draft, "injecting"))
    assert page.context["contradictions"] == []
    sent = as_post(triage(), "injecting", answers) | {"opened": page.context["marks"], "draft_ticket": page.context["draft_ticket"]}
    after = browser.post(address(draft, "injecting"), sent, follow=True).content.decode()
    sentence = "One answer says that they inject, another that they never have."
    assert sentence in after
    for section, stands in (("injecting", True), ("drugs", True), ("health", False), ("check", True)):
        page = browser.get(address(draft, section)).content.decode()
        assert (sentence in page) is stands, section
    check = browser.get(address(draft, "check"))
    assert f"{address(draft, 'injecting')}#" in check.content.decode()
    assert check.context["missing"] == []
    assert browser.post(address(draft, "check"), {"row_version": now(keyworker, draft).row_version}).status_code == 302
    assert now(keyworker, draft).state == Assessment.State.COMPLETE
