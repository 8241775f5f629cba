"""The environment is read loudly: one sentence that says what is wrong and how to mend it."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from carehub.environment import Environment

ROOT = Path(__file__).resolve().parents[2]
env = Environment()


@pytest.fixture
def given(monkeypatch):
    return lambda value: monkeypatch.setenv("CAREHUB_TESTED", value)


@pytest.mark.parametrize(
    ("value", "meant"), [("1", True), ("yes", True), ("On", True), (" true ", True), ("0", False), ("no", False), ("", False)]
)
def test_a_flag(given, value, meant):
    given(value)
    assert env.flag("CAREHUB_TESTED") is meant


def test_a_flag_that_is_neither(given):
    given("maybe")
    with pytest.raises(SystemExit, match="CAREHUB_TESTED is 'maybe': say 1 or 0"):
        env.flag("CAREHUB_TESTED")


def test_a_number(given):
    assert env.number("CAREHUB_TESTED", 5) == 5
    given("2.5")
    assert env.number("CAREHUB_TESTED", 5) == 2.5
    given("soon")
    with pytest.raises(SystemExit, match="it takes a number"):
        env.number("CAREHUB_TESTED", 5)


def test_words_and_paths(given):
    assert env.words("CAREHUB_TESTED", ["a"]) == ["a"]
    given(" one , two,")
    assert env.words("CAREHUB_TESTED", []) == ["one", "two"]
    given("~/there")
    assert env.path("CAREHUB_TESTED", Path("/")) == Path.home() / "there"


def test_what_is_needed_and_missing(given):
    given("  ")
    with pytest.raises(SystemExit, match="CAREHUB_TESTED is not set. Set it, for example CAREHUB_TESTED=here"):
        env.required("CAREHUB_TESTED", example="here")


def test_a_secret_is_made_once_and_kept_to_oneself(tmp_path):
    file = tmp_path / "var" / "secret"
    made = env.secret("CAREHUB_TESTED", file, made_here=True)
    assert len(made) >= 50
    assert env.secret("CAREHUB_TESTED", file, made_here=True) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_secret_is_brought_along_in_earnest(tmp_path, given):
    with pytest.raises(SystemExit, match="you bring your own"):
        env.secret("CAREHUB_TESTED", tmp_path / "secret", made_here=False)
    given("short")
    with pytest.raises(SystemExit, match="shorter than 50"):
        env.secret("CAREHUB_TESTED", tmp_path / "secret", made_here=False)
    given("x" * 60)
    assert env.secret("CAREHUB_TESTED", tmp_path / "secret", made_here=False) == "x" * 60


# --- settings.py, as a program meets it ------------------------------------------------------------------------------

EARNEST = {
    "CAREHUB_DEMO": "",
    "CAREHUB_SECRET_KEY": "only-for-this-test-" * 4,
    "CAREHUB_HOSTS": "carehub.example",
    "CAREHUB_ADDRESS": "https://carehub.example",
}


def started(*words: str, **environment: str | None) -> subprocess.CompletedProcess:
    # What a browser's fixtures set for this process alone is not production's either.
    known = {name: value for name, value in os.environ.items() if not name.startswith(("CAREHUB_", "DJANGO_"))} | {
        "CAREHUB_VAR": os.environ["CAREHUB_VAR"]
    }
    merged = {name: value for name, value in (known | environment).items() if value is not None}
    return subprocess.run(
        [sys.executable, *(words or ("manage.py", "check"))], cwd=ROOT, env=merged, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        (EARNEST | {"DATABASE_URL": None}, "DATABASE_URL is not set"),
        (EARNEST | {"DATABASE_URL": "sqlite:///x"}, "CareHub runs on PostgreSQL only"),
        (EARNEST | {"CAREHUB_SECRET_KEY": None}, "CAREHUB_SECRET_KEY is not set"),
        (EARNEST | {"CAREHUB_SECRET_KEY": "short"}, "shorter than 50"),
        (EARNEST | {"CAREHUB_DEMO": "perhaps"}, "say 1 or 0"),
        (EARNEST | {"CAREHUB_RESEND_SECONDS": "often"}, "it takes a number"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(environment, sentence, tmp_path):
    ended = started(**environment | {"CAREHUB_VAR": str(tmp_path)})
    assert ended.returncode != 0
    assert sentence in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr
    assert list(tmp_path.iterdir()) == [], "something half done was left"


def test_check_deploy_is_clean_in_earnest():
    ended = started("manage.py", "check", "--deploy", "--fail-level", "INFO", **EARNEST)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_in_earnest_nothing_but_tls(settings):
    asked = (
        "from carehub import settings as s; print(s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.DEBUG, s.DEMO)"
    )
    assert started("-c", asked, **EARNEST).stdout.split() == ["True", "True", "True", "False", "False"]
    assert settings.DEMO
    assert not settings.DEBUG


def test_tests_have_a_data_folder_of_their_own(settings):
    from tests.conftest import VAR

    assert settings.VAR.name.startswith("carehub-tests-")
    assert settings.VAR == VAR or VAR.exists()
