"""What is signed or complete cannot be changed by anybody: tried in raw SQL as the application and as the owner, on committed data."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from carehub import context
from careplans.models import PARTS, Action, CarePlan, Goal, Involved, Need, PlanVersion, RiskStep, Signature
from clients.models import Assessment, RiskFound
from tests import factories

pytestmark = pytest.mark.usefixtures("committed")

LOCKED, NO_PRIVILEGE = "23514", "42501"
#: Each locked thing: its table, and its children's tables with the column that names it.
HOUSES = {
    "careplans_planversion": {
        **dict.fromkeys(
            (*(part._meta.db_table for part in PARTS.values()), "careplans_signature"),
            "version_id",
        )
    },
    "clients_assessment": {"clients_riskfound": "assessment_id"},
}
EVERYTHING = [*HOUSES, *(child for children in HOUSES.values() for child in children)]
CHILDREN = [(parent, child, column) for parent, children in HOUSES.items() for child, column in children.items()]


@pytest.fixture
def keyworker():
    return factories.actor()


@pytest.fixture
def someone(keyworker):
    """With a signed plan, a complete assessment, and of each one more that is still a draft."""
    client = factories.client_of(keyworker.agency, keyworker=keyworker)
    signed = factories.plan_version(client, by=keyworker, state="signed")
    factories.plan_version(client, by=keyworker, plan=signed.plan, state="agreed")
    factories.assessment(client, by=keyworker, state="complete")
    factories.assessment(client, by=keyworker, state="draft")
    with factories.loading(client.partnership_id):
        draft = PlanVersion.objects.get(locked_at=None)
        Signature.objects.create(
            partnership_id=client.partnership_id,
            client=client,
            version=draft,
            party="client",
            name="Somebody",
            how="screen",
            signed_on=draft.begun_at.date(),
            agreed_text=draft.agreed_text,
            recorded_at=draft.begun_at,
            recorded_by=keyworker.person,
        )
    return client


@contextmanager
def speaking_as(alias: str, keyworker) -> Iterator[object]:
    """A cursor inside a transaction: the application acts for the keyworker, the owner needs no context."""
    acting = context.acting(keyworker) if alias == "default" else nullcontext()
    with transaction.atomic(using=alias), acting, connections[alias].cursor() as cursor:
        yield cursor


def refusal(alias: str, cursor, statement: str, parameters: list | None = None) -> str:
    """The error code that ``statement`` is answered with; '' where it went through (and is taken back)."""
    try:
        with transaction.atomic(using=alias):
            cursor.execute(statement, parameters)
            touched = cursor.rowcount
            transaction.set_rollback(True, using=alias)
    except DatabaseError as error:
        return error.__cause__.pgcode
    return "" if touched else "no row"


def columns_of(cursor, table: str) -> list[str]:
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''", [table]
    )
    return [name for (name,) in cursor.fetchall()]


@pytest.mark.parametrize("alias", ["default", "owner"])
def test_a_locked_row_stays_as_it_is(alias, keyworker, someone):
    with speaking_as(alias, keyworker) as cursor:
        for table in EVERYTHING:
            locked = f"{table} WHERE locked_at IS NOT NULL"
            cursor.execute(f"SELECT count(*) FROM {locked}")
            assert cursor.fetchone()[0], table
            for column in columns_of(cursor, table):
                # Even writing what stands there already is refused: nobody has to compare.
                assert refusal(alias, cursor, f"UPDATE {table} SET {column} = {column} WHERE locked_at IS NOT NULL") == LOCKED, (
                    table,
                    column,
                )
            assert refusal(alias, cursor, f"UPDATE {table} SET locked_at = NULL WHERE locked_at IS NOT NULL") == LOCKED, table
            assert refusal(alias, cursor, f"DELETE FROM {locked}") == LOCKED, table


@pytest.mark.parametrize("alias", ["default", "owner"])
def test_nothing_is_added_to_or_moved_in_or_out_of_what_is_locked(alias, keyworker, someone):
    with speaking_as(alias, keyworker) as cursor:
        for parent, child, column in CHILDREN:
            signed, draft = keys(cursor, parent)
            names = [name for name in columns_of(cursor, child) if name not in ("id", "locked_at", column)]
            alike = ", ".join(names)
            copied = f"INSERT INTO {child} (id, {column}, locked_at, {alike}) SELECT %s, %s, {{}}, {alike} FROM {child} LIMIT 1"
            for locked_at in ("NULL", "now()"):
                assert refusal(alias, cursor, copied.format(locked_at), [str(uuid4()), signed]) == LOCKED, (
                    f"added to a locked {parent}: {child}"
                )
            assert refusal(alias, cursor, f"UPDATE {child} SET {column} = %s WHERE {column} = %s", [signed, draft]) == LOCKED, (
                f"{child} moved in"
            )
            assert refusal(alias, cursor, f"UPDATE {child} SET {column} = %s WHERE {column} = %s", [draft, signed]) == LOCKED, (
                f"{child} moved out"
            )
            assert refusal(alias, cursor, f"DELETE FROM {child} WHERE {column} = %s", [signed]) == LOCKED, f"{child} removed"


def keys(cursor, parent: str) -> tuple[str, str]:
    cursor.execute(f"SELECT id FROM {parent} ORDER BY locked_at NULLS LAST")
    locked, draft = (str(key) for (key,) in cursor.fetchall())
    return locked, draft


@pytest.mark.parametrize("alias", ["default", "owner"])
def test_a_child_that_forgot_its_own_lock_is_kept_by_its_parents(alias, keyworker, someone):
    with connections["owner"].cursor() as cursor:
        for _, child, _ in CHILDREN:
            cursor.execute(f"ALTER TABLE {child} DISABLE TRIGGER {child}_lock")
            cursor.execute(f"UPDATE {child} SET locked_at = NULL")
            cursor.execute(f"ALTER TABLE {child} ENABLE ALWAYS TRIGGER {child}_lock")
    with speaking_as(alias, keyworker) as cursor:
        for parent, child, column in CHILDREN:
            signed, draft = keys(cursor, parent)
            for statement in (
                f"UPDATE {child} SET partnership_id = partnership_id WHERE {column} = '{signed}'",
                f"UPDATE {child} SET {column} = '{draft}' WHERE {column} = '{signed}'",
                f"DELETE FROM {child} WHERE {column} = '{signed}'",
            ):
                assert refusal(alias, cursor, statement) == LOCKED, statement


@pytest.mark.parametrize("alias", ["default", "owner"])
def test_nothing_locked_is_emptied(alias, keyworker, someone):
    expected = NO_PRIVILEGE if alias == "default" else LOCKED
    with speaking_as(alias, keyworker) as cursor:
        for table in EVERYTHING:
            assert refusal(alias, cursor, f"TRUNCATE {table} CASCADE") == expected, table


def test_the_application_cannot_open_a_lock(keyworker, someone):
    """pgtrigger's own triggers step aside for one set_config; ours are plain SQL and always on."""
    ignored = "{" + ",".join(f"{table}:lock,{table}:{table}_lock" for table in EVERYTHING) + "}"
    with speaking_as("default", keyworker) as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [ignored])
        for table in EVERYTHING:
            assert refusal("default", cursor, f"DELETE FROM {table} WHERE locked_at IS NOT NULL") == LOCKED, table
        for statement in (
            "SET LOCAL session_replication_role = replica",
            *(f"ALTER TABLE {table} DISABLE TRIGGER {table}_lock" for table in EVERYTHING),
            *(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in EVERYTHING),
            *(f"DROP TRIGGER {table}_lock ON {table}" for table in EVERYTHING),
            "CREATE OR REPLACE FUNCTION carehub_locked_row() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "DROP FUNCTION carehub_locked_row() CASCADE",
        ):
            assert refusal("default", cursor, statement) == NO_PRIVILEGE, statement


