"""What a deputy's role must fit, refused by the database: raw SQL as carehub_app, as if every line of Python above it were wrong."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from carehub.models import Membership
from tests import factories
from tests.carehub.administering import in_days

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def absent():
    return factories.actor(starts_on=in_days(-100), ends_on=in_days(100))


@pytest.fixture
def colleague(absent):
    return factories.actor(agency=absent.agency)


def insert(absent, person, **other) -> None:
    row = {
        "id": uuid4(),
        "person_id": person.pk,
        "role": "keyworker",
        "partnership_id": absent.partnership_id,
        "agency_id": absent.agency_id,
        "starts_on": in_days(0),
        "ends_on": in_days(10),
        "stands_in_for_id": absent.membership.pk,
    } | other
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO carehub_membership ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values()))


def update(membership: Membership, **values) -> None:
    put = ", ".join(f"{name} = %s" for name in values)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE carehub_membership SET {put} WHERE id = %s", [*values.values(), membership.pk])


def deputy_of(absent, colleague) -> Membership:
    insert(absent, colleague.person)
    return Membership.objects.get(stands_in_for=absent.membership)


def test_what_fits_is_taken(absent, colleague):
    assert deputy_of(absent, colleague).person_id == colleague.person_id


def test_another_role_agency_or_partnership_is_refused(absent, colleague):
    elsewhere = factories.agency()
    others = (
        {"role": "service-manager"},
        {"agency_id": factories.agency(absent.partnership).pk},
        {"partnership_id": elsewhere.partnership_id},
        {"partnership_id": elsewhere.partnership_id, "agency_id": elsewhere.pk},
        {"role": "clinical-lead", "agency_id": None},
    )
    for other in others:
        with pytest.raises(IntegrityError, match="the role and the agency"):
            insert(absent, colleague.person, **other)


def test_outside_the_others_time_is_refused(absent, colleague):
    for days in ({"starts_on": in_days(-101)}, {"ends_on": in_days(101)}):
        with pytest.raises(IntegrityError, match="within the time"):
            insert(absent, colleague.person, **days)
    with pytest.raises(IntegrityError, match="membership_of_a_deputy_ends"):
        insert(absent, colleague.person, ends_on=None)


def test_no_chain_and_nobody_for_themselves(absent, colleague):
    deputy = deputy_of(absent, colleague)
    third = factories.actor(agency=absent.agency)
    with pytest.raises(IntegrityError, match="not for a deputy"):
        insert(absent, third.person, stands_in_for_id=deputy.pk)
    with pytest.raises(IntegrityError, match="somebody else"):
        insert(absent, absent.person)
    with pytest.raises(IntegrityError, match="somebody else"):
        insert(absent, colleague.person, stands_in_for_id=uuid4())


def test_a_role_with_a_deputy_does_not_become_a_deputys(absent, colleague):
    deputy_of(absent, colleague)
    third = factories.actor(agency=absent.agency, ends_on=in_days(500))
    with pytest.raises(IntegrityError, match="longer than it lasts"):
        update(absent.membership, stands_in_for_id=third.membership.pk)


def test_the_absent_ones_role_does_not_end_under_a_deputy(absent, colleague):
    deputy = deputy_of(absent, colleague)
    for values in ({"ends_on": in_days(5)}, {"starts_on": in_days(1)}, {"ends_on": in_days(0), "ended_at": "2026-01-01T00:00:00Z"}):
        with pytest.raises(IntegrityError, match="longer than it lasts"):
            update(absent.membership, **values)
    update(deputy, ends_on=in_days(0), ended_at="2026-01-01T00:00:00Z")
    update(absent.membership, ends_on=in_days(0), ended_at="2026-01-01T00:00:00Z")
    with pytest.raises(IntegrityError, match="within the time"):
        insert(absent, colleague.person, ends_on=in_days(0))


def test_a_role_stays_whose_it_is_and_what_has_ended_stays_ended(absent, colleague):
    for values in (
        {"person_id": colleague.person_id},
        {"role": "service-manager"},
        {"agency_id": factories.agency(absent.partnership).pk},
    ):
        with pytest.raises(IntegrityError, match="stays as it was given"):
            update(absent.membership, **values)
    update(absent.membership, ends_on=in_days(0), ended_at="2026-01-01T00:00:00Z")
    for values in ({"ended_at": None}, {"ends_on": in_days(9)}):
        with pytest.raises(IntegrityError, match="stays ended"):
            update(absent.membership, **values)


def test_no_role_is_removed(absent):
    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM carehub_membership")


def test_an_account_stays_with_who_gave_the_first_role(absent):
    elsewhere = factories.actor(person=absent.person, role="commissioner", starts_on=in_days(-4000))
    absent.person.refresh_from_db()
    assert absent.person.account_of_id == absent.partnership_id
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE carehub_person SET account_of_id = %s", [elsewhere.partnership_id])
        cursor.execute("UPDATE carehub_person SET account_of_id = NULL")
    absent.person.refresh_from_db()
    assert absent.person.account_of_id == absent.partnership_id
