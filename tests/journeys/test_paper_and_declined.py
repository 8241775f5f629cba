"""A plan signed on the printed sheet, with a scan of it; and its next version, which the client does not want to sign."""

import io
from datetime import timedelta

from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.browser import Window
from tests.journeys.server import CareHub


def scanned_sheet() -> bytes:
    """A photograph of a sheet with something like a signature on it."""
    sheet = Image.new("RGB", (620, 877), "white")
    pen = ImageDraw.Draw(sheet)
    pen.text((60, 60), "Initial care plan", fill="black")
    pen.line([(80, 780), (130, 740), (160, 800), (220, 745), (300, 790)], fill=(20, 20, 120), width=4)
    picture = io.BytesIO()
    sheet.save(picture, "PNG")
    return picture.getvalue()


def test_signed_on_paper_with_a_scan_and_then_declined(window, carehub: CareHub):
    today, who = carehub.today(), steps.newcomer()
    desk: Window = window()
    page = desk.page

    # Given a plan that keyworker and client have agreed
    steps.sign_in(desk, steps.KEYWORKER)
    client = steps.register(desk, who, carehub)
    steps.triage(desk, look=False)
    steps.start_plan(desk)
    steps.write_plan(page, today, review_on=today + timedelta(days=21))
    steps.agree(desk)

    # When they print it to sign by hand
    address = page.get_by_role("link", name="Print it, to sign by hand (PDF)").get_attribute("href")
    printed = desk.context.request.get(address, timeout=120_000)  # the first PDF of a process, on a busy machine
    assert printed.body().startswith(b"%PDF")

    # And the day is typed wrong, and a text is sent for a scan
    signer, keyworker = steps.party(page, "Client"), steps.party(page, "Keyworker")
    steps.choose(page, "How does the client sign?", "On the printed sheet")
    steps.choose(page, "How do you sign?", "On the printed sheet")
    steps.type_date(signer, "Which day stands beside the client’s signature?", today + timedelta(days=1))
    signer.get_by_label("Scan or photograph", exact=False).set_input_files(
        {"name": "sheet.png", "mimeType": "image/png", "buffer": b"not a picture"}
    )
    steps.type_date(keyworker, "Which day stands beside your signature?", ("31", "2", str(today.year)))
    steps.press(page, "Sign and lock the plan")

    # Then nothing is signed, each problem stands at its field, and what was typed still stands
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    assert page.title().startswith("Error: ")
    expect(keyworker).to_contain_text("must be a real date, like 27 3 1981")
    expect(signer.locator(".govuk-error-message").first).to_be_visible()
    assert steps.typed_date(keyworker, "Which day stands beside your signature?") == ["31", "2", str(today.year)]
    assert steps.typed_date(signer, "Which day stands beside the client’s signature?") == steps.boxes(today + timedelta(days=1))
    desk.look("signing, with problems")
    assert carehub.ask("SELECT count(*) FROM careplans_signature WHERE client_id = %(client)s", {"client": client}) == [(0,)]

    # When day and scan are right
    steps.type_date(signer, "Which day stands beside the client’s signature?", today)
    signer.get_by_label("Scan or photograph", exact=False).set_input_files(
        {"name": "sheet.png", "mimeType": "image/png", "buffer": scanned_sheet()}
    )
    steps.type_date(keyworker, "Which day stands beside your signature?", today)
    steps.sign(desk)

    # Then the plan is signed and locked, the scan is filed, the document comes
    scan = desk.context.request.get(page.get_by_role("link", name="Open the scan of the sheet").get_attribute("href"))
    assert Image.open(io.BytesIO(scan.body())).size == (620, 877)
    steps.wait_for_document(page)
    desk.look("signed on paper")
    scans = carehub.ask("SELECT content_type FROM carehub_storedfile WHERE client_id = %(client)s AND purpose = 'scan'", {"client": client})
    assert len(scans) == 1

    # When a new version is written, and the client does not want to sign it
    steps.press(page, "Write a new version")
    page.get_by_label("Who supports the client while they wait (optional)").fill("Her sister Wendy, every evening")
    steps.agree(desk)
    steps.choose(page, "How does the client sign?", "They do not want to sign")
    steps.party(page, "Keyworker").get_by_label("Keyworker: type your name").fill("Somebody Else")
    steps.press(page, "Sign and lock the plan")

    # Then the page asks why, and that the keyworker signs with their own name
    expect(page.get_by_role("link", name="Say why they did not want to sign")).to_be_visible()
    expect(page.get_by_role("link", name=f"Sign with your own name, as you are signed in: {steps.KEYWORKER}")).to_be_visible()
    expect(page.get_by_label("Keyworker: type your name")).to_have_value("Somebody Else")
    desk.look("declined, with problems")

    # When they have said so
    steps.choose(page, "Why not?", "Wants to read it at home first")
    page.get_by_label("Keyworker: type your name").fill(steps.KEYWORKER)
    steps.sign(desk)

    # Then the plan is in force without the client's signature, the reason on it; the first version is kept whole
    expect(page.get_by_text("Reason: Wants to read it at home first")).to_be_visible()
    steps.wait_for_document(page)
    desk.look("declined")
    steps.press(page, "No, they did not want it")
    expect(page.get_by_text("did not take it").first).to_be_visible()
    steps.press(page, "Version 1")
    expect(page.get_by_text("This is an earlier version.", exact=False)).to_be_visible()
    desk.look("an earlier version")
