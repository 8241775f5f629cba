"""Which tables hold something about clients, asked of the database itself: a new one is in every test from its first day."""

from django.db import connection

CLIENTS = "clients_client"

#: Our keys are UUIDs: a 'client_id' that is text is what a sign-in provider calls a program (allauth).
_WITH_CLIENT = """
SELECT c.relname FROM pg_class c
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
  AND (c.relname IN ('clients_client', 'clients_clientevent')
       OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'client_id'
                  AND a.atttypid = 'uuid'::regtype AND NOT a.attisdropped))
ORDER BY c.relname
"""

#: Rows of one person or of the log, under rules of their own; each says what its rule is, tested by name.
#: Reading without reach of the client: a draft is its writer's, a grant its agency's.
BY_OWNER = {"carehub_draft", "carehub_access"}
#: Anybody may add: refusals, strangers, and a trigger at the moment when the row goes out of reach.
ADDED_BY_ANYBODY = {
    "carehub_eventclient",
    "carehub_taskevent",
    "clients_clientevent",
    "clients_consentevent",
    "clients_episodeevent",
    "clients_safecontactevent",
}


def client_tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WITH_CLIENT)
        return [name for (name,) in cursor.fetchall()]


def counts(tables: list[str] | None = None) -> dict[str, int]:
    """Table → how many rows whoever acts now sees, in raw SQL."""
    with connection.cursor() as cursor:
        found = {}
        for table in tables or client_tables():
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
        return found


def seen(tables: list[str] | None = None) -> dict[str, int]:
    """The same, only where something is seen."""
    return {table: count for table, count in counts(tables).items() if count}
