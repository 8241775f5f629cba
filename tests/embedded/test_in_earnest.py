"""Web, worker and beat as production starts them: they refuse what would not protect anybody, with a sentence and a failure."""

import os
import subprocess
import sys

import pytest

from carehub.embedded.folders import ROOT
from tests.embedded.test_run import free_port

PROGRAMS = {
    "web": ("gunicorn", "--bind=127.0.0.1:{port}", "carehub.wsgi"),
    "worker": ("celery", "-A", "carehub.celery", "worker", "--pool=solo"),
    "beat": ("celery", "-A", "carehub.celery", "beat"),
}


def begin(program: str, var, **environment: str) -> tuple[int, str]:
    words = [word.format(port=free_port()) for word in PROGRAMS[program]]
    given = {
        **os.environ,
        "CAREHUB_DEMO": "",
        "CAREHUB_SECRET_KEY": "for-a-test-only-" * 4,
        "CAREHUB_VAR": str(var),
        "CAREHUB_BROKER_URL": "memory://",
        **environment,
    }
    given.pop("DATABASE_OWNER_URL", None)
    done = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, env=given, capture_output=True, text=True, timeout=90)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def demonstration(databases, django_db_blocker):
    """The address of a database with a demonstration user in it."""
    from carehub.models import Person

    with django_db_blocker.unblock(), databases.fresh() as name:
        Person.objects.create(email="somebody@carehub.example", name="Somebody Invented", is_demo=True)
        head, _, query = os.environ["DATABASE_URL"].partition("?")
        yield f"{head.rpartition('/')[0]}/{name}?{query}"


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_demonstration_user_in_production(program, demonstration, tmp_path):
    code, said = begin(program, tmp_path, DATABASE_URL=demonstration)
    assert code != 0
    assert "This database holds demonstration users, whose passwords everybody knows. CareHub does not start on it" in said


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_role_that_row_security_does_not_bind(program, tmp_path):
    code, said = begin(program, tmp_path, DATABASE_URL=os.environ["DATABASE_OWNER_URL"])
    assert code != 0
    assert "DATABASE_URL must name carehub_app" in said


def test_a_database_that_does_not_answer(tmp_path):
    code, said = begin("web", tmp_path, DATABASE_URL="postgresql://carehub_app:x@127.0.0.1:1/carehub")
    assert code != 0
    assert "Connection refused" in said


def test_a_missing_secret_key(tmp_path):
    code, said = begin("web", tmp_path, CAREHUB_SECRET_KEY="")
    assert code != 0
    assert "CAREHUB_SECRET_KEY is not set." in said


def test_the_check_for_production_is_clean(tmp_path, monkeypatch):
    given = {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"},
        "CAREHUB_DEMO": "",
        "CAREHUB_SECRET_KEY": "".join(chr(33 + (number * 7) % 90) for number in range(64)),
        "CAREHUB_VAR": str(tmp_path),
        "CAREHUB_ADDRESS": "https://carehub.example.org",
        "CAREHUB_HOSTS": "carehub.example.org",
        "CAREHUB_TRUSTED_PROXY": "1",
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
    assert "System check identified no issues (0 silenced)." in done.stdout
