"""What is wrong is said at its field, and nothing that was typed is lost."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.browser import Window
from tests.journeys.server import CareHub


def wrong(page: Page, *sentences: str) -> None:
    """The page says what is wrong: in its title, in the summary, and at the field that the summary leads to."""
    assert page.title().startswith("Error: "), page.title()
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_visible()
    for sentence in sentences:
        link = summary.get_by_role("link", name=sentence)
        expect(link.first).to_be_visible()
        place = (link.first.get_attribute("href") or "").removeprefix("#")
        expect(page.locator(f"[id='{place}']")).to_be_visible()
        expect(page.locator(".govuk-error-message").filter(has_text=sentence).first).to_be_visible()


def offer(page: Page, name: str, value: str) -> None:
    """An answer that the page does not give: a browser that was tampered with, or a page from before the choices changed."""
    page.locator(f'[name="{name}"]').first.evaluate(
        """(field, value) => {
          if (field.tagName === 'SELECT') { field.add(new Option('made up', value, true, true)) }
          else { field.value = value; field.checked = true }
        }""",
        value,
    )


def test_signing_in_with_a_wrong_password_and_searching_for_nothing(window):
    desk: Window = window()
    page = desk.page
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(steps.mail_of(steps.KEYWORKER))
    page.get_by_label("Password", exact=True).fill("not this one")
    steps.press(page, "Sign in")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_have_value(steps.mail_of(steps.KEYWORKER))
    desk.look("a wrong password")

    steps.sign_in(desk, steps.KEYWORKER)
    for typed, sentence in (("x", "Type at least two letters of the name"), ("oakes 31 2 1980", "31 2 1980 is not a real date.")):
        page.goto("/clients/find/")
        page.get_by_label("Name, reference or date of birth").fill(typed)
        with page.expect_navigation():
            page.locator("#main").get_by_role("button", name="Find").click()
        expect(page.locator(".govuk-error-message").filter(has_text=sentence)).to_be_visible()
        expect(page.get_by_label("Name, reference or date of birth")).to_have_value(typed)
        desk.look("wrong words")
    page.get_by_label("Name, reference or date of birth").fill("qqzzxxyy")
    with page.expect_navigation():
        page.locator("#main").get_by_role("button", name="Find").click()
    expect(page.get_by_text("Nobody found")).to_be_visible()
    desk.look("nobody found")


def test_registering_with_impossible_dates_and_unknown_answers(window, carehub: CareHub):
    desk: Window = window()
    page, today = desk.page, carehub.today()
    steps.sign_in(desk, steps.KEYWORKER)

    # Given a form of which nothing was filled in
    page.goto("/clients/register/")
    steps.press(page, "Register")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    desk.look("nothing filled in")

    # When it is filled in with a birth date to come, a day that does not exist, and an answer that nobody offered
    who = steps.newcomer()
    steps.fill_in_registration(page, who, carehub)
    tomorrow = today + timedelta(days=1)
    steps.type_date(page, "Date of birth", tomorrow)
    steps.type_date(page, "Date of referral", ("31", "2", str(today.year)))
    offer(page, "referral_source", "made-up")
    steps.press(page, "Register")

    # Then each is said at its field, and everything else still stands
    wrong(page, "‘Date of birth’ must be today or in the past", "‘Date of referral’ must be a real date, like 27 3 1981")
    expect(page.locator(".govuk-form-group--error").filter(has=page.get_by_label("Who referred them"))).to_be_visible()
    assert steps.typed_date(page, "Date of birth") == steps.boxes(tomorrow)
    assert steps.typed_date(page, "Date of referral") == ["31", "2", str(today.year)]
    expect(page.get_by_label("First name")).to_have_value(who.first_name)
    expect(page.get_by_label("Address (optional)")).to_have_value("2 Saltpan Row\nTansybridge")
    expect(page.get_by_role("group", name="May we telephone?").get_by_label("Yes", exact=True)).to_be_checked()
    expect(page.get_by_label("Who must not know (optional)")).to_have_value("Her brother, who lives with her")
    desk.look("with problems")
    assert carehub.ask("SELECT count(*) FROM clients_client WHERE last_name = %(name)s", {"name": who.last_name}) == [(0,)]


def test_triage_and_plan_with_what_cannot_be(window, carehub: CareHub):
    desk: Window = window()
    page, today, who = desk.page, carehub.today(), steps.newcomer()
    steps.sign_in(desk, steps.KEYWORKER)
    client = steps.register(desk, who, carehub)

    # Given a triage that is begun on a day to come
    steps.press(page, "Start triage")
    steps.type_date(page, "When it took place", today + timedelta(days=2))
    steps.press(page, "Start")
    wrong(page, "‘When it took place’ must be today or in the past")
    desk.look("a day to come")
    steps.type_date(page, "When it took place", today)
    steps.press(page, "Start")

    # When a section is sent with numbers that cannot be, a word for a number and an answer that nobody offered
    steps.answer(page, "reason", "She said: “not like last time” – مرحبا 🙂")
    steps.press(page, "Save and continue")
    for question, said in {"main-drug": "Heroin", "main-route": "Smoke", "main-days": "29", "main-age": "nineteen"}.items():
        steps.answer(page, question, said)
    offer(page, "prescribed", "made-up")
    steps.press(page, "Save and continue")

    # Then the page stays, says so at each, and keeps what was typed
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert page.title().startswith("Error: ")
    for question in ("main-days", "main-age", "prescribed"):
        expect(page.locator(f'[data-question="{question}"] .govuk-error-message')).to_be_visible()
    expect(page.locator('[name="main-days"]')).to_have_value("29")
    expect(page.locator('[name="main-age"]')).to_have_value("nineteen")
    expect(page.locator('[data-question="main-route"]').get_by_label("Smoke", exact=True)).to_be_checked()
    desk.look("section ‘What you use’, with problems")

    # And completing a triage with gaps leads to each gap
    page.goto(f"/clients/{client}/")
    steps.press(page, "Go on with the triage")
    page.get_by_role("button", name="Check and complete").click()
    expect(page.get_by_text("Missing before it can be completed")).to_be_visible()
    desk.look("answers missing")
    expect(page.get_by_role("button", name="Complete and lock")).to_have_count(0)


def test_a_plan_with_days_that_cannot_be(window, carehub: CareHub):
    desk: Window = window()
    page, today, who = desk.page, carehub.today(), steps.newcomer()
    steps.sign_in(desk, steps.KEYWORKER)
    steps.register(desk, who, carehub)
    steps.triage(desk, look=False)
    steps.start_plan(desk)

    # Given a plan whose review lies in the past, with an action on a day that does not exist by somebody nobody knows
    yesterday = today - timedelta(days=1)
    steps.write_plan(page, today, review_on=yesterday)
    first = steps.action(steps.goal(page, 0), 0)
    steps.type_date(first, "By when", ("31", "2", str(today.year + 1)))
    second = steps.action(steps.goal(page, 0), 1)
    second.get_by_label("Who", exact=True).evaluate("field => field.add(new Option('made up', 'made-up', true, true))")

    # When they want to agree it
    steps.press(page, "Save and agree")

    # Then it is saved as it is and not agreed: each problem stands at its field and in the list at the top, nothing is lost
    expect(page.get_by_role("heading", level=1)).to_have_text("Write the plan")
    missing = page.get_by_role("region", name="Missing before it can be agreed")
    for sentence in ("must be a real date, like 27 3 1981", "‘Next review’ must be in the future"):
        expect(missing.get_by_role("link", name=sentence)).to_be_visible()
        expect(page.locator(".govuk-error-message").filter(has_text=sentence)).to_be_visible()
    expect(second.locator(".govuk-error-message")).to_be_visible()
    assert steps.typed_date(first, "By when") == ["31", "2", str(today.year + 1)]
    assert steps.typed_date(page, "Next review") == steps.boxes(yesterday)
    expect(steps.goal(page, 1).get_by_label("What the client wants, in their own words")).to_have_value(steps.GOALS[1][0])
    desk.look("with problems")
