"""Promise 3: withdrawn consent works at once. Readers of the other agency loop while it is withdrawn, with real sessions."""

import random
import threading
import time
from dataclasses import dataclass, field

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from carehub import context
from carehub.actors import Actor
from careplans.models import PlanVersion
from clients.actions.consenting import record_consent, withdraw_consent
from clients.models import Client, Consent
from tests import factories

pytestmark = [pytest.mark.promise(3), pytest.mark.usefixtures("committed")]
READERS = 3


@dataclass
class Looked:
    """When a reader began to look, by one clock for all threads, and whether it saw anything."""

    reads: list[tuple[float, bool]] = field(default_factory=list)

    def after(self, moment: float) -> list[tuple[float, bool]]:
        return [read for read in self.reads if read[0] > moment]


def shared(client: Client, keyworker: Actor, stranger: Actor) -> Consent:
    assert stranger.agency is not None
    with context.acting(keyworker):
        return record_consent(
            by=keyworker,
            client=client,
            kind="sharing",
            agencies=[stranger.agency],
            parts=["plans"],
            purpose="care",
            how="said",
        )


def by_query(client: Client, stranger: Actor) -> bool:
    """Both walls, one after the other: what the lists ask, and what raw SQL is shown."""
    with context.acting(stranger):
        listed = PlanVersion.objects.visible_to(stranger).filter(client=client).exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM careplans_planversion WHERE client_id = %s", [client.pk])
            return listed or cursor.fetchone()[0] > 0


def loop(look, looked: Looked, stop: threading.Event) -> None:
    try:
        while not stop.is_set():
            began = time.monotonic()
            looked.reads.append((began, look()))
    finally:
        connection.close()


def withdraw_while_they_read(client, keyworker, consent, looks, pause: float) -> tuple[int, int]:
    """(reads that saw it before, reads that began after the commit); no read of the latter saw anything."""
    stop, seen = threading.Event(), [Looked() for _ in looks]
    readers = [threading.Thread(target=loop, args=(look, looked, stop)) for look, looked in zip(looks, seen, strict=True)]
    for reader in readers:
        reader.start()
    time.sleep(pause)
    with context.acting(keyworker):
        withdraw_consent(by=keyworker, client=client, consent=consent)
    committed = time.monotonic()
    time.sleep(0.05)
    stop.set()
    for reader in readers:
        reader.join(timeout=30)
    late = [read for looked in seen for read in looked.after(committed)]
    assert not [read for read in late if read[1]], f"{sum(read[1] for read in late)} of {len(late)} reads after the commit saw the client"
    return sum(saw for looked in seen for _, saw in looked.reads), len(late)


def test_no_read_that_starts_after_the_commit_sees_anything(how_many, chance: random.Random, report):
    keyworker = factories.actor()
    stranger = factories.actor(agency=factories.agency(keyworker.partnership))
    client = factories.client_of(keyworker.agency, keyworker=keyworker, last_name="Vextarrow")
    factories.plan_version(client, by=keyworker, state="signed")
    turns, before, after = how_many(20, 200), 0, 0
    for _ in range(turns):
        consent = shared(client, keyworker, stranger)
        assert by_query(client, stranger), "it was never shared: this proves nothing"
        looks = [lambda: by_query(client, stranger)] * READERS
        saw, late = withdraw_while_they_read(client, keyworker, consent, looks, chance.uniform(0.02, 0.1))
        before, after = before + saw, after + late
    assert before
    assert after >= turns
    report(f"{turns} withdrawals among {READERS} readers: {before} reads before, 0 of {after} after the commit saw anything")


def test_the_next_page_is_refused(how_many, chance: random.Random, report):
    """The same with pages, plan and contacts, as a person has them open in a browser."""
    keyworker = factories.actor()
    stranger = factories.actor(agency=factories.agency(keyworker.partnership))
    client = factories.client_of(keyworker.agency, keyworker=keyworker, last_name="Vextarrow")
    version = factories.plan_version(client, by=keyworker, state="signed")
    addresses = [reverse("client", args=[client.pk]), reverse("plan-show", args=[client.pk, version.pk])]
    browser = factories.signed_in(stranger)
    turns, before, after = how_many(20, 100), 0, 0
    for turn in range(turns):
        consent = shared(client, keyworker, stranger)
        looks = [lambda address=addresses[turn % 2]: shows(browser, address, client)]
        saw, late = withdraw_while_they_read(client, keyworker, consent, looks, chance.uniform(0.05, 0.15))
        for address in addresses:
            assert browser.get(address).status_code == 404
        before, after = before + saw, after + late + len(addresses)
    assert before
    report(f"{turns} withdrawals while pages are read: {before} pages before, 0 of {after} asked for after the commit showed the client")


def shows(browser: Browser, address: str, client: Client) -> bool:
    return client.last_name in browser.get(address).content.decode()
