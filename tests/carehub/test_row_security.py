"""The second wall, tried with raw SQL as carehub_app on committed data: as if every line of Python above it were wrong."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, connections, transaction

from carehub import clock, context
from carehub.models import Access
from careplans.models import CarePlan
from clients.models import Client, Episode, UnusualAccess
from reports.models import CountedFigure
from tests import factories
from tests.carehub.client_tables import ADDED_BY_ANYBODY, BY_OWNER, CLIENTS, client_tables, counts, seen
from tests.everything import everything_about

pytestmark = pytest.mark.usefixtures("committed")
REFUSED_BY_POLICY = "42501"


@pytest.fixture
def keyworker():
    return factories.actor()


@pytest.fixture
def someone(keyworker):
    client = factories.client_of(keyworker.agency, keyworker=keyworker)
    everything_about(client, by=keyworker)
    return client


def row_as_owner(table: str) -> dict[str, object]:
    """One row of ``table`` as it could be written, without what the database makes up itself."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall()]
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table} LIMIT 1")
        return dict(zip(columns, cursor.fetchone(), strict=True))


def insert(table: str, row: dict[str, object]) -> None:
    import json

    # Where the column is an array and not JSON, an empty one: enough for what is refused anyway.
    arrays = {"parts", "told"}
    values = ["{}" if name in arrays else json.dumps(value) if isinstance(value, dict | list) else value for name, value in row.items()]
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", values)


def test_tests_speak_as_the_application():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("carehub_app", False, False)
        for privilege in ("CREATE", "TEMP"):
            cursor.execute("SELECT has_database_privilege(current_database(), %s)", [privilege])
            assert cursor.fetchone() == (False,), privilege
        cursor.execute("SELECT has_schema_privilege('public', 'CREATE')")
        assert cursor.fetchone() == (False,)


def test_the_keyworker_sees_a_row_in_every_client_table(keyworker, someone):
    with context.acting(keyworker):
        empty = [table for table, count in counts().items() if not count]
    assert not empty, f"tests/everything.py, makes no row for {empty}"


def test_no_context_no_rows(someone):
    assert seen() == {}
    with transaction.atomic():
        context.clear()
        assert seen() == {}


def test_wrong_agency_no_rows(someone):
    stranger = factories.actor(agency=factories.agency(someone.partnership))
    with context.acting(stranger):
        assert seen() == {}


def test_other_partnership_no_rows(someone):
    for role in ("keyworker", "commissioner", "administrator", "partnership-manager"):
        with context.acting(factories.actor(role=role)):
            assert seen() == {}


def test_a_role_of_the_whole_partnership_reads_no_records(someone):
    for role in ("commissioner", "administrator", "partnership-manager", "clinical-lead"):
        with context.acting(factories.actor(role=role, partnership=someone.partnership)):
            assert seen() == {}, role


#: What holds no client and yet says too much for anybody but those who answer for it.
ABOUT_ALL = ("reports_countedfigure", "clients_unusualaccess")


def test_what_is_for_those_who_answer_for_the_whole_is_for_nobody_else(keyworker, someone):
    month, now = clock.today().replace(day=1), clock.now()
    with factories.loading(someone.partnership_id):
        UnusualAccess.objects.create(
            partnership=someone.partnership,
            agency=keyworker.agency,
            membership=keyworker.membership,
            rule="night",
            version=1,
            limit=0,
            day=month,
            times=1,
            first_at=now,
            last_at=now,
            found_at=now,
        )
        CountedFigure.objects.create(
            partnership=someone.partnership,
            figure="reviews",
            definition=1,
            month=month,
            met=1,
            eligible=2,
            counted_to=month,
            counted_at=now,
        )
    for role, sees in {"partnership-manager": True, "commissioner": False, "visiting-auditor": False, "peer-auditor": False}.items():
        about = {"agency": keyworker.agency} if role == "peer-auditor" else {"partnership": someone.partnership}
        with context.acting(factories.actor(role=role, **about)):
            assert {table: bool(count) for table, count in counts([*ABOUT_ALL]).items()} == dict.fromkeys(ABOUT_ALL, sees), role
    with context.through_link("no link", someone.partnership_id):
        assert not any(counts([*ABOUT_ALL]).values()), "behind a link nobody is signed in"


def test_behind_a_link_nobody_is_let_in(keyworker, someone):
    """Whoever holds one takes something in, and does nothing else."""
    grant = row_as_owner("carehub_access") | {"id": str(uuid4()), "rests_on": str(uuid4())}
    person = row_as_owner("clients_client") | {"id": str(uuid4()), "reference": "ZZZ-ZZZZ"}
    for table, row in {"carehub_access": grant, "clients_client": person}.items():
        with pytest.raises(ProgrammingError, match="row-level security"), context.through_link("no link", someone.partnership_id):
            insert(table, row)


