"""Refuses a database that would not protect anybody: too old, a role that row security does not bind, a log that can be changed."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.signals import connection_created

from carehub.row_locks import APP

OLDEST = 15
#: Not only what the role is, but also what it may become with SET ROLE.
_WHO = """
SELECT current_setting('server_version_num')::int / 10000, current_user,
       EXISTS (SELECT FROM pg_roles m WHERE pg_has_role(m.oid, 'MEMBER') AND (m.rolsuper OR m.rolbypassrls)),
       EXISTS (SELECT FROM pg_class c WHERE c.relkind IN ('r', 'p') AND pg_has_role(c.relowner, 'MEMBER')),
       EXISTS (
           SELECT FROM pg_class c
           WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
             AND c.relname IN ('carehub_event', 'carehub_eventclient', 'carehub_eventseal')
             AND has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')
       )
"""


def guard_connections() -> None:
    connection_created.connect(_check, dispatch_uid="carehub.database")


def _check(connection, **_) -> None:
    """On each new connection of the web and the worker: one query, and one sentence if it must not be used."""
    if connection.alias != "default":
        return
    with connection.cursor() as cursor:
        cursor.execute(_WHO)
        version, role, bypasses, owns, rewrites = cursor.fetchone()
    problem = ""
    if version < OLDEST:
        problem = f"PostgreSQL {version} is too old: CareHub needs {OLDEST} or newer."
    elif bypasses:
        problem = f"The database role '{role}' passes by row security. DATABASE_URL must name {APP}; 'manage.py setup_database' makes it."
    elif owns:
        problem = f"The database role '{role}' owns tables and could switch their protection off. DATABASE_URL must name {APP}."
    elif role != APP:
        problem = f"The database role is '{role}'. DATABASE_URL must name {APP}: the database's policies are written for it."
    elif rewrites:
        problem = f"The database role '{role}' may change the log: it was restored without its rights. See docs/operations/backup.md."
    if problem:
        connection.close()
        raise ImproperlyConfigured(problem)


def no_demonstration_in_earnest() -> str:
    """A sentence if this is not the demonstration and the database holds one; '' if all is well."""
    from carehub.models import Person

    if settings.DEMO or not Person.objects.filter(is_demo=True).exists():
        return ""
    return "This database holds demonstration users, whose passwords everybody knows. CareHub does not start on it: use an empty database."
