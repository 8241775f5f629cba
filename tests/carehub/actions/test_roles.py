"""Giving and ending roles: what is refused, and in which words."""

import pytest
from django.contrib.auth import get_user_model

from carehub import clock
from carehub.actions.roles import change_end, end_at_once, give_role, name_deputy
from carehub.actors import NotAllowed
from carehub.models import Membership, OutgoingMail
from carehub.rules import Refused
from tests import factories
from tests.carehub.administering import in_days, on_record


@pytest.fixture
def administrator(partnership):
    return factories.actor(role="administrator", partnership=partnership)


@pytest.fixture
def another(partnership):
    """A second administrator, who has signed in before."""
    actor = factories.actor(role="administrator", partnership=partnership)
    get_user_model().objects.filter(pk=actor.person_id).update(last_login=clock.now())
    return actor


def give(by, person, **more):
    return give_role(by=by, person=person, **{"role": "reception", "agency": None, "starts_on": in_days(0)} | more)


def refused(field: str, **about):
    """The sentence that stands beside ``field``."""
    with pytest.raises(Refused) as no:
        give(**about)
    return no.value.fields[field][0]


def test_it_is_given_and_on_record(administrator, keyworker, agency):
    made = give(administrator, keyworker.person, agency=agency, ends_on=in_days(30))
    assert (made.role, made.agency, made.starts_on, made.ends_on) == ("reception", agency, in_days(0), in_days(30))
    (event,) = on_record(administrator, "role.given")
    assert (event.person_id, event.subject_id) == (administrator.person_id, made.pk)
    assert event.reason.startswith(f"reception, {agency.name}, ")


def test_it_stands_where_it_belongs(administrator, keyworker, agency):
    about = {"by": administrator, "person": keyworker.person}
    assert "a role at an agency" in refused("agency", **about)
    assert "whole partnership" in refused("agency", **about, role="commissioner", agency=agency)
    assert "of your partnership" in refused("agency", **about, agency=factories.agency())
    assert "Choose a role" in refused("role", **about, role="emperor")


def test_its_days(administrator, keyworker, agency):
    about = {"by": administrator, "person": keyworker.person, "agency": agency}
    assert "before ‘From’" in refused("ends_on", **about, ends_on=in_days(-1))
    assert "is over already" in refused("ends_on", **about, starts_on=in_days(-9), ends_on=in_days(-1))


def test_the_same_role_at_the_same_agency_once_at_a_time(administrator, keyworker, agency, other_agency):
    about = {"by": administrator, "person": keyworker.person, "role": "keyworker", "agency": agency}
    assert "without an end" in refused("starts_on", **about)
    give(**about | {"agency": other_agency}, starts_on=in_days(10), ends_on=in_days(20))
    for starts, ends in ((5, 10), (20, 30), (12, 15), (1, None)):
        assert "from" in refused(
            "starts_on", **about | {"agency": other_agency, "starts_on": in_days(starts), "ends_on": ends and in_days(ends)}
        )
    give(**about | {"agency": other_agency}, starts_on=in_days(21))
    give(**about | {"agency": other_agency}, starts_on=in_days(1), ends_on=in_days(9))


def test_one_that_was_ended_at_once_can_be_given_anew(administrator, keyworker, agency):
    end_at_once(by=administrator, membership=keyworker.membership)
    assert give(administrator, keyworker.person, role="keyworker", agency=agency).pk != keyworker.membership.pk


def test_not_to_oneself(administrator, another, agency):
    with pytest.raises(NotAllowed, match="ask another administrator"):
        give(administrator, administrator.person, role="keyworker", agency=agency)
    assert give(another, administrator.person, role="keyworker", agency=agency)


@pytest.mark.parametrize("role", ["keyworker", "service-manager", "clinical-lead"])
def test_only_an_administrator(role, keyworker, agency):
    by = factories.actor(role=role, agency=agency)
    with pytest.raises(NotAllowed, match="look after agencies"):
        give(by, keyworker.person, agency=agency)
    with pytest.raises(NotAllowed, match="look after agencies"):
        end_at_once(by=by, membership=keyworker.membership)


def test_roles_of_another_partnership_are_not_ended(administrator):
    elsewhere = factories.actor()
    for act in (lambda: end_at_once(by=administrator, membership=elsewhere.membership), lambda: change_end(
        by=administrator, membership=elsewhere.membership, ends_on=in_days(3))):  # fmt: skip
        with pytest.raises(NotAllowed, match="not in your partnership"):
            act()


# --- Ending -----------------------------------------------------------------------------------------------------------


def end_of(by, actor, day):
    change_end(by=by, membership=actor.membership, ends_on=day)
    return Membership.objects.get(pk=actor.membership.pk)


def test_ended_at_once_it_is_over_today(administrator, keyworker):
    end_at_once(by=administrator, membership=keyworker.membership)
    over = Membership.objects.get(pk=keyworker.membership.pk)
    assert (over.ends_on, over.is_over(clock.today())) == (clock.today(), True)
    assert not keyworker.person.memberships.open_on(clock.today()).exists()
    with pytest.raises(Refused, match="ended already"):
        end_at_once(by=administrator, membership=over)
    with pytest.raises(Refused, match="Give it anew"):
        change_end(by=administrator, membership=over, ends_on=None)


def test_one_that_is_still_to_come_never_begins(administrator, agency):
    later = factories.actor(agency=agency, starts_on=in_days(5))
    end_at_once(by=administrator, membership=later.membership)
    assert not later.person.memberships.not_over(clock.today()).exists()
    assert not later.person.memberships.open_on(in_days(5)).exists()


def test_its_end_moves_and_is_on_record(administrator, keyworker):
    assert end_of(administrator, keyworker, in_days(7)).ends_on == in_days(7)
    assert end_of(administrator, keyworker, None).ends_on is None
    assert len(on_record(administrator, "role.end-changed")) == 2