def test_ended_access_no_rows(keyworker, someone):
    factories.end_access(someone, agency=keyworker.agency)
    with context.acting(keyworker):
        assert seen().keys() == BY_OWNER
        assert not Client.objects.visible_to(keyworker).exists()


def test_access_that_has_not_begun_no_rows(keyworker, someone):
    other = factories.actor(agency=factories.agency(someone.partnership))
    factories.access(someone, agency=other.agency, basis="consent", since=clock.now() + timedelta(hours=1))
    with context.acting(other):
        assert seen().keys() == {"carehub_access"}


def test_access_to_a_person_by_name(someone):
    deputy = factories.actor(agency=factories.agency(someone.partnership))
    colleague = factories.actor(agency=deputy.agency)
    factories.access(someone, membership=deputy.membership, basis="episode-role", until=clock.now() + timedelta(hours=1))
    with context.acting(deputy):
        assert Client.objects.count() == 1
    with context.acting(colleague):
        assert seen() == {}


def test_both_walls_agree(keyworker, someone):
    """visible_to and the policies read one table: whoever is asked, they give the same clients."""
    own, shared, revoked, future, by_name = (factories.client_of(factories.agency(someone.partnership)) for _ in range(5))
    now, hour = clock.now(), timedelta(hours=1)
    factories.access(own, agency=keyworker.agency)
    factories.access(shared, agency=keyworker.agency, basis="consent", since=now - hour, until=now + hour)
    factories.access(revoked, agency=keyworker.agency, basis="consent", since=now - hour, until=now - hour / 2)
    factories.access(future, agency=keyworker.agency, since=now + hour)
    factories.access(by_name, membership=keyworker.membership, basis="break-glass", until=now + hour)
    with context.acting(keyworker):
        by_policy = set(Client.objects.values_list("pk", flat=True))
        assert by_policy == {someone.pk, own.pk, shared.pk, by_name.pk}
        for many in (False, True):
            assert by_policy == set(Client.objects.visible_to(keyworker, many=many).values_list("pk", flat=True))
            # What another agency wrote: only where the grant opens it. 'own' has no stay with the keyworker's agency yet.
            written = set(Episode.objects.visible_to(keyworker, many=many).values_list("client_id", flat=True))
            assert written == set(Episode.objects.values_list("client_id", flat=True)) == by_policy - {own.pk}


def test_a_moved_clock_moves_both_walls(keyworker, someone):
    other = factories.actor(agency=factories.agency(someone.partnership))
    factories.access(someone, agency=other.agency, basis="consent", until=clock.now() + timedelta(days=2))
    with context.acting(other):
        assert Client.objects.count() == Client.objects.visible_to(other).count() == 1
    clock.move_on(3)
    with context.acting(other):
        assert Client.objects.count() == Client.objects.visible_to(other).count() == 0


def test_nothing_is_written_without_context(someone):
    for table in client_tables():
        row = row_as_owner(table) | {"id": str(uuid4())}
        if table in ADDED_BY_ANYBODY:
            continue
        with pytest.raises(DatabaseError) as refusal:
            insert(table, row)
        assert refusal.value.__cause__.pgcode in (REFUSED_BY_POLICY, "23514"), f"{table}: {refusal.value}"


def test_nothing_is_changed_or_removed_out_of_reach(someone):
    stranger = factories.actor(agency=factories.agency(someone.partnership))
    with context.acting(stranger), connection.cursor() as cursor:
        for table in client_tables():
            for statement in (f"UPDATE {table} SET partnership_id = partnership_id", f"DELETE FROM {table}"):
                try:
                    with transaction.atomic():
                        cursor.execute(statement)
                        assert cursor.rowcount == 0, statement
                except ProgrammingError as refusal:
                    assert refusal.__cause__.pgcode == REFUSED_BY_POLICY  # noqa: PT017
    with connections["owner"].cursor() as cursor:
        for table in client_tables():
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0], table


#: Records that are written and changed, and never thrown away.
STAYS = (
    "carehub_task",
    "carehub_document",
    "clients_safecontact",
    "clients_episode",
    "careplans_careplan",
)


def test_no_record_is_removed(keyworker, someone):
    with context.acting(keyworker), connection.cursor() as cursor:
        for table in STAYS:
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(f"DELETE FROM {table}")


def test_nothing_can_be_emptied():
    with connection.cursor() as cursor:
        for table in client_tables():
            with pytest.raises(ProgrammingError, match="permission denied"):
                cursor.execute(f"TRUNCATE {table} CASCADE")


