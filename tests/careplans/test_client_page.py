"""The client page: who, what is agreed, what next."""

from datetime import timedelta

import pytest
from django.urls import reverse

from carehub import clock, context
from carehub.models import Event
from careplans.actions import revising
from careplans.actions.returning import mend, return_version
from clients.actions import assessing
from clients.models import Assessment, Episode
from tests import factories
from tests.careplans import plans
from tests.careplans.pages import texts, tree_of
from tests.queries import at_most

BUTTON = "//*[@class='page-head__action']//*[contains(@class, 'govuk-button')]"


@pytest.fixture
def browser(signed_in, keyworker):
    return signed_in(keyworker)


def page_of(browser, client):
    return browser.get(reverse("client", args=[client.pk]))


def test_waiting_for_triage(keyworker, agency, browser):
    client = factories.client_of(agency, keyworker=keyworker, state="referral", next_due=("triage", clock.today() - timedelta(days=2)))
    page = page_of(browser, client)
    assert texts(page, BUTTON) == ["Start triage"]
    assert "Overdue" in texts(page, "//h1")[0]
    assert "There is no plan yet" in page.content.decode()
    assert texts(page, "//nav[@class='tabs']//a") == ["Summary", "Assessments", "Plan", "Pathways", "Sharing", "Who has looked"]


def test_a_triage_that_is_begun_is_gone_on_with(keyworker, agency, browser):
    client = factories.client_of(agency, keyworker=keyworker, state="referral", next_due=("triage", clock.today()))
    factories.assessment(client, by=keyworker)
    assert texts(page_of(browser, client), BUTTON) == ["Go on with the triage"]


def test_what_a_manager_returned_stands_there_until_it_is_mended(triaged, keyworker, manager, browser):
    signed = plans.signed(triaged, keyworker)
    with context.acting(manager):
        returned = return_version(version=signed, mend="now", words="Name the GP.", by=manager)
    page = page_of(browser, triaged).content.decode()
    assert "Returned: mend it now" in page
    assert "Name the GP." in page
    with context.acting(keyworker):
        mend(returned=returned, words="The GP is named.", by=keyworker)
    assert "Name the GP." not in page_of(browser, triaged).content.decode()


def test_from_plan_to_review(triaged, keyworker, browser):
    assert texts(page_of(browser, triaged), BUTTON) == ["Write the plan"]
    version = plans.written(triaged, keyworker)
    assert texts(page_of(browser, triaged), BUTTON) == ["Go on with the plan"]
    with context.acting(keyworker):
        version = plans.agree(version=version, by=keyworker, seen_text=plans.said_of(version, keyworker).fingerprint())
    assert texts(page_of(browser, triaged), BUTTON) == ["Sign the plan"]
    signed = plans.signed(triaged, keyworker, version=version)
    page = page_of(browser, triaged)
    assert texts(page, BUTTON) == ["Review the plan"]
    assert texts(page, "//nav[@class='tabs']//a") == ["Summary", "Assessments", "Plan", "Pathways", "Sharing", "Who has looked"]
    with context.acting(keyworker):
        revising.start_revision(plan=signed.plan, by=keyworker)
    assert texts(page_of(browser, triaged), BUTTON) == ["Go on with the plan"]


def test_the_plan_in_five_lines(triaged, keyworker, browser):
    version = plans.begun(triaged, keyworker)
    said = plans.filled(plans.said_of(version, keyworker))
    for number in range(6):
        said.rows["goal"][f"g{number}"] = {"domain": "health", "client_words": f"Goal {number}"}
    plans.save(version, said, keyworker)
    page = page_of(browser, triaged)
    lines = texts(page, "//li[@class='lines__line']")
    assert len(lines) == 5
    assert lines[0].startswith("I want to sleep through 1 action, next by")
    assert "and 2 more" in page.content.decode()


def test_risks_with_the_day_they_were_last_asked(triaged, keyworker, browser):
    words = [{"words": "Injects now", "level": "medium", "area": "substance", "asked_on": "2026-03-01"}]
    with factories.loading(triaged.partnership_id):
        Episode.objects.filter(client=triaged).update(risk="medium", risk_words=words, risk_asked_on=clock.today())
    line, plan = texts(page_of(browser, triaged), "//ul[contains(@class, 'risks') and not(contains(@class, 'banner'))]/li")
    assert "Injects now" in line
    assert "last asked 1 March 2026" in line
    assert plan == "No risk management plan"


def test_assessments_documents_and_safe_contact(triaged, keyworker, browser):
    plans.signed(triaged, keyworker)
    page = page_of(browser, triaged).content.decode()
    assert "Triage and brief risk assessment" in page
    assert "Being made" in page
    assert "Say it is Sam" in page


