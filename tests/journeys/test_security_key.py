"""Somebody adds a security key, opens a record with it that cannot wait, and signs in with it. The key is Chromium's own, in software."""

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.server import CareHub

WITH_A_KEY = "Siobhan Marlstow"


def test_a_record_opened_and_a_sign_in_with_a_security_key(window, carehub: CareHub):
    who, desk, theirs = steps.newcomer(), window(), window()
    page = theirs.page
    steps.sign_in(desk, steps.KEYWORKER)
    steps.register(desk, who, carehub)
    # Keys belong to a name; an address in numbers has none.
    here = carehub.url.replace("127.0.0.1", "localhost")
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": key})

    # Given somebody who adds a key: nothing complains before it is touched
    page.goto(f"{here}/sign-in/")
    steps.sign_in(theirs, WITH_A_KEY, go=False)
    page.goto(f"{here}/your-sign-in/key/")
    expect(page.get_by_text("The key did not answer", exact=False)).to_be_hidden()
    steps.press(page, "Add this key")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")

    # When a record cannot wait, a touch of the key opens it
    page.goto(f"{here}/records/open/")
    page.get_by_label("First name").fill(who.first_name)
    page.get_by_label("Last name").fill(who.last_name)
    steps.type_date(page, "Date of birth", who.born)
    steps.choose(page, "Why do you open it?", "Their life or health is in danger now")
    page.get_by_label("What happened, and why can it not wait?").fill("Collapsed at the surgery; the ambulance asks what they take")
    theirs.look("with a security key")
    steps.press(page, "Open it with your security key")
    expect(page.get_by_text("60 minutes left").first).to_be_visible()
    page.get_by_role("button", name="Close this record").click()
    expect(page.get_by_text("Closed. You do not reach this record any more.")).to_be_visible()

    # Then the key signs them in; and it is taken away again
    steps.press(page, "Sign out")
    page.goto(f"{here}/sign-in/")
    page.get_by_label("E-mail address").fill(steps.mail_of(WITH_A_KEY))
    page.get_by_label("Password", exact=True).fill(steps.PASSWORD)
    steps.press(page, "Sign in")
    steps.press(page, "Use a security key instead")
    expect(page.get_by_text(WITH_A_KEY).first).to_be_visible()
    page.goto(f"{here}/your-sign-in/")
    steps.press(page, "Remove", exact=False)
    expect(page.get_by_text("You have none.", exact=False)).to_be_visible()
