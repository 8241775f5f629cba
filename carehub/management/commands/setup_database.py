"""Makes CareHub's roles, its database and their rights on a PostgreSQL server of yours; or prints the SQL for who may."""

import os
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg2
from django.core.management.base import BaseCommand, CommandError, CommandParser
from psycopg2.extensions import encrypt_password

from carehub import database_roles as roles

ADMIN = "CAREHUB_ADMIN_DATABASE_URL"


class Command(BaseCommand):
    help = (
        "Makes the roles carehub_owner, carehub_app and carehub_commissioner, the database and their rights. Names and passwords come from "
        f"DATABASE_URL and DATABASE_OWNER_URL; {ADMIN} names a superuser. It may be run again at any time. --print only prints the SQL."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--print", action="store_true", help="print the SQL for a database administrator and change nothing")
        parser.add_argument("--for-tests", action="store_true", help="let the owner make test databases; never on a server in earnest")

    def handle(self, *args: Any, **options: Any) -> None:
        urls = {roles.APP: os.environ.get("DATABASE_URL", ""), roles.OWNER: os.environ.get("DATABASE_OWNER_URL", "")}
        database = unquote(urlsplit(urls[roles.APP]).path.lstrip("/")) or "carehub"
        if options["print"]:
            self.stdout.write("\n".join(script(database)))
            return
        passwords = {role: password_of(role, url) for role, url in urls.items()}
        admin = os.environ.get(ADMIN, "")
        if not admin:
            raise CommandError(f"{ADMIN} is not set: give a superuser's address, or hand the SQL of --print to who has one.")
        try:
            set_up(admin, database, passwords, makes_databases=options["for_tests"])
        except psycopg2.Error as error:
            raise CommandError(f"The database server refused: {' '.join(str(error).split())}") from None
        self.stdout.write(f"Roles, database '{database}' and rights are as they should be. Next: manage.py migrate --database owner")


def password_of(role: str, url: str) -> str:
    parts = urlsplit(url)
    variable = "DATABASE_URL" if role == roles.APP else "DATABASE_OWNER_URL"
    if unquote(parts.username or "") != role or not parts.password:
        raise CommandError(f"{variable} must name the role {role} with the password it is to have.")
    return unquote(parts.password)


def set_up(admin: str, database: str, passwords: dict[str, str], *, makes_databases: bool = False) -> None:
    """``admin``: address of a superuser, on any database of the server. ``passwords``: by role. Nothing of it is logged in clear."""
    with closing(psycopg2.connect(admin, connect_timeout=10)) as connection:
        connection.autocommit = True
        version = connection.server_version // 10000
        if version < roles.OLDEST_POSTGRESQL:
            raise CommandError(f"PostgreSQL {version} is too old: CareHub needs {roles.OLDEST_POSTGRESQL} or newer.")
        with connection.cursor() as cursor:
            for statement in roles.role_statements(makes_databases=makes_databases):
                cursor.execute(statement)
            for role, password in passwords.items():
                secret = encrypt_password(password, role, connection, "scram-sha-256")
                cursor.execute(f"ALTER ROLE {role} PASSWORD {roles.literal(secret)}")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
            if cursor.fetchone() is None:
                cursor.execute(roles.create_database_statement(database, server_version=version))
            for statement in roles.database_statements(database):
                cursor.execute(statement)
    with closing(psycopg2.connect(urlunsplit(urlsplit(admin)._replace(path=f"/{database}")), connect_timeout=10)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in roles.schema_statements():
                cursor.execute(statement)


def script(database: str) -> Iterator[str]:
    """For psql. No password stands in it: the administrator types them."""
    yield "-- CareHub: roles, database and rights. Run with psql as a superuser; it may be run again."
    yield "SET client_min_messages = warning;"
    for statement in roles.role_statements():
        yield f"{statement};"
    for role in (roles.OWNER, roles.APP):
        yield f"\\password {role}"
    create = roles.create_database_statement(database, server_version=roles.OLDEST_POSTGRESQL)
    yield f"SELECT {roles.literal(create)} WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = {roles.literal(database)}) \\gexec"
    for statement in roles.database_statements(database):
        yield f"{statement};"
    yield f"\\connect {roles.identifier(database)}"
    for statement in roles.schema_statements():
        yield f"{statement};"
