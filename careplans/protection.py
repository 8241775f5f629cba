"""What the database itself refuses about care plans; the last step of the app's migration."""

from django.db.migrations import RunSQL

from carehub import row_locks as locks
from carehub import row_security as rows

PARTS = (
    "careplans_need",
    "careplans_goal",
    "careplans_action",
    "careplans_riskstep",
    "careplans_involved",
    "careplans_signature",
)
#: What is said of a version later, by the agency that writes it; whoever is in the plan's agency.
LATER = ("careplans_addendum", "careplans_planreview", "careplans_reviewasked", "careplans_reviewputoff")

SQL: list[str] = [
    *rows.client_table("careplans_careplan", part="plans"),
    *locks.agency_stays("careplans_careplan"),
    *locks.app_removes_none("careplans_careplan"),
    *rows.client_table("careplans_planversion", part="plans"),
    *locks.agency_of_parent("careplans_planversion", "careplans_careplan", "plan_id"),
    *locks.locks_itself("careplans_planversion"),
]
for _table in PARTS:
    SQL += rows.client_table(_table, part="plans")
    SQL += locks.locked_with(_table, "careplans_planversion", "version_id")
for _table in LATER:
    SQL += [*rows.client_table(_table, part="plans"), *locks.of_agency(_table), *locks.append_only(_table)]
SQL += [
    *rows.client_table("careplans_goaloutcome", part="plans"),
    *locks.agency_of_parent("careplans_goaloutcome", "careplans_planreview", "review_id"),
    *locks.append_only("careplans_goaloutcome"),
    *rows.client_table("careplans_actiondone", part="plans"),
    *locks.agency_of_parent("careplans_actiondone", "careplans_planreview", "review_id"),
    *locks.append_only("careplans_actiondone"),
    *rows.client_table("careplans_stepdone", part="plans"),
    *locks.agency_of_parent("careplans_stepdone", "careplans_planreview", "review_id"),
    *locks.append_only("careplans_stepdone"),
    *rows.client_table("careplans_planreturn", part="plans"),
    *locks.of_agency("careplans_planreturn"),
    *locks.only_once("careplans_planreturn", "mended_at", "mended_by_id", "mended_words"),
]
# An action belongs to a goal of its own version: otherwise it could be hung onto a goal that is locked.
SQL += [
    "ALTER TABLE careplans_goal ADD CONSTRAINT goal_in_version UNIQUE (id, version_id)",
    "ALTER TABLE careplans_action ADD CONSTRAINT action_of_goal_in_version FOREIGN KEY (goal_id, version_id)"
    " REFERENCES careplans_goal (id, version_id)",
]
# Nothing hangs onto another client's record, whichever of two open tabs it came from.
SQL += [
    *rows.about_one_client("careplans_careplan"),
    *rows.about_one_client("careplans_planversion"),
    *rows.same_client("careplans_careplan", "episode_id", "clients_episode"),
    *rows.same_client("careplans_careplan", "current_id", "careplans_planversion"),
    *rows.same_client("careplans_planversion", "plan_id", "careplans_careplan"),
    *rows.same_client("careplans_planversion", "copied_from_id", "careplans_planversion"),
    *rows.same_client("careplans_signature", "scan_id", "carehub_storedfile"),
    *rows.about_one_client("careplans_goal"),
    *rows.about_one_client("careplans_planreview"),
    *rows.same_client("careplans_careplan", "followed_by_id", "careplans_careplan"),
    *rows.same_client("careplans_addendum", "version_id", "careplans_planversion"),
    *rows.same_client("careplans_addendum", "scan_id", "carehub_storedfile"),
    *rows.same_client("careplans_planreturn", "version_id", "careplans_planversion"),
    *rows.same_client("careplans_planreview", "plan_id", "careplans_careplan"),
    *rows.same_client("careplans_planreview", "of_version_id", "careplans_planversion"),
    *rows.same_client("careplans_planreview", "draft_id", "careplans_planversion"),
    *rows.same_client("careplans_planreview", "scores_id", "clients_assessment"),
    *rows.same_client("careplans_goaloutcome", "review_id", "careplans_planreview"),
    *rows.same_client("careplans_goaloutcome", "goal_id", "careplans_goal"),
    *rows.about_one_client("careplans_action"),
    *rows.about_one_client("careplans_riskstep"),
    *rows.same_client("careplans_action", "task_id", "carehub_task"),
    *rows.same_client("careplans_riskstep", "task_id", "carehub_task"),
    *rows.same_client("careplans_actiondone", "review_id", "careplans_planreview"),
    *rows.same_client("careplans_actiondone", "action_id", "careplans_action"),
    *rows.same_client("careplans_stepdone", "review_id", "careplans_planreview"),
    *rows.same_client("careplans_stepdone", "step_id", "careplans_riskstep"),
    *rows.same_client("careplans_reviewasked", "plan_id", "careplans_careplan"),
    *rows.same_client("careplans_reviewputoff", "plan_id", "careplans_careplan"),
    *rows.same_client("careplans_reviewputoff", "task_id", "carehub_task"),
]

OPERATIONS = [RunSQL(SQL, elidable=False)]
