"""The second factor: set up before anything else, shown at sign-in, on record whatever happens with it."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client as Browser
from django.urls import get_resolver, reverse

from carehub.models import Event, OutgoingMail
from carehub.signing_in import second_factor
from tests import factories
from tests.architecture.test_pages import pages
from tests.carehub import signing_in
from tests.carehub.signing_in import PASSWORD, code, recovery_codes, sign_in, with_app

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def keyworker():
    return signing_in.keyworker()


@pytest.fixture
def person(keyworker):
    return keyworker.person


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def later(monkeypatch):
    return signing_in.moves(monkeypatch)


def verbs() -> list[str]:
    found = []
    for event in Event.objects.using("owner").order_by("at"):
        found += [event.verb, *(each["verb"] for each in event.also)]
    return found


def type_code(browser, typed: str):
    return browser.post(reverse("mfa_authenticate"), {"code": typed})


def is_in(browser) -> bool:
    return browser.get("/notices/").status_code == 200


# --- Setting it up -----------------------------------------------------------------------------------------------------


def test_whoever_has_none_is_led_to_set_one_up_before_anything_else(keyworker, required):
    """Walks every address there is."""
    someone = factories.client_of(keyworker.agency, keyworker=keyworker)
    browser, walked = sign_in(keyworker.person), 0
    for address, page in pages(get_resolver().url_patterns):
        rule = page.callback.rule
        if rule.startswith("no sign-in") or "second factor" in rule:
            continue
        path = reverse(page.name, kwargs=dict.fromkeys(page.pattern.converters, someone.pk)) if "<" in address else f"/{address}"
        answers = [browser.get(path), browser.post(path)]
        for answer in (each for each in answers if each.status_code != 405):
            assert answer.status_code == 302, path
            assert answer.headers["Location"].startswith("/your-sign-in/?next="), path
        walked += 1
    assert walked > 30
    html = browser.get("/your-sign-in/").content.decode()
    assert "Set up a second factor" in html
    assert someone.reference not in html


def test_the_settings_ask_for_it_outside_the_demonstration_only():
    import subprocess
    import sys

    asked = "from carehub import settings as s; print(s.SECOND_FACTOR_REQUIRED)"
    for demo, said in (("0", "True"), ("1", "False")):
        environment = {"CAREHUB_DEMO": demo, "CAREHUB_SECRET_KEY": "x" * 60, "DATABASE_URL": "postgresql://carehub_app@/x"}
        done = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == said


def set_up_app(browser):
    html = browser.get(reverse("mfa_activate_totp")).content.decode()
    secret = browser.session["mfa.totp.secret"]
    return html, secret, browser.post(reverse("mfa_activate_totp"), {"code": code(secret)})


def test_an_app_is_set_up_and_then_one_may_work(person, required):
    browser = sign_in(person)
    html, secret, answer = set_up_app(browser)
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert "data:image/svg+xml;base64," in html
    assert " ".join(re.findall("....", secret)) in html
    shown = browser.get(answer.headers["Location"]).content.decode()
    assert all(each in shown for each in recovery_codes(person))
    assert is_in(browser)
    assert {"second-factor.added"} <= set(verbs())
    assert OutgoingMail.objects.get(person=person).kind == "second-factor.added"


def test_a_wrong_first_code_sets_nothing_up(person, required):
    browser = sign_in(person)
    browser.get(reverse("mfa_activate_totp"))
    assert "That is not the code" in browser.post(reverse("mfa_activate_totp"), {"code": "000000"}).content.decode()
    assert not is_in(browser)
    assert "second-factor.failed" in verbs()


def test_secrets_are_stored_encrypted(person):
    secret = with_app(person)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not [each for each in recovery_codes(person) if each in kept]


def test_a_changed_secret_key_still_reads_them_while_the_former_one_is_named(person, settings):
    secret = with_app(person)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret key, as long as it has to be, for this test"
    assert second_factor.fits(person, code(secret))


def test_optional_in_the_demonstration(person):
    assert is_in(sign_in(person))


# --- At sign-in --------------------------------------------------------------------------------------------------------


@pytest.fixture
def secret(person):
    return with_app(person)


def test_the_password_alone_opens_nothing(person, secret):
    browser = sign_in(person)
    assert browser.answer.headers["Location"] == reverse("mfa_authenticate")
    for path in ("/", "/notices/", "/caseload/", "/your-sign-in/", "/screen/", "/drafts/"):
        assert browser.get(path).status_code in (302, 405), path
    assert not is_in(browser)
    assert "signed-in" not in verbs()


def test_with_the_code_one_is_in_and_it_is_on_record(person, secret, required):
    browser = sign_in(person)
    assert type_code(browser, code(secret)).status_code == 302
    assert is_in(browser)
    assert {"second-factor.used", "signed-in"} <= set(verbs())


@pytest.mark.parametrize("step", [-1, 1])
def test_a_phone_may_be_half_a_minute_off(person, secret, step):
    browser = sign_in(person)
    type_code(browser, code(secret, step))
    assert is_in(browser)


@pytest.mark.parametrize("step", [-3, 3])
def test_but_no_more(person, secret, step):
    browser = sign_in(person)
    type_code(browser, code(secret, step))
    assert not is_in(browser)


def test_a_code_that_was_used_is_used_up(person, secret):
    now = code(secret)
    type_code(sign_in(person), now)
    again = sign_in(person)
    assert "That is not the code" in type_code(again, now).content.decode()
    assert not is_in(again)


def test_a_recovery_code_works_once(person, secret):
    [first, second, *_] = recovery_codes(person)
    browser = sign_in(person)
    type_code(browser, f"{first[:4]} {first[4:]}")
    assert is_in(browser)
    assert "recovery-code.used" in verbs()
    again = sign_in(person)
    type_code(again, first)
    assert not is_in(again)
    type_code(again, second)
    assert is_in(again)


@pytest.mark.parametrize("typed", ["", "1", "abcdef", "\x00", "9" * 5000, "١٢٣٤٥٦", "000000"])
def test_odd_codes_do_no_harm(person, secret, typed):
    browser = sign_in(person)
    assert type_code(browser, typed).status_code == 200
    assert not is_in(browser)


def test_failing_is_on_record_without_what_was_typed(person, secret):
    browser = sign_in(person)
    type_code(browser, "123321")
    event = Event.objects.using("owner").get(verb="second-factor.failed")
    assert event.subject_id == person.pk
    assert "123321" not in str(vars(event))


def test_the_codes_of_a_colleague_are_no_good(keyworker, secret):
    colleague = factories.actor(agency=keyworker.agency, password=PASSWORD)
    with_app(colleague.person)
    browser = sign_in(colleague.person)
    type_code(browser, code(secret))
    assert not is_in(browser)


def test_the_box_for_a_shared_desk_is_remembered_over_the_second_step(person, secret, later):
    browser = sign_in(person, shared_desk="on")
    type_code(browser, code(secret))
    later(minutes=17)
    assert browser.get("/notices/").headers["Location"].startswith("/screen/")


def test_it_costs_no_query(person, secret, required):
    """What stands in the session is believed: no look at the factors for a page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = sign_in(person)
    type_code(browser, code(secret))
    browser.get("/notices/")
    with CaptureQueriesContext(connection) as asked:
        assert is_in(browser)
    assert not [each for each in asked.captured_queries if "mfa_authenticator" in each["sql"]]


