"""The speed table's rows of pages that are read."""

from uuid import UUID

import pytest
from django.urls import reverse

from careplans.work.kinds import KINDS
from tests.bench.asking import Ask, form_of, send
from tests.bench.conftest import CSRF, READS

pytestmark = pytest.mark.bench
#: Bytes of a page on the wire.
LARGEST_PAGE = 15_000


def test_empty_page(house, row):
    row("a page with nothing on it", [Ask("/bench/empty/", house.signed_in(house.treating[0]))] * READS, queries=5, times_empty=1.5)


def test_caseload(house, row):
    cookies = house.signed_in(house.treating[0])
    assert house.get("/caseload/", cookies).text.count("<tr") >= 25
    # One more than a list may: the assessments to do or to go on with.
    found = row("caseload, 25 rows", [Ask("/caseload/", cookies)] * READS, queries=9, times_empty=12)
    assert found["kB"] * 1000 <= LARGEST_PAGE


def test_service(house, row):
    cookies = house.signed_in(house.somebody("service-manager", house.treating[0]))
    asks = [Ask("/service/?show=all", cookies)] * READS
    assert house.get("/service/?show=all", cookies).text.count("<tr") >= 25
    found = row("my service, 25 rows", asks, queries=8, times_empty=24)
    assert found["kB"] * 1000 <= LARGEST_PAGE


@pytest.mark.parametrize("kind", KINDS)
def test_work(house, row, kind):
    """All work on plans of the largest agency, as its manager sees it: each kind there is."""
    cookies, path = house.signed_in(house.somebody("service-manager", house.treating[0])), f"/work/?show={kind}"
    assert house.get(path, cookies).text.count("<tr") > 1
    found = row(f"work on plans, {kind}", [Ask(path, cookies)] * (READS // 3), queries=8, times_empty=25)
    assert found["kB"] * 1000 <= LARGEST_PAGE


@pytest.mark.parametrize(
    ("what", "words"),
    [("found by a misspelt part of a name", "aldermeer"), ("found by two letters that many have", "an"), ("found by a reference", "")],
    ids=["misspelt", "two letters", "reference"],
)
def test_finding(house, row, what, words):
    keyworker, clients = house.treating
    cookies = house.signed_in(keyworker)
    words = words or _reference(house, clients[0])
    asked = send(house.port, Ask(reverse("client-find"), cookies, [("words", words), ("csrfmiddlewaretoken", CSRF)], status=302))
    path = asked.headers["location"]
    assert reverse("client", args=[clients[0]])[:9] in house.get(path, cookies).text
    found = row(what, [Ask(path, cookies)] * READS, queries=8, times_empty=16)
    assert found["kB"] * 1000 <= LARGEST_PAGE


def _reference(house, client_id: UUID) -> str:
    from clients.models import Client

    return Client.objects.using("owner").get(pk=client_id).reference


def test_client(house, row):
    keyworker, clients = house.treating
    cookies = house.signed_in(keyworker)
    asks = [Ask(reverse("client", args=[client]), cookies) for client in clients] * (READS // len(clients))
    found = row("a client opened", asks, queries=12, times_empty=7)
    assert found["kB"] * 1000 <= LARGEST_PAGE


def test_plan(house, row):
    keyworker, clients = house.treating
    cookies = house.signed_in(keyworker)
    asks = [Ask(reverse("plan-show", args=[client, _version(house, client)]), cookies) for client in clients]
    found = row("a plan opened", asks * (READS // len(asks)), queries=12, times_empty=7)
    assert found["kB"] * 1000 <= LARGEST_PAGE


def _version(house, client_id: UUID):
    from careplans.models import PlanVersion

    return PlanVersion.objects.using("owner").filter(client_id=client_id).latest("number").pk


def test_assessment(house, row):
    from clients.models import Assessment

    keyworker, clients = house.treating
    cookies = house.signed_in(keyworker)
    latest = [Assessment.objects.using("owner").filter(client_id=client).latest("took_place_on") for client in clients]
    asks = [Ask(reverse("assessment-show", args=[each.client_id, each.pk]), cookies) for each in latest]
    found = row("an assessment opened", asks * (READS // len(asks)), queries=12, times_empty=5)
    assert found["kB"] * 1000 <= LARGEST_PAGE


def test_forms_are_read_as_they_stand(house):
    """What the rows of saved forms rest on."""
    page = house.get(reverse("client-find"), house.signed_in(house.treating[0])).text
    assert dict(form_of(page, 'name="words"'))["words"] == ""