def test_ends_that_cannot_be(administrator, keyworker, agency):
    with pytest.raises(Refused, match="choose ‘Now’"):
        end_of(administrator, keyworker, in_days(-1))
    later = factories.actor(agency=agency, starts_on=in_days(5))
    with pytest.raises(Refused, match="before the role begins"):
        end_of(administrator, later, in_days(4))


def test_a_longer_end_does_not_run_into_the_next(administrator, agency):
    first = factories.actor(agency=agency, ends_on=in_days(10))
    factories.actor(agency=agency, person=first.person, starts_on=in_days(11))
    with pytest.raises(Refused) as no:
        end_of(administrator, first, None)
    assert "already" in no.value.fields["ends_on"][0]


def test_nobody_gives_themselves_more_time(partnership, another):
    short = factories.actor(role="administrator", partnership=partnership, ends_on=in_days(5))
    with pytest.raises(NotAllowed, match="more time"):
        end_of(short, short, None)
    assert end_of(another, short, None).ends_on is None


def test_the_last_administrator_stays(administrator, partnership):
    for act in (lambda: end_at_once(by=administrator, membership=administrator.membership), lambda: end_of(
        administrator, administrator, in_days(3))):  # fmt: skip
        with pytest.raises(Refused, match="last administrator"):
            act()
    # One who has never signed in, or leaves sooner, is no successor.
    factories.actor(role="administrator", partnership=partnership)
    leaves = factories.actor(role="administrator", partnership=partnership, ends_on=in_days(3))
    get_user_model().objects.filter(pk=leaves.person_id).update(last_login=clock.now())
    with pytest.raises(Refused, match="last administrator"):
        end_of(administrator, administrator, in_days(3))


def test_with_a_successor_they_may_go(administrator, another):
    end_at_once(by=administrator, membership=administrator.membership)
    with pytest.raises(Refused, match="last administrator"):
        end_at_once(by=another, membership=another.membership)


# --- Standing in ------------------------------------------------------------------------------------------------------


@pytest.fixture
def colleague(agency):
    return factories.actor(agency=agency)


def stand_in(by, absent, colleague, starts=0, ends=10):
    return name_deputy(by=by, absent=absent.membership, person=colleague.person, starts_on=in_days(starts), ends_on=in_days(ends))


def test_a_deputy_is_named_and_the_manager_is_told(administrator, keyworker, colleague, manager):
    made = stand_in(administrator, keyworker, colleague)
    assert (made.role, made.agency, made.stands_in_for) == ("keyworker", keyworker.agency, keyworker.membership)
    assert [each.subject_id for each in on_record(administrator, "deputy.named")] == [made.pk]
    mail = OutgoingMail.objects.get(person=manager.person)
    assert colleague.person.name in mail.body
    assert keyworker.person.name in mail.body


def test_who_may_not_stand_in(administrator, keyworker, colleague, manager, stranger):
    for somebody in (manager, stranger):
        with pytest.raises(Refused, match="give them that role first"):
            stand_in(administrator, keyworker, somebody)
    with pytest.raises(Refused, match="for themselves"):
        stand_in(administrator, keyworker, keyworker)
    short = factories.actor(agency=keyworker.agency, ends_on=in_days(9))
    with pytest.raises(Refused, match="for the whole of that time"):
        stand_in(administrator, keyworker, short)


def test_their_days(administrator, agency, colleague):
    absent = factories.actor(agency=agency, starts_on=in_days(-5), ends_on=in_days(20))
    for starts, ends, words in ((-6, 5, "from .* on"), (0, 21, "until"), (3, 2, "before ‘From’"), (-4, -1, "today or later")):
        with pytest.raises(Refused, match=words):
            stand_in(administrator, absent, colleague, starts, ends)
    stand_in(administrator, absent, colleague, 0, 10)
    with pytest.raises(Refused, match="already"):
        stand_in(administrator, absent, colleague, 10, 12)


def test_no_deputy_of_a_deputy_and_none_of_what_has_ended(administrator, keyworker, colleague, agency):
    deputy = stand_in(administrator, keyworker, colleague)
    third = factories.actor(agency=agency)
    with pytest.raises(Refused, match="has no deputy"):
        name_deputy(by=administrator, absent=deputy, person=third.person, starts_on=in_days(0), ends_on=in_days(1))
    end_at_once(by=administrator, membership=keyworker.membership)
    with pytest.raises(Refused, match="nobody to stand in for"):
        stand_in(administrator, keyworker, third)


def test_a_deputy_ends_early_and_goes_on_in_their_own_role(administrator, keyworker, colleague):
    deputy = stand_in(administrator, keyworker, colleague)
    with pytest.raises(Refused, match="say until when"):
        change_end(by=administrator, membership=deputy, ends_on=None)
    change_end(by=administrator, membership=deputy, ends_on=in_days(2))
    end_at_once(by=administrator, membership=deputy)
    assert [each.pk for each in colleague.person.memberships.open_on(clock.today())] == [colleague.membership.pk]


def test_a_deputy_ends_with_the_absent_ones_role_and_with_their_own(administrator, keyworker, colleague, agency):
    third = factories.actor(agency=agency)
    of_theirs, by_theirs = stand_in(administrator, keyworker, colleague), stand_in(administrator, third, keyworker)
    change_end(by=administrator, membership=keyworker.membership, ends_on=in_days(4))
    for each in (of_theirs, by_theirs):
        each.refresh_from_db()
        assert each.ends_on == in_days(4)
    end_at_once(by=administrator, membership=keyworker.membership)
    for each in (of_theirs, by_theirs):
        each.refresh_from_db()
        assert each.is_over(clock.today())
