"""The speed table's rows of scheduled passes, and of the figures that they make."""

import json
import time
from unittest.mock import patch

import pytest
from django.db import connection, connections

from carehub import clock, context
from carehub.demo import many_statements
from carehub.demo.many import load_many
from carehub.models import Notice, Partnership
from careplans.actions.reviews import tell_of_reviews
from careplans.notices import REVIEWS
from clients.actions.late_profiles import PROFILE_LATE, tell_of_late_profiles
from reports.actions.freezing import freeze
from tests.bench.asking import Ask
from tests.bench.conftest import READS
from tests.queries import Asked

pytestmark = pytest.mark.bench


def _pass(partnerships, work) -> dict:
    """Seconds by the clock, and of them outside the database; the most queries that one partnership took."""
    queries, began, worked = 0, time.monotonic(), time.process_time()
    done = 0
    for partnership in partnerships:
        asked = Asked(whole=False)
        with connection.execute_wrapper(asked):
            done += work(partnership)
        queries = max(queries, asked.number)
    took, web = time.monotonic() - began, time.process_time() - worked
    return {"queries": queries, "done": done, "seconds": round(took, 2), "seconds of Python": round(web, 2)}


def _notices(partnerships, kinds) -> int:
    found = 0
    for each in partnerships:
        with context.on_duty(each.pk, "reviews"):
            found += Notice.objects.filter(partnership_id=each.pk, kind__in=kinds).count()
    return found


def test_everything_overdue_is_told(house, report):
    """Twice: the first finds it all, the second, as every quarter of an hour, finds nothing new."""
    partnerships = list(Partnership.objects.using("owner").all())
    first = _pass(partnerships, tell_of_reviews)
    again = _pass(partnerships, tell_of_reviews)
    assert first["done"] == _notices(partnerships, REVIEWS) > house.clients / 20
    assert again["done"] == 0
    clients = f"{house.clients:,} clients"
    report(json.dumps({f"overdue reviews found among {clients}": first, f"the same pass again, {clients}": again}))
    assert first["seconds"] <= 30
    # Staff, and so mails, are written a thousand at a time.
    assert first["queries"] <= 40
    assert again["queries"] <= 12


def test_every_late_profile_is_told(house, report):
    """The same twice over: late outcome profiles, found by their own rule."""
    partnerships = list(Partnership.objects.using("owner").all())
    first = _pass(partnerships, tell_of_late_profiles)
    again = _pass(partnerships, tell_of_late_profiles)
    assert first["done"] == _notices(partnerships, [PROFILE_LATE]) > house.clients / 20
    assert again["done"] == 0
    clients = f"{house.clients:,} clients"
    report(json.dumps({f"late outcome profiles found among {clients}": first, f"the same pass again, {clients}, profiles": again}))
    assert first["seconds"] <= 30
    assert max(first["queries"], again["queries"]) <= 12


#: Clients → partnerships.
MANY = {100_000: 1, 1_000_000: 150}


@pytest.mark.parametrize("clients", MANY)
def test_everything_overdue_among_many_is_told(clients, databases, django_db_blocker, report):
    """Clients and their episodes only: the pass reads nothing else."""
    with (
        django_db_blocker.unblock(),
        databases.fresh(),
        patch.dict(many_statements.ROUNDS, clear=True),
        patch.dict(many_statements.AFTER, clear=True),
    ):
        with connections["owner"].cursor() as cursor:
            for table in ("clients_client", "clients_safecontact", "clients_episode"):
                # Their history takes most of the time, and nobody looks at it here.
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        loaded = load_many(clients=clients, partnerships=MANY[clients], today=clock.today())
        partnerships = list(Partnership.objects.using("owner").all())
        first = _pass(partnerships, tell_of_reviews)
        again = _pass(partnerships, tell_of_reviews)
        connections.close_all()
    words = f"{clients:,} clients of {MANY[clients]:,} partnership{'s' * (MANY[clients] > 1)}"
    print(f"{words} loaded in {loaded.seconds:.0f} s")
    report(json.dumps({f"overdue reviews found among {words}": first, f"the same pass again, {words}": again}))
    assert first["done"] > clients / 10
    assert again["done"] == 0
    assert first["seconds"] <= 30


def test_months_are_frozen(house, report):
    partnerships = list(Partnership.objects.using("owner").all())
    first = _pass(partnerships, freeze)
    again = _pass(partnerships, freeze)
    # Two figures a month.
    a_month = first["seconds"] / max(1, first["done"] / 2 / len(partnerships))
    report(json.dumps({f"figures of {house.clients:,} clients counted and frozen": first | {"seconds a month": round(a_month, 2)}}))
    assert a_month <= 120
    assert again["done"] == 0


def test_dashboards(house, row):
    """After the months were frozen: of snapshots, whatever the number of clients. Four queries, and the four of an empty page."""
    for what, role, path in (("partnership's figures", "partnership-manager", "/"), ("commissioner's figures", "commissioner", "/")):
        cookies = house.signed_in(house.somebody(role))
        path = house.get_redirected(path, cookies)
        found = row(what, [Ask(path, cookies)] * (READS // 2), queries=8, times_empty=5)
        assert found["kB"] <= 15
