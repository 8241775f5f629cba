"""An administrator adds a question to a form and publishes it, without script; a manager enters a sheet of their own."""

from secrets import token_hex

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.browser import Window

ADMINISTRATOR, MANAGER = "Leonard Copperwath", "Rosalind Gorsefen"
#: Nobody else's journey is asked it.
FORM = "Assessment for aftercare"


def test_a_question_of_ones_own(window):
    desk: Window = window(script=False)
    page, asked = desk.page, f"Would you like to join the walking group ({token_hex(2)})?"

    # Given an administrator who forgets the answers
    steps.sign_in(desk, ADMINISTRATOR)
    page.get_by_role("link", name="Forms", exact=True).click()
    desk.look()
    page.get_by_role("link", name=FORM).click()
    desk.look()
    page.get_by_role("link", name="Add a question here").first.click()
    desk.look()
    page.get_by_label("The question, as it is read out").fill(asked)
    page.get_by_label("One of several answers").check()
    steps.press(page, "Add question")
    expect(page.get_by_role("link", name="Enter two answers or more, one a line")).to_be_visible()
    desk.look("with a problem")

    # When it is added, looked at and published
    page.get_by_label("The answers, one a line").fill("Yes, gladly\nPerhaps later\nNo")
    steps.press(page, "Add question")
    expect(page.get_by_text("Changed, and not published yet")).to_be_visible()
    desk.look("changed")
    page.get_by_role("link", name="See it as it will be asked").click()
    expect(page.get_by_role("group", name=asked)).to_be_visible()
    desk.look("as it will be asked")
    page.go_back()
    page.get_by_role("link", name="See it as a blank form for paper").click()
    expect(page.get_by_text("Perhaps later").first).to_be_visible()
    desk.look("for paper")
    page.go_back()
    steps.press(page, "Look at the changes and publish")
    desk.look("before it is published")
    steps.press(page, "Publish")

    # Then it is on record as an edition
    expect(page.get_by_text("laid over it").first).to_be_visible()
    page.get_by_role("link", name="Editions").click()
    expect(page.get_by_role("cell", name=asked).first).to_be_visible()
    desk.look("editions")


def test_a_sheet_of_ones_own(window):
    desk: Window = window()
    page, name = desk.page, f"Risk sheet {token_hex(2)}"
    steps.sign_in(desk, MANAGER)
    page.get_by_role("link", name="Form audit", exact=True).click()
    desk.look()
    steps.press(page, "Enter a form that is not CareHub’s")
    desk.look()
    page.get_by_label("What is the form called?").fill(name)
    page.get_by_label("Whose form is it?").select_option("Tansybridge Community Drug Service")
    for part, value in (("Day", "1"), ("Month", "4"), ("Year", "2006")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label("Safer sex").check()
    steps.press(page, "Save")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_text("1 of 5 items are asked")).to_be_visible()
    desk.look("one sheet")
    steps.press(page, "Take it off the list")
    expect(page.get_by_role("link", name=name)).to_have_count(0)
