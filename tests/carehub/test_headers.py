"""Headers of every answer, whoever asks and whatever comes of it; and that no address holds anything about a client."""

import json
import re
import subprocess
import sys

import pytest
from django.test import Client as Browser
from django.urls import get_resolver, reverse

from carehub.middleware.headers import POLICY
from tests import factories
from tests.architecture.test_pages import pages

pytestmark = pytest.mark.usefixtures("committed")
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@pytest.fixture
def keyworker():
    return factories.actor()


@pytest.fixture
def someone(keyworker):
    client = factories.client_of(keyworker.agency, keyworker=keyworker, first_name="Zebedee", last_name="Underwillow")
    factories.plan_version(client, by=keyworker)
    return client


def addresses(client) -> list[tuple[str, str]]:
    found = []
    for address, page in pages(get_resolver().url_patterns):
        keys = {name: client.pk if "UUID" in type(each).__name__ else "x" for name, each in page.pattern.converters.items()}
        found.append((page.name, reverse(page.name, kwargs=keys) if "<" in address else f"/{address}"))
    return found


def wrong_with(answer) -> list[str]:
    said = answer.headers
    found = [f"{name}: {said.get(name)}" for name, value in ALWAYS.items() if said.get(name) != value]
    policy = said.get("Content-Security-Policy", "")
    # A file of a client has a stricter one of its own: it may do nothing at all.
    if policy != POLICY and not ("sandbox" in policy and "default-src 'none'" in policy):
        found.append(f"Content-Security-Policy: {policy}")
    if "no-store" not in said.get("Cache-Control", ""):
        found.append(f"Cache-Control: {said.get('Cache-Control')}")
    found += [f"{name}: {said[name]}" for name in ("Server", "X-Powered-By", "Access-Control-Allow-Origin") if name in said]
    kind = said.get("Content-Type", "")
    if (answer.streaming or answer.content) and (not kind or (kind.startswith("text/") and "charset=utf-8" not in kind)):
        found.append(f"Content-Type: {kind}")
    for cookie in answer.cookies.values():
        if cookie["samesite"] != "Lax" or cookie["path"] != "/" or cookie["domain"]:
            found.append(str(cookie))
        if cookie.key == "sessionid" and cookie.value and not cookie["httponly"]:
            found.append(str(cookie))
    return found


def test_every_answer_has_them(keyworker, someone):
    asked, found = 0, []
    administrator = factories.actor(role="administrator", agency=keyworker.agency)
    for who, methods in ((None, ("get", "put")), (keyworker, ("get", "post")), (administrator, ("get",))):
        for _name, path in addresses(someone):
            for method in methods:
                browser = factories.signed_in(who, raise_request_exception=False) if who else Browser(raise_request_exception=False)
                answer = getattr(browser, method)(path)
                asked += 1
                found += [f"{method} {path} {answer.status_code}: {each}" for each in wrong_with(answer)]
    assert not found, "\n".join(found[:20])
    assert asked > 400


