"""Signing in with the organisation's own account, against a provider that serves HTTP and signs with a key of its own."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import jwt
import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client as Browser
from django.urls import reverse

from carehub import clock
from carehub.environment import Environment
from carehub.models import Event, OutgoingMail, Person
from carehub.signing_in import openid_settings
from tests import factories
from tests.carehub import signing_in
from tests.carehub.openid_provider import CLIENT, SECRET, running
from tests.carehub.signing_in import code, sign_in, with_app

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def keyworker():
    return signing_in.keyworker()


@pytest.fixture
def person(keyworker):
    return keyworker.person


@pytest.fixture
def provider(settings, person):
    with running() as server:
        settings.OPENID = server.settings()
        server.person = {"sub": "larkrise-4711", "email": person.email.upper(), "email_verified": True}
        yield server


def go(browser, **fields) -> str:
    """The address at the provider to which the page goes on."""
    answer = browser.post(reverse("organisation"), fields)
    assert answer.status_code == 200, answer.content
    return unescape(re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.content.decode())[1])


def come_back(browser, there: str):
    back = requests.get(there, allow_redirects=False, timeout=5).headers["Location"]
    return browser.get(urlsplit(back)._replace(scheme="", netloc="").geturl())


def by_provider(browser=None, **fields) -> Browser:
    browser = browser or Browser()
    browser.answer = come_back(browser, go(browser, **fields))
    return browser


def is_in(browser) -> bool:
    return browser.get("/notices/").status_code == 200


def verbs() -> list[str]:
    return [verb for event in Event.objects.using("owner").order_by("at") for verb in (event.verb, *(each["verb"] for each in event.also))]


def refused(browser) -> str:
    """What the sign-in page then says; nobody is in, nothing is linked."""
    assert browser.answer.status_code == 302
    assert browser.answer.headers["Location"] == reverse("account_login")
    assert not is_in(browser)
    assert "signed-in" not in verbs()
    return browser.get(reverse("account_login")).content.decode()


# --- Off, unless named -------------------------------------------------------------------------------------------------


def test_without_settings_there_is_none(settings):
    settings.OPENID = None
    assert Browser().post(reverse("organisation")).status_code == 404
    assert Browser().get(reverse("organisation-back")).status_code == 404
    assert "Sign in with" not in Browser().get(reverse("account_login")).content.decode()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"ISSUER": "http://idp.example.org", "CLIENT_ID": "x", "CLIENT_SECRET": "x"}, "https://"),
        ({"ISSUER": "https://idp.example.org", "CLIENT_SECRET": "x"}, "CAREHUB_OPENID_CLIENT_ID"),
        ({"ISSUER": "https://idp.example.org", "CLIENT_ID": "x"}, "CAREHUB_OPENID_CLIENT_SECRET"),
        ({"ISSUER": "https://idp.example.org", "CLIENT_ID": "x", "CLIENT_SECRET": "x", "SECOND_FACTOR": "perhaps"}, "say 1 or 0"),
    ],
)
def test_what_is_missing_stops_the_start_in_a_sentence(monkeypatch, said, sentence):
    for name, value in said.items():
        monkeypatch.setenv(f"CAREHUB_OPENID_{name}", value)
    with pytest.raises(SystemExit, match=sentence):
        openid_settings.read(Environment())


def test_by_default_the_provider_is_no_second_factor_and_vouches_for_no_address(monkeypatch):
    assert openid_settings.read(Environment()) is None
    for name, value in {"ISSUER": "https://idp.example.org", "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET}.items():
        monkeypatch.setenv(f"CAREHUB_OPENID_{name}", value)
    said = openid_settings.read(Environment())
    assert (said.second_factor, said.verified_emails) == (False, False)


# --- In ----------------------------------------------------------------------------------------------------------------


def test_the_first_time_by_the_verified_address_then_by_the_subject(provider, person):
    assert "Sign in with Larkrise account" in Browser().get(reverse("account_login")).content.decode()
    assert is_in(by_provider())
    assert {"sign-in.linked", "signed-in"} <= set(verbs())
    assert OutgoingMail.objects.get(person=person).kind == "sign-in.linked"
    provider.person |= {"email": "married-name@elsewhere.example.org", "email_verified": False}
    assert is_in(by_provider())
    account = SocialAccount.objects.get()
    assert account.user_id == person.pk
    assert account.extra_data == {"iss": provider.issuer, "sub": "larkrise-4711"}, "no more is kept"
    assert not SocialToken.objects.exists()
    assert verbs().count("sign-in.linked") == 1


def test_what_is_asked_of_the_provider(provider):
    there = go(Browser())
    requests.get(there, allow_redirects=False, timeout=5)
    [asked] = provider.asked
    assert asked["code_challenge_method"] == "S256"
    assert asked["prompt"] == "login", "at a shared desk it may still know whoever sat there before"
    assert len(asked["nonce"]) > 20
    assert set(asked["scope"].split()) == {"openid", "email"}
    assert asked["redirect_uri"].endswith("/sign-in/organisation/back/")


def test_nothing_of_the_address_is_taken_over(provider):
    answer = Browser().post(reverse("organisation") + "?scope=admin&auth_params=prompt%3Dnone&process=connect")
    assert "admin" not in answer.content.decode()
    assert "none" not in unescape(re.search(r"url=([^\"]+)", answer.content.decode())[1])


def test_the_page_that_goes_on_keeps_the_policy(provider):
    answer = Browser().post(reverse("organisation"))
    assert "form-action 'self';" in answer.headers["Content-Security-Policy"]
    assert Browser().get(reverse("organisation")).status_code == 302


def test_it_leads_to_the_page_that_was_asked_for(provider):
    assert by_provider(next="/caseload/").answer.headers["Location"] == "/caseload/"
    for elsewhere in ("https://elsewhere.example.org/", "//elsewhere.example.org/", "javascript:alert(1)"):
        assert by_provider(next=elsewhere).answer.headers["Location"] == "/"


def test_the_box_for_a_shared_desk_counts(provider, monkeypatch):
    later = signing_in.moves(monkeypatch)
    browser = by_provider(shared_desk="on")
    later(minutes=17)
    assert browser.get("/notices/").headers["Location"].startswith("/screen/")


def test_an_address_may_come_from_the_providers_other_page(provider, person):
    provider.userinfo = {"sub": "larkrise-4711", "email": person.email, "email_verified": True}
    del provider.person["email"]
    assert is_in(by_provider())


def test_where_the_provider_vouches_for_every_address_by_settings(provider, settings):
    del provider.person["email_verified"]
    refused(by_provider())
    settings.OPENID = provider.settings(verified_emails=True)
    assert is_in(by_provider())


# --- Not in ------------------------------------------------------------------------------------------------------------

NOT_HERE = "Nobody who works with CareHub has this account"
NOT_WORKED = "did not work"


def test_nobody_is_signed_up(provider):
    provider.person = {"sub": "stranger", "email": "stranger@example.org", "email_verified": True}
    before = Person.objects.count()
    assert NOT_HERE in refused(by_provider())
    assert Person.objects.count() == before
    assert not SocialAccount.objects.exists()
    assert "sign-in.failed" in verbs()


@pytest.mark.parametrize("verified", [False, None, "true", "false", 1])
def test_an_address_that_the_provider_does_not_answer_for_is_nobodys(provider, verified):
    provider.person["email_verified"] = verified
    assert NOT_HERE in refused(by_provider())
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("linked", [False, True])
def test_a_leaver_does_not_come_in(provider, keyworker, linked):
    if linked:
        assert is_in(by_provider())
        Event.objects.using("owner").count()
    type(keyworker.membership).objects.filter(pk=keyworker.membership.pk).update(ends_on=clock.today() - timedelta(days=1))
    browser = by_provider()
    assert browser.answer.headers["Location"] == reverse("account_login")
    assert not is_in(browser)


def test_an_account_that_is_shut_does_not_come_in(provider, person):
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert NOT_HERE in refused(by_provider())


def test_another_account_there_with_the_address_of_somebody_linked_is_not_theirs(provider):
    """An address that the organisation gave to somebody new."""
    by_provider()
    provider.person["sub"] = "somebody-new"
    browser = by_provider()
    assert not is_in(browser)
    assert SocialAccount.objects.count() == 1


def test_the_same_subject_of_another_issuer_is_somebody_else(provider, settings, person):
    by_provider()
    with running() as other:
        settings.OPENID = other.settings()
        other.person = {"sub": "larkrise-4711", "email": "stranger@example.org", "email_verified": True}
        assert not is_in(by_provider())


OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
WRONG_CLAIMS = {
    "another audience": lambda claims: claims | {"aud": "somebody-else"},
    "two audiences, made for the other": lambda claims: claims | {"aud": [CLIENT, "other"], "azp": "other"},
    "another issuer": lambda claims: claims | {"iss": "https://elsewhere.example.org"},
    "run out": lambda claims: claims | {"exp": claims["iat"] - 3600},
    "not yet": lambda claims: claims | {"nbf": claims["iat"] + 3600},
    "no end": lambda claims: {name: value for name, value in claims.items() if name != "exp"},
    "no subject": lambda claims: {name: value for name, value in claims.items() if name != "sub"},
    "another attempt": lambda claims: claims | {"nonce": "x" * 32},
    "no attempt": lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    "nobody was asked": lambda claims: claims | {"auth_time": claims["iat"] - 3600},
}
WRONG_SIGNATURES = {
    "another key": lambda claims: jwt.encode(claims, OTHER_KEY, algorithm="RS256", headers={"kid": "one"}),
    "a key nobody named": lambda claims: jwt.encode(claims, OTHER_KEY, algorithm="RS256", headers={"kid": "two"}),
    "none": lambda claims: jwt.encode(claims, None, algorithm="none", headers={"kid": "one"}),
    "the shared secret": lambda claims: jwt.encode(claims, SECRET.ljust(40, "x"), algorithm="HS256", headers={"kid": "one"}),
    "no token at all": lambda claims: "not.a.token",
    "empty": lambda claims: "",
}


@pytest.mark.parametrize("wrong", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
def test_a_token_that_says_the_wrong_thing_opens_nothing(provider, wrong):
    provider.claims = wrong
    assert NOT_WORKED in refused(by_provider())


@pytest.mark.parametrize("sign", WRONG_SIGNATURES.values(), ids=WRONG_SIGNATURES)
def test_a_token_that_is_signed_wrongly_opens_nothing(provider, sign):
    provider.sign = sign
    assert NOT_WORKED in refused(by_provider())


def test_a_provider_that_calls_itself_somebody_else_is_not_asked(provider):
    provider.describe = lambda said: said | {"issuer": "https://elsewhere.example.org"}
    browser = Browser()
    browser.answer = browser.post(reverse("organisation"))
    assert NOT_WORKED in refused(browser)


def test_a_provider_without_tls_is_not_asked(provider):
    provider.describe = lambda said: said | {"token_endpoint": "http://idp.example.org/token"}
    browser = Browser()
    browser.answer = browser.post(reverse("organisation"))
    assert NOT_WORKED in refused(browser)


def test_a_provider_that_is_down_is_a_sentence(provider, settings):
    browser = Browser()
    there = go(browser)
    provider.shutdown()
    provider.server_close()
    browser.answer = browser.get(reverse("organisation-back"), {"code": "x", "state": re.search(r"state=(\w+)", there)[1]})
    assert NOT_WORKED in refused(browser)
    browser.answer = browser.post(reverse("organisation"))
    assert NOT_WORKED in refused(browser)


def test_an_attempt_of_another_browser_is_not_carried_on(provider):
    """Somebody is sent a link with which they would sign in as somebody else."""
    there = go(Browser())
    browser = Browser()
    browser.answer = come_back(browser, there)
    assert NOT_WORKED in refused(browser)


def test_an_attempt_works_once(provider):
    browser = Browser()
    there = go(browser)
    back = requests.get(there, allow_redirects=False, timeout=5).headers["Location"]
    path = urlsplit(back)._replace(scheme="", netloc="").geturl()
    assert browser.get(path).status_code == 302
    browser.post(reverse("account_logout"))
    assert browser.get(path).headers["Location"] == reverse("account_login")
    assert not is_in(browser)


@pytest.mark.parametrize("query", ["", "?state=x", "?code=x", "?error=access_denied", "?state=%00&code=%00", "?error=<script>"])
def test_odd_ways_back_do_no_harm(provider, query):
    browser = Browser()
    browser.answer = browser.get(reverse("organisation-back") + query)
    assert "script>alert" not in refused(browser)


def test_it_cannot_be_tried_without_end(provider):
    answers = [Browser().post(reverse("organisation")).status_code for _ in range(61)]
    assert answers.count(200) == 60
    assert answers[-1] == 429


# --- The second factor -------------------------------------------------------------------------------------------------


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def test_ours_is_asked_for_all_the_same(provider, person, required):
    secret = with_app(person)
    browser = by_provider(next="/caseload/", shared_desk="on")
    assert browser.answer.headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(browser)
    assert browser.post(reverse("mfa_authenticate"), {"code": code(secret)}).headers["Location"] == "/caseload/"
    assert is_in(browser)


def test_whoever_has_none_sets_one_up(provider, required):
    assert by_provider().get("/notices/").headers["Location"].startswith("/your-sign-in/")


def test_no_token_of_the_provider_waits_in_the_session(provider, person):
    with_app(person)
    waiting = str(dict(by_provider().session))
    assert person.email not in waiting
    assert not [word for word in ("of-no-use", person.password) if word in waiting]


def test_where_settings_say_so_the_provider_has_asked_for_it(provider, person, settings, required):
    settings.OPENID = provider.settings(second_factor=True)
    with_app(person)
    assert is_in(by_provider())
    assert "signed-in" in verbs()


def test_that_holds_for_the_provider_alone(provider, person, settings, required):
    settings.OPENID = provider.settings(second_factor=True)
    assert sign_in(person).get("/notices/").headers["Location"].startswith("/your-sign-in/")


# --- A locked screen ---------------------------------------------------------------------------------------------------


def test_a_locked_screen_is_opened_by_signing_in_there_again(provider, monkeypatch):
    later = signing_in.moves(monkeypatch)
    browser = by_provider()
    later(minutes=40)
    locked = browser.get("/caseload/")
    assert locked.headers["Location"].startswith("/screen/")
    assert "Sign in with Larkrise account" in browser.get(locked.headers["Location"]).content.decode()
    provider.claims = lambda claims: claims | {"auth_time": claims["iat"] + 40 * 60}
    assert by_provider(browser, next="/caseload/").answer.headers["Location"] == "/caseload/"
    assert is_in(browser)


def test_at_a_locked_screen_somebody_else_is_in_as_themselves(provider, keyworker):
    browser = by_provider()
    browser.post(reverse("screen-lock"))
    colleague = factories.actor(agency=keyworker.agency)
    provider.person = {"sub": "colleague", "email": colleague.person.email, "email_verified": True}
    assert colleague.person.name in by_provider(browser).get("/", follow=True).content.decode()


def test_whoever_has_no_password_shows_the_code_instead(provider, person, monkeypatch):
    person.set_unusable_password()
    person.save()
    secret = with_app(person)
    later = signing_in.moves(monkeypatch)
    browser = by_provider()
    browser.post(reverse("mfa_authenticate"), {"code": code(secret, -1)})
    later(minutes=6)
    again = browser.get(reverse("mfa_view_recovery_codes")).headers["Location"]
    assert "The 6 digits from your app" in browser.get(again).content.decode()
    assert browser.post(again, {"password": "000000"}).status_code == 200
    assert browser.post(again, {"password": code(secret)}).headers["Location"] == reverse("mfa_view_recovery_codes")
    assert browser.get(reverse("mfa_view_recovery_codes")).status_code == 200


def test_whoever_has_neither_signs_in_again_first(provider, person, monkeypatch):
    person.set_unusable_password()
    person.save()
    later = signing_in.moves(monkeypatch)
    browser = by_provider()
    assert browser.get(reverse("mfa_activate_totp")).status_code == 200
    later(minutes=6)
    answer = browser.get(reverse("mfa_activate_totp"))
    assert answer.status_code == 403
    assert "Sign out and sign in again first" in answer.content.decode()
