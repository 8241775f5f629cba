"""What the database itself refuses about the kernel's tables; the last step of the app's migration."""

from django.db.migrations import RunSQL

from carehub import row_locks as locks
from carehub import row_security as rows

#: Of a role that was given only the end changes, and what has ended stays ended. A deputy has the role and the agency of whom they
#: stand in for, lies within the other's time, and has no deputy. Asked of both rows, whichever is written.
MEMBERSHIPS = [
    """
    CREATE FUNCTION carehub_membership_fits() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        absent public.carehub_membership%ROWTYPE;
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF (NEW.person_id, NEW.role, NEW.partnership_id, NEW.agency_id)
               IS DISTINCT FROM (OLD.person_id, OLD.role, OLD.partnership_id, OLD.agency_id) THEN
                RAISE EXCEPTION 'a role that was given stays as it was given: give another one'
                    USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
            END IF;
            IF OLD.ended_at IS NOT NULL AND (NEW.ended_at, NEW.ends_on) IS DISTINCT FROM (OLD.ended_at, OLD.ends_on) THEN
                RAISE EXCEPTION 'a role that has ended stays ended: give it anew' USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
            END IF;
            IF EXISTS (
                SELECT 1 FROM public.carehub_membership d WHERE d.stands_in_for_id = NEW.id AND d.ended_at IS NULL
                AND (NEW.stands_in_for_id IS NOT NULL OR d.starts_on < NEW.starts_on OR d.ends_on > NEW.ends_on
                     OR (NEW.ended_at IS NOT NULL AND d.ends_on >= NEW.ends_on))
            ) THEN
                RAISE EXCEPTION 'a deputy stands in for this role longer than it lasts' USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
            END IF;
        END IF;
        IF NEW.stands_in_for_id IS NULL THEN
            RETURN NEW;
        END IF;
        SELECT * INTO absent FROM public.carehub_membership WHERE id = NEW.stands_in_for_id FOR SHARE;
        IF absent.id IS NULL OR absent.stands_in_for_id IS NOT NULL OR absent.person_id = NEW.person_id THEN
            RAISE EXCEPTION 'a deputy stands in for somebody else, and not for a deputy' USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
        END IF;
        IF (absent.role, absent.partnership_id, absent.agency_id) IS DISTINCT FROM (NEW.role, NEW.partnership_id, NEW.agency_id) THEN
            RAISE EXCEPTION 'a deputy has the role and the agency of whom they stand in for' USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
        END IF;
        IF NEW.ended_at IS NULL AND (NEW.starts_on < absent.starts_on OR NEW.ends_on > absent.ends_on
           OR (absent.ended_at IS NOT NULL AND NEW.ends_on >= absent.ends_on)) THEN
            RAISE EXCEPTION 'a deputy stands in within the time of whom they stand in for' USING ERRCODE = '23514', TABLE = TG_TABLE_NAME;
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER carehub_membership_fits BEFORE INSERT OR UPDATE ON carehub_membership"
    " FOR EACH ROW EXECUTE FUNCTION carehub_membership_fits()",
    "ALTER TABLE carehub_membership ENABLE ALWAYS TRIGGER carehub_membership_fits",
]

#: Who gave the first role looks after the account; nobody takes it over by giving another.
ACCOUNTS = [
    """
    CREATE FUNCTION carehub_account_begins() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE public.carehub_person SET account_of_id = NEW.partnership_id WHERE id = NEW.person_id AND account_of_id IS NULL;
        RETURN NULL;
    END $$
    """,
    "CREATE TRIGGER carehub_account_begins AFTER INSERT ON carehub_membership FOR EACH ROW EXECUTE FUNCTION carehub_account_begins()",
    "ALTER TABLE carehub_membership ENABLE ALWAYS TRIGGER carehub_account_begins",
    """
    CREATE FUNCTION carehub_account_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.account_of_id := coalesce(OLD.account_of_id, NEW.account_of_id);
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER carehub_account_stays BEFORE UPDATE ON carehub_person FOR EACH ROW EXECUTE FUNCTION carehub_account_stays()",
    "ALTER TABLE carehub_person ENABLE ALWAYS TRIGGER carehub_account_stays",
]

SQL: list[str] = [
    locks.REFUSAL_FUNCTIONS,
    *rows.access_table("carehub_access"),
    *rows.own_table("carehub_draft"),
    *rows.client_table("carehub_task", part="record"),
    *locks.agency_stays("carehub_task"),
    *locks.app_removes_none("carehub_task"),
    *rows.history_table("carehub_taskevent", part="record"),
    *rows.notice_table("carehub_notice"),
    *rows.partnership_table("carehub_formedition"),
    *locks.locked_when_published("carehub_formedition"),
    *rows.partnership_table("carehub_paperform"),
    "REVOKE TRUNCATE ON carehub_paperform FROM carehub_app",
    *rows.partnership_rules("carehub_settingchange"),
    *locks.append_only("carehub_settingchange"),
    *rows.client_table("carehub_storedfile", part="plans"),
    *locks.of_agency("carehub_storedfile"),
    "REVOKE UPDATE, DELETE, TRUNCATE ON carehub_storedfile FROM carehub_app",
    *rows.client_table("carehub_document", part="plans"),
    *locks.of_agency("carehub_document"),
    *locks.final_once("carehub_document", "OLD.state = 'ready'"),
    *locks.only_once("carehub_documentcheck", "sealed_sha256", anew=("standing", "since")),
    *rows.log_table("carehub_event"),
    *rows.seal_table("carehub_eventseal"),
    *rows.log_table("carehub_eventclient", client="client_id"),
    "REVOKE DELETE, TRUNCATE ON carehub_job, carehub_outgoingmail FROM carehub_app",
    "REVOKE DELETE, TRUNCATE ON carehub_person, carehub_membership, carehub_agency, carehub_partnership FROM carehub_app",
    *locks.append_only("carehub_membershipevent"),
    *MEMBERSHIPS,
    *ACCOUNTS,
]

OPERATIONS = [RunSQL(SQL, elidable=False)]
