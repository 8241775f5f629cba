"""A client agrees that another agency reads, and withdraws; and a record opened without consent, from the reason to the judgement."""

import re

from playwright.sync_api import expect

from carehub.demo.place import PASSWORD
from tests.journeys import steps
from tests.journeys.browser import Window
from tests.journeys.server import CareHub

OTHER_AGENCY, OTHER_KEYWORKER = "Lanternway Open Access", "Shanice Harbourwath"


def status_of(window: Window, path: str) -> int:
    return window.context.request.get(path, max_redirects=0).status


def test_agreed_read_withdrawn_refused(window, carehub: CareHub):
    who, desk, elsewhere = steps.newcomer(), window(), window()
    page = desk.page

    # Given a client of one agency, whom nobody elsewhere can see
    steps.sign_in(desk, steps.KEYWORKER)
    client = steps.register(desk, who, carehub)
    steps.sign_in(elsewhere, OTHER_KEYWORKER)
    assert status_of(elsewhere, f"/clients/{client}/") == 404

    # When they agree that the open-access service reads their plan, and the keyworker first forgets with whom
    steps.press(page, "Sharing")
    expect(page.get_by_text("Not asked yet").first).to_be_visible()
    desk.look("nothing asked yet")
    steps.press(page, "Print the form to read together and sign")
    expect(page.get_by_text("What we cannot keep to ourselves")).to_be_visible()
    desk.look()
    page.go_back()
    steps.press(page, "Record what they agree to")
    desk.look()
    steps.choose(page, "What is it about?", "Sharing with other agencies of the partnership")
    steps.choose(page, "Do they agree?", "Yes, they agree")
    steps.choose(page, "How did they answer?", "They said so")
    steps.press(page, "Put on record")
    expect(page.get_by_role("link", name="Choose with whom it may be shared")).to_be_visible()
    desk.look("with a problem")
    steps.choose(page, "With whom?", OTHER_AGENCY)
    steps.choose(page, re.compile("What may they read?"), "Care plans and their documents")
    page.get_by_label("What for?").fill("So that I am not asked everything twice")
    steps.press(page, "Put on record")
    expect(page.get_by_text("On record.")).to_be_visible()
    expect(page.get_by_role("rowheader", name=OTHER_AGENCY)).to_be_visible()
    desk.look("shared")

    # Then the other agency's keyworker opens the record, and does not write in it
    steps.open_client(elsewhere, who)
    expect(elsewhere.page.get_by_text(who.name).first).to_be_visible()
    expect(elsewhere.page.get_by_role("link", name="Start triage")).to_have_count(0)
    elsewhere.look("under consent")

    # When the client withdraws
    page.get_by_role("row", name=OTHER_AGENCY).first.get_by_role("link", name="Withdraw").click()
    expect(page.get_by_text("does not read this record any more")).to_be_visible()
    desk.look()
    steps.choose(page, re.compile("Why?"), "They gave no reason, and need none")
    steps.choose(page, "Have you told them what stops?", "Yes")
    steps.press(page, "Withdraw")
    expect(page.get_by_text("Nobody reads under it from now on")).to_be_visible()
    desk.look("withdrawn")

    # Then the next click over there is refused
    answer = elsewhere.page.reload()
    assert answer.status == 404
    assert who.last_name not in elsewhere.page.content()


def test_opened_with_a_reason_told_and_judged(window, carehub: CareHub):
    who, desk, elsewhere, office = steps.newcomer(), window(), window(), window()
    page = elsewhere.page
    steps.sign_in(desk, steps.KEYWORKER)
    client = steps.register(desk, who, carehub)

    # Given somebody of another agency who has them in front of them and cannot wait
    steps.sign_in(elsewhere, OTHER_KEYWORKER)
    page.goto("/clients/find/")
    steps.press(page, "Open a record without consent, where it cannot wait")
    elsewhere.look()

    # When they give no reason, then the wrong password, nothing opens
    page.get_by_label("First name").fill(who.first_name)
    page.get_by_label("Last name").fill(who.last_name)
    steps.type_date(page, "Date of birth", who.born)
    page.get_by_label("Your password").fill(PASSWORD)
    steps.press(page, "Open the record")
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    elsewhere.look("with a problem")
    steps.choose(page, "Why do you open it?", "Their life or health is in danger now")
    page.get_by_label("What happened, and why can it not wait?").fill("Found unconscious at the drop-in; the ambulance asks what they take")
    page.get_by_label("Your password").fill("not the password")
    steps.press(page, "Open the record")
    expect(page.get_by_role("link", name="That is neither your password nor the code of your app")).to_be_visible()
    assert status_of(elsewhere, f"/clients/{client}/") == 404

    # When they say why and that it is them
    page.get_by_label("Your password").fill(PASSWORD)
    steps.press(page, "Open the record")

    # Then the record stands open, and every page says so
    expect(page.get_by_text("60 minutes left").first).to_be_visible()
    expect(page.get_by_text(who.name).first).to_be_visible()
    elsewhere.look("opened without consent")
    page.goto("/caseload/")
    expect(page.get_by_role("link", name="Go to the record")).to_be_visible()

    # And keyworker and manager are told
    desk.page.goto("/notices/")
    expect(desk.page.get_by_text("Somebody opened this record without consent").first).to_be_visible()
    desk.look("a record was opened")
    steps.sign_in(office, steps.MANAGER)
    steps.press(office.page, "Opened records")
    office.look("one to judge")
    row = office.page.get_by_role("row").filter(has_text=who.name)
    row.get_by_text("Judge", exact=False).first.click()
    office.look()
    steps.choose(office.page, "Was it justified?", "Yes, it was right to open it")
    office.page.get_by_label("Why?", exact=True).fill("The ambulance needed to know at once")
    steps.press(office.page, "Put on record")
    expect(office.page.get_by_role("row").filter(has_text=who.name).get_by_text("Justified")).to_be_visible()

    # When they close it, they do not reach it any more
    page.get_by_role("button", name="Close this record").click()
    expect(page.get_by_text("Closed. You do not reach this record any more.")).to_be_visible()
    assert status_of(elsewhere, f"/clients/{client}/") == 404
    desk.page.goto(f"/clients/{client}/sharing/")
    expect(desk.page.get_by_text(OTHER_KEYWORKER)).to_be_visible()
    desk.look("with an opening")
