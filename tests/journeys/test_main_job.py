"""The main job, whole: from signing in to a sealed plan, to the day on which its review is overdue, and to the next version."""

import subprocess
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.browser import Window
from tests.journeys.server import CareHub, until

OTHER_AGENCIES = "We do not look in other agencies. Ask for consent to check other agencies."


def test_from_signing_in_to_a_sealed_plan_its_overdue_review_and_the_next_version(window, carehub: CareHub, tmp_path: Path):
    today, who = carehub.today(), steps.newcomer()

    # Given a keyworker at their desk, and somebody who came back under a name that is spelt a little differently
    desk: Window = window()
    page = desk.page
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    desk.look()
    steps.sign_in(desk, steps.KEYWORKER)
    expect(page.get_by_role("heading", level=1)).to_have_text("What is due first")
    desk.look()
    steps.register(desk, who, carehub)
    again = steps.Newcomer(who.first_name, f"{who.last_name[:-1]}", who.born)

    # When they register them with what may safely be done to reach them
    page.goto("/")
    steps.press(page, "Register a client")
    expect(page.get_by_text(OTHER_AGENCIES)).to_be_visible()
    desk.look("empty")
    steps.fill_in_registration(page, again, carehub)
    steps.press(page, "Register")

    # Then the likely duplicate of their own agency is shown before anything is saved, and of others nothing is said
    expect(page.get_by_role("heading", level=1)).to_have_text("Is this the same person?")
    expect(page.get_by_text(OTHER_AGENCIES)).to_be_visible()
    expect(page.get_by_role("heading", name=who.name, exact=True)).to_be_visible()
    desk.look("a likely duplicate")
    steps.press(page, "This is somebody else", exact=False)
    client = steps.arrived(page, again)
    desk.look("just registered")
    reach = page.get_by_role("region", name="Safe contact")
    for said in ("It is Sam, about Tuesday", "Ring", "No voicemail", "Text"):
        expect(reach).to_contain_text(said)

    # When they do the triage with them, the brief risk in it
    steps.triage(desk)
    desk.look("after the triage")

    # Then what was found stands on the page, in words
    expect(page.get_by_role("region", name="Risks")).to_contain_text("verdose")

    # When they write the initial plan together
    steps.start_plan(desk)
    expect(page.get_by_role("heading", level=1)).to_have_text("Write the plan")
    expect(page.get_by_text("Write down at least one goal")).to_be_visible()
    desk.look("nothing written")
    steps.write_plan(page, today, review_on=today + timedelta(days=14))
    desk.look("written")
    steps.agree(desk)
    desk.look("not signed")

    # And both sign on the screen, one with the mouse and one with the keyboard
    steps.type_signatures(page, again)
    steps.draw_signature(page, steps.party(page, "Client"))
    desk.look("drawn and typed")
    steps.sign(desk)

    # Then it is locked: the page says so, and nobody can write in it
    desk.look("signed")
    plan = page.url
    expect(page.get_by_text("Locked", exact=False).first).to_be_visible()
    expect(page.get_by_role("link", name="Go on writing")).to_have_count(0)
    page.goto(plan.removesuffix("/") + "/edit/")
    assert page.url.partition("?")[0] == plan.partition("?")[0]

    # And the worker makes its document, sealed
    address = steps.wait_for_document(page)
    desk.look("its document ready")
    answer = desk.context.request.get(address, timeout=120_000)
    pdf = tmp_path / "plan.pdf"
    pdf.write_bytes(answer.body())
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")
    words = " ".join(subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True, timeout=60).stdout.split())
    for said in (again.name, "I want to see my daughter without being ill", "Write to the council", steps.KEYWORKER):
        assert said in words
    verdict = carehub.manage("verify_document", str(pdf))
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    assert "plan.pdf: genuine" in verdict.stdout
    seal = subprocess.run(["pdfsig", pdf], capture_output=True, text=True, timeout=60)
    assert "Signature is Valid" in seal.stdout
    assert "Total document signed" in seal.stdout

    # And what the client carries is made when it is asked for
    steps.press(page, "Print and give")
    desk.look("the plan alone")
    steps.press(page, "Make it", exact=False)
    ready = page.get_by_role("button", name="Open and print").or_(page.get_by_role("link", name="Open and print"))
    until(lambda: page.reload() and ready.count() == 2, what="the second document", every=0.5)
    desk.look("two documents")

    # And the code on the sheet leads to a page that says it is current, and nothing else
    [(token,)] = carehub.ask(
        "SELECT c.token FROM carehub_documentcheck c JOIN carehub_document d ON d.check_entry_id = c.id WHERE d.client_id = %(client)s",
        {"client": client},
    )
    stranger: Window = window()
    stranger.page.goto(f"/check/{token}/")
    expect(stranger.page.get_by_text("Yes: this is the current version")).to_be_visible()
    stranger.look("current")
    assert again.last_name not in stranger.page.content()

    # When a month goes by on the demonstration's clock
    page.goto("/demonstration/clock/")
    desk.look()
    steps.press(page, "A month on")
    expect(page.get_by_text("The clock has been moved on.")).to_be_visible()
    desk.look("moved on")

    # Then beat finds the overdue review: the keyworker has a notice
    notice = page.get_by_role("row").filter(has_text=again.name).filter(has_text="overdue")

    def told() -> bool:
        page.goto("/notices/")
        return bool(notice.count())

    until(told, what="the keyworker's notice", every=1.5)
    desk.look("an overdue review")
    with page.expect_navigation():
        notice.first.get_by_role("button").click()
    assert client in page.url
    desk.look("its review overdue")
    page.goto("/caseload/?show=overdue")
    desk.look("overdue")
    page.goto("/work/?show=overdue")
    desk.look("overdue")

    # And the service manager sees them in the list of their service
    office: Window = window()
    steps.sign_in(office, steps.MANAGER)
    expect(office.page.get_by_role("heading", level=1)).to_have_text("Who needs help")
    office.look()
    listed = office.page.get_by_role("row").filter(has=office.page.get_by_role("link", name=again.name, exact=True))
    while not listed.count():
        steps.press(office.page, "Further down the list")
    expect(listed.first).to_contain_text(steps.KEYWORKER)
    expect(listed.first).to_contain_text("verdue")
    office.look("further down")
    office.page.goto("/notices/")
    office.look("the manager's")

    # When the plan is reviewed with the client, and what goes on agreed and signed again
    today = carehub.today()
    page.goto(f"/clients/{client}/")
    steps.review(desk, review_on=today + timedelta(days=21))
    desk.look("from a review")
    steps.new_days(page, today)
    steps.agree(desk)
    desk.look("not signed, from a review")
    steps.type_signatures(page, again)
    steps.sign(desk)

    # Then the second version is in force, its first kept beside it, and the code on the first sheet says so
    desk.look("signed again")
    steps.wait_for_document(page)
    steps.press(page, "What has changed")
    desk.look("from version to version")
    page.goto(plan)
    expect(page.get_by_text("This is an earlier version.")).to_be_visible()
    desk.look("an earlier version")
    stranger.page.goto(f"/check/{token}/")
    stranger.look("superseded")
    due = carehub.ask("SELECT next_due_what, next_due_on FROM clients_episode WHERE client_id = %(client)s", {"client": client})
    assert due == [("review", today + timedelta(days=21))]
