"""Two administrators at the same instant: what each may alone, both together may not."""

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from carehub import clock
from carehub.actions.inviting import add_person
from carehub.actions.roles import end_at_once, give_role, name_deputy
from carehub.models import Membership, Person
from carehub.rules import Refused
from tests import factories
from tests.carehub.administering import in_days

pytestmark = pytest.mark.usefixtures("committed")
ROUNDS = 5


@pytest.fixture
def administrators():
    first = factories.actor(role="administrator")
    both = [first, factories.actor(role="administrator", partnership=first.partnership)]
    Person.objects.filter(pk__in=[each.person_id for each in both]).update(last_login=clock.now())
    return both


def at_once(*acts: Callable[[], object]) -> list[str]:
    """How each went: '' or why it was refused."""
    start, said = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            start.wait(10)
            act()
        except Refused as refused:
            said[place] = refused.message
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    return said


def test_the_last_two_administrators_do_not_end_each_other(administrators):
    one, other = administrators
    said = at_once(lambda: end_at_once(by=one, membership=other.membership), lambda: end_at_once(by=other, membership=one.membership))
    assert sum(not each for each in said) == 1
    assert any("last administrator" in each for each in said)
    assert Membership.objects.open_on(clock.today()).filter(role="administrator").count() == 1


def test_the_same_role_is_not_given_twice(administrators):
    for _ in range(ROUNDS):
        agency = factories.agency(administrators[0].partnership)
        person = factories.actor(role="reception", agency=agency).person
        said = at_once(
            *(
                lambda by=by, agency=agency, person=person: give_role(
                    by=by, person=person, role="keyworker", agency=agency, starts_on=in_days(0)
                )
                for by in administrators
            )
        )
        assert sorted(map(bool, said)) == [False, True]
        assert person.memberships.filter(role="keyworker").count() == 1


def test_somebody_new_is_invited_once(administrators):
    """Two clicks, or two administrators: the second is told that they are there."""
    for number in range(ROUNDS):
        new = {"name": "Corin Saltmarsh", "email": f"corin.{number}@example.org", "role": "clinical-lead", "agency": None}
        said = at_once(*(lambda by=by, new=new: add_person(by=by, starts_on=in_days(0), **new) for by in administrators))
        assert sorted(map(bool, said)) == [False, True]
        assert Membership.objects.filter(person__email=new["email"]).count() == 1


def test_nor_under_the_same_address_typed_otherwise(administrators):
    person = administrators[0].person
    with pytest.raises(IntegrityError, match="person_email_in_small_letters"), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(email=person.email.upper())


def test_a_role_does_not_end_while_its_deputy_is_named(administrators):
    """Whoever is first: no deputy goes on where the role has ended."""
    one, other = administrators
    for _ in range(ROUNDS):
        agency = factories.agency(one.partnership)
        absent, colleague = factories.actor(agency=agency), factories.actor(agency=agency)
        at_once(
            lambda absent=absent: end_at_once(by=one, membership=absent.membership),
            lambda absent=absent, colleague=colleague: name_deputy(
                by=other, absent=absent.membership, person=colleague.person, starts_on=in_days(0), ends_on=in_days(9)
            ),
        )
        assert not Membership.objects.open_on(clock.today()).filter(stands_in_for=absent.membership).exists()
