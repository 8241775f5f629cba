"""What is typed is kept: sent every few seconds, and kept again when a submitted form cannot be taken."""

import random
from uuid import uuid4

import pytest
from django.core import signing
from django.http import QueryDict

from carehub import clock, context, drafts
from carehub.models import Draft, Event
from tests import factories

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.urls("tests.carehub.pages")]


@pytest.fixture
def keyworker():
    return factories.actor()


@pytest.fixture
def browser(keyworker):
    return factories.signed_in(keyworker, raise_request_exception=False)


def kept(actor) -> list[dict[str, list[str]]]:
    with context.acting(actor):
        return [dict(drafts.as_data(draft).lists()) for draft in Draft.objects.visible_to(actor).order_by("saved_at")]


def save(browser, ticket: str, sequence: int = 1, **fields):
    return browser.post("/drafts/", {drafts.TICKET: ticket, drafts.SEQUENCE: sequence, **fields}, headers={"X-Requested-With": "fetch"})


def test_a_draft_is_saved_and_says_when(browser, keyworker):
    answer = save(browser, drafts.ticket(keyworker, kind="plan"), goal="To sleep", actions=["one", "two"])
    assert answer.status_code == 200
    assert answer.json() == {"saved": f"{clock.now().astimezone(clock.LONDON):%H:%M}"}
    assert kept(keyworker) == [{"goal": ["To sleep"], "actions": ["one", "two"]}]


def test_fields_come_back_in_the_order_of_the_page(browser, keyworker):
    """The goals of a plan stand as their fields do."""
    names = [f"goal-{key}-words" for key in ("zz", "a", "mmmm", "b", "10", "9")]
    save(browser, drafts.ticket(keyworker, kind="plan"), **dict.fromkeys(names, "typed"))
    [fields] = kept(keyworker)
    assert list(fields) == names


def test_a_draft_costs_few_queries_and_is_nobodys_deed(browser, keyworker, django_assert_max_num_queries):
    ticket = drafts.ticket(keyworker, kind="plan")
    save(browser, ticket)
    with django_assert_max_num_queries(6):  # four, and BEGIN and COMMIT where they are counted
        save(browser, ticket, 2, goal="To sleep")
    save(browser, "no ticket")
    browser.logout()
    save(browser, ticket, 3)
    assert not Event.objects.using("owner").exists()


def test_a_late_message_does_not_overwrite_a_newer_one(browser, keyworker):
    ticket = drafts.ticket(keyworker, kind="plan")
    order = list(range(1, 13))
    random.Random(12).shuffle(order)
    for sequence in order:
        assert save(browser, ticket, sequence, goal=f"typed {sequence}").status_code == 200
    assert kept(keyworker) == [{"goal": ["typed 12"]}]


@pytest.mark.parametrize("sequence", ["", "-1", "1e9", "٣", "9" * 400, "x"])
def test_an_odd_sequence_does_no_harm(browser, keyworker, sequence):
    assert save(browser, drafts.ticket(keyworker, kind="plan"), sequence, goal="To sleep").status_code == 200
    assert kept(keyworker) == [{"goal": ["To sleep"]}]


@pytest.mark.parametrize(
    "text", ["\x00", "a\x00b", "\ufffe", "🌱 ‮ \u200d", "'; DROP TABLE carehub_draft; --", "x" * 200_000, "\\u0000", "\r\n\t"]
)
def test_odd_text_is_kept(browser, keyworker, text):
    assert save(browser, drafts.ticket(keyworker, kind="plan"), goal=text).status_code == 200
    assert kept(keyworker) == [{"goal": [text.replace("\x00", "")]}]


def test_two_windows_keep_two_texts(browser, keyworker):
    for text in ("in the one", "in the other"):
        save(browser, drafts.ticket(keyworker, kind="plan", subject="new"), goal=text)
    assert sorted(fields["goal"] for fields in kept(keyworker)) == [["in the one"], ["in the other"]]


