"""What the database itself refuses about clients' tables; the last step of the app's migration."""

from django.db.migrations import RunSQL

from carehub import row_security as rows


def _of_client(table: str) -> str:
    """The kernel's tables name clients by key; the foreign key is made here, since the kernel imports no app.

    With the partnership: otherwise a grant of access could name a client of another one.
    """
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_client_fk FOREIGN KEY (client_id, partnership_id)"
        " REFERENCES clients_client (id, partnership_id) DEFERRABLE INITIALLY DEFERRED"
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
    "ALTER TABLE clients_client ADD CONSTRAINT client_in_partnership UNIQUE (id, partnership_id)",
    *(_of_client(table) for table in ("carehub_access", "carehub_task", "carehub_notice", "carehub_storedfile", "carehub_document")),
    *rows.about_one_client("clients_episode"),
    *rows.same_client("clients_assessment", "episode_id", "clients_episode"),
    *rows.about_one_client("carehub_storedfile"),
    *rows.same_client("carehub_document", "file_id", "carehub_storedfile"),
]

OPERATIONS = [RunSQL(SQL, elidable=False)]
