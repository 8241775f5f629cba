"""The main job once more, in a browser that runs no script: every page is looked at again, since other parts of it show."""

from datetime import timedelta

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.browser import Window
from tests.journeys.server import CareHub


def test_the_main_job_without_script(window, carehub: CareHub):
    today, who = carehub.today(), steps.newcomer()

    # Given a browser in which scripts do not run
    desk: Window = window(script=False)
    page = desk.page
    page.goto("/sign-in/")
    desk.look("without script")
    steps.sign_in(desk, steps.KEYWORKER)
    desk.look("without script")

    # When a client is registered and assessed
    page.goto("/clients/register/")
    desk.look("without script")
    steps.fill_in_registration(page, who, carehub)
    steps.press(page, "Register")
    client = steps.arrived(page, who)
    steps.triage(desk)
    desk.look("without script")

    # And the plan is written, a second goal and a second action fetched with their buttons
    steps.start_plan(desk)
    desk.look("without script")
    steps.write_plan(page, today, review_on=today + timedelta(days=14))

    # Then what was written before a button fetched the next row still stands
    expect(steps.goal(page, 0).get_by_label("What the client wants, in their own words")).to_have_value(steps.GOALS[0][0])
    first = steps.action(steps.goal(page, 0), 0)
    expect(first.get_by_label("What will be done")).to_have_value(steps.GOALS[0][2][0][0])
    assert steps.typed_date(first, "By when") == steps.boxes(today + timedelta(days=7))

    # When it is agreed and both type their names
    steps.agree(desk)
    desk.look("without script")
    steps.type_signatures(page, who)
    steps.sign(desk)
    desk.look("signed, without script")

    # Then it is locked, and its document comes
    address = steps.wait_for_document(page)
    assert desk.context.request.get(address, timeout=120_000).body().startswith(b"%PDF")
    desk.look("its document ready, without script")
    steps.press(page, "Print and give")
    steps.press(page, "Yes, they took it")
    expect(page.get_by_role("button", name="Yes, they took it")).to_have_count(0)
    desk.look("without script")

    # When it is reviewed, and the next version is signed
    page.goto(f"/clients/{client}/")
    steps.review(desk, review_on=today + timedelta(days=21), state="without script")
    desk.look("from a review, without script")
    steps.agree(desk)
    steps.type_signatures(page, who)
    steps.sign(desk)

    # Then that one is in force
    expect(page.get_by_role("region", name="Versions")).to_contain_text("Current")
    desk.look("signed again, without script")
