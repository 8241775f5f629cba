"""The speed table's ground: generated clients on a database of their own, CareHub served from it by gunicorn, and who asks.

20,000 clients of one partnership; with CAREHUB_BENCH=full also 1,000,000 of 150. Gates are on queries, on processor time in
multiples of an empty page's, and in multiples of the time that the same SQL takes without CareHub: all in one run, so that a slow or
busy machine changes them little. They allow some 1.6 times what was measured. The milliseconds are printed for the reader.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connections
from django.urls import reverse

from carehub import clock
from carehub.actors import Actor
from carehub.demo.many import load_many
from carehub.embedded.folders import ROOT
from carehub.middleware.actor import CHOSEN
from carehub.models import Membership, Partnership
from carehub.reading import GOES_ON
from tests.bench.asking import Answer, Ask, four_at_once, in_plain_sql, send
from tests.working import environment, free_port, process, wait_for

FULL = os.environ.get("CAREHUB_BENCH", "") == "full"
#: How many clients → of how many partnerships, and how many reads a row.
SIZES = {20_000: 1, 1_000_000: 150} if FULL else {20_000: 1}
if fewer := os.environ.get("CAREHUB_BENCH_CLIENTS"):
    # To try the bench itself; 3,000 are enough for every row.
    SIZES = {int(fewer): 1}
READS = 120
#: Goals, needs and signatures for the plans of every fourth client: whole caseloads of them, and a quarter of the time to load.
PARTS_EVERY = 4
CSRF = "b" * 32


@dataclass
class House:
    """CareHub at ``port``, with ``clients`` in its database."""

    name: str
    clients: int
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{self.name}").geturl()

    @cached_property
    def partnership(self) -> Partnership:
        return Partnership.objects.using("owner").order_by("name")[0]

    def signed_in(self, actor: Actor) -> dict[str, str]:
        """The cookies of a browser in which ``actor`` has signed in, and is not asked whether it is them who opens so many records."""
        from tests.factories import signed_in

        browser = signed_in(actor)
        session = browser.session
        assert session[CHOSEN]
        session[GOES_ON] = (clock.now() + timedelta(days=1)).isoformat()
        session.save()
        return {"sessionid": browser.cookies["sessionid"].value, "csrftoken": CSRF}

    def somebody(self, role: str, agency_of: Actor | None = None) -> Actor:
        """The first in ``role``, at the agency of ``agency_of`` where it is a role at an agency."""
        found = Membership.objects.filter(partnership=self.partnership, role=role).select_related("person", "agency", "partnership")
        if agency_of:
            found = found.filter(agency=agency_of.agency)
        membership = found.order_by("person__email")[0]
        return Actor(membership.person, membership)

    def _asked(self, sql: str, **more: object) -> list[tuple]:
        """About the partnership's largest agency, which ``sql`` knows as ``largest``; as the owner, who sees everything."""
        largest = """
            WITH largest AS (
                SELECT agency_id FROM carehub_access WHERE partnership_id = %(partnership)s GROUP BY 1 ORDER BY count(*) DESC LIMIT 1)
        """
        with connections["owner"].cursor() as cursor:
            cursor.execute(largest + sql, {"partnership": self.partnership.pk, **more})
            return cursor.fetchall()

    def _actors(self, people: Iterable[UUID]) -> dict[UUID, Actor]:
        found = Membership.objects.filter(person_id__in=set(people), role="keyworker").select_related("person", "agency", "partnership")
        return {each.person_id: Actor(each.person, each) for each in found}

    def waiting(self, state: str, number: int = 80) -> list[tuple[Actor, UUID, UUID]]:
        """Episodes in ``state``: keyworker, episode's key, client's key."""
        rows = self._asked(
            """
            SELECT keyworker_id, id, client_id FROM clients_episode JOIN largest USING (agency_id)
            WHERE state = %(state)s ORDER BY keyworker_id, id LIMIT %(number)s
            """,
            state=state,
            number=number,
        )
        assert len(rows) == number
        actors = self._actors(keyworker for keyworker, _episode, _client in rows)
        return [(actors[keyworker], episode, client) for keyworker, episode, client in rows]

    def get(self, path: str, cookies: dict[str, str]) -> Answer:
        return send(self.port, Ask(path, cookies))

    def get_redirected(self, path: str, cookies: dict[str, str]) -> str:
        """Where ``path`` leads: everybody's first page is their role's."""
        return send(self.port, Ask(path, cookies, status=302)).headers["location"]

    @cached_property
    def treating(self) -> tuple[Actor, list[UUID]]:
        """A keyworker with more clients than a page of a list has, and those of them whose plans have goals."""
        ((keyworker, clients),) = self._asked(
            """
            SELECT keyworker_id, array_agg(client_id) FILTER (WHERE EXISTS (
                SELECT 1 FROM careplans_goal g WHERE g.client_id = clients_episode.client_id))
            FROM clients_episode JOIN largest USING (agency_id) WHERE state = 'treatment'
            GROUP BY 1 HAVING count(*) > 25 ORDER BY coalesce(cardinality(array_agg(client_id) FILTER (WHERE EXISTS (
                SELECT 1 FROM careplans_goal g WHERE g.client_id = clients_episode.client_id))), 0) DESC, 1 LIMIT 1
            """
        )
        assert len(clients) >= 5
        return self._actors([keyworker])[keyworker], clients[:25]

    @cached_property
    def empty_ms(self) -> float:
        """Processor milliseconds, of web and database, for a signed-in page with nothing in it."""
        asks = [Ask("/bench/empty/", self.signed_in(self.treating[0]))] * 100
        four_at_once(self.port, asks[:8])
        return statistics.median(_both(answer.cost) for answer in four_at_once(self.port, asks))

    def row(self, asks: list[Ask], *, again: Ask | None = None) -> dict[str, float | int | None]:
        """Send all of ``asks`` four at once. ``again``: one that was not sent yet, to be repeated in plain SQL."""
        statements = json.loads(send(self.port, again or asks[0], wanted="statements").body)
        plain = in_plain_sql(self.url, statements)
        if asks[0].post is None:
            four_at_once(self.port, asks[:8])
        answers = four_at_once(self.port, asks)
        took = sorted(answer.seconds * 1000 for answer in answers)
        costs = [answer.cost for answer in answers]
        database = [cost["database_ms"] for cost in costs if cost["database_ms"] is not None]
        web = statistics.median(cost["web_ms"] for cost in costs)
        database_ms = statistics.median(database) if database else None
        return {
            "clients": self.clients,
            "asked": len(took),
            # Not the most: once a minute a request also notes on the session that somebody is there.
            "queries": sorted(cost["queries"] for cost in costs)[int(len(costs) * 0.9)],
            "p50_ms": statistics.median(took),
            "p99_ms": took[min(len(took) - 1, int(len(took) * 0.99))],
            "web_ms": web,
            "database_ms": database_ms,
            "times_empty": statistics.median(_both(cost) for cost in costs) / self.empty_ms,
            "sql_ms": plain * 1000,
            # Processor time of both over the time of the bare statements: what CareHub adds to what it asks.
            "times_sql": (web + (database_ms or plain * 1000)) / (plain * 1000),
            "kB": max(len(answer.body) for answer in answers) / 1000,
        }