def test_the_application_cannot_step_round_the_wall():
    for statement in (
        f"ALTER TABLE {CLIENTS} DISABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {CLIENTS} NO FORCE ROW LEVEL SECURITY",
        f"DROP POLICY {CLIENTS}_read ON {CLIENTS}",
        f"CREATE POLICY everybody ON {CLIENTS} USING (true)",
        "SET ROLE carehub_owner",
        "SET SESSION AUTHORIZATION carehub_owner",
        "ALTER ROLE carehub_app BYPASSRLS",
        f"COPY {CLIENTS} TO PROGRAM 'cat'",
        f"CREATE TEMP TABLE {CLIENTS} (id uuid)",
        "CREATE TABLE mine (id uuid)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ):
        with pytest.raises(ProgrammingError), connection.cursor() as cursor:
            cursor.execute(statement)


def test_switching_row_security_off_gives_an_error_and_no_rows(someone):
    """SET row_security = off is meant for dumps: a role that is bound gets an error instead of a part."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute(f"SELECT count(*) FROM {CLIENTS}")


def test_the_commissioner_has_no_grant_on_client_tables(someone):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE carehub_commissioner")
        for table in client_tables():
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(f"SELECT count(*) FROM {table}")


def test_a_client_is_registered_before_anybody_reaches_them(keyworker):
    """Keys are made in Python: an INSERT … RETURNING would fail here, since the new row is not in reach yet."""
    with context.acting(keyworker):
        values = factories.client_values(keyworker.agency, by=keyworker.person)
        client = Client.objects.create(**values)
        assert Client.objects.count() == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic(), connection.cursor() as cursor:
            row = row_for_returning(values)
            cursor.execute(
                f"INSERT INTO {CLIENTS} ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))}) RETURNING id", list(row.values())
            )
        Access.objects.grant(client=client, agency=keyworker.agency, basis="episode", rests_on=uuid4())
        assert list(Client.objects.visible_to(keyworker)) == [client]


def row_for_returning(values: dict[str, object]) -> dict[str, object]:
    named = {name: getattr(value, "pk", value) for name, value in values.items() if name != "registered_by"}
    named |= {"id": uuid4(), "registered_by_id": values["registered_by"].pk, "row_version": 1, "name_used": "", "safety_warning": ""}
    return {name: str(value) if name.endswith("id") else value for name, value in named.items()} | {"reference": "ZZZ-ZZZZ"}


def test_grants_are_ended_and_never_rewritten(keyworker, someone):
    with context.acting(keyworker), connection.cursor() as cursor:
        for change in ("client_id = client_id", "agency_id = NULL", "since = since", "basis = 'consent'"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(f"UPDATE carehub_access SET {change}")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute("DELETE FROM carehub_access")
        assert Access.objects.end() == 1


def test_what_has_ended_is_not_given_back(keyworker, someone):
    now = clock.now()
    factories.access(someone, agency=keyworker.agency, basis="break-glass", until=now + timedelta(minutes=60))
    with context.acting(keyworker):
        limited = Access.objects.filter(until__isnull=False)
        for change in ({"until": None}, {"until": now + timedelta(days=1)}):
            with pytest.raises(IntegrityError, match="stays ended"), transaction.atomic():
                limited.update(**change)
        assert limited.update(until=now + timedelta(minutes=30)) == 1
        assert Access.objects.end() == 2
        with pytest.raises(IntegrityError, match="stays ended"), transaction.atomic():
            Access.objects.update(ended_at=None)
    assert seen() == {}


def test_a_draft_is_its_writers_alone(keyworker, someone):
    colleague = factories.actor(agency=keyworker.agency)
    with context.acting(colleague):
        assert counts(["carehub_draft"]) == {"carehub_draft": 0}
        assert Client.objects.count() == 1


def test_a_notice_is_read_by_whom_it_is_for(keyworker, someone):
    colleague = factories.actor(agency=keyworker.agency)
    with context.acting(colleague):
        assert counts(["carehub_notice"]) == {"carehub_notice": 0}


def test_the_owners_data_migration_changes_rows(someone):
    """Forced row security binds the owner too: without a policy of its own an UPDATE would quietly change nothing."""
    with connections["owner"].cursor() as cursor:
        for table in client_tables():
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] >= 1, table
        cursor.execute(f"UPDATE {CLIENTS} SET name_used = 'Changed'")
        assert cursor.rowcount == 1


# --- Foreign keys look past row security: what they must not let through is refused by keys that carry the client ------


def test_a_row_cannot_be_hung_onto_another_clients_episode(keyworker, someone):
    other_team = factories.agency(someone.partnership)
    unseen = factories.client_of(other_team)
    with factories.loading(someone.partnership_id):
        their_episode = Episode.objects.get(client=unseen)
        mine = CarePlan.objects.get(client=someone)
    with pytest.raises(IntegrityError), context.acting(keyworker):
        CarePlan.objects.filter(pk=mine.pk).update(episode_id=their_episode.pk)


def test_a_grant_cannot_name_a_client_of_another_partnership(keyworker):
    elsewhere = factories.client_of(factories.agency())
    with pytest.raises(IntegrityError), context.acting(keyworker):
        Access.objects.create(
            partnership=keyworker.partnership,
            client_id=elsewhere.pk,
            agency=keyworker.agency,
            basis="consent",
            rests_on=uuid4(),
            since=clock.now(),
        )
