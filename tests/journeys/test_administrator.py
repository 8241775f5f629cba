"""An administrator invites somebody; they set a password and work; their role ends, and their next click is refused."""

import re
import time
from datetime import timedelta
from secrets import token_hex

from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.browser import Window
from tests.journeys.server import CareHub

ADMINISTRATOR, AGENCY = "Leonard Copperwath", "Tansybridge Community Drug Service"
NEW_PASSWORD = "lantern gravel teaspoon"
PATIENCE_SECONDS = 60


def link_for(page: Page, email: str) -> str:
    """The path of the link in the mail that went out to them; sent in the background."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        page.goto("/demonstration/mail/")
        for text in page.locator(".card").all_inner_texts():
            if email in text and (found := re.search(r"https?://[^/\s]+(/password/link/\S+)", text)):
                return found[1]
        page.wait_for_timeout(1000)
    raise AssertionError(f"no mail to {email} within {PATIENCE_SECONDS} seconds")


def test_invited_working_and_gone(window, carehub: CareHub):
    desk, theirs = window(), window()
    page: Page = desk.page
    name, email = f"Corin Testhythe {token_hex(2)}", f"corin.{token_hex(4)}@carehub.example"

    # Given an administrator, who first forgets the address
    steps.sign_in(desk, ADMINISTRATOR)
    expect(page.get_by_role("heading", level=1)).to_have_text("Agencies and staff")
    steps.press(page, "Add somebody")
    desk.look()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Role").select_option("Keyworker")
    page.get_by_label("Where").select_option(AGENCY)
    steps.press(page, "Add and invite")
    expect(page.get_by_role("link", name="Enter their e-mail address")).to_be_visible()
    assert page.get_by_label("Name", exact=True).input_value() == name
    desk.look("with a problem")

    # When they are invited
    page.get_by_label("E-mail address at work").fill(email)
    steps.press(page, "Add and invite")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    person = page.url.rstrip("/").rsplit("/", 1)[1]
    desk.look("invited")

    # Then a link in a mail lets them set their password, once, and they begin on their work
    link = link_for(page, email)
    theirs.page.goto(link)
    theirs.look("from the invitation")
    theirs.page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    theirs.page.get_by_label("New password again").fill(NEW_PASSWORD)
    steps.press(theirs.page, "Set password")
    theirs.page.get_by_label("E-mail address").fill(email)
    theirs.page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    steps.press(theirs.page, "Sign in")
    expect(theirs.page.get_by_role("heading", level=1)).to_have_text("What is due first")
    stranger: Window = window()
    stranger.page.goto(link)
    expect(stranger.page.get_by_role("heading", name="This link has run out")).to_be_visible()

    # When their role is first to end next week, and then ends now
    page.goto(f"/administration/staff/{person}/")
    steps.press(page, re.compile("Change its end"), exact=False)
    desk.look()
    steps.choose(page, "When does it end?", "At the end of a day")
    steps.type_date(page, "Last day", carehub.today() + timedelta(days=7))
    steps.press(page, "Save")
    expect(page.get_by_text("Saved, and on record.")).to_be_visible()
    assert theirs.page.goto("/caseload/").status == 200
    steps.press(page, re.compile("Change its end"), exact=False)
    steps.choose(page, "When does it end?", "Now")
    steps.press(page, "Save")
    expect(page.get_by_text("No role here any more")).to_be_visible()
    desk.look("ended")

    # Then their next click leads to the sign-in page, and signing in leads nowhere
    theirs.page.get_by_role("link", name="Today").first.click()
    expect(theirs.page.get_by_label("E-mail address")).to_be_visible()

    # And they stand apart, with what they were
    page.goto("/administration/left/")
    expect(page.get_by_role("link", name=name)).to_be_visible()
    desk.look("somebody has left")


def test_what_an_administrator_looks_after(window, carehub: CareHub):
    desk = window()
    page = desk.page
    steps.sign_in(desk, ADMINISTRATOR)
    steps.press(page, "Agencies", exact=True)
    desk.look()
    steps.press(page, AGENCY)
    desk.look()
    page.goto("/administration/")
    page.get_by_label("Name", exact=True).fill("pebble")
    steps.press(page, "Show")
    desk.look("by name")
    steps.press(page, "Imogen Pebblestow")
    desk.look("a keyworker")
    for link in ("Give a role", re.compile("Name a deputy"), "Change details", "Second factor is lost", "They have left"):
        steps.press(page, link, exact=isinstance(link, str))
        desk.look()
        page.go_back()
    everybody = carehub.ask("SELECT first_name || ' ' || last_name FROM clients_client")
    assert not [name for (name,) in everybody if name in page.content()]
