"""Who may reach which client, and on what basis."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from carehub import clock, context
from carehub.models import Access
from clients.models import Client
from tests import factories


def reach(actor) -> bool:
    with context.acting(actor):
        return Access.objects.reached_by(actor).exists()


@pytest.mark.parametrize(
    ("since", "until", "reached"),
    [
        (-2, None, True),
        (-2, 2, True),
        (-2, -1, False),
        (1, None, False),
        (1, 2, False),
    ],
)
def test_from_a_moment_to_a_moment(stranger, a_client, since, until, reached):
    now, hour = clock.now(), timedelta(hours=1)
    factories.access(a_client, agency=stranger.agency, since=now + since * hour, until=None if until is None else now + until * hour)
    assert reach(stranger) is reached


def test_an_end_counts_from_its_own_moment(stranger, a_client):
    factories.access(a_client, agency=stranger.agency)
    assert reach(stranger)
    factories.end_access(a_client, agency=stranger.agency)
    assert not reach(stranger)


def test_what_another_basis_allows_stays_when_one_ends(stranger, a_client):
    factories.access(a_client, agency=stranger.agency, basis="consent")
    factories.access(a_client, membership=stranger.membership, basis="break-glass", until=clock.now() + timedelta(hours=1))
    factories.end_access(a_client, agency=stranger.agency)
    with context.acting(stranger):
        assert list(Client.objects.visible_to(stranger)) == [a_client]


def test_a_client_reached_in_two_ways_is_listed_once(keyworker, a_client):
    factories.access(a_client, agency=keyworker.agency, basis="consent")
    factories.access(a_client, membership=keyworker.membership, basis="episode-role")
    with context.acting(keyworker):
        assert list(Client.objects.visible_to(keyworker)) == [a_client]


def test_a_person_acting_elsewhere_does_not_carry_the_agencys_access_along(keyworker, other_agency, a_client):
    """One person, two memberships: what one agency reaches is not reached as the other."""
    elsewhere = factories.actor(agency=other_agency, person=keyworker.person)
    with context.acting(elsewhere):
        assert not Client.objects.visible_to(elsewhere).exists()
        assert not Client.objects.exists()


def test_roles_of_the_whole_partnership_reach_nobody(partnership, a_client):
    for role in ("commissioner", "administrator", "clinical-lead", "partnership-manager"):
        whole = factories.actor(role=role, partnership=partnership)
        assert not reach(whole)


@pytest.mark.parametrize("whom", [{}, {"agency": True, "membership": True}])
def test_a_grant_is_to_an_agency_or_to_a_person(keyworker, a_client, whom):
    to = {name: getattr(keyworker, name) for name in whom}
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.access(a_client, **to)


def test_a_grant_does_not_end_before_it_begins(keyworker, a_client):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.access(a_client, membership=keyworker.membership, since=clock.now(), until=clock.now() - timedelta(seconds=1))


def test_one_grant_for_one_basis(keyworker, a_client):
    consent = uuid4()
    factories.access(a_client, agency=keyworker.agency, basis="consent", rests_on=consent)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.access(a_client, agency=keyworker.agency, basis="consent", rests_on=consent)


def test_granted_and_reached_in_the_same_transaction(keyworker, other_agency):
    unseen = factories.client_of(other_agency)
    with context.acting(keyworker):
        assert not Client.objects.filter(pk=unseen.pk).exists()
        Access.objects.grant(client=unseen, agency=keyworker.agency, basis="consent", rests_on=uuid4())
        assert Client.objects.visible_to(keyworker).filter(pk=unseen.pk).exists()


def test_granted_after_an_inner_part_was_taken_back(keyworker, other_agency, stranger):
    """The instant that a grant is dated with is the one that row security takes for now, also after a savepoint was undone."""
    unseen = factories.client_of(other_agency)
    with context.acting(keyworker):
        with pytest.raises(ZeroDivisionError), context.acting(stranger):
            raise ZeroDivisionError
        Access.objects.grant(client=unseen, agency=keyworker.agency, basis="consent", rests_on=uuid4())
        assert Client.objects.filter(pk=unseen.pk).exists()
