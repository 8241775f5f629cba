"""A screen is locked in the middle of a sentence and opened again; and somebody signs in with the app on their phone."""

import re

from playwright.sync_api import Page, expect

from carehub.demo.place import PASSWORD
from tests.carehub.signing_in import code
from tests.journeys import steps
from tests.journeys.server import CareHub

WITH_AN_APP = "Siobhan Marlstow"
WORDS = "I nearly died in March, and nobody at home knows"
HELD = "words => [...document.querySelectorAll('input, textarea')].some(field => field.value.includes(words))"


def unlock(page: Page, typed: str) -> None:
    page.get_by_label("Your password, or the 6 digits from your app").fill(typed)
    page.get_by_role("button", name="Unlock").click()


def test_locked_in_the_middle_of_a_sentence(window, carehub: CareHub):
    who, desk = steps.newcomer(), window()
    page = desk.page

    # Given a keyworker who writes down what a client says
    steps.sign_in(desk, steps.KEYWORKER)
    client = steps.register(desk, who, carehub)
    steps.press(page, "Start triage")
    steps.press(page, "Start")
    section = page.get_by_role("heading", level=1).inner_text()
    steps.answer(page, "reason", WORDS)

    # When they are called away and lock the screen
    page.get_by_role("button", name="Lock the screen").click()

    # Then nothing of the client is left in the page, nor in a page opened anew
    expect(page.get_by_role("heading", level=1)).to_have_text("Locked")
    assert not page.evaluate(HELD, WORDS)
    assert not [each for each in (WORDS, who.first_name, who.last_name, section) if each in page.content()]
    desk.look("locked", own_title=False)
    beside = desk.tab()
    beside.goto(f"/clients/{client}/")
    expect(beside.get_by_role("heading", level=1)).to_have_text("Locked")
    assert who.last_name not in beside.content()
    desk.look("locked", beside)

    # When somebody tries a password that is not theirs, it stays locked
    unlock(page, "not the password")
    expect(page.get_by_text("That is neither your password nor the code of your app")).to_be_visible()
    assert not page.evaluate(HELD, WORDS)
    desk.look("locked, with a problem", own_title=False)

    # When they come back and say that it is them, they go on where they were
    unlock(page, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text(section)
    said = page.locator('[name="reason"]')
    expect(said).to_have_value(WORDS)
    desk.look("unlocked")
    steps.press(page, "Save and continue")
    page.go_back()
    expect(said).to_have_value(WORDS)
    beside.reload()
    expect(beside.get_by_text(who.name).first).to_be_visible()


def test_signed_in_with_an_app(window, carehub: CareHub):
    who, desk, theirs = steps.newcomer(), window(), window()
    page = theirs.page
    steps.sign_in(desk, steps.KEYWORKER)
    steps.register(desk, who, carehub)

    # Given somebody who sets up the app on their phone, and first mistypes its code
    steps.sign_in(theirs, WITH_AN_APP)
    page.goto("/your-sign-in/")
    theirs.look("no second factor")
    steps.press(page, "Set up an app on your phone")
    theirs.look()
    page.get_by_text("I cannot use the camera").click()
    secret = page.locator(".recovery-code").inner_text().replace(" ", "")
    page.get_by_label("The code that your app now shows").fill(not_the(secret))
    steps.press(page, "Set up")
    expect(page.get_by_role("link", name=re.compile("That is not the code"))).to_be_visible()
    theirs.look("with a problem")
    page.get_by_label("The code that your app now shows").fill(code(secret))
    steps.press(page, "Set up")

    # Then they are shown codes for the day on which they do not have it
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    spare = page.locator(".recovery-code").all_inner_texts()
    assert len(set(spare)) == 10
    theirs.look()
    steps.press(page, "I have kept them: go on")
    steps.press(page, "Sign out")

    # When they sign in again, the password alone opens nothing, and neither does a wrong code
    password(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    theirs.look()
    page.get_by_label("The code from your app").fill(not_the(secret))
    steps.press(page, "Sign in")
    expect(page.get_by_role("link", name=re.compile("That is not the code"))).to_be_visible()
    theirs.look("with a problem")
    page.get_by_label("The code from your app").fill(code(secret))
    steps.press(page, "Sign in")
    expect(page.get_by_text(WITH_AN_APP).first).to_be_visible()

    # Then the app's code opens a record that cannot wait, as the password would
    page.goto("/clients/find/")
    steps.press(page, "Open a record without consent, where it cannot wait")
    page.get_by_label("First name").fill(who.first_name)
    page.get_by_label("Last name").fill(who.last_name)
    steps.type_date(page, "Date of birth", who.born)
    steps.choose(page, "Why do you open it?", "Their life or health is in danger now")
    page.get_by_label("What happened, and why can it not wait?").fill("Collapsed at the surgery; the ambulance asks what they take")
    # Each code is good once; the next one is good already, since clocks of phones differ.
    page.get_by_label("Your password").fill(code(secret, 1))
    steps.press(page, "Open the record")
    expect(page.get_by_text("60 minutes left").first).to_be_visible()
    page.get_by_role("button", name="Close this record").click()
    expect(page.get_by_text("Closed. You do not reach this record any more.")).to_be_visible()

    # When the phone is at home, a recovery code does, once; and the app is taken away again
    steps.press(page, "Sign out")
    password(page)
    page.get_by_label("The code from your app").fill(spare[0])
    steps.press(page, "Sign in")
    page.goto("/your-sign-in/")
    expect(page.get_by_text("9 are left")).to_be_visible()
    theirs.look("with an app")
    steps.press(page, re.compile("^Remove"), exact=False)
    expect(page.get_by_text("You have none.", exact=False)).to_be_visible()


def password(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(steps.mail_of(WITH_AN_APP))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    steps.press(page, "Sign in")


def not_the(secret: str) -> str:
    """Six digits that the app shows neither now nor a minute before or after."""
    shown = {code(secret, step) for step in range(-3, 4)}
    return next(each for each in ("000000", "111111", *map(str, range(222222, 222232))) if each not in shown)
