"""What all tests share. Tests run as the application's role; see tests/databases.py for the databases and tests/factories.py for people.

* ``db`` (or anything that uses it): a transaction a test, rolled back. A context outlives its request in there, and a test may
  see rows that production would not show: whatever is about row security, context, jobs or two people at once uses ``committed``.
* ``committed``: a database of the test's own, with real commits, on both connections ('default' and 'owner').
"""

import os
import shutil
import socket
import tempfile
from pathlib import Path

import django
import django.conf
import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

for _needed in ("DATABASE_URL", "DATABASE_OWNER_URL"):
    if not os.environ.get(_needed):
        pytest.exit(f"{_needed} is not set: 'make test' starts a database and sets it.", returncode=4)

VAR = Path(tempfile.mkdtemp(prefix="carehub-tests-"))
for _folder in ("static", "files", "mail", "broker/messages", "broker/control"):
    (VAR / _folder).mkdir(parents=True, mode=0o700)
os.environ |= {"DJANGO_SETTINGS_MODULE": "carehub.settings", "CAREHUB_DEMO": "1", "CAREHUB_VAR": str(VAR)}
for _theirs in ("CAREHUB_DEBUG", "CAREHUB_BROKER_URL", "CAREHUB_CACHE_URL", "CAREHUB_MAIL_URL", "CAREHUB_SECRET_KEY"):
    os.environ.pop(_theirs, None)

django.setup()
# pytest-django reads the settings before this file, and a worker of pytest-xdist with the folder of whoever started it: without this line
# all workers would share one clock, and a test that moves it on would move it in the middle of another one.
django.conf.settings.CLOCK_FILE = VAR / "clock"
# So with files: a process that a test starts finds them where the test does.
django.conf.settings.FILES_ROOT = VAR / "files"
django.conf.settings.STORAGES["default"]["OPTIONS"]["location"] = VAR / "files"

pytest_plugins = ["tests.proofs", "tests.world", "tests.journeys.fixtures"]


# A slow or busy machine says nothing about the code.
settings.register_profile("carehub", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("carehub")

#: What drives a browser, and what starts launchers and brokers or measures how long something takes: each kind one after the other.
_BROWSERS = ("tests/journeys/", "tests/proof/test_promise_11_in_a_browser")
_LAUNCHERS = ("tests/embedded/", "tests/proof/")
#: Of these, what only asks pages for answers, and so may run beside the others.
_BESIDE = tuple(f"tests/proof/test_promise_{number}_" for number in ("01", "05", "07", "16", "17"))


class _OneByOne(LoadScopeScheduling):
    """Whatever must not run beside its like goes to one worker, and begins first; everything else to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(_BESIDE):
            return nodeid
        if nodeid.startswith(_BROWSERS):
            return "browsers"
        return "launchers" if nodeid.startswith(_LAUNCHERS) else nodeid


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist, in the process that hands out
def pytest_xdist_make_scheduler(config: pytest.Config, log) -> LoadScopeScheduling:
    return _OneByOne(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # What takes longest begins first: nobody waits for it alone at the end.
    items.sort(key=lambda item: not item.nodeid.startswith(("tests/proof/", "tests/journeys/")))


# --- The machine ------------------------------------------------------------------------------------------------------


def pytest_unconfigure() -> None:
    shutil.rmtree(VAR, ignore_errors=True)


_connect = socket.socket.connect


def _to_ourselves_only(self: socket.socket, address: object) -> None:
    if self.family != socket.AF_UNIX and str(address[0]) not in ("127.0.0.1", "::1", "localhost"):
        raise RuntimeError(f"A test wants to speak to {address}: tests speak to this machine only.")
    return _connect(self, address)


@pytest.fixture(scope="session", autouse=True)
def _no_strangers():
    socket.socket.connect = _to_ourselves_only
    yield
    socket.socket.connect = _connect


@pytest.fixture(scope="session", autouse=True)
def _quick_settings(django_test_environment):
    """Style sheets by their plain names (nothing is collected), and passwords hashed fast."""
    from django.conf import settings
    from django.test import override_settings

    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=storages, PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _clock_stands_right():
    """Whoever moved the demonstration's clock on: the next test begins today."""
    yield
    from django.conf import settings

    from carehub import clock

    settings.CLOCK_FILE.unlink(missing_ok=True)
    clock._kept = (0.0, clock.timedelta())


# --- The databases ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def databases(django_test_environment, django_db_blocker):
    from tests.databases import Databases

    with django_db_blocker.unblock():
        made = Databases()
        made.build()
    yield made
    with django_db_blocker.unblock():
        made.tear_down()


@pytest.fixture(scope="session")
def django_db_setup(databases):
    """In the place of pytest-django's own, which would make the database as the application's role."""


@pytest.fixture
def committed(databases, django_db_blocker):
    """A database of this test's own, where commits are commits. Gives its name; 'default' and 'owner' both lead to it."""
    with django_db_blocker.unblock(), databases.fresh() as name:
        yield name
