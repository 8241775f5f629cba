"""``manage.py setup_database`` on a server that is not ours: the same roles, made as often as one likes, or printed."""

import subprocess
from io import StringIO
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from django.core.management import CommandError, call_command

from carehub.management.commands import setup_database


@pytest.fixture
def server(start, open_folder, monkeypatch):
    keeper = start(open_folder / "var")
    host = quote(keeper.told["socket"], safe="")
    monkeypatch.setenv("CAREHUB_ADMIN_DATABASE_URL", f"postgresql://carehub_bootstrap:{keeper.told['bootstrap']}@/postgres?host={host}")
    monkeypatch.setenv("DATABASE_URL", f"postgresql://carehub_app:app%20word@/in%20earnest?host={host}")
    monkeypatch.setenv("DATABASE_OWNER_URL", f"postgresql://carehub_owner:owner%27s@/in%20earnest?host={host}")
    return keeper


def connect(keeper, role: str, password: str):
    return psycopg2.connect(host=keeper.told["socket"], dbname="in earnest", user=role, password=password)


def test_it_makes_everything_and_may_run_again(server):
    for _ in range(2):
        said = StringIO()
        call_command("setup_database", stdout=said)
        assert "'in earnest'" in said.getvalue()
    owner = connect(server, "carehub_owner", "owner's")
    app = connect(server, "carehub_app", "app word")
    with owner, owner.cursor() as cursor:
        cursor.execute("CREATE TABLE note (words text)")
    with app, app.cursor() as cursor:
        cursor.execute("INSERT INTO note VALUES ('one')")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), app, app.cursor() as cursor:
        cursor.execute("TRUNCATE note")
    owner.close()
    app.close()
    makes_databases = "SELECT rolcreatedb FROM pg_roles WHERE rolname = 'carehub_owner'"
    assert server.ask(makes_databases, role="bootstrap") == [(False,)]
    call_command("setup_database", "--for-tests", stdout=StringIO())
    assert server.ask(makes_databases, role="bootstrap") == [(True,)]


def test_the_printed_sql_does_the_same(server, monkeypatch):
    """Run through psql, but for the two lines at which the administrator types passwords."""
    said = StringIO()
    call_command("setup_database", "--print", stdout=said)
    lines = said.getvalue().splitlines()
    assert [line for line in lines if line.startswith("\\password")] == ["\\password carehub_owner", "\\password carehub_app"]
    assert "app word" not in said.getvalue()
    script = "\n".join(line for line in lines if not line.startswith("\\password"))
    psql = Path(server.told["programs"]) / "psql"
    for _ in range(2):
        done = subprocess.run(
            [psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", server.told["socket"], "-U", "carehub_bootstrap", "-d", "postgres"],
            input=script,
            env={"PGPASSWORD": server.told["bootstrap"]},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, "")
    granted = server.ask("SELECT defaclobjtype, defaclacl::text FROM pg_default_acl", role="bootstrap", database="in earnest")
    assert sorted(granted) == [("S", "{carehub_app=U/carehub_owner}"), ("r", "{carehub_app=arwd/carehub_owner}")]


def test_addresses_that_name_other_roles_are_refused(server, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:word@/carehub")
    with pytest.raises(CommandError, match=r"^DATABASE_URL must name the role carehub_app with the password it is to have\.$"):
        call_command("setup_database")


def test_without_an_administrator_it_says_what_to_do(server, monkeypatch):
    monkeypatch.delenv("CAREHUB_ADMIN_DATABASE_URL")
    with pytest.raises(CommandError, match="^CAREHUB_ADMIN_DATABASE_URL is not set: "):
        call_command("setup_database")


def test_a_server_that_refuses_is_one_sentence(server, monkeypatch):
    host = quote(server.told["socket"], safe="")
    monkeypatch.setenv("CAREHUB_ADMIN_DATABASE_URL", f"postgresql://carehub_bootstrap:wrong@/postgres?host={host}")
    with pytest.raises(CommandError, match="^The database server refused: .*password authentication failed") as stop:
        call_command("setup_database")
    assert "\n" not in str(stop.value)


def test_a_server_too_old_is_one_sentence(server, monkeypatch):
    monkeypatch.setattr(setup_database.roles, "OLDEST_POSTGRESQL", 99)
    with pytest.raises(CommandError, match=r"^PostgreSQL 17 is too old: CareHub needs 99 or newer\.$"):
        call_command("setup_database")
