"""Idle means locked, not ended: a locked sign-in writes its drafts and reads nothing."""

import pytest
from django.urls import get_resolver, reverse

from carehub import clock, context, drafts, local_settings
from carehub.models import Draft, Event, Session
from carehub.signing_in.sessions import SessionStore
from tests import factories
from tests.architecture.test_pages import pages
from tests.carehub import signing_in
from tests.carehub.signing_in import PASSWORD, code, sign_in, with_app
from tests.queries import at_most

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.urls("tests.carehub.pages")]
FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def keyworker():
    return signing_in.keyworker()


@pytest.fixture
def browser(keyworker):
    return sign_in(keyworker.person)


@pytest.fixture
def later(monkeypatch):
    return signing_in.moves(monkeypatch)


def is_locked(browser, page: str = "/notices/") -> bool:
    answer = browser.get(page)
    return answer.status_code == 302 and answer.headers["Location"] == f"/screen/?next={page}"


def unlock(browser, typed: str = PASSWORD, to: str = "/notices/"):
    return signing_in.unlock(browser, typed, to)


# --- When it locks ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "locked"), [(29, False), (32, True)])
def test_after_half_an_hour_without_use(browser, later, minutes, locked):
    later(minutes=minutes)
    assert is_locked(browser) == locked


@pytest.mark.parametrize(("minutes", "locked"), [(14, False), (17, True)])
def test_at_a_shared_desk_after_a_quarter(keyworker, later, minutes, locked):
    browser = sign_in(keyworker.person, shared_desk="on")
    later(minutes=minutes)
    assert is_locked(browser) == locked


def test_a_partnership_may_decide_otherwise_within_bounds(keyworker, later):
    keyworker.partnership.local_settings = {"lock_after_minutes": 5}
    keyworker.partnership.save()
    browser = sign_in(keyworker.person)
    shared = sign_in(keyworker.person, shared_desk="on")
    later(minutes=7)
    assert is_locked(browser)
    assert is_locked(shared)
    assert all(local_settings.problems({"lock_after_minutes": minutes}) for minutes in (1, 240, "soon"))


def test_use_keeps_it_open_and_is_written_once_a_minute_at_most(browser, later):
    key = browser.session.session_key
    for _ in range(10):
        later(minutes=10)
        assert not is_locked(browser)
    seen = Session.objects.get(pk=key).seen_at
    later(seconds=50)
    with at_most(8) as asked:
        browser.get("/notices/")
    assert not [sql for sql in asked if sql.startswith("UPDATE") and "carehub_session" in sql]
    assert Session.objects.get(pk=key).seen_at == seen
    later(seconds=20)
    browser.get("/notices/")
    assert Session.objects.get(pk=key).seen_at > seen


def test_asking_whether_it_is_locked_keeps_nothing_open(browser, later):
    for _ in range(4):
        later(minutes=8)
        answer = browser.get(reverse("screen-state"), headers=FETCH).json()
    assert answer == {"locked": True, "seconds": 0}
    assert is_locked(browser)


def test_a_page_that_is_read_says_that_somebody_is_there(browser, later):
    for _ in range(4):
        later(minutes=20)
        assert browser.post(reverse("screen-state"), headers=FETCH).json()["locked"] is False
    assert not is_locked(browser)


def test_twelve_hours_at_most_however_much_it_is_used(browser, later):
    for _ in range(47):
        later(minutes=15)
        assert not is_locked(browser)
    later(minutes=16)
    answer = browser.get("/notices/")
    assert answer.headers["Location"] == f"{reverse('account_login')}?next=/notices/"
    assert not Session.objects.filter(person__isnull=False).exists()


def test_unlocking_does_not_prolong_the_twelve_hours(browser, later):
    later(hours=11, minutes=59)
    unlock(browser)
    assert not is_locked(browser)
    later(minutes=2)
    assert "sign-in" in browser.get("/notices/").headers["Location"]


def test_the_demonstrations_clock_locks_nobody(browser):
    clock.move_on(7)
    assert not is_locked(browser)


def test_it_costs_no_query(keyworker, browser):
    """The session, the person with their memberships, the context: what a page without a lock asks as well."""
    browser.get("/test/nobody")
    with at_most(3):
        assert browser.get("/test/nobody").content == b"nothing to see"


# --- While it is locked ------------------------------------------------------------------------------------------------


@pytest.fixture
def locked(browser):
    browser.post(reverse("screen-lock"), {"next": "/notices/"})
    return browser


def test_the_button_locks_and_shows_the_way_back(browser):
    answer = browser.post(reverse("screen-lock"), {"next": "/notices/"})
    assert answer.headers["Location"] == "/screen/?next=/notices/"
    html = browser.get(answer.headers["Location"]).content.decode()
    assert 'value="/notices/"' in html
    assert "What you typed is kept" in html
    assert browser.get("/").status_code == 302


def test_every_page_that_asks_for_a_sign_in_is_shut(keyworker, locked):
    """Walks all addresses there are: read by page name, with keys of a client who is really there."""
    someone = factories.client_of(keyworker.agency, keyworker=keyworker)
    walked = 0
    for address, page in pages(get_resolver().url_patterns):
        rule = page.callback.rule
        if rule.startswith("no sign-in") or "locked" in rule:
            continue
        path = reverse(page.name, kwargs=dict.fromkeys(page.pattern.converters, someone.pk)) if "<" in address else f"/{address}"
        answers = [locked.get(path), locked.post(path)]
        for answer in (each for each in answers if each.status_code != 405):
            assert answer.status_code == 302, path
            assert answer.headers["Location"].startswith("/screen/?next="), path
            assert someone.last_name.encode() not in answer.content
        assert locked.post(path, headers=FETCH).status_code in (401, 405)
        walked += 1
    assert walked > 30


