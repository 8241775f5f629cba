"""The same form in two windows, and a form that was left: nobody's words are lost, and the pages that say so are pages for everybody."""

from datetime import timedelta

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.browser import Window
from tests.journeys.server import CareHub, until


def test_two_windows_with_other_words_in_one_line(window, carehub: CareHub):
    # Given a triage that is open in two windows
    desk: Window = window()
    page = desk.page
    steps.sign_in(desk, steps.KEYWORKER)
    client = steps.register(desk, steps.newcomer(), carehub)
    page.goto(f"/clients/{client}/assess/")
    steps.press(page, "Start")
    address = page.url
    other = desk.tab()
    other.goto(address)

    # When both save other words
    steps.answer(other, "reason", "In the other window")
    steps.press(other, "Save and stop for now")
    steps.answer(page, "reason", "In this window")
    steps.press(page, "Save and stop for now")

    # Then both stand there, and are kept by choice
    expect(page.get_by_role("heading", level=1)).to_have_text("Whose words are to stand?")
    expect(page.locator("#main")).to_contain_text("In the other window")
    expect(page.locator("#main")).to_contain_text("In this window")
    desk.look("an assessment in two windows", own_title=False)
    steps.press(page, "Save as chosen")
    page.goto(address)
    expect(page.locator('[name="reason"]')).to_have_value("In the other window\n\nIn this window")


def test_a_plan_in_two_windows(window, carehub: CareHub):
    # Given a plan that is open in two windows
    desk: Window = window()
    page, today = desk.page, carehub.today()
    steps.sign_in(desk, steps.KEYWORKER)
    steps.register(desk, steps.newcomer(), carehub)
    steps.triage(desk, look=False)
    steps.start_plan(desk)
    steps.write_plan(page, today, review_on=today + timedelta(days=14))
    steps.press(page, "Save as draft")
    expect(page.get_by_text("Saved. The plan is still a draft.")).to_be_visible()
    other = desk.tab()
    other.goto(page.url)

    # When one is saved with a goal in other words, and the other with yet others and another day for the review
    words = "What the client wants, in their own words"
    steps.goal(other, 0).get_by_label(words).fill("I want to see my daughter every week")
    steps.press(other, "Save as draft")
    steps.goal(page, 0).get_by_label(words).fill("I want to be at my daughter’s school play")
    steps.type_date(page, "Next review", today + timedelta(days=20))
    steps.press(page, "Save as draft")

    # Then the goal is asked about, the review is not, and both go in
    expect(page.get_by_role("heading", level=1)).to_have_text("Whose words are to stand?")
    desk.look("a plan in two windows", own_title=False)
    page.locator("#main").get_by_role("radio").first.check()
    steps.press(page, "Save as chosen")
    expect(page.get_by_role("heading", level=1)).to_have_text("Write the plan")
    assert steps.typed_date(page, "Next review") == steps.boxes(today + timedelta(days=20))
    desk.look("saved after a choice")


def test_a_form_that_was_left_says_what_was_kept(window, carehub: CareHub):
    # Given words that were typed and not submitted
    desk: Window = window()
    page = desk.page
    steps.sign_in(desk, "Agnieszka Wildermere")
    page.goto("/clients/register/")
    page.get_by_label("First name").press_sequentially("Perran")
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible(timeout=20_000)
    desk.look("saved as it is typed")

    # When the page is opened again
    page.goto("/clients/register/")

    # Then they stand there, and can be put away
    expect(page.get_by_text("We kept what you typed")).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value("Perran")
    desk.look("what was kept")
    steps.press(page, "Start afresh without it")
    expect(page.get_by_label("First name")).to_have_value("")

    # And where the network is gone, or the sign-in, the page says so
    desk.context.set_offline(True)
    page.get_by_label("First name").press_sequentially("Jago")
    said = page.locator("[data-save-status]")
    expect(said).to_have_text("Not saved: you are offline. We keep trying.", timeout=20_000)
    desk.context.set_offline(False)
    expect(said).to_contain_text("Saved", timeout=40_000)
    desk.problems[:] = [each for each in desk.problems if "ERR_INTERNET_DISCONNECTED" not in each]
    desk.context.clear_cookies(name="sessionid")
    page.get_by_label("First name").press_sequentially(" Pedr")
    expect(said).to_contain_text("you are no longer signed in", timeout=20_000)
    desk.problems[:] = [each for each in desk.problems if "status of 401" not in each]
    desk.look("no longer signed in")
    desk.problems.clear()
    steps.press(page, "Register")
    steps.sign_in(desk, "Agnieszka Wildermere", go=False)
    expect(page.get_by_label("First name")).to_have_value("Jago Pedr")
    until(lambda: page.get_by_role("button", name="Start afresh without it").count(), what="the way to put it away", seconds=10)
    steps.press(page, "Start afresh without it")
