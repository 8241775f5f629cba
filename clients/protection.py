"""What the database itself refuses about clients' tables; the last step of the app's migration."""

from django.db.migrations import RunSQL

from carehub import row_security as rows


def _of_client(table: str) -> str:
    """The kernel's tables name clients by key; the foreign key is made here, since the kernel imports no app."""
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_client_fk FOREIGN KEY (client_id) REFERENCES clients_client (id)"
        " DEFERRABLE INITIALLY DEFERRED"
    )


SQL: list[str] = [
    *rows.clients_themselves("clients_client"),
    *rows.client_table("clients_safecontact"),
    *rows.client_table("clients_episode"),
    *rows.client_table("clients_assessment"),
    *rows.locks_itself("clients_assessment"),
    *rows.client_table("clients_riskfound"),
    *rows.locked_with("clients_riskfound", "clients_assessment", "assessment_id"),
    *rows.history_table("clients_clientevent", client="id"),
    *rows.history_table("clients_safecontactevent"),
    *rows.history_table("clients_episodeevent"),
    *(_of_client(table) for table in ("carehub_access", "carehub_task", "carehub_notice", "carehub_storedfile", "carehub_document")),
]

OPERATIONS = [RunSQL(SQL, elidable=False)]
