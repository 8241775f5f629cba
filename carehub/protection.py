"""What the database itself refuses about the kernel's tables; the last step of the app's migration."""

from django.db.migrations import RunSQL

from carehub import row_locks as locks
from carehub import row_security as rows

SQL: list[str] = [
    locks.REFUSAL_FUNCTIONS,
    *rows.access_table("carehub_access"),
    *rows.own_table("carehub_draft"),
    *rows.client_table("carehub_task", part="record"),
    *locks.agency_stays("carehub_task"),
    *rows.notice_table("carehub_notice"),
    *rows.client_table("carehub_storedfile", part="plans"),
    *locks.of_agency("carehub_storedfile"),
    "REVOKE UPDATE, DELETE, TRUNCATE ON carehub_storedfile FROM carehub_app",
    *rows.client_table("carehub_document", part="plans"),
    *locks.of_agency("carehub_document"),
    *rows.log_table("carehub_event"),
    *rows.seal_table("carehub_eventseal"),
    *rows.log_table("carehub_eventclient", client="client_id"),
    "REVOKE DELETE, TRUNCATE ON carehub_job, carehub_outgoingmail, carehub_documentcheck FROM carehub_app",
    "REVOKE DELETE, TRUNCATE ON carehub_person, carehub_membership, carehub_agency, carehub_partnership FROM carehub_app",
    *locks.append_only("carehub_membershipevent"),
]

OPERATIONS = [RunSQL(SQL, elidable=False)]
