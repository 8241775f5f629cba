"""Signing on the page: on screen, on paper, declined; nothing is kept as a draft, nothing is half signed."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from carehub import clock, context
from carehub.models import Document, Draft, Event, StoredFile
from careplans.models import PlanVersion, Signature
from tests.carehub.signing_in import take_back, with_password
from tests.careplans import plans
from tests.careplans.pages import form_of, texts
from tests.queries import at_most


@pytest.fixture
def agreed(triaged, keyworker):
    return plans.agreed(triaged, keyworker)


@pytest.fixture
def browser(signed_in, keyworker):
    return signed_in(with_password(keyworker))


@pytest.fixture
def turned(browser, agreed):
    """The same, the screen turned to the client."""
    browser.post(reverse("screen-turn", args=[agreed.client_id]))
    return browser


def url(page: str, version) -> str:
    return reverse(page, args=[version.client_id, version.pk])


def words(browser, version, keyworker, **more) -> dict:
    given = {"client_name": "Rowan Ashgrove", "keyworker_name": keyworker.person.name}
    return form_of(browser.get(url("plan-sign", version))) | given | more


def signatures(version, by) -> dict:
    with context.acting(by):
        return {each.party: each for each in Signature.objects.filter(version=version)}


def a_png(name: str = "scan.png") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (600, 800), "white").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/png")


def boxes(party: str, day) -> dict:
    return {f"{party}_signed_on_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def test_nobodys_name_is_typed_for_them(agreed, turned):
    form = form_of(turned.get(url("plan-sign", agreed)))
    assert (form["client_name"], form["keyworker_name"]) == ([""], [""])
    assert (form["client_how"], form["keyworker_how"]) == (["screen"], ["screen"])
    assert form["seen_text"] == [agreed.agreed_text]


def test_signed_on_screen(agreed, keyworker, turned):
    answer = turned.post(url("plan-sign", agreed), words(turned, agreed, keyworker, client_strokes="M1 2L3 4"))
    assert answer.url == url("plan-sign", agreed)
    assert signatures(agreed, keyworker)["client"].strokes == "M1 2L3 4"
    to_the_client = turned.get(answer.url).content.decode()
    assert "Give the screen back" in to_the_client
    assert "Risk" not in to_the_client
    assert turned.get(url("plan-show", agreed)).url.startswith(reverse("screen-turned"))
    page = turned.get(take_back(turned, url("plan-show", agreed)))
    assert "Signed and locked" in page.content.decode()
    assert "Being made" in page.content.decode()


def test_on_a_screen_that_is_not_turned_to_them_the_client_signs_nothing(agreed, keyworker, browser):
    page = browser.get(url("plan-sign", agreed))
    assert not texts(page, "//input[@name='client_how' or @name='witness_how'][@value='screen']")
    assert not texts(page, "//input[@name='client_how'][@checked]")
    for party in ("client", "witness"):
        data = words(browser, agreed, keyworker, client_how="declined", client_reason="Does not sign papers", witness_name="Her sister")
        answer = browser.post(url("plan-sign", agreed), data | {f"{party}_how": "screen"})
        assert "turn it to the client first" in " ".join(texts(answer, "//p[contains(@class, 'govuk-error-message')]"))
    assert not signatures(agreed, keyworker)


def test_signed_on_paper_with_a_scan(agreed, keyworker, browser):
    data = words(browser, agreed, keyworker, client_how="paper", keyworker_how="paper", client_scan=a_png(), client_name="")
    data |= boxes("client", clock.today()) | boxes("keyworker", clock.today())
    assert browser.post(url("plan-sign", agreed), data).status_code == 302
    found = signatures(agreed, keyworker)
    assert {each.how for each in found.values()} == {"paper"}
    with context.acting(keyworker):
        assert StoredFile.objects.get(pk=found["client"].scan_id).purpose == "scan"
    assert "Open the scan of the sheet" in browser.get(url("plan-show", agreed)).content.decode()
    answer = browser.get(url("plan-scan", agreed))
    assert answer["Content-Type"] == "image/png"
    assert "sandbox" in answer["Content-Security-Policy"]
    with context.acting(keyworker):
        assert Event.objects.filter(verb="scan.opened", clients__client_id=agreed.client_id).count() == 1


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (SimpleUploadedFile("scan.png", b"GIF89a not really"), "JPEG"),
        (SimpleUploadedFile("scan.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), "JPEG"),
        (SimpleUploadedFile("scan.png", b"\x89PNG\r\n\x1a\n" + b"x" * 100), "damaged"),
        (SimpleUploadedFile("scan.pdf", b"%PDF-1.7 nothing"), "damaged"),
    ],
)
def test_a_scan_that_is_none_is_refused_at_its_field_and_nothing_is_signed(agreed, keyworker, browser, upload, sentence):
    data = words(browser, agreed, keyworker, client_how="paper", client_scan=upload) | boxes("client", clock.today())
    page = browser.post(url("plan-sign", agreed), data)
    assert page.status_code == 200
    assert sentence in " ".join(texts(page, "//p[contains(@class, 'govuk-error-message')]"))
    assert not signatures(agreed, keyworker)


def test_where_there_is_no_scan_or_no_reach_nothing_opens(agreed, triaged, keyworker, browser, signed_in, stranger):
    plans.signed(triaged, keyworker, version=agreed)
    assert browser.get(url("plan-scan", agreed)).status_code == 404
    assert signed_in(stranger).get(url("plan-scan", agreed)).status_code == 404


def test_declined_with_a_reason_from_the_list(agreed, keyworker, browser):
    data = words(browser, agreed, keyworker, client_how="declined", client_name="", client_reason="Does not sign papers")
    assert browser.post(url("plan-sign", agreed), data).status_code == 302
    client = signatures(agreed, keyworker)["client"]
    assert (client.how, client.reason) == ("declined", "Does not sign papers")
    page = " ".join(texts(browser.get(url("plan-show", agreed)), "//*[contains(@class, 'parties')]/li"))
    assert "Declined to sign" in page
    assert "Does not sign papers" in page


@pytest.mark.parametrize("how", ["screen", "paper"])
def test_a_witness(agreed, keyworker, turned, how):
    data = words(turned, agreed, keyworker, witness_how=how, witness_name="Her sister", witness_paper_name="Her sister")
    assert turned.post(url("plan-sign", agreed), data | boxes("witness", clock.today())).status_code == 302
    assert signatures(agreed, keyworker)["witness"].name == "Her sister"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"client_name": ""}, "Type the name of whoever signs"),
        ({"keyworker_name": "Somebody else"}, "Sign with your own name"),
        ({"client_how": "declined"}, "Say why they did not want to sign"),
        ({"client_how": "declined", "client_reason": "My own words"}, "choose one of the answers"),
        ({"client_how": "paper"}, "Say which day"),
        (
            {"client_how": "paper", "client_signed_on_day": "31", "client_signed_on_month": "2", "client_signed_on_year": "2026"},
            "real date",
        ),
        (
            {
                "client_how": "paper",
                "client_signed_on_day": "1",
                "client_signed_on_month": "1",
                "client_signed_on_year": str(clock.today().year + 1),
            },
            "today or in the past",
        ),
        ({"client_how": "with-blood"}, "choose one of the answers"),
        ({"client_strokes": "M1 1<script>"}, "drawing did not arrive whole"),
        ({"witness_how": "screen"}, "Type the name"),
        ({"witness_how": "paper", "witness_signed_on_day": "1"}, "must include"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(agreed, keyworker, turned, changed, sentence):
    data = words(turned, agreed, keyworker, **changed)
    page = turned.post(url("plan-sign", agreed), data)
    assert page.status_code == 200
    assert sentence in " ".join(texts(page, "//p[contains(@class, 'govuk-error-message')]"))
    assert texts(page, "//*[contains(@class, 'govuk-error-summary')]//li")
    again = form_of(page)
    for name, value in data.items():
        if name not in ("csrfmiddlewaretoken", "client_how", "client_reason") and name not in changed:
            assert again[name] == ([value] if isinstance(value, str) else value), name
    assert not signatures(agreed, keyworker)


def test_a_word_on_paper_asks_for_the_witness_name(agreed, keyworker, turned):
    page = turned.post(url("plan-sign", agreed), words(turned, agreed, keyworker, witness_how="paper") | boxes("witness", clock.today()))
    assert texts(page, "//*[@id='id_witness_paper_name_errors']")


def test_an_old_tab_signs_nothing(agreed, keyworker, turned):
    data = words(turned, agreed, keyworker)
    take_back(turned)
    turned.post(url("plan-reopen", agreed))
    answer = turned.post(url("plan-sign", agreed), data)
    assert answer.url == url("plan-show", agreed)
    assert "cannot be" in turned.get(answer.url).content.decode()
    said = plans.said_of(agreed, keyworker)
    said.texts["way_back"] = "Walk in"
    plans.save(agreed, said, keyworker)
    turned.post(url("plan-agree", agreed), form_of(turned.get(url("plan-agree", agreed))))
    turned.post(reverse("screen-turn", args=[agreed.client_id]))
    page = turned.post(url("plan-sign", agreed), data)
    assert "changed after this page was opened" in page.content.decode()
    assert not signatures(agreed, keyworker)


def test_a_double_click_signs_once(agreed, keyworker, turned):
    data = words(turned, agreed, keyworker)
    assert [turned.post(url("plan-sign", agreed), data).status_code for _ in range(2)] == [302, 302]
    assert len(signatures(agreed, keyworker)) == 2
    with context.acting(keyworker):
        assert Document.objects.filter(subject_id=agreed.pk).count() == 1
        assert Event.objects.filter(verb="plan.signed").count() == 1


def test_a_signature_is_never_kept_as_a_draft(agreed, keyworker, turned):
    turned.post(url("plan-sign", agreed), words(turned, agreed, keyworker, client_strokes="M1 2L3 4", client_name=""))
    turned.logout()
    turned.post(url("plan-sign", agreed), {"client_strokes": "M1 2L3 4"})
    with context.acting(keyworker):
        assert not Draft.objects.exists()


def test_turned_to_the_client_nothing_else_stands_there(agreed, browser):
    page = browser.get(url("plan-sign", agreed))
    for part in ("client-banner", "masthead", "navigation", "tabs"):
        assert not texts(page, f"//*[contains(@class, '{part}')]"), part


def test_print_it_to_sign_by_hand(agreed, browser):
    answer = browser.get(url("plan-paper", agreed))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "private, no-store")
    assert answer.content.startswith(b"%PDF")
    assert "drug" not in answer["Content-Disposition"].lower()


def test_after_the_review_day_the_page_says_what_to_do(agreed, turned, keyworker):
    clock.move_on(60)
    page = turned.get(url("plan-sign", agreed))
    assert "next review has come" in page.content.decode()
    turned.post(url("plan-sign", agreed), words(turned, agreed, keyworker))
    with context.acting(keyworker):
        assert PlanVersion.objects.get(pk=agreed.pk).state == "agreed"


def test_signing_asks_little(agreed, keyworker, turned):
    data = words(turned, agreed, keyworker)
    with at_most(21):
        assert turned.post(url("plan-sign", agreed), data).status_code == 302
