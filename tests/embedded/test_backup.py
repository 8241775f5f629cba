"""docs/operations/backup.md, carried out: what comes back has the same rows, and protects them as before."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from carehub import database_roles as roles
from carehub.embedded.folders import ROOT

#: Everything that must be as it was, whatever the order: rights, policies, triggers, owners, and how many rows stand where.
AS_IT_WAS = {
    "rights": "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v')",
    "policies": "SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'public'",
    "row security": "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity",
    "triggers": "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal",
    "owners": "SELECT relname, pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    "what later tables give": "SELECT defaclrole::regrole::text, defaclobjtype::text, defaclacl::text FROM pg_default_acl",
    "who may connect": "SELECT datacl::text FROM pg_database WHERE datname = 'carehub'",
    "rows": """
        SELECT relname, (xpath('/row/count/text()', query_to_xml(format('SELECT count(*) FROM %%I', relname), false, true, '')))[1]::text
        FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace""",
}


def pg(keeper, program: str, *words: str | Path, role: str = "carehub_bootstrap", password: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(keeper.told["programs"]) / program, "-h", keeper.told["socket"], "-U", role, *words],
        env={"PGPASSWORD": password or keeper.told["bootstrap"]},
        capture_output=True,
        text=True,
        timeout=120,
    )


def all_of(keeper) -> dict[str, list[tuple]]:
    return {what: sorted(keeper.ask(sql, role="bootstrap"), key=str) for what, sql in AS_IT_WAS.items()}


@pytest.fixture
def filled(start, open_folder):
    """A server with tables and a partnership in them."""
    keeper = start(open_folder / "var")
    environment = {**os.environ, "DATABASE_URL": keeper.told["DATABASE_URL"], "DATABASE_OWNER_URL": keeper.told["DATABASE_OWNER_URL"]}
    command = [sys.executable, "manage.py", "migrate", "--database", "owner", "-v0"]
    subprocess.run(command, cwd=ROOT, env={**environment, "CAREHUB_VAR": str(open_folder / "var")}, check=True, timeout=180)
    keeper.ask(
        "INSERT INTO carehub_partnership (id, name, local_settings, is_demo) VALUES (gen_random_uuid(), 'Tansybridge', '{}', false)",
        role="owner",
    )
    return keeper


def test_dumped_and_brought_back(filled, open_folder):
    before, dump = all_of(filled), open_folder / "carehub.dump"
    assert len(before["row security"]) > 20

    # Whom row security binds makes no dump and is told; not a short one.
    for role, variable in (("carehub_app", "DATABASE_URL"), ("carehub_owner", "DATABASE_OWNER_URL")):
        done = pg(filled, "pg_dump", "-Fc", "-f", dump, "carehub", role=role, password=password_in(filled.told[variable]))
        assert done.returncode != 0
        assert done.stderr.startswith("pg_dump: error:")

    assert pg(filled, "pg_dump", "-Fc", "-f", dump, "carehub").returncode == 0

    # Why the database is dropped first: where default privileges stand already, each table gets them on top of its own.
    make_empty(filled)
    assert pg(filled, "pg_restore", "--no-owner", "--role=carehub_owner", "-d", "carehub", dump).returncode == 0
    assert all_of(filled)["rights"] != before["rights"]

    # As the guide has it.
    assert pg(filled, "dropdb", "carehub").returncode == 0
    done = pg(filled, "pg_restore", "--exit-on-error", "--create", "-d", "postgres", dump)
    assert (done.returncode, done.stderr) == (0, "")
    after = all_of(filled)
    for what in AS_IT_WAS:
        assert after[what] == before[what], what
    for forbidden in ("UPDATE carehub_event SET reason = ''", "DELETE FROM carehub_event", "TRUNCATE clients_client"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            filled.ask(forbidden)
    assert filled.ask("SELECT name FROM carehub_partnership") == [("Tansybridge",)]


def password_in(url: str) -> str:
    return url.partition("://")[2].partition("@")[0].partition(":")[2]


def make_empty(keeper) -> None:
    """The database as setup_database leaves it."""
    assert pg(keeper, "dropdb", "carehub").returncode == 0
    assert pg(keeper, "createdb", "-O", "carehub_owner", "-T", "template0", "carehub").returncode == 0
    with (
        psycopg2.connect(
            host=keeper.told["socket"], user="carehub_bootstrap", password=keeper.told["bootstrap"], dbname="carehub"
        ) as connection,
        connection.cursor() as cursor,
    ):
        for statement in roles.schema_statements():
            cursor.execute(statement)
    connection.close()