def test_replication_role_does_not_help_the_owner_either(someone):
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        assert refusal("owner", cursor, "SET LOCAL session_replication_role = replica") == NO_PRIVILEGE
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname ~ '_(lock|keep|append_only)$' AND tgenabled <> 'A'")
        assert cursor.fetchall() == []


def test_without_context_the_application_reaches_nothing_locked(someone):
    with transaction.atomic(), connection.cursor() as cursor:
        context.clear()
        for table in EVERYTHING:
            assert refusal("default", cursor, f"UPDATE {table} SET locked_at = NULL") == "no row"
            assert refusal("default", cursor, f"DELETE FROM {table}") == "no row"


def test_a_child_whose_parent_is_out_of_reach_is_refused(keyworker, someone):
    """Under row security a trigger that looks its parent up finds nothing; it must not take that for 'not locked'."""
    stranger = factories.actor(agency=factories.agency(someone.partnership))
    unseen = factories.client_of(stranger.agency, keyworker=stranger)
    version = factories.plan_version(unseen, by=stranger)
    for actor in (None, keyworker):
        with transaction.atomic():
            context.clear() if actor is None else context.acting_as(actor)
            for client_id in (unseen.pk, someone.pk):
                with pytest.raises(IntegrityError, match="locked or out of reach"), transaction.atomic():
                    Need.objects.create(
                        partnership_id=someone.partnership_id, client_id=client_id, version=version, domain="health", words="Sneaked in"
                    )


