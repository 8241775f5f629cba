"""The main job once more, with the keyboard alone."""

from datetime import timedelta

from playwright.sync_api import Locator, Page, expect

from carehub.demo.place import PASSWORD
from tests.journeys import steps
from tests.journeys.browser import Window
from tests.journeys.keyboard import Keyboard
from tests.journeys.server import CareHub


def test_the_main_job_with_the_keyboard_alone(window, carehub: CareHub, request):
    today, who = carehub.today(), steps.newcomer()
    desk: Window = window()
    page = desk.page
    keys = Keyboard(page)

    # Given somebody who signs in without a mouse
    page.goto("/sign-in/")
    keys.type(page.get_by_label("E-mail address"), steps.mail_of(steps.KEYWORKER))
    keys.type(page.get_by_label("Password", exact=True), PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")

    # When they register a client
    keys.press(page.locator("#main").get_by_role("link", name="Register a client"))
    register(keys, page, who, today)
    steps.arrived(page, who)

    # And do the triage
    keys.press(page.get_by_role("link", name="Start triage").or_(page.get_by_role("button", name="Start triage")))
    keys.press(page.get_by_role("button", name="Start", exact=True))
    for section, questions in steps.TRIAGE.items():
        expect(page.get_by_role("heading", level=1)).to_have_text(section)
        for question, said in questions.items():
            answer(keys, page, question, said)
        last = section == "What happens next"
        keys.press(page.get_by_role("button", name="Save and check" if last else "Save and continue"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Check and complete")
    keys.press(page.get_by_role("button", name="Complete and lock"))
    expect(page.get_by_text("completed and locked")).to_be_visible()

    # And decide about what it proposed
    keys.choose(page.get_by_role("group", name="What do you decide?").first, "Accept")
    keys.press(page.get_by_role("button", name="Save what I decided"))
    expect(page.get_by_text("On record: 1 accepted.")).to_be_visible()

    # And write the plan
    keys.press(page.get_by_role("link", name="Write the plan").or_(page.get_by_role("button", name="Write the plan")))
    keys.press(page.get_by_role("button", name="Start writing"))
    write_plan(keys, page, today)
    keys.press(page.get_by_role("button", name="Save and agree"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Is this what we agreed?")
    keys.press(page.get_by_role("button", name="Yes, we agreed this"))

    # And both type their names
    sign(keys, page, who)

    # Then it is signed, and its document can be opened
    steps.wait_for_document(page)
    keys.to(page.get_by_role("link", name="Open and print (PDF)").or_(page.get_by_role("button", name="Open and print (PDF)")))

    # When it is reviewed, and the next version agreed and signed
    keys.press(page.get_by_role("region", name="Client", exact=True).get_by_role("link", name=who.name))
    keys.press(page.get_by_role("button", name="Review the plan"))
    review(keys, page, today + timedelta(days=21))
    keys.press(page.get_by_role("button", name="Save and agree"))
    keys.press(page.get_by_role("button", name="Yes, we agreed this"))
    sign(keys, page, who)

    # Then that one is in force
    expect(page.get_by_role("region", name="Versions")).to_contain_text("Current")
    assert not desk.problems, desk.problems
    request.node.user_properties.append(("report", f"the main job with the keyboard: {keys.stops} stops with Tab, the focus seen at each"))


def register(keys: Keyboard, page: Page, who: steps.Newcomer, today) -> None:
    keys.type(page.get_by_label("First name"), who.first_name)
    keys.type(page.get_by_label("Last name"), who.last_name)
    keys.type_date(page, "Date of birth", who.born)
    keys.choose(page.get_by_role("group", name="Sex"), "Female")
    keys.type(page.get_by_label("Address (optional)"), "2 Saltpan Row\nTansybridge")
    asked = ("telephone", "leave a voicemail", "send a text message", "write by post", "visit at home")
    for how, said in zip(asked, ("Yes", "No", "Yes", "No", "No"), strict=True):
        keys.choose(page.get_by_role("group", name=f"May we {how}?"), said)
    keys.type_date(page, "Date of referral", today)
    keys.pick(page.get_by_label("Who referred them"), "Self")
    keys.press(page.get_by_role("button", name="Register", exact=True))


def answer(keys: Keyboard, page: Page, question: str, said: str | list[str]) -> None:
    block = page.locator(f'[data-question="{question}"]')
    field: Locator = block.locator(f'[name="{question}"]').first
    kind = field.get_attribute("type")
    if isinstance(said, list):
        for one in said:
            keys.tick(block.get_by_label(one, exact=True))
    elif kind == "radio":
        keys.choose(block, said)
    elif block.locator(f'select[name="{question}"]').count():
        keys.pick(field, said)
    else:
        keys.type(field, said)


def sign(keys: Keyboard, page: Page, who: steps.Newcomer) -> None:
    keys.press(page.get_by_role("button", name="Turn the screen to the client"))
    client, keyworker = steps.party(page, "Client"), steps.party(page, "Keyworker")
    keys.type(client.get_by_label("Client: type your name"), who.name)
    keys.type(keyworker.get_by_label("Keyworker: type your name"), steps.KEYWORKER)
    keys.press(page.get_by_role("button", name="Sign and lock"))
    keys.press(page.get_by_role("button", name="Give the screen back"))
    keys.type(page.get_by_label("Your password, or the 6 digits from your app"), PASSWORD)
    keys.press(page.get_by_role("button", name="Unlock"))
    expect(page.get_by_text("Signed and locked")).to_be_visible()


def review(keys: Keyboard, page: Page, review_on) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Review the plan")
    first, *others = page.locator(".review__goal").all()
    keys.choose(first.get_by_role("group", name="What has become of it?"), "Achieved")
    for each in others:
        keys.choose(each.get_by_role("group", name="What has become of it?"), "Partly")
        keys.type(each.get_by_label("Why, if it was not achieved"), "The list is long")
    keys.type_date(page, "Next review", review_on)
    keys.press(page.get_by_role("button", name="Save the review"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Write the plan")


def write_plan(keys: Keyboard, page: Page, today) -> None:
    keys.choose(page.locator(".desk__needs").get_by_role("group").first, "Now")
    for number, (words, domain, actions) in enumerate(steps.GOALS):
        place = steps.goal(page, number)
        if number:
            keys.push(page.get_by_role("button", name="Add another goal"))
            expect(place.get_by_label("What the client wants, in their own words")).to_be_focused()
        keys.type(place.get_by_label("What the client wants, in their own words"), words)
        keys.pick(place.get_by_label("What this is about"), domain)
        for row, (what, who, name, days) in enumerate(actions):
            if row:
                keys.push(place.get_by_role("button", name="Add an action"))
            line = steps.action(place, row)
            keys.type(line.get_by_label("What will be done"), what)
            keys.pick(line.get_by_label("Who", exact=True), who)
            if name:
                keys.type(line.get_by_label("Name, if somebody else (optional)"), name)
            keys.type_date(line, "By when", today + timedelta(days=days))
    for step in page.locator('[data-part="risk"]').all():
        keys.type(step.get_by_label("What will be done"), "Carry naloxone; know whom to ring at night")
        keys.type(step.get_by_label("Who does it"), steps.KEYWORKER)
        keys.type_date(step, "By when", today + timedelta(days=5))
    keys.type_date(page, "Next review", today + timedelta(days=14))