def test_no_page_answers_another_method(keyworker, someone):
    browser = factories.signed_in(keyworker)
    for method in ("TRACE", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"):
        for _name, path in addresses(someone):
            answer = browser.generic(method, path)
            assert answer.status_code == 405, f"{method} {path}"
            assert answer.headers["Allow"] == "GET, HEAD, POST"
            assert not answer.content


@pytest.mark.urls("tests.carehub.pages")
def test_a_failing_page_has_them_too_and_tells_nothing(keyworker, someone):
    browser = factories.signed_in(keyworker, raise_request_exception=False)
    for path, status in ((f"/test/500/{someone.pk}", 500), (f"/test/broken-transaction/{someone.pk}", 500), ("/nowhere/", 404)):
        answer = browser.get(path)
        assert answer.status_code == status
        assert not wrong_with(answer)
        html = answer.content.decode()
        assert not re.search(r"Traceback|Exception|Error at|django|/carehub/|\.py\b", html)
        assert someone.last_name not in html
        assert status == 404 or "eference" in html, "staff can say which failure it was"


def test_the_policy_lets_nothing_in_from_elsewhere_and_nothing_inline():
    said = {part.split()[0]: part.split()[1:] for part in POLICY.split(";")}
    assert said["default-src"] == said["script-src"] == said["style-src"] == said["form-action"] == ["'self'"]
    assert said["object-src"] == said["base-uri"] == said["frame-ancestors"] == ["'none'"]
    assert "unsafe" not in POLICY
    assert "http" not in POLICY


# --- In earnest: TLS ----------------------------------------------------------------------------------------------------

ASKED = """
import json
from carehub import settings as s
print(json.dumps({name: getattr(s, name, None) for name in
    ("DEBUG", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
     "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_HTTPONLY",
     "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", "SECOND_FACTOR_REQUIRED")}))
"""


def settings_of(**more: str) -> dict:
    environment = {"CAREHUB_SECRET_KEY": "x" * 60, "DATABASE_URL": "postgresql://carehub_app@/x", **more}
    return json.loads(subprocess.run([sys.executable, "-c", ASKED], env=environment, capture_output=True, text=True, check=True).stdout)


def test_settings_in_earnest():
    said = settings_of()
    assert said == {
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "SESSION_COOKIE_HTTPONLY": True,
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": False,
        "SECOND_FACTOR_REQUIRED": True,
    }


def test_the_demonstration_has_no_tls_and_says_so_to_nobody():
    said = settings_of(CAREHUB_DEMO="1")
    assert said["SECURE_HSTS_SECONDS"] is None
    assert said["SESSION_COOKIE_NAME"] is None


#: Collects static files (without compressing them, which takes half a minute), and asks for three: as they are, with what makes a server
#: answer otherwise.
STATIC = """
import json, django
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
django.setup()
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client
call_command("collectstatic", interactive=False, verbosity=0)
asked = {}
for name in ("css/frame.css", "js/page.js", "img/carehub.svg"):
    path = staticfiles_storage.url(name)
    for how, answer in (
        ("asked for", Client().get(path, secure=True)),
        ("not changed", Client(HTTP_IF_MODIFIED_SINCE="Fri, 01 Jan 2100 00:00:00 GMT").get(path, secure=True)),
        ("wrong method", Client().generic("PUT", path, secure=True)),
        ("without TLS", Client().get(path)),
    ):
        asked[f"{path} {how}"] = {"status": answer.status_code, **answer.headers}
        answer.close()
print(json.dumps(asked))
"""


@pytest.fixture(scope="module")
def static_files_in_earnest(tmp_path_factory) -> dict[str, dict]:
    from tests.carehub.test_environment import EARNEST, started

    given = EARNEST | {"CAREHUB_VAR": str(tmp_path_factory.mktemp("var")), "DJANGO_SETTINGS_MODULE": "carehub.settings"}
    given |= {"CAREHUB_HOSTS": "testserver"}
    asked = started("-c", STATIC, **given)
    assert asked.returncode == 0, asked.stderr
    return json.loads(asked.stdout)


def test_static_files_have_them_too(static_files_in_earnest):
    assert len(static_files_in_earnest) == 12
    for asked, said in static_files_in_earnest.items():
        for name, value in (ALWAYS | {"Content-Security-Policy": POLICY}).items():
            assert said.get(name) == value, f"{asked}: {name}"
        assert said["Strict-Transport-Security" if "without" not in asked else "Location"]
        assert "Access-Control-Allow-Origin" not in said, asked


def test_static_files_are_what_they_say_and_are_kept(static_files_in_earnest):
    for asked, said in static_files_in_earnest.items():
        path, _, how = asked.partition(" ")
        wanted = {"asked for": 200, "not changed": 304, "wrong method": 405, "without TLS": 301}[how]
        assert said["status"] == wanted, asked
        assert re.search(r"\.[0-9a-f]{12}\.", path), "its content is in its name"
        if how in ("asked for", "not changed"):
            assert "immutable" in said["Cache-Control"], asked
        else:
            assert said["Cache-Control"] == "no-store", asked
        if wanted == 200:
            kind = {"css": 'text/css; charset="utf-8"', "js": 'text/javascript; charset="utf-8"', "svg": "image/svg+xml"}
            assert said["Content-Type"] == kind[path.rpartition(".")[2]], asked


@pytest.fixture
def earnest(settings):
    for name, value in settings_of().items():
        setattr(settings, name, value)
    settings.SECURE_HSTS_PRELOAD = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^health$"]


def test_over_tls_every_answer_asks_for_tls_the_next_time(earnest, someone):
    browser = Browser(raise_request_exception=False)
    for _name, path in addresses(someone):
        answer = browser.get(path, secure=True)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload", path
        for cookie in answer.cookies.values():
            assert cookie.key.startswith("__Host-")
            assert cookie["secure"]


def test_without_tls_nothing_is_answered_but_that_it_lives(earnest, someone):
    browser = Browser()
    for name, path in addresses(someone):
        answer = browser.get(path)
        if name == "health":
            assert answer.status_code == 200
            continue
        assert answer.status_code == 301, path
        assert answer.headers["Location"] == f"https://testserver{path}"
        assert not answer.cookies


# --- No client in an address (every page: promise 17) --------------------------------------------------------------------


def test_searching_for_somebody_leaves_nothing_in_the_address(keyworker, someone):
    browser = factories.signed_in(keyworker)
    html = browser.get("/").content.decode() + browser.get("/", follow=True).content.decode()
    for form in re.findall(r"<form[^>]*>", html):
        assert 'method="post"' in form, form
