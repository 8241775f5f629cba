"""Where each role begins, where it may go from there, and what it never sees."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.browser import Window
from tests.journeys.server import CareHub

#: Who, where they begin, and its heading.
HOMES = [
    ("Imogen Pebblestow", "/caseload/", "What is due first"),
    ("Rosalind Gorsefen", "/service/", "Who needs help"),
    ("Farhana Quillmere", "/caseload/", "What is due first"),
    ("Marcus Fallowrigg", "/caseload/", "What is due first"),
    ("Bethan Nettlerigg", "/reception/", "Who is here?"),
    ("Helena Umberfen", "/partnership/", "Where we stand"),
    ("Desmond Lanternholm", "/partnership/", "Where we stand"),
    ("Catrin Whinstow", "/commissioner/", "Are people getting help?"),
    ("Leonard Copperwath", "/administration/", "Agencies and staff"),
]
#: Roles that see nobody.
NOBODY = ("Helena Umberfen", "Desmond Lanternholm", "Catrin Whinstow", "Leonard Copperwath")


def everybody(carehub: CareHub) -> list[tuple[str, str]]:
    """(whole name, reference) of every client there is."""
    return carehub.ask("SELECT first_name || ' ' || last_name, reference FROM clients_client")


def named(page: Page, carehub: CareHub) -> list[str]:
    words = page.content()
    return [reference for name, reference in everybody(carehub) if name in words or reference in words]


def refused(window: Window, address: str, status: int) -> None:
    """The page says why not, and is a page like any other."""
    answer = window.page.goto(address)
    assert answer is not None
    assert answer.status == status, f"{address} answers {answer.status}"
    # The browser tells of every answer of 400 and more; this one was asked for.
    window.problems[:] = [each for each in window.problems if f"status of {status}" not in each]


@pytest.mark.parametrize(("who", "home", "heading"), HOMES, ids=[who for who, _home, _heading in HOMES])
def test_home_of(who, home, heading, window, carehub: CareHub):
    # Given somebody who signs in
    desk: Window = window()
    page = desk.page
    steps.sign_in(desk, who)

    # Then they are where their work is
    assert page.url == f"{carehub.url}{home}"
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    desk.look(who)

    # And every page they are led to opens for them
    navigation = page.get_by_role("navigation", name="Main").get_by_role("link")
    places = [link.get_attribute("href") for link in navigation.all()]
    if page.get_by_role("link", name="Notices").count():
        places.append("/notices/")
    for place in places:
        answer = page.goto(place)
        assert answer is not None
        assert answer.status == 200
        if place != home:
            desk.look(who)
        if who in NOBODY:
            assert not named(page, carehub), f"{who} sees clients at {place}"

    # And nobody's record opens to those who may see nobody
    [(client,)] = carehub.ask("SELECT id FROM clients_client LIMIT 1")
    if who in NOBODY:
        for address in (f"/clients/{client}/", f"/clients/{client}/contact/", "/clients/find/", "/caseload/"):
            refused(desk, address, 403)
            assert not named(page, carehub)
        desk.look("not for this role", own_title=False)


def test_reception_finds_people_and_reads_nothing_clinical(window, carehub: CareHub):
    desk: Window = window()
    page = desk.page
    # Given a client of the agency at whose desk they sit, at risk
    rows = carehub.ask(
        "SELECT c.id, c.first_name || ' ' || c.last_name, c.reference, e.risk_words FROM clients_client c JOIN clients_episode e "
        "ON e.client_id = c.id JOIN carehub_agency a ON a.id = e.agency_id WHERE a.name = 'Tansybridge Community Drug Service' "
        "AND e.state <> 'discharged' AND e.risk = 'high' ORDER BY c.reference LIMIT 1"
    )
    [(client, name, reference, risks)] = rows
    steps.sign_in(desk, "Bethan Nettlerigg")

    # When reception looks for them
    page.locator("#main").get_by_label("Name, reference or date of birth").fill(reference)
    with page.expect_navigation():
        page.locator("#main").get_by_role("button", name="Find").click()
    desk.look("found at the front desk")
    assert risks
    for risk in risks:
        assert risk["words"] not in page.content()
    steps.press(page, name)

    # Then there is how to reach them safely, and no clinical word
    assert page.url.endswith(f"/clients/{client}/contact/")
    desk.look("at the front desk")
    for risk in risks:
        assert risk["words"] not in page.content()
    refused(desk, f"/clients/{client}/", 403)
    desk.look("not for reception", own_title=False)


def test_somebody_with_two_roles_changes_between_them(window, carehub: CareHub):
    desk: Window = window()
    page = desk.page
    steps.sign_in(desk, "Callum Brambleness")
    expect(page.get_by_role("heading", level=1)).to_have_text("What is due first")
    page.locator("summary", has_text="Change role").click()
    desk.look("roles unfolded")
    with page.expect_navigation():
        page.get_by_role("button", name="Peer auditor").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Case files to audit")
    # And sees the files that were opened to them by name, and no other
    opened = carehub.ask(
        "SELECT c.reference FROM carehub_access a JOIN carehub_membership m ON m.id = a.membership_id JOIN carehub_person p "
        "ON p.id = m.person_id JOIN clients_client c ON c.id = a.client_id WHERE p.name = 'Callum Brambleness' "
        "AND m.role = 'peer-auditor' AND a.ended_at IS NULL AND (a.until IS NULL OR a.until > now())"
    )
    assert set(named(page, carehub)) == {reference for (reference,) in opened}
    desk.look()
    refused(desk, "/caseload/", 403)


def test_pages_that_are_not_there(window):
    desk: Window = window()
    refused(desk, "/clients/00000000-0000-4000-8000-000000000000/nothing/", 404)
    desk.look("nobody signed in", own_title=False)
    steps.sign_in(desk, steps.KEYWORKER)
    refused(desk, "/clients/00000000-0000-4000-8000-000000000000/", 404)
    desk.look("no such client", own_title=False)
    desk.page.goto("/check/nothing-like-a-code/")
    expect(desk.page.get_by_text("We do not know this code")).to_be_visible()
    desk.look("unknown")


def test_pages_of_the_demonstration_and_of_developers(window):
    desk: Window = window()
    page = desk.page
    steps.sign_in(desk, steps.KEYWORKER)
    page.goto("/demonstration/mail/")
    desk.look()
    page.goto("/gallery/")
    desk.look()
    places = [link.get_attribute("href") for link in page.get_by_role("navigation", name="Gallery").get_by_role("link").all()]
    assert len(places) > 5
    for place in places:
        assert place
        page.goto(place)
        desk.problems.clear()  # a sample of an error page may answer as one
        desk.look(own_title=False)
