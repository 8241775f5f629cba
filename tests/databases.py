"""The databases tests run on: made and migrated by the owner, used as carehub_app.

One template is migrated, once for all workers of a run, and then left alone. Ordinary tests share one copy of it, each in a
transaction that is rolled back.
Tests on committed data get a copy of their own (a tenth of a second) and drop it: emptying tables would need TRUNCATE, which
nobody has.
"""

import hashlib
import itertools
import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import psycopg2.errors
from django.core.management import call_command
from django.db import connections

from carehub import database_roles

#: Of this machine and this clone: another machine's test databases on the same server are not ours to clear away.
_HERE = hashlib.sha256(f"{socket.gethostname()}{Path(__file__).resolve()}".encode()).hexdigest()[:6]


class Databases:
    def __init__(self) -> None:
        self.prefix = f"test_carehub_{_HERE}_{os.getpid()}"
        #: Workers of pytest-xdist share the template of whoever started them.
        self.shares_template = "PYTEST_XDIST_WORKER" in os.environ
        self.template = f"test_carehub_{_HERE}_{os.getppid()}_template" if self.shares_template else f"{self.prefix}_template"
        self.shared = f"{self.prefix}_shared"
        self.configured = connections["owner"].settings_dict["NAME"]
        self.name = self.configured
        self._numbers = itertools.count(1)

    @contextmanager
    def as_owner(self, name: str | None = None) -> Iterator[object]:
        """A cursor of the owner outside any transaction; by default in the database that DATABASE_OWNER_URL names."""
        parameters = connections["owner"].get_connection_params() | {"dbname": name or self.configured}
        parameters.pop("cursor_factory", None)
        connection = psycopg2.connect(**parameters)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def build(self) -> None:
        with self.as_owner() as cursor:
            # One of the workers builds while the others wait; the lock goes with the connection, however its holder ends.
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [_HERE])
            self._clear_away_the_dead()
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.template])
            if cursor.fetchone() is None:
                self._build_template(f"{self.prefix}_building")
                cursor.execute(f'ALTER DATABASE "{self.prefix}_building" RENAME TO "{self.template}"')
        self._copy(self.shared)
        self.point_at(self.shared)

    def _build_template(self, name: str) -> None:
        with self.as_owner() as cursor:
            version = cursor.connection.server_version // 10000
            cursor.execute(database_roles.create_database_statement(name, server_version=version))
        with self.as_owner(name) as cursor:
            for statement in database_roles.schema_statements():
                cursor.execute(statement)
        self.point_at(name)
        call_command("migrate", database="owner", verbosity=0)
        call_command("createcachetable", database="owner", verbosity=0)
        self.point_at(self.configured)

    def tear_down(self) -> None:
        """A shared template stays for the other workers: it goes with the server, or at the beginning of the next run."""
        self.point_at(self.configured)
        self.drop(self.shared)
        if not self.shares_template:
            self.drop(self.template)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """A copy of the template for one test; both connections lead to it until the end."""
        name, before = f"{self.prefix}_{next(self._numbers)}", self.name
        connections.close_all()
        self._copy(name)
        self.point_at(name)
        try:
            yield name
        finally:
            self.point_at(before)
            self.drop(name)

    def point_at(self, name: str) -> None:
        connections.close_all()
        self.name = name
        for alias in ("default", "owner"):
            connections[alias].settings_dict["NAME"] = name

    def _copy(self, name: str) -> None:
        connections.close_all()
        with self.as_owner() as cursor:
            _patiently(cursor, f'CREATE DATABASE "{name}" OWNER {database_roles.OWNER} TEMPLATE "{self.template}"')
            # Who may connect is the one thing that a copy does not take along.
            for statement in database_roles.database_statements(name):
                cursor.execute(statement)

    def drop(self, name: str) -> None:
        with self.as_owner() as cursor:
            _patiently(cursor, f'DROP DATABASE IF EXISTS "{name}"')

    def _clear_away_the_dead(self) -> None:
        """Databases that an earlier run, killed before its end, left on this machine's server."""
        with self.as_owner() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"test_carehub_{_HERE}_%"])
            for (name,) in cursor.fetchall():
                owner = re.fullmatch(rf"test_carehub_{_HERE}_(\d+)_\w+", name)
                if owner and not Path(f"/proc/{owner[1]}").exists():
                    _patiently(cursor, f'DROP DATABASE IF EXISTS "{name}"')


def _patiently(cursor, statement: str, seconds: float = 15) -> None:
    """Run ``statement`` once nobody is connected any more: a process that was just killed takes a moment to be gone."""
    end = time.monotonic() + seconds
    while True:
        try:
            return cursor.execute(statement)
        except psycopg2.errors.ObjectInUse:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