def test_the_list_of_assessments_says_what_each_line_is(triaged, keyworker, browser):
    with context.acting(keyworker):
        triage = Assessment.objects.get(client=triaged)
        said = {"by": keyworker, "client_id": triaged.pk}
        assessing.start_correction(assessment=triage, why="The postcode was wrong", **said)
        assessing.start_assessment(episode=triage.episode, form="risk", only=["now"], **said)
    lines = [" ".join(each.split()) for each in texts(page_of(browser, triaged), "//section[@aria-labelledby='assessments']//ul/li")]
    told = [next((words for words in ("a correction", "‘How things are now’ only") if words in each), "") for each in lines]
    assert sorted(told) == ["", "a correction", "‘How things are now’ only"]


def test_a_telephone_that_must_not_be_used_is_not_shown(agency, keyworker, browser):
    client = factories.client_of(agency, keyworker=keyworker, contact=dict.fromkeys(("by_telephone", "by_voicemail", "by_text"), False))
    assert client.telephone not in page_of(browser, client).content.decode()


def test_who_may_open_it(triaged, agency, stranger, signed_in, client):
    address = reverse("client", args=[triaged.pk])
    assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(factories.actor(role="reception", agency=agency)).get(address).status_code == 403
    assert signed_in(factories.actor(role="commissioner", partnership=agency.partnership)).get(address).status_code == 403
    assert client.get(address).url.startswith(reverse("account_login"))


def test_a_colleague_elsewhere_reads_and_has_no_button(triaged, keyworker, stranger, signed_in):
    plans.signed(triaged, keyworker)
    factories.access(triaged, agency=stranger.agency, basis="consent")
    page = page_of(signed_in(stranger), triaged)
    assert page.status_code == 200
    assert texts(page, BUTTON) == []


def test_a_discharged_client_can_be_read(triaged, keyworker, browser):
    plans.signed(triaged, keyworker)
    with factories.loading(triaged.partnership_id):
        Episode.objects.filter(client=triaged).update(
            state="discharged", discharged_on=clock.today(), discharge_reason="5", ending="neutral", next_due_what="", next_due_on=None
        )
    page = page_of(browser, triaged)
    assert page.status_code == 200
    assert texts(page, BUTTON) == ["Begin a new episode"]


def test_it_is_one_event_and_asks_little(triaged, keyworker, browser):
    plans.signed(triaged, keyworker)
    page_of(browser, triaged)
    with context.acting(keyworker):
        before = Event.objects.count()
    with at_most(12):
        page_of(browser, triaged)
    with context.acting(keyworker):
        assert Event.objects.count() == before + 1


@pytest.mark.parametrize("page", ["client", "assessments", "client-looked", "client-sharing", "client-pathways", "client-plan"])
def test_the_same_tabs_in_the_same_order_on_every_page(triaged, keyworker, signed_in, page):
    plans.begun(triaged, keyworker)
    shown = signed_in(keyworker).get(reverse(page, args=[triaged.pk]), follow=True)
    words = texts(shown, "//nav[contains(@class, 'tabs')]//a")
    assert words == ["Summary", "Assessments", "Plan", "Pathways", "Sharing", "Who has looked"]


def test_the_tab_leads_to_the_plan_in_force_else_to_where_one_begins(triaged, keyworker, signed_in):
    browser, tab = signed_in(keyworker), reverse("client-plan", args=[triaged.pk])
    assert browser.get(tab).url == reverse("plan-start", args=[triaged.pk])
    version = plans.signed(triaged, keyworker)
    assert browser.get(tab).url == reverse("plan-show", args=[triaged.pk, version.pk])


def test_how_they_may_be_reached_stands_at_the_top_with_number_and_address(keyworker, agency, browser):
    said = {"by_telephone": True, "by_voicemail": False, "by_text": False, "by_post": False, "by_visit": True}
    contact = said | {"what_to_say": "Say it is Sam", "who_must_not_know": "Her brother"}
    where = {"telephone": "07700 900333", "address": "6 Ropery Yard"}
    page = page_of(browser, factories.client_of(agency, keyworker=keyworker, contact=contact, **where))
    (reach,) = texts(page, "//section[contains(@class, 'reach')]")
    answers = ("Ring", "No voicemail", "No text", "Do not write", "Visit")
    assert [each for each in (*where.values(), *answers, "Say it is Sam", "Her brother") if each not in reach] == []
    assert "not-printed" in tree_of(page).xpath("//section[contains(@class, 'reach')]/@class")[0]
    # What may not be used at all is not shown.
    shut = page_of(browser, factories.client_of(agency, keyworker=keyworker, contact=dict.fromkeys(said, False), **where))
    (reach,) = texts(shut, "//section[contains(@class, 'reach')]")
    assert "Do not contact" in reach
    assert [each for each in where.values() if each in shut.content.decode()] == []
