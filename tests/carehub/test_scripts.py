"""The scripts of a form, in a real browser without a server: what is typed is sent, said, tried again; rows grow; a signature is a path."""

import time
from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest
from django.conf import settings
from django.template import engines
from playwright.sync_api import Browser, Page, Route, expect

from carehub.views.gallery_samples import SampleForm, SampleGoals, SampleSignatureForm

HOST = "http://carehub.invalid"
FORM = """{% load crispy_forms_tags %}<!doctype html><html lang="en"><title>A form</title><body class="js-enabled govuk-frontend-supported">
<input id="search-words" data-search>
{% form_start form draft_ticket="ticket" %}{% crispy form %}
{% include "components/rows.html" with formset=goals title="Goals" row_title="Goal" add_text="Add another goal" %}
{% include "components/signature.html" with name_field=sign.name drawing_field=sign.drawing %}
<button id="save">Save</button>{% form_end %}
<a href="/elsewhere" id="away">Away</a>
<p data-shortcuts hidden data-on="on" data-off="off" data-turn-on="turn on" data-turn-off="turn off"><span></span>
<button type="button"></button></p>
<script src="/static/vendor/signature_pad-5.1.4/signature_pad.umd.min.js"></script>
<script src="/static/js/page.js"></script><script src="/static/js/autosave.js"></script>
<script src="/static/js/rows.js"></script><script src="/static/js/signature.js"></script>"""


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    theirs = list(chromium.contexts)
    yield chromium
    for context in chromium.contexts:
        if context not in theirs:
            context.close()


@pytest.fixture
def server() -> SimpleNamespace:
    """What the pages reach: ``answer`` for drafts (a status, or None for a dead line), and what arrived."""
    return SimpleNamespace(answer=200, drafts=[], submitted=[])


def open_form(browser, server, *, script: bool = True) -> Page:
    html = (
        engines["django"]
        .from_string(FORM)
        .render(
            {
                "form": SampleForm(),
                "goals": SampleGoals(prefix="goals"),
                "sign": SampleSignatureForm(prefix="sign"),
                "draft_url": "/drafts/",
            }
        )
    )

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOST)
        if path.startswith("/static/"):
            route.fulfill(path=settings.BASE_DIR / path[1:])
        elif path == "/drafts/":
            if server.answer is None:
                route.abort()
                return
            server.drafts.append(parse_qs(route.request.post_data or "", keep_blank_values=True))
            route.fulfill(status=server.answer, json={"saved": "14:02"})
        elif route.request.method == "POST":
            server.submitted.append(parse_qs(route.request.post_data or "", keep_blank_values=True))
            route.fulfill(content_type="text/html", body="<title>Saved</title>")
        else:
            route.fulfill(content_type="text/html", body=html if path == "/" else "<title>Elsewhere</title>")

    page = browser.new_context(java_script_enabled=script).new_page()
    page.route("**/*", answer)
    page.goto(f"{HOST}/")
    return page


def status(page: Page):
    return page.locator("[data-save-status]")


def test_what_is_typed_is_sent_after_a_pause_and_said(browser, server):
    page = open_form(browser, server)
    expect(status(page)).to_be_hidden()
    page.fill("#id_name", "Robin")
    expect(status(page)).to_have_text("Saved 14:02", timeout=5000)
    assert [draft["name"] for draft in server.drafts] == [["Robin"]]
    assert server.drafts[0]["draft_ticket"] == ["ticket"]
    assert server.drafts[0]["draft_sequence"] == ["1"]
    assert "csrfmiddlewaretoken" not in server.drafts[0]


def test_while_typing_goes_on_it_is_sent_within_five_seconds(browser, server):
    page = open_form(browser, server)
    page.locator("#id_wants").focus()
    page.keyboard.type("word ")
    began = time.monotonic()
    while not server.drafts and time.monotonic() - began < 5:
        page.keyboard.type("word ")
        page.wait_for_timeout(100)
    assert server.drafts, "nothing was sent in five seconds of typing"


def test_a_dead_line_is_said_tried_again_and_made_good(browser, server):
    server.answer = None
    page = open_form(browser, server)
    page.fill("#id_name", "Robin")
    expect(status(page)).to_have_text("Not saved: CareHub does not answer. We keep trying.", timeout=5000)
    server.answer = 200
    expect(status(page)).to_have_text("Saved 14:02", timeout=8000)
    assert server.drafts[-1]["name"] == ["Robin"]