def _both(cost: dict) -> float:
    return cost["web_ms"] + (cost["database_ms"] or 0)


@pytest.fixture(scope="package", params=SIZES, ids=lambda size: f"{size} clients")
def house(request, databases, django_db_blocker, tmp_path_factory) -> Iterator[House]:
    """CareHub with so many clients, served by gunicorn's two workers as 'make run' serves it."""
    clients = request.param
    log = tmp_path_factory.mktemp("bench") / "web.log"
    with django_db_blocker.unblock(), databases.fresh() as name:
        loaded = load_many(
            clients=clients, partnerships=SIZES[clients], today=clock.today(), parts_every=1 if FULL and clients < 100_000 else PARTS_EVERY
        )
        print(f"{clients:,} clients loaded in {loaded.seconds:.0f} s")
        with databases.as_owner(name) as cursor:
            cursor.execute("VACUUM ANALYZE")
        made = House(name, clients)
        collect()
        surroundings = environment(name, DJANGO_SETTINGS_MODULE="carehub.settings", PORT=str(made.port))
        surroundings.pop("DATABASE_OWNER_URL", None)
        words = ("-m", "gunicorn", "-c", "python:carehub.embedded.web_settings", "tests.bench.served")
        with process(*words, env=surroundings, log=log) as child:
            wait_for(lambda: _serves(made.port), 60, lambda: log.read_text()[-3000:])
            yield made
            child.terminate()
            child.wait(20)
        connections.close_all()


def collect() -> None:
    """Style sheets and scripts as they are served: named by their content, compressed."""
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        words = [sys.executable, ROOT / "manage.py", "collectstatic", "--noinput", "-v0", "--ignore=django_htmx"]
        subprocess.run(words, check=True, env=os.environ | {"DJANGO_SETTINGS_MODULE": "carehub.settings"})


def _serves(port: int) -> bool:
    try:
        return send(port, Ask("/health")).status == 200
    except OSError:
        return False


@pytest.fixture
def row(house, report) -> Callable[..., dict]:
    """``row("a page", asks, queries=8, times_empty=4)``: measures, reports, and holds it to what is allowed."""

    def measured(what: str, asks: list[Ask], *, queries: int, times_empty: float, times_sql: float = 20, again: Ask | None = None) -> dict:
        found = house.row(asks, again=again)
        name = what if house.clients == min(SIZES) else f"{what}, {house.clients:,} clients"
        report(json.dumps({name: {key: round(value, 2) if isinstance(value, float) else value for key, value in found.items()}}))
        assert found["queries"] <= queries, what
        assert found["times_empty"] <= times_empty, what
        assert found["times_sql"] <= times_sql, what
        return found

    return measured


@pytest.fixture(autouse=True)
def _as_the_owner_of_the_database(django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def address() -> Callable[..., str]:
    return lambda page, *keys: reverse(page, args=keys)
