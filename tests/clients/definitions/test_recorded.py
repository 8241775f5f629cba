"""Each form that comes with CareHub is filled in on its pages, section by section, checked, locked, read, and known to the next one."""

import pytest
from django.urls import reverse

from carehub import context
from careplans.proposals import from_assessment
from clients.actions import assessing
from clients.models import Assessment, Episode
from tests import factories
from tests.clients.answering import as_post
from tests.clients.definitions.shipped import form, much

OTHERS = ("screening", "comprehensive", "risk", "aftercare")


@pytest.fixture
def browser(signed_in, keyworker):
    return signed_in(keyworker)


def begun(keyworker, client, name: str) -> Assessment:
    with context.acting(keyworker):
        episode = Episode.objects.get(client=client)
        return assessing.start_assessment(by=keyworker, client_id=client.pk, episode=episode, form=name)


def address(assessment: Assessment, section: str) -> str:
    return reverse("assessment-edit", args=[assessment.client_id, assessment.pk, section])


def filled_in(browser, keyworker, client, name: str, **other) -> Assessment:
    """By somebody who may not fill in the medical section: it is left to a prescriber."""
    draft, asked = begun(keyworker, client, name), form(name)
    answers = much(asked, prescription_wanted="no", **other)
    for section in asked.sections:
        if section.competence:
            continue
        page = browser.get(address(draft, section.id))
        assert page.status_code == 200
        hidden = {"opened": page.context["marks"], "draft_ticket": page.context["draft_ticket"]}
        sent = browser.post(address(draft, section.id), as_post(asked, section.id, answers) | hidden)
        assert sent.status_code == 302, sent.context["form"].errors
    check = browser.get(address(draft, "check"))
    assert check.context["missing"] == []
    sent = browser.post(address(draft, "check"), {"row_version": check.context["assessment"].row_version})
    assert sent.status_code == 302
    with context.acting(keyworker):
        return Assessment.objects.get(pk=draft.pk)


@pytest.mark.parametrize("name", OTHERS)
def test_from_the_first_section_to_the_lock(browser, keyworker, referred, name):
    done = filled_in(browser, keyworker, referred, name)
    assert (done.state, bool(done.locked_at)) == ("complete", True)
    assert done.risk == "high"
    assert len(done.answers) >= len(form(name).sections)
    read = browser.get(reverse("assessment-show", args=[done.client_id, done.pk])).content.decode()
    for section in form(name).sections:
        assert section.competence or section.title in read.replace("&#x27;", "'")


def test_the_check_says_what_must_happen_today_and_who_is_told(browser, keyworker, referred):
    draft = begun(keyworker, referred, "risk")
    with context.acting(keyworker):
        answers = much(form("risk"), suicide="plan", substance_likelihood="now", children_safe="risk")
        assessing.save_answers(by=keyworker, client_id=referred.pk, assessment=draft, answers=answers, questions=list(answers), opened={})
    page = browser.get(address(draft, "check")).content.decode()
    for words in ("crisis team today", "keeps the client alive", "safeguarding lead today", "Find a safe place"):
        assert words in page


def test_the_next_form_begins_with_what_is_known_and_asks_danger_again(browser, keyworker, referred):
    filled_in(browser, keyworker, referred, "risk")
    draft = begun(keyworker, referred, "comprehensive")
    page = browser.get(address(draft, "mind")).content.decode()
    assert "Last answer: Yes, now" in page
    assert 'name="suicide__still"' not in page
    page = browser.get(address(draft, "body")).content.decode()
    assert "Last answer: Most days" in page


def test_what_is_still_true_counts_as_answered_on_the_check_page(browser, keyworker, referred):
    filled_in(browser, keyworker, referred, "comprehensive")
    draft, asked = begun(keyworker, referred, "comprehensive"), form("comprehensive")
    first = asked.sections[0].id
    page = browser.get(address(draft, first))
    names = page.context["form"].initial["asked__"]
    still = {f"{name}__still": "1" for name in names.split() if f"{name}__still" in page.context["form"].fields}
    assert {"reason__still", "motivation__still"} <= still.keys()
    sent = browser.post(address(draft, first), {"asked__": names, "opened": page.context["marks"], "urgent": "none"} | still)
    assert sent.status_code == 302, sent.context["form"].errors
    check = browser.get(address(draft, "check"))
    assert [each["text"] for each in check.context["missing"] if f"/{first}/" in each["url"]] == []
    [section] = [each for each in check.context["items"] if each["name"] == first]
    assert section["answered"] == section["of"]


def test_a_section_where_nothing_applies_says_so(signed_in, agency, keyworker, referred):
    draft = begun(keyworker, referred, "comprehensive")
    prescriber = signed_in(factories.actor(role="prescriber", agency=agency))
    assert "Nothing in this section applies" in prescriber.get(address(draft, "prescribing")).content.decode()
    assert "Nothing in this section applies" not in prescriber.get(address(draft, "wishes")).content.decode()


def test_the_plan_begins_with_all_that_came_up_in_all_four_domains(browser, keyworker, referred):
    scores = {f"score_{area}": 4 for area in ("housing", "mental_health", "criminal_and_legal", "drug_and_alcohol")}
    found = from_assessment(filled_in(browser, keyworker, referred, "comprehensive", **scores))
    assert {each.domain for each in found if each.score == 4} == {"drugs-and-alcohol", "health", "offending", "social"}
    words = [each.words for each in found]
    assert "Main problem: Heroin" in words
    assert "Also takes: Cannabis" in words
    assert len(set(words)) == len(words)