def test_without_a_network_it_says_so_and_leaving_is_warned_of_until_it_is_saved(browser, server):
    page = open_form(browser, server)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.context.set_offline(True)
    server.answer = None
    page.fill("#id_name", "Robin")
    expect(status(page)).to_have_text("Not saved: you are offline. We keep trying.", timeout=5000)
    page.click("#away", no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert page.url == f"{HOST}/"
    server.answer = 200
    page.context.set_offline(False)
    expect(status(page)).to_have_text("Saved 14:02", timeout=5000)
    page.click("#away")
    assert page.url == f"{HOST}/elsewhere"
    assert asked == ["beforeunload"]


def test_what_is_saved_may_be_left_without_a_question(browser, server):
    """A text field says 'change' once more when it is left."""
    page = open_form(browser, server)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#id_name").focus()
    page.keyboard.type("Robin")
    expect(status(page)).to_have_text("Saved 14:02", timeout=5000)
    page.click("#away")
    page.wait_for_url(f"{HOST}/elsewhere")
    assert asked == []
    assert len(server.drafts) == 1


@pytest.mark.parametrize(
    ("code", "words"),
    [(401, "no longer signed in"), (403, "no longer signed in"), (409, "another window"), (400, "as you type")],
)
def test_each_refusal_has_its_sentence(browser, server, code, words):
    server.answer = code
    page = open_form(browser, server)
    page.fill("#id_name", "Robin")
    expect(status(page)).to_contain_text(words, timeout=5000)


def test_the_draft_goes_before_the_submit(browser, server):
    page = open_form(browser, server)
    page.fill("#id_name", "Robin")
    page.click("#save")
    expect(page).to_have_title("Saved")
    assert server.drafts[-1]["name"] == ["Robin"]
    assert server.submitted[0]["name"] == ["Robin"]


def test_a_submit_into_a_dead_line_keeps_the_page_and_a_second_press_submits(browser, server):
    server.answer = None
    page = open_form(browser, server)
    page.fill("#id_name", "Robin")
    page.click("#save")
    expect(status(page)).to_contain_text("Not sent", timeout=12000)
    assert page.input_value("#id_name") == "Robin"
    page.click("#save")
    expect(page).to_have_title("Saved")


def test_a_submit_of_somebody_signed_out_goes_to_the_server_which_keeps_it(browser, server):
    server.answer = 401
    page = open_form(browser, server)
    page.fill("#id_name", "Robin")
    page.click("#save")
    expect(page).to_have_title("Saved")
    assert server.submitted[0]["name"] == ["Robin"]


def test_closing_the_tab_sends_what_is_left(browser, server):
    page = open_form(browser, server)
    page.fill("#id_name", "Robin")
    page.goto("about:blank")
    page.wait_for_timeout(500)
    assert server.drafts[-1]["name"] == ["Robin"]


def test_nothing_about_a_client_stays_in_the_browser(browser, server):
    page = open_form(browser, server)
    page.fill("#id_name", "Robin")
    expect(status(page)).to_be_visible(timeout=5000)
    assert page.evaluate("JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])") == "[[],[]]"


def test_a_question_inside_an_answer_opens_with_it(browser, server):
    page = open_form(browser, server)
    page.add_style_tag(path=str(settings.BASE_DIR / "static/vendor/govuk-frontend-6.6.0/govuk-frontend.css"))
    where = page.locator("#id_where")
    expect(where).to_be_hidden()
    page.check("#id_injects_0")
    expect(where).to_be_visible()
    page.check("#id_injects_2")
    expect(where).to_be_hidden()


def test_rows_are_added_and_removed(browser, server):
    page = open_form(browser, server)
    page.fill("#id_goals-0-words", "One")
    for words in ("Two", "Three"):
        page.click("[data-rows-add]")
        page.keyboard.type(words)
    page.locator("[data-row-remove]:visible").nth(1).click()
    assert page.locator(".row__title:visible").all_text_contents() == ["Goal 1", "Goal 2"]
    assert page.evaluate("document.activeElement.id") == "id_goals-2-words"
    while page.locator("[data-rows-add]").is_visible():
        page.click("[data-rows-add]")
    assert page.input_value("[name=goals-TOTAL_FORMS]") == "5"
    page.click("#save")
    expect(page).to_have_title("Saved")
    formset = SampleGoals({name: values[0] for name, values in server.submitted[0].items()}, prefix="goals")
    assert formset.is_valid()
    assert [row["words"] for row in formset.filled] == ["One", "Three"]


def test_without_script_the_same_button_asks_the_server(browser, server):
    page = open_form(browser, server, script=False)
    page.fill("#id_goals-0-words", "One")
    page.click("[data-rows-add]")
    assert server.submitted[0]["goals-more"] == ["1"]
    assert server.submitted[0]["goals-0-words"] == ["One"]


def test_a_drawn_signature_is_a_path_that_its_field_takes(browser, server):
    page = open_form(browser, server)
    box = page.locator("canvas")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    page.mouse.move(place["x"] + 20, place["y"] + 20)
    page.mouse.down()
    for step in range(40):
        page.mouse.move(place["x"] + 20 + step * 9, place["y"] + 20 + step % 7 * 12)
    page.mouse.up()
    drawn = page.input_value("#id_sign-drawing")
    form = SampleSignatureForm({"sign-name": "Robin Marsh", "sign-drawing": drawn}, prefix="sign")
    assert form.is_valid()
    assert len(drawn) > 100
    page.click("[data-signature-clear]")
    assert page.input_value("#id_sign-drawing") == ""


def test_the_shortcut_goes_to_the_search_box_and_can_be_turned_off(browser, server):
    page = open_form(browser, server)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search-words"
    page.keyboard.type("a/b")
    assert page.input_value("#search-words") == "a/b"
    page.click("[data-shortcuts] button")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "search-words"