# --- Looking after it --------------------------------------------------------------------------------------------------


def signed_in_with(person, secret, step: int = 0) -> Browser:
    browser = sign_in(person)
    type_code(browser, code(secret, step))
    return browser


def test_it_can_be_removed_where_it_is_optional(person, secret):
    browser = signed_in_with(person, secret)
    factor = Authenticator.objects.get(user=person, type="totp")
    assert browser.post(reverse("second-factor-remove"), {"factor": factor.pk}).status_code == 302
    assert not Authenticator.objects.filter(user=person).exists()
    assert "second-factor.removed" in verbs()
    assert OutgoingMail.objects.get(person=person).kind == "second-factor.removed"


def test_the_only_one_cannot_where_it_is_required(person, secret, required):
    browser = signed_in_with(person, secret)
    factor = Authenticator.objects.get(user=person, type="totp")
    answer = browser.post(reverse("second-factor-remove"), {"factor": factor.pk})
    assert answer.status_code == 403
    assert "Set up another one first" in answer.content.decode()
    assert Authenticator.objects.filter(user=person).count() == 2


@pytest.mark.parametrize("key", ["", "0", "x", "9" * 30, "-1", "٣"])
def test_nobody_elses_and_nothing_odd(keyworker, person, secret, key):
    colleague = factories.actor(agency=keyworker.agency)
    with_app(colleague.person)
    theirs = Authenticator.objects.get(user=colleague.person, type="totp").pk
    browser = signed_in_with(person, secret)
    for wanted in (key, theirs):
        assert browser.post(reverse("second-factor-remove"), {"factor": wanted}).status_code == 404
    assert Authenticator.objects.count() == 4


def test_after_a_while_the_password_is_asked_for_again(person, secret, later):
    browser = signed_in_with(person, secret)
    later(minutes=6)
    factor = Authenticator.objects.get(user=person, type="totp")
    for method, path, data in (
        ("post", reverse("second-factor-remove"), {"factor": factor.pk}),
        ("get", reverse("mfa_view_recovery_codes"), {}),
        ("get", reverse("mfa_add_webauthn"), {}),
    ):
        answer = getattr(browser, method)(path, data)
        assert answer.headers["Location"].startswith(reverse("account_reauthenticate")), path
    assert Authenticator.objects.filter(user=person).count() == 2


def test_the_right_one_leads_on_and_the_wrong_one_does_not(person, secret, later):
    browser = signed_in_with(person, secret)
    later(minutes=6)
    again = browser.get(reverse("mfa_view_recovery_codes")).headers["Location"]
    assert browser.post(again, {"password": "wrong"}).status_code == 200
    answer = browser.post(again, {"password": PASSWORD})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert browser.get(answer.headers["Location"]).status_code == 200
    assert {"password.wrong", "password.again"} <= set(verbs())


def test_new_recovery_codes_end_the_old_ones(person, secret):
    old = recovery_codes(person)
    browser = signed_in_with(person, secret)
    assert browser.post(reverse("mfa_view_recovery_codes")).status_code == 302
    assert set(old).isdisjoint(recovery_codes(person))
    assert "recovery-codes.made" in verbs()


def test_no_page_of_it_has_anything_inline(person, required):
    browser = sign_in(person)
    pages_seen = [browser.get(path) for path in ("/your-sign-in/", "/your-sign-in/app/", "/your-sign-in/key/")]
    set_up_app(browser)
    pages_seen += [browser.get(path) for path in ("/your-sign-in/", "/your-sign-in/codes/")]
    pages_seen.append(sign_in(person).get("/sign-in/code/"))
    for answer in pages_seen:
        html = answer.content.decode()
        assert answer.status_code == 200
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html)
        assert answer.headers["Cache-Control"].split(",")[0] in ("no-store", "max-age=0")
        assert "no-store" in answer.headers["Cache-Control"]
        assert "'self'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