def test_the_database_shows_nothing_either(keyworker, locked):
    factories.client_of(keyworker.agency, keyworker=keyworker)
    assert locked.get("/test/open").content == b"0 clients"


def test_what_opens_all_the_same_tells_nothing_about_a_client(keyworker, locked):
    someone = factories.client_of(keyworker.agency, keyworker=keyworker)
    for path in ("/screen/", "/screen/state/"):
        answer = locked.get(path)
        assert answer.status_code == 200
        assert someone.reference.encode() not in answer.content


def test_drafts_are_still_written_and_the_page_is_told(keyworker, locked):
    ticket = drafts.ticket(keyworker, kind="plan")
    fields = {drafts.TICKET: ticket, drafts.SEQUENCE: "3", "goal": "Typed in the last second"}
    answer = locked.post("/drafts/", fields, headers=FETCH)
    assert answer.status_code == 200
    assert answer.json()["locked"] is True
    with context.acting(keyworker):
        assert Draft.objects.visible_to(keyworker).get().fields["goal"] == ["Typed in the last second"]


def test_not_with_another_persons_ticket(keyworker, locked):
    colleague = factories.actor(agency=keyworker.agency)
    answer = locked.post("/drafts/", {drafts.TICKET: drafts.ticket(colleague, kind="plan"), "goal": "Not mine"}, headers=FETCH)
    assert answer.status_code == 400


def test_a_submitted_form_is_kept_and_stands_there_after_unlocking(keyworker, browser, later):
    someone = factories.client_of(keyworker.agency, keyworker=keyworker)
    address = f"/test/form/{someone.pk}"
    ticket = browser.get(address).content.decode().splitlines()[0]
    later(minutes=45)
    answer = browser.post(address, {drafts.TICKET: ticket, drafts.FORM_ADDRESS: address, "goal": "A long afternoon's work"})
    assert answer.headers["Location"] == f"/screen/?next={address}"
    assert unlock(browser, to=address).headers["Location"] == address
    assert browser.get(address).content.decode().splitlines()[1:] == ["A long afternoon's work"]


def test_a_slow_page_does_not_take_the_lock_away(browser):
    """It began before, and saves its session after: what it read of the lock is old."""
    slow = SessionStore(browser.session.session_key)
    slow["something"] = "changed"
    browser.post(reverse("screen-lock"))
    slow.save()
    assert browser.session["something"] == "changed"
    assert is_locked(browser)


# --- Unlocking ---------------------------------------------------------------------------------------------------------


def test_the_password_unlocks_and_leads_back(locked):
    answer = unlock(locked)
    assert answer.headers["Location"] == "/notices/"
    assert not is_locked(locked)


def test_so_do_the_six_digits_once(keyworker, locked):
    now = code(with_app(keyworker.person))
    assert unlock(locked, f" {now[:3]} {now[3:]}").status_code == 302
    assert not is_locked(locked)
    locked.post(reverse("screen-lock"))
    assert unlock(locked, now).status_code == 200
    assert is_locked(locked)


def test_a_recovery_code_is_not_spent_on_it(keyworker, locked):
    with_app(keyworker.person)
    [first, *_] = signing_in.recovery_codes(keyworker.person)
    assert unlock(locked, first).status_code == 200
    assert first in signing_in.recovery_codes(keyworker.person)


@pytest.mark.parametrize("typed", ["", "wrong wrong wrong", "000000", "x" * 5000, "\x00", PASSWORD.upper(), f"{PASSWORD} "])
def test_nothing_else_does(locked, typed):
    answer = unlock(locked, typed)
    assert answer.status_code == 200
    assert "govuk-error-message" in answer.content.decode()
    assert is_locked(locked)


def test_a_colleagues_password_does_not(keyworker, locked):
    factories.actor(agency=keyworker.agency, password="another one altogether")
    unlock(locked, "another one altogether")
    assert is_locked(locked)


def test_a_script_is_told_and_a_hidden_page_asks_even_where_the_server_is_open(browser, locked):
    wrong = locked.post(reverse("screen"), {"typed": "wrong"}, headers=FETCH).json()
    assert wrong["locked"] is True
    assert wrong["errors"] == ["That is neither your password nor the code of your app"]
    assert locked.post(reverse("screen"), {"typed": PASSWORD}, headers=FETCH).json() == {"locked": False}
    assert locked.post(reverse("screen"), {"typed": "wrong"}, headers=FETCH).json()["locked"] is True


@pytest.mark.parametrize("to", ["https://elsewhere.example/", "//elsewhere.example", "\\\\elsewhere.example", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere(locked, to):
    assert unlock(locked, to=to).headers["Location"] == "/"


def test_all_of_it_is_on_record(keyworker, locked):
    unlock(locked, "wrong")
    unlock(locked)
    verbs = Event.objects.using("owner").filter(person=keyworker.person).order_by("at").values_list("verb", flat=True)
    assert [verb for verb in verbs if verb.startswith("screen.")] == ["screen.locked", "screen.not-unlocked", "screen.unlocked"]
    assert not Event.objects.using("owner").filter(reason__contains="wrong").exists()


def test_it_can_be_guessed_ten_times(locked):
    assert all("neither your password" in unlock(locked, f"guess {number}").content.decode() for number in range(10))
    assert "Too many tries" in unlock(locked).content.decode()
    assert is_locked(locked)


def test_one_locked_browser_leaves_the_other_open(keyworker, locked):
    assert not is_locked(sign_in(keyworker.person))
    assert is_locked(locked)


def test_signing_out_works_while_it_is_locked(locked):
    locked.post(reverse("account_logout"))
    assert "sign-in" in locked.get("/notices/").headers["Location"]