@pytest.mark.parametrize(
    "spoil", [lambda ticket: "", lambda ticket: ticket[:-1], lambda ticket: ticket + "x", lambda ticket: signing.dumps({"a": 1})]
)
def test_without_a_true_ticket_nothing_is_kept(browser, keyworker, spoil):
    assert save(browser, spoil(drafts.ticket(keyworker, kind="plan")), goal="To sleep").status_code == 400
    assert kept(keyworker) == []


def test_another_persons_ticket_is_not_taken_for_mine(browser, keyworker):
    colleague = factories.actor(agency=keyworker.agency)
    assert save(browser, drafts.ticket(colleague, kind="plan"), goal="Not mine").status_code == 400
    assert kept(keyworker) == kept(colleague) == []


def test_begun_in_another_of_ones_own_roles_it_is_kept_there(keyworker, other_agency):
    """The role was changed in another tab; the page goes on saving, and what it saves is found where it was begun."""
    elsewhere = factories.actor(role="service-manager", agency=other_agency, person=keyworker.person)
    someone = factories.client_of(keyworker.agency, keyworker=keyworker)
    ticket = drafts.ticket(keyworker, kind="plan", client_id=someone.pk)
    answer = save(factories.signed_in(elsewhere), ticket, goal="To sleep")
    assert answer.status_code == 200
    assert answer.json()["saved"]
    assert kept(keyworker) == [{"goal": ["To sleep"]}]
    assert not factories.reaches(elsewhere, someone), "nothing is opened by it"


def test_a_form_begun_in_another_role_is_not_taken_in_this_one(keyworker, other_agency):
    """Its page lay open while the role was changed: what it asks for would be done in another agency, and said of another role."""
    elsewhere = factories.actor(agency=other_agency, person=keyworker.person)
    address = f"/test/form/{uuid4()}"
    ticket = factories.signed_in(keyworker).get(address).content.decode().splitlines()[0]
    answer = factories.signed_in(elsewhere).post(address, {drafts.TICKET: ticket, "goal": "good"})
    assert answer.status_code == 403
    words = answer.content.decode()
    assert keyworker.agency.name in words
    assert other_agency.name in words
    assert kept(keyworker) == [{"goal": ["good"]}]
    assert factories.signed_in(keyworker).post(address, {drafts.TICKET: ticket, "goal": "good"}).content == b"taken"


def test_a_session_that_has_ended_may_still_write_and_reads_nothing(browser, keyworker):
    ticket = drafts.ticket(keyworker, kind="plan")
    browser.logout()
    answer = save(browser, ticket, 2, goal="Typed while locked")
    assert (answer.status_code, answer.json()) == (401, {"locked": True})
    assert kept(keyworker) == [{"goal": ["Typed while locked"]}]


def test_a_submitted_form_of_an_ended_session_is_kept_and_given_back(browser, keyworker):
    someone = factories.client_of(keyworker.agency, keyworker=keyworker)
    address = f"/test/form/{someone.pk}"
    ticket = browser.get(address).content.decode().splitlines()[0]
    browser.logout()
    answer = browser.post(address, {drafts.TICKET: ticket, drafts.FORM_ADDRESS: address, "goal": "A long afternoon's work"})
    assert answer.status_code == 302
    assert address in answer.headers["Location"]
    again = factories.signed_in(keyworker).get(address).content.decode()
    assert again.splitlines()[1:] == ["A long afternoon's work"]


def test_a_form_refused_for_its_token_is_kept(keyworker):
    strict = factories.signed_in(keyworker, enforce_csrf_checks=True)
    ticket = drafts.ticket(keyworker, kind="plan", subject="x")
    answer = strict.post(f"/test/form/{uuid4()}", {drafts.TICKET: ticket, "goal": "Opened before the last sign-in"})
    assert answer.status_code == 403
    assert kept(keyworker) == [{"goal": ["Opened before the last sign-in"]}]


