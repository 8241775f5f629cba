"""A database that would not protect anybody is refused in one sentence, on the first connection."""

import copy

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from carehub import database
from tests import factories


class Answering:
    """A connection whose server says this about itself."""

    alias = "default"

    def __init__(self, *row):
        self.row, self.closed = row, False

    def cursor(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def execute(self, statement):
        assert statement == database._WHO

    def fetchone(self):
        return self.row

    def close(self):
        self.closed = True


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ((14, "carehub_app", False, False, False), "PostgreSQL 14 is too old: CareHub needs 15 or newer."),
        ((17, "postgres", True, True, False), "The database role 'postgres' passes by row security."),
        ((17, "carehub_app", True, False, False), "The database role 'carehub_app' passes by row security."),
        ((17, "carehub_owner", False, True, False), "owns tables and could switch their protection off"),
        ((17, "carehub_app", False, False, True), "may change the log: it was restored without its rights. See docs/operations/backup.md"),
        ((17, "somebody", False, False, False), "The database role is 'somebody'. DATABASE_URL must name carehub_app"),
    ],
)
def test_what_is_refused(row, sentence):
    server = Answering(*row)
    with pytest.raises(ImproperlyConfigured, match=sentence.replace(".", r"\.")):
        database._check(server)
    assert server.closed, "nobody goes on with it"


def test_the_application_is_let_in():
    database._check(Answering(17, "carehub_app", False, False, False))
    database._check(Answering(15, "carehub_app", False, False, False))


def test_the_owner_is_refused_as_the_application(committed):
    """A real connection: DATABASE_URL that names the owner by mistake."""
    mistaken = DatabaseWrapper(copy.deepcopy(connections["owner"].settings_dict), alias="default")
    with pytest.raises(ImproperlyConfigured, match="'carehub_owner' owns tables"):
        mistaken.ensure_connection()
    assert mistaken.connection is None


@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE"])
@pytest.mark.parametrize("table", ["carehub_event", "carehub_eventclient", "carehub_eventseal"])
def test_a_log_that_can_be_changed_is_refused(committed, table, right):
    """What a restore without the rights leaves behind: the rights that every new table has by default."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"GRANT {right} ON {table} TO carehub_app")
    connection.close()
    with pytest.raises(ImproperlyConfigured, match="may change the log"):
        connection.ensure_connection()
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"REVOKE {right} ON {table} FROM carehub_app")
    connection.ensure_connection()


def test_the_real_application_passes_and_has_its_limits(db):
    database._check(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('jit'), current_setting('statement_timeout'), current_setting('lock_timeout')")
        assert cursor.fetchone() == ("off", "30s", "5s")


def test_a_demonstration_is_not_used_in_earnest(db, settings):
    factories.person(is_demo=True)
    assert database.no_demonstration_in_earnest() == ""
    settings.DEMO = False
    assert "demonstration users" in database.no_demonstration_in_earnest()
    with pytest.raises(SystemCheckError, match=r"carehub\.E001"):
        call_command("check", databases=["default"])


def test_an_empty_database_is(db, settings):
    settings.DEMO = False
    factories.person()
    assert database.no_demonstration_in_earnest() == ""
    call_command("check", databases=["default"])
