"""The three roles CareHub speaks to PostgreSQL as, and what each may do.

``carehub_owner`` owns the database and its tables and migrates; it is not a superuser. ``carehub_app`` is what web and
worker are: it owns nothing, creates nothing, empties nothing, and row security binds it. ``carehub_commissioner`` cannot
sign in; ``carehub_app`` becomes it for one transaction (``SET LOCAL ROLE``) to read frozen, already suppressed figures.

Used by ``manage.py setup_database`` on a real server and by the launcher on the embedded one. Every statement may run again.
"""

from collections.abc import Iterator

OLDEST_POSTGRESQL = 15

OWNER = "carehub_owner"
APP = "carehub_app"
COMMISSIONER = "carehub_commissioner"


def literal(text: str) -> str:
    """A string constant of SQL; PostgreSQL's ``standard_conforming_strings`` is on, so only quotes need doubling."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def role_statements(*, makes_databases: bool = False) -> Iterator[str]:
    """Roles, without passwords. ``makes_databases``: the owner may make test databases; never in production."""
    for role in (OWNER, APP, COMMISSIONER):
        yield f"DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    yield f"ALTER ROLE {OWNER} LOGIN NOSUPERUSER {'CREATEDB' if makes_databases else 'NOCREATEDB'} NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    # NOINHERIT: what the commissioner may read is read as the commissioner, never by the way.
    yield f"ALTER ROLE {APP} LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    yield f"ALTER ROLE {COMMISSIONER} NOLOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    yield f"GRANT {COMMISSIONER} TO {APP}"


def create_database_statement(name: str, *, server_version: int) -> str:
    """UTF-8, ordered by code point on every machine alike: an index made here is right after the next upgrade of libc too.

    ``server_version``: the server's major version.
    """
    collation = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.UTF-8'" if server_version >= 17 else "LOCALE 'C.UTF-8'"
    return f"CREATE DATABASE {identifier(name)} OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8' {collation}"


def database_statements(name: str) -> Iterator[str]:
    """Who may connect to the database."""
    yield f"REVOKE ALL ON DATABASE {identifier(name)} FROM PUBLIC"
    yield f"GRANT CONNECT ON DATABASE {identifier(name)} TO {OWNER}, {APP}"


def schema_statements() -> Iterator[str]:
    """Run inside a database, by a superuser or by its owner: what later tables give to the application by themselves.

    Migrations take back what a table must not give (UPDATE and DELETE on logs) and grant the commissioner's few tables.
    """
    yield "REVOKE ALL ON SCHEMA public FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA public TO {APP}, {COMMISSIONER}"
    yield f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}"
    yield f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT USAGE ON SEQUENCES TO {APP}"
