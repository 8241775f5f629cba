"""What the database itself refuses about clients' tables; the last step of the app's migration."""

from django.db.migrations import RunSQL

from carehub import row_locks as locks
from carehub import row_security as rows


def _of_client(table: str) -> str:
    """The kernel's tables name clients by key; the foreign key is made here, since the kernel imports no app.

    With the partnership: otherwise a grant of access could name a client of another one.
    """
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_client_fk FOREIGN KEY (client_id, partnership_id)"
        " REFERENCES clients_client (id, partnership_id) DEFERRABLE INITIALLY DEFERRED"
    )


#: Somebody with a duty of care knows whom they look for: the whole reference, or the whole name and the date of birth. The key, and
#: nothing else; merging two keys or none is nobody. What it is asked, is on record (clients.actions.opening).
_TO_OPEN = """
CREATE FUNCTION clients_to_open(wanted text, first text, last text, born date) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
SELECT CASE WHEN count(*) = 1 THEN (array_agg(c.id))[1] END FROM public.clients_client c
WHERE c.partnership_id = nullif(current_setting('carehub.partnership', true), '')::uuid
  AND nullif(current_setting('carehub.person', true), '') IS NOT NULL
  AND CASE WHEN wanted <> '' THEN c.reference = wanted
      ELSE born IS NOT NULL AND c.date_of_birth = born AND first <> '' AND last <> ''
          AND lower(c.last_name) = lower(last) AND lower(first) IN (lower(c.first_name), lower(c.name_used)) END
$$
"""

#: An administrator publishes another edition of a form: how many drafts stay on the older one. Numbers, and nothing about whose.
_OPEN_DRAFTS = """
CREATE FUNCTION clients_open_drafts(wanted text) RETURNS TABLE (version integer, edition integer, number bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
SELECT a.form_version::integer, a.form_edition::integer, count(*) FROM public.clients_assessment a
WHERE a.partnership_id = nullif(current_setting('carehub.partnership', true), '')::uuid AND a.form = wanted AND a.state = 'draft'
GROUP BY a.form_version, a.form_edition
$$
"""

SQL: list[str] = [
    *rows.clients_themselves("clients_client"),
    *rows.client_table("clients_safecontact"),
    *locks.app_removes_none("clients_safecontact"),
    *rows.client_table("clients_episode", part="record"),
    *locks.agency_stays("clients_episode"),
    *locks.app_removes_none("clients_episode"),
    *rows.client_table("clients_assessment", part="assessments"),
    *locks.agency_stays("clients_assessment"),
    *locks.locks_itself("clients_assessment"),
    *rows.client_table("clients_riskfound", part="record"),
    *locks.locked_with("clients_riskfound", "clients_assessment", "assessment_id"),
    *rows.client_table("clients_riskplan", part="record"),
    *locks.agency_stays("clients_riskplan"),
    *locks.locks_itself("clients_riskplan"),
    *rows.client_table("clients_riskplanstep", part="record"),
    *locks.locked_with("clients_riskplanstep", "clients_riskplan", "plan_id"),
    *rows.history_table("clients_clientevent", client="id"),
    *rows.history_table("clients_safecontactevent"),
    *rows.history_table("clients_episodeevent", part="record"),
    *rows.client_table("clients_consent", part="record"),
    *locks.of_agency("clients_consent"),
    *locks.only_once(
        *("clients_consent", "scan_id", "withdrawn_at", "withdrawn_by_id", "withdrawn_why", "client_told_on", "client_told_by_id")
    ),
    *rows.history_table("clients_consentevent", part="record"),
    *rows.client_table("clients_consentagency", part="record"),
    *locks.agency_of_parent("clients_consentagency", "clients_consent", "consent_id"),
    *locks.append_only("clients_consentagency"),
    # Who opened a record and who judges it are of different agencies, and neither of them shares anything: whoever reaches the client.
    *rows.client_table("clients_opening"),
    *locks.of_agency("clients_opening"),
    *locks.only_once("clients_opening", "closed_at", "justified", "judged_at", "judged_by_id", "judged_words"),
    *rows.client_table("clients_proposal", part="record"),
    *locks.of_agency("clients_proposal"),
    *locks.only_once("clients_proposal", "state", "decided_at", "decided_by_id", "reason", "reason_words", "task_id", anew=("again_id",)),
    *rows.client_table("clients_clientpathway", part="record"),
    *locks.of_agency("clients_clientpathway"),
    *locks.only_once("clients_clientpathway", "ended_on", "ended_by_id", "ended_how", "ended_words"),
    *rows.staff_table("clients_unusualaccess", "times", "last_at", "told_at", "looked_at", "looked_by_id", "words"),
    *rows.link_table("clients_referrallink", "stopped_at", "stopped_by_id", "sent", "last_sent_at", "sent_that_day"),
    *locks.only_once("clients_referrallink", "stopped_at", "stopped_by_id", anew=("sent", "last_sent_at", "sent_that_day")),
    *rows.inbox_table("clients_receivedreferral", "clients_referrallink"),
    *locks.only_once(
        "clients_receivedreferral",
        *("state", "decided_at", "decided_by_id", "client_id", "why", "why_words", "referrer_told"),
        stay="OLD.state = 'accepted'",
    ),
    *rows.partnership_rules("clients_changerule", "ended_at", "ended_by_id"),
    _TO_OPEN,
    "REVOKE ALL ON FUNCTION clients_to_open(text, text, text, date) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION clients_to_open(text, text, text, date) TO carehub_app",
    _OPEN_DRAFTS,
    "REVOKE ALL ON FUNCTION clients_open_drafts(text) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION clients_open_drafts(text) TO carehub_app",
    "ALTER TABLE clients_client ADD CONSTRAINT client_in_partnership UNIQUE (id, partnership_id)",
    *(_of_client(table) for table in ("carehub_access", "carehub_task", "carehub_notice", "carehub_storedfile", "carehub_document")),
    *rows.about_one_client("clients_episode"),
    *rows.same_client("clients_assessment", "episode_id", "clients_episode"),
    *rows.same_client("clients_riskplan", "episode_id", "clients_episode"),
    *rows.about_one_client("clients_assessment"),
    *rows.about_one_client("carehub_task"),
    *rows.same_client("clients_proposal", "episode_id", "clients_episode"),
    *rows.same_client("clients_proposal", "assessment_id", "clients_assessment"),
    *rows.same_client("clients_proposal", "task_id", "carehub_task"),
    *rows.same_client("clients_riskplanstep", "task_id", "carehub_task"),
    *rows.about_one_client("clients_proposal"),
    *rows.same_client("clients_clientpathway", "episode_id", "clients_episode"),
    *rows.same_client("clients_clientpathway", "proposal_id", "clients_proposal"),
    *rows.same_client("clients_assessment", "corrects_id", "clients_assessment"),
    *rows.about_one_client("carehub_storedfile"),
    *rows.same_client("carehub_document", "file_id", "carehub_storedfile"),
    *rows.about_one_client("clients_consent"),
    *rows.same_client("clients_consentagency", "consent_id", "clients_consent"),
    *rows.same_client("clients_consent", "scan_id", "carehub_storedfile"),
]

OPERATIONS = [RunSQL(SQL, elidable=False)]
