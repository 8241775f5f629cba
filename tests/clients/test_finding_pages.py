"""The pages on which a client is found, and what reception may know."""

from datetime import date

import pytest
from django.urls import reverse

from carehub import context
from carehub.models import EventClient
from tests import factories
from tests.queries import at_most

OTHER_AGENCIES = "We do not look in other agencies. Ask for consent to check other agencies."


@pytest.fixture
def rowan(keyworker):
    return factories.client_of(
        keyworker.agency,
        keyworker=keyworker,
        first_name="Rowan",
        last_name="Ashgrove",
        date_of_birth=date(1981, 3, 27),
        safety_warning="Two workers, no home visit",
        episode={"risk": "high"},
    )


def test_a_keyworker_sees_the_risk(signed_in, keyworker, rowan):
    assert "High risk" in look_for(signed_in(keyworker), "ashgrove").content.decode()


def look_for(browser, words: str):
    return browser.post(reverse("client-find"), {"words": words}, follow=True)


def test_words_are_not_in_the_address_and_back_works(signed_in, keyworker, rowan):
    browser = signed_in(keyworker)
    answer = browser.post(reverse("client-find"), {"words": "ashgrove"})
    assert answer.status_code == 302
    assert "ashgrove" not in answer["Location"].lower()
    for _again in range(2):
        page = browser.get(answer["Location"])
        assert page.status_code == 200
        assert reverse("client", args=[rowan.pk]) in page.content.decode()


@pytest.mark.parametrize("words", ["", "a", "%", "_", "%%%%", "x" * 300, "\x00", "31/2/1981"])
def test_words_that_find_nobody_say_what_to_type_and_stay(signed_in, keyworker, rowan, words):
    page = look_for(signed_in(keyworker), words)
    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()
    assert rowan.reference not in page.content.decode()
    if words.strip("\x00"):
        assert f'value="{words}"' in page.content.decode()


def test_search_that_is_no_longer_kept(signed_in, keyworker):
    page = signed_in(keyworker).get(reverse("client-found", args=["gone"]))
    assert page.status_code == 200
    assert "no longer kept" in page.content.decode()


def test_results_of_another_session_are_not_ours(signed_in, keyworker, manager, rowan):
    address = signed_in(keyworker).post(reverse("client-find"), {"words": "ashgrove"})["Location"]
    assert rowan.reference not in signed_in(manager).get(address).content.decode()


def test_other_agencies_are_named_in_the_same_words_always(signed_in, keyworker, stranger, rowan):
    known = look_for(signed_in(keyworker), "ashgrove").content.decode()
    unknown = look_for(signed_in(stranger), "ashgrove").content.decode()
    assert OTHER_AGENCIES in known
    assert OTHER_AGENCIES in unknown
    assert rowan.reference not in unknown


def test_pages_of_twenty_five(signed_in, keyworker):
    for _number in range(27):
        factories.client_of(keyworker.agency, keyworker=keyworker, first_name="Wren", last_name="Oxbow")
    browser = signed_in(keyworker)
    first = look_for(browser, "wren oxbow")
    assert first.content.decode().count('role="rowheader"') == 25
    following = browser.get(first.context["next_url"])
    assert following.content.decode().count('role="rowheader"') == 2
    shown = {row.client.pk for page in (first, following) for row in page.context["rows"]}
    assert len(shown) == 27
    assert browser.get(first.request["PATH_INFO"] + "?after=nonsense").content.decode().count('role="rowheader"') == 25


def test_each_client_shown_is_on_record(signed_in, keyworker, rowan):
    look_for(signed_in(keyworker), "ashgrove")
    with context.acting(keyworker):
        assert [each.event.page for each in EventClient.objects.filter(client_id=rowan.pk)] == ["client-found"]


def test_reception_finds_and_learns_nothing_clinical(signed_in, reception, rowan):
    browser = signed_in(reception)
    page = look_for(browser, "ashgrove").content.decode()
    assert "Two workers, no home visit" in page
    assert reverse("client-contact", args=[rowan.pk]) in page
    assert "High risk" not in page
    contact = browser.get(reverse("client-contact", args=[rowan.pk])).content.decode()
    assert "Two workers, no home visit" in contact
    assert "do not write" in contact
    assert "High risk" not in contact
    assert "not assessed" not in contact
    assert "last asked" not in contact


def test_reception_opens_no_record(signed_in, reception, rowan):
    assert signed_in(reception).get(reverse("client", args=[rowan.pk])).status_code == 403


@pytest.mark.parametrize("page", ["client-find", "client-contact", "reception"])
@pytest.mark.parametrize(
    ("role", "status"),
    [("keyworker", 200), ("service-manager", 200), ("reception", 200), ("prescriber", 200), ("peer-auditor", 403)],
)
def test_who_may_at_an_agency(signed_in, agency, rowan, page, role, status):
    args = [rowan.pk] if page == "client-contact" else []
    assert signed_in(factories.actor(role=role, agency=agency)).get(reverse(page, args=args)).status_code == status


@pytest.mark.parametrize("role", ["commissioner", "administrator", "clinical-lead", "partnership-manager"])
def test_who_may_not_in_the_partnership(signed_in, partnership, rowan, role):
    browser = signed_in(factories.actor(role=role, partnership=partnership))
    assert browser.get(reverse("client-find")).status_code == 403
    assert browser.get(reverse("client-contact", args=[rowan.pk])).status_code == 403


def test_not_shared_is_not_found(signed_in, stranger, rowan):
    assert signed_in(stranger).get(reverse("client-contact", args=[rowan.pk])).status_code == 404


def test_nobody_signed_in_signs_in_first(client, rowan):
    for page, args in (("client-find", []), ("client-contact", [rowan.pk]), ("reception", []), ("client-found", ["x"])):
        assert client.get(reverse(page, args=args)).status_code == 302


def test_budget_of_a_list(signed_in, keyworker):
    for number in range(30):
        factories.client_of(keyworker.agency, keyworker=keyworker, first_name="Wren", last_name=f"Oxbow{number}")
    browser = signed_in(keyworker)
    address = browser.post(reverse("client-find"), {"words": "wren"})["Location"]
    with at_most(8):
        browser.get(address)


def test_budget_of_the_front_desk(signed_in, reception, rowan):
    browser = signed_in(reception)
    with at_most(8):
        assert rowan.reference in browser.get(reverse("reception")).content.decode()
    with at_most(12):
        browser.get(reverse("client-contact", args=[rowan.pk]))
