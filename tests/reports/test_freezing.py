"""The pass that counts and freezes: once, whatever happens; and what each role of the database may read and write of it."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from carehub import clock, context
from reports.actions.freezing import freeze
from reports.figures import FIGURES
from reports.models import CountedFigure, FrozenFigure
from reports.tasks import freeze_months
from tests import factories

TODAY = date(2026, 4, 15)


@pytest.fixture
def six(treated, signed, keyworker, other_agency):
    """Six people in treatment since January, five of them with a plan."""
    for number in range(6):
        episode = treated(date(2026, 1, 12))
        if number:
            signed(episode, date(2026, 1, 20), date(2026, 7, 20))


def all_of(partnership, model=CountedFigure, **where):
    with context.on_duty(partnership.pk, "figures"):
        return list(model.objects.filter(**where).order_by("month", "agency_id"))


def test_months_that_are_over_are_frozen_and_the_running_one_counted(six, partnership, agency, other_agency):
    assert freeze(partnership, today=TODAY) == 3 * len(FIGURES), "January, February, March"
    march = all_of(partnership, figure="plan-coverage", month=date(2026, 3, 1))
    assert {(row.agency_id, row.met, row.eligible, row.final) for row in march} == {
        (None, 5, 6, True),
        (agency.pk, 5, 6, True),
        (other_agency.pk, 0, 0, True),
    }
    april = all_of(partnership, figure="plan-coverage", month=date(2026, 4, 1))
    assert all(not row.final and row.counted_to == TODAY - timedelta(days=1) for row in april)
    frozen = all_of(partnership, FrozenFigure, figure="plan-coverage", month=date(2026, 3, 1))
    assert {(row.agency_id, row.numerator, row.denominator, row.percent) for row in frozen} == {
        (None, 5, 5, 100),
        (agency.pk, 5, 5, 100),
        (other_agency.pk, 0, 0, None),
    }
    assert not all_of(partnership, FrozenFigure, month=date(2026, 4, 1))


def test_twice_and_thrice_is_once(six, partnership):
    freeze(partnership, today=TODAY)
    before = all_of(partnership), all_of(partnership, FrozenFigure)
    assert freeze(partnership, today=TODAY) == 0
    assert freeze(partnership, today=TODAY) == 0
    assert (all_of(partnership), all_of(partnership, FrozenFigure)) == before


def test_a_month_settles_for_two_days(six, partnership):
    freeze(partnership, today=date(2026, 4, 1))
    assert not all_of(partnership, FrozenFigure, month=date(2026, 3, 1))
    assert all(not row.final for row in all_of(partnership, month=date(2026, 3, 1)))
    freeze(partnership, today=date(2026, 4, 2))
    assert all_of(partnership, FrozenFigure, month=date(2026, 3, 1))
    assert all(row.final for row in all_of(partnership, month=date(2026, 3, 1)))


def test_the_running_month_is_counted_again_each_day(six, partnership, treated):
    freeze(partnership, today=TODAY)
    treated(TODAY)
    freeze(partnership, today=TODAY)
    assert all_of(partnership, figure="plan-coverage", agency=None, month=date(2026, 4, 1))[0].eligible == 6
    freeze(partnership, today=TODAY + timedelta(days=1))
    assert all_of(partnership, figure="plan-coverage", agency=None, month=date(2026, 4, 1))[0].eligible == 7


def test_what_is_frozen_stays_whatever_is_typed_in_later(six, partnership, treated):
    freeze(partnership, today=TODAY)
    treated(date(2026, 2, 1))
    freeze(partnership, today=TODAY + timedelta(days=5))
    assert all_of(partnership, figure="plan-coverage", agency=None, month=date(2026, 3, 1))[0].eligible == 6


def test_a_partnership_without_clients(partnership):
    assert freeze(partnership, today=TODAY) == 0


def test_every_partnership_has_its_pass(six, partnership):
    factories.agency()
    assert freeze_months() > 0
    with context.on_duty(partnership.pk, "figures"):
        assert FrozenFigure.objects.exists()


# --- Who may read and write it ----------------------------------------------------------------------------------------------


@pytest.fixture
def frozen(six, partnership):
    freeze(partnership, today=TODAY)
    return partnership


def refused(sql: str) -> str:
    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return str(refusal.value)


def test_without_context_there_is_nothing(frozen):
    with transaction.atomic():
        context.clear()
        assert not CountedFigure.objects.exists()
        assert not FrozenFigure.objects.exists()


def test_an_agency_reads_its_own_exact_counts_and_no_others(frozen, keyworker, stranger):
    with context.acting(keyworker):
        assert set(CountedFigure.objects.values_list("agency_id", flat=True)) == {keyworker.agency_id}
    with context.acting(stranger):
        assert set(CountedFigure.objects.values_list("agency_id", flat=True)) == {stranger.agency_id}


def test_another_partnership_reads_none(frozen):
    elsewhere = factories.actor(role="partnership-manager")
    with context.acting(elsewhere):
        assert not CountedFigure.objects.exists()
        assert not FrozenFigure.objects.exists()


def test_a_person_cannot_write_them(frozen, keyworker):
    lead = factories.actor(role="clinical-lead", partnership=frozen)
    with context.acting(lead):
        row = CountedFigure.objects.filter(agency=None).first()
        assert CountedFigure.objects.filter(pk=row.pk).update(met=0) == 0
    with context.acting(lead):
        columns = "id, partnership_id, figure, definition, month, frozen_at"
        values = f"gen_random_uuid(), '{frozen.pk}', 'made-up', 1, '2026-01-01', now()"
        assert "row-level security" in refused(f"INSERT INTO reports_frozenfigure ({columns}) VALUES ({values})")


@pytest.mark.parametrize(
    "what", ["UPDATE reports_frozenfigure SET numerator = 0", "DELETE FROM reports_frozenfigure", "TRUNCATE reports_frozenfigure"]
)
def test_a_frozen_month_is_never_changed(frozen, what):
    with context.on_duty(frozen.pk, "figures"):
        assert "permission denied" in refused(what)


def test_the_database_takes_no_small_number(frozen):
    with context.on_duty(frozen.pk, "figures"):
        for numerator, denominator in ((3, 10), (None, 4), (5, 12)):
            with pytest.raises(DatabaseError, match="hidden_or_rounded"), transaction.atomic():
                FrozenFigure.objects.create(
                    partnership=frozen,
                    figure="made-up",
                    definition=1,
                    month=date(2026, 1, 1),
                    numerator=numerator,
                    denominator=denominator,
                    frozen_at=clock.now(),
                )


# --- As the commissioner's own role ----------------------------------------------------------------------------------------


@pytest.fixture
def commissioner(partnership):
    return factories.actor(role="commissioner", partnership=partnership)


def test_the_commissioners_role_reads_frozen_months(frozen, commissioner):
    with context.acting(commissioner):
        with context.as_commissioner():
            assert len(FrozenFigure.objects.all()) == 3 * len(FIGURES) * 3
        assert FrozenFigure.objects.exists(), "and back again"


@pytest.mark.parametrize(
    "table",
    [
        "clients_client",
        "clients_episode",
        "careplans_planversion",
        "reports_countedfigure",
        "carehub_event",
        "carehub_person",
        "carehub_job",
    ],
)
def test_the_commissioners_role_reads_nothing_else(frozen, commissioner, table):
    with context.acting(commissioner), context.as_commissioner():
        assert "permission denied" in refused(f"SELECT 1 FROM {table} LIMIT 1")


def test_the_commissioners_role_writes_nothing(frozen, commissioner):
    with context.acting(commissioner), context.as_commissioner():
        assert "permission denied" in refused("INSERT INTO reports_frozenfigure SELECT * FROM reports_frozenfigure")


def test_after_an_error_the_role_is_gone(frozen, commissioner):
    with context.acting(commissioner):
        with pytest.raises(ZeroDivisionError), context.as_commissioner():
            raise ZeroDivisionError
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("carehub_app",)


def test_it_needs_a_transaction(committed):
    with pytest.raises(RuntimeError), context.as_commissioner():
        pass
