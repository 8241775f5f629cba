"""Promise 2: the database refuses too. Thousands of short transactions of mixed people on few connections, in raw SQL."""

import random
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from carehub import clock, context
from carehub.models import Access
from tests import factories
from tests.carehub.client_tables import BY_OWNER, client_tables
from tests.everything import everything_about

pytestmark = [pytest.mark.promise(2), pytest.mark.usefixtures("committed")]


def test_mixed_transactions_see_what_they_may_and_no_row_more(how_many, chance: random.Random, report):
    """Two partnerships, five agencies, twelve people; grants come and go between the transactions; connections change hands."""
    teams = [factories.agency(place) for place in (factories.partnership(), factories.partnership()) for _ in range(2)]
    teams.append(factories.agency(teams[0].partnership))
    people = [factories.actor(agency=team) for team in teams for _ in range(2)]
    clients = [factories.client_of(chance.choice(teams)) for _ in range(20)]
    for client in clients[:6]:
        team = next(team for team in teams if team.partnership_id == client.partnership_id)
        worker = next(person for person in people if person.agency_id == team.pk)
        if not factories.reaches(worker, client):
            factories.access(client, agency=team)
        with factories.loading(client.partnership_id):
            if not client.episodes.filter(agency=team).exists():
                factories.episode_of(client, team)
        everything_about(client, by=worker)
    tables = [table for table in client_tables() if table not in BY_OWNER]
    transactions = how_many(600, 10_000)
    rows = refused = 0
    for number in range(transactions):
        change_a_grant(clients, people, chance)
        who = chance.choice([None, *people])
        if number % 7 == 0:
            leave_something_behind(chance.choice(people))
        with transaction.atomic():
            context.clear() if who is None else context.acting_as(who)
            allowed = reach_in_python(who, clients)
            table = chance.choice(tables)
            key = "id" if table in ("clients_client", "clients_clientevent") else "client_id"
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT DISTINCT {key} FROM {table}")
                seen = {client_id for (client_id,) in cursor.fetchall()}
        assert seen <= allowed, f"transaction {number}: {table} showed {len(seen - allowed)} clients to {who}"
        rows += len(seen)
        refused += not seen
    assert rows, "nothing was seen at all: this proves nothing"
    report(
        f"{transactions} mixed transactions on {len(tables)} client tables: 0 rows too many"
        f" ({rows} clients rightly seen, {refused} times nobody)"
    )


def change_a_grant(clients, people, chance: random.Random) -> None:
    client, who = chance.choice(clients), chance.choice(people)
    if who.partnership_id != client.partnership_id or chance.random() < 0.5:
        return
    now = clock.now()
    with factories.loading(client.partnership_id):
        if chance.random() < 0.6:
            Access.objects.filter(client_id=client.pk, agency_id=who.agency_id).end()
        else:
            span = chance.choice([(0, None), (-2, -1), (-2, 2), (1, None)])
            since, until = (None if hours is None else now + timedelta(hours=hours) for hours in span)
            factories.access(client, agency=who.agency, basis="consent", rests_on=uuid4(), since=since, until=until)


def leave_something_behind(who) -> None:
    """What a pool hands on: settings that somebody made for the session."""
    with connection.cursor() as cursor:
        for name, value in (
            ("partnership", who.partnership_id),
            ("agency", who.agency_id),
            ("memberships", who.membership.pk),
            ("duty", "load"),
        ):
            cursor.execute(f"SET carehub.{name} = '{value}'")


def reach_in_python(who, clients) -> set:
    """The rule said a third time, from the rows themselves, by the owner."""
    if who is None:
        return set()
    now = clock.now()
    grants = Access.objects.using("owner").filter(partnership_id=who.partnership_id)
    return {
        grant.client_id
        for grant in grants
        if who.agency_id == grant.agency_id or (grant.membership_id and grant.membership_id in who.membership_ids)
        if grant.ended_at is None and grant.since <= now and (grant.until is None or grant.until > now)
    }


def test_no_client_table_without_forced_row_security(report):
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND NOT (relrowsecurity AND relforcerowsecurity)", [client_tables()]
        )
        assert cursor.fetchall() == []
    report(f"{len(client_tables())} client tables, 0 without forced row security")