def test_a_table_of_the_same_name_does_not_stand_in_for_the_parent(keyworker, someone, committed):
    """Where a database lets everybody make temporary tables, one called like the parent would be looked at first."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f'GRANT TEMPORARY ON DATABASE "{committed}" TO carehub_app')
    with speaking_as("default", keyworker) as cursor:
        cursor.execute(
            "CREATE TEMP TABLE careplans_planversion ON COMMIT DROP AS"
            " SELECT id, client_id, NULL::timestamptz AS locked_at FROM public.careplans_planversion"
        )
        cursor.execute("SELECT id FROM public.careplans_planversion WHERE locked_at IS NOT NULL")
        signed = cursor.fetchone()[0]
        with pytest.raises(IntegrityError, match="locked or out of reach"), transaction.atomic():
            Need.objects.create(
                partnership_id=someone.partnership_id, client=someone, version_id=signed, domain="health", words="Sneaked in"
            )


def test_nothing_begins_locked(keyworker, someone):
    with context.acting(keyworker):
        signed = PlanVersion.objects.exclude(locked_at=None).get()
        draft = PlanVersion.objects.get(locked_at=None)
        about = {"partnership_id": someone.partnership_id, "client": someone}
        with pytest.raises(IntegrityError, match="begin locked"), transaction.atomic():
            Need.objects.create(**about, version=draft, domain="health", words="Locked at birth", locked_at=signed.locked_at)
        copy = PlanVersion.objects.get(pk=signed.pk)
        copy.pk, copy.number = uuid4(), 9
        with pytest.raises(IntegrityError, match="begin locked"), transaction.atomic():
            copy.save(force_insert=True)


def test_a_draft_can_be_written_and_thrown_away(keyworker, someone):
    with context.acting(keyworker):
        draft = PlanVersion.objects.get(locked_at=None)
        Need.objects.filter(version=draft).update(words="Sleeps better")
        for part in (Action, Goal, Need, RiskStep, Involved, Signature):
            assert part.objects.filter(version=draft).delete()[0] >= 1
        assert draft.delete()[0] == 1
        scrap = Assessment.objects.get(locked_at=None)
        RiskFound.objects.filter(assessment=scrap).delete()
        assert scrap.delete()[0] == 1


def test_a_record_does_not_change_its_client(keyworker, someone):
    """Both clients are the keyworker's own: it is not row security that refuses."""
    other = factories.client_of(keyworker.agency, keyworker=keyworker)
    theirs = factories.plan_version(other, by=keyworker)
    with context.acting(keyworker):
        mine = PlanVersion.objects.get(client=someone, locked_at=None)
        plan = CarePlan.objects.get(client=someone)
        refused = [
            lambda: PlanVersion.objects.filter(pk=mine.pk).update(client=other),
            lambda: PlanVersion.objects.filter(pk=mine.pk).update(plan=theirs.plan),
            lambda: Goal.objects.filter(version=mine).update(version=theirs),
            lambda: Goal.objects.filter(version=mine).update(client=other),
            lambda: Need.objects.create(
                partnership=other.partnership, client=other, version=mine, domain="health", words="The wrong person's"
            ),
            lambda: CarePlan.objects.filter(pk=plan.pk).update(client=other),
            lambda: CarePlan.objects.filter(pk=plan.pk).update(current=theirs),
            lambda: Assessment.objects.filter(client=someone, locked_at=None).update(client=other),
            lambda: RiskFound.objects.filter(client=someone, locked_at=None).update(client=other),
        ]
        for attempt in refused:
            with pytest.raises(IntegrityError), transaction.atomic():
                attempt()


def test_an_action_belongs_to_a_goal_of_its_own_version(keyworker, someone):
    with context.acting(keyworker):
        signed_goal = Goal.objects.exclude(locked_at=None).get()
        with pytest.raises(IntegrityError), transaction.atomic():
            Action.objects.filter(locked_at=None).update(goal=signed_goal)


@pytest.mark.parametrize("first", ["the goal", "the signature"])
def test_adding_and_signing_at_the_same_moment(first, keyworker, someone):
    """Whoever is first, the other waits: a goal is in the version that is signed, or it is refused."""
    with context.acting(keyworker):
        draft = PlanVersion.objects.get(locked_at=None)
    begun, outcome = threading.Event(), []

    def in_another_session():
        begun.wait(10)
        try:
            add_a_goal(draft, keyworker) if first == "the signature" else factories.sign_version_only(draft, by=keyworker)
            outcome.append("done")
        except IntegrityError as error:
            outcome.append(str(error))
        finally:
            connection.close()

    other = threading.Thread(target=in_another_session)
    other.start()
    with context.acting(keyworker):
        add_a_goal(draft, keyworker) if first == "the goal" else factories.sign_version_only(draft, by=keyworker)
        begun.set()
        other.join(0.5)
        assert other.is_alive(), "the second did not wait"
    other.join(10)
    assert not other.is_alive()
    with context.acting(keyworker):
        goals = Goal.objects.filter(version=draft).count()
        assert PlanVersion.objects.get(pk=draft.pk).locked_at
    if first == "the goal":
        assert outcome == ["done"]
        assert goals == 2
    else:
        assert "locked or out of reach" in outcome[0]
        assert goals == 1


def add_a_goal(version, keyworker):
    with context.acting(keyworker):
        Goal.objects.create(
            partnership_id=version.partnership_id,
            client_id=version.client_id,
            version=version,
            domain="health",
            client_words="At the last moment",
        )