@pytest.mark.parametrize("page", ["400", "403", "404", "500", "broken-transaction", "fails-at-the-commit"])
def test_a_form_that_ends_in_an_error_is_kept(browser, keyworker, page):
    someone = factories.client_of(keyworker.agency, keyworker=keyworker)
    ticket = drafts.ticket(keyworker, kind="plan", subject=someone.pk, client_id=someone.pk)
    browser.post(f"/test/{page}/{someone.pk}", {drafts.TICKET: ticket, drafts.SEQUENCE: "7", "goal": "Typed for an hour\x00"})
    assert kept(keyworker) == [{"goal": ["Typed for an hour"]}]


def test_a_submitted_form_is_newer_than_its_last_automatic_save(browser, keyworker):
    ticket = drafts.ticket(keyworker, kind="plan")
    save(browser, ticket, 7, goal="half")
    browser.post(f"/test/404/{uuid4()}", {drafts.TICKET: ticket, drafts.SEQUENCE: "7", "goal": "whole"})
    save(browser, ticket, 7, goal="half, again, late")
    assert kept(keyworker) == [{"goal": ["whole"]}]


def test_what_is_too_large_is_refused_in_peace(browser, keyworker, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 20
    ticket = drafts.ticket(keyworker, kind="plan")
    large = browser.post(
        "/drafts/",
        QueryDict(mutable=True).urlencode() + f"{drafts.TICKET}={ticket}&goal={'x' * 2000}",
        content_type="application/x-www-form-urlencoded",
    )
    many = browser.post("/drafts/", "&".join(f"f{number}=1" for number in range(30)), content_type="application/x-www-form-urlencoded")
    odd = browser.post("/drafts/", b"goal=x", content_type="application/x-www-form-urlencoded; charset=latin-1")
    cut = browser.post("/drafts/", b"--b\r\nContent-Disp", content_type="multipart/form-data; boundary=b")
    assert {large.status_code, many.status_code, odd.status_code, cut.status_code} <= {400, 413}
    assert not Event.objects.using("owner").filter(verb="failed").exists()


def test_a_taken_form_leaves_no_draft(browser, keyworker):
    address = f"/test/form/{uuid4()}"
    ticket = browser.get(address).content.decode().splitlines()[0]
    save(browser, ticket, 3, goal="goo")
    assert browser.post(address, {drafts.TICKET: ticket, "goal": "good"}).content == b"taken"
    assert kept(keyworker) == []


def test_a_restored_text_is_gone_once_it_is_taken(browser, keyworker):
    address = f"/test/form/{uuid4()}"
    first = browser.get(address).content.decode().splitlines()[0]
    save(browser, first, 3, goal="closed in the middle")
    second, text = browser.get(address).content.decode().splitlines()
    assert text == "closed in the middle"
    browser.post(address, {drafts.TICKET: second, "goal": "good"})
    assert kept(keyworker) == []


def test_what_another_window_typed_meanwhile_survives_a_submit(browser, keyworker):
    address = f"/test/form/{uuid4()}"
    first, second = (browser.get(address).content.decode().splitlines()[0] for _ in range(2))
    save(browser, second, 1, goal="typed in the second window")
    browser.post(address, {drafts.TICKET: first, "goal": "good"})
    assert kept(keyworker) == [{"goal": ["typed in the second window"]}]


def test_a_ticket_lives_over_a_weekend_and_not_for_ever(keyworker, monkeypatch):
    import time

    ticket = drafts.ticket(keyworker, kind="plan")
    really = time.time()
    monkeypatch.setattr(time, "time", lambda: really + 3 * 24 * 3600)
    assert drafts.read_ticket(ticket)
    monkeypatch.setattr(time, "time", lambda: really + 8 * 24 * 3600)
    assert drafts.read_ticket(ticket) is None


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "\\\\elsewhere.example", "relative"]
)
def test_nobody_is_led_elsewhere(rf, address):
    assert drafts.form_address(rf.post("/", {drafts.FORM_ADDRESS: address})) == ""
