"""Promise 5: every view, change, print, export and refusal is logged: one event a request, with a row for each client shown."""

import random
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from django.db import connections
from django.test import Client as Browser
from django.urls import reverse

from carehub import clock
from carehub.files import store
from carehub.models import Document, Event, EventClient, Notice, Task
from carehub.permissions import ROLES
from careplans.models import PlanVersion
from clients.models import Assessment, Client, Consent, Opening
from tests import factories
from tests.architecture.test_pages import pages
from tests.carehub.client_tables import client_tables
from tests.carehub.signing_in import PASSWORD, sign_in
from tests.everything import everything_about

pytestmark = [pytest.mark.promise(5), pytest.mark.usefixtures("committed")]

#: Where a page's 'pk' is a row of this; the rest are asked with the client's own key, which is nothing there: a guessed link.
ROWS = {
    "plan-": PlanVersion, "document-": Document, "assessment-": Assessment, "task-": Task, "notice-": Notice, "consent-": Consent,
    "opening-": Opening, "record-": Opening, "client-contact": Client,
}  # fmt: skip
#: Automatic saves come every few seconds and are nobody's deed.
DRAFTS = {"draft-save"}
#: Change who one is for the rest of the walk, or the clock; each has a test of its own below or elsewhere.
LEFT_OUT = {"account_logout", "switch-role", "demonstration-clock", "screen-lock", "health"}


@dataclass
class Asked:
    name: str
    who: object
    client: Client
    method: str
    status: int
    body: str
    events: list[Event]
    changed: bool


def test_every_request_is_one_event_with_a_row_for_each_client_it_shows(how_many, chance: random.Random, report):
    team = factories.agency(name="Own")
    other = factories.agency(team.partnership, name="Other")
    clients = [client_with_everything(agency) for agency in (team, other, factories.agency())]
    actors = [None, *(factories.actor(role=role, agency=team) for role in ROLES), factories.actor(agency=other)]
    walk = [
        (page, who, client, method)
        for _address, page in pages()
        if page.name not in LEFT_OUT and not page.callback.rule.startswith("no sign-in")
        for who in actors
        for client in clients
        for method in ("GET", "POST")
    ]
    # A sample takes every page, as somebody who may open most of them and on a client whom they reach.
    certain = [each for each in walk if each[1] and each[1].role.name == "service-manager" and each[2] is clients[0]]
    chance.shuffle(walk)
    seen = Counter()
    for page, who, client, method in [*certain, *walk[: how_many(200, len(walk))]]:
        asked = ask(page, who, client, method)
        seen += judge(asked, clients)
    assert seen["shown"] >= 30, "hardly anybody was shown: this proves nothing"
    assert seen["refused"] >= 100
    report(
        f"{seen['requests']} requests of {len({page.name for page, *_ in walk})} pages by {len(actors)} people: {seen['shown']} showed a"
        f" client, {seen['changed']} changed something about one, {seen['refused']} were refused; 0 without their one event"
    )


def ask(page, who, client: Client, method: str) -> Asked:
    browser = factories.signed_in(who, raise_request_exception=False) if who else Browser(raise_request_exception=False)
    address = reverse(page.name, kwargs={name: key(page.name, name, client) for name in page.pattern.converters})
    before, rows = known(), fingerprint()
    body = {"words": client.last_name} if page.name == "client-find" else {}
    answer = browser.get(address) if method == "GET" else browser.post(address, body)
    made = list(Event.objects.using("owner").exclude(pk__in=before).prefetch_related("clients"))
    return Asked(page.name, who, client, method, answer.status_code, answer.content.decode(errors="replace"), made, rows != fingerprint())


def key(page: str, name: str, client: Client) -> object:
    if name in ("token", "section", "page"):
        return "triage" if name == "section" else "nothing"
    model = next((model for begins, model in ROWS.items() if page.startswith(begins)), None)
    if name == "client_id" or model in (None, Client):
        return client.pk
    found = model.objects.using("owner").filter(client_id=client.pk)
    if model is Assessment:
        found = found.filter(state="complete" if page == "assessment-show" else "draft")
    return found.order_by("pk").values_list("pk", flat=True).first() or client.pk


def known() -> set:
    return set(Event.objects.using("owner").values_list("pk", flat=True))


def fingerprint() -> list:
    """Every row about a client, but for drafts and the log itself."""
    found = []
    with connections["owner"].cursor() as cursor:
        for table in client_tables():
            if table not in ("carehub_draft", "carehub_eventclient"):
                cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {table} t")
                found.append(cursor.fetchone()[0])
    return found


def judge(asked: Asked, clients: list[Client]) -> Counter:
    """Says what is wrong with the page's name, not with a number."""
    about = f"{asked.method} {asked.name} as {asked.who}: {asked.status}"
    if asked.name in DRAFTS:
        assert not asked.events, about
        return Counter(requests=1)
    assert len(asked.events) <= 1, f"{about}: two events for one request"
    event = asked.events[0] if asked.events else None
    named = {row.client_id for row in event.clients.all()} if event else set()
    shown = {client.pk for client in clients if client.reference in asked.body or client.last_name in asked.body}
    if asked.method == "POST" and asked.name == "client-find":
        shown = set()  # what was typed stands in the form again
    assert shown <= named, f"{about}: showed a client without a row"
    if asked.changed:
        assert event, f"{about}: changed something about a client without an event"
        assert event.verb not in ("", "viewed"), f"{about}: a change is called a view"
        assert named, f"{about}: a change without its client"
    if asked.status >= 400:
        assert event, f"{about}: a refusal without an event"
        assert event.verb in ("refused", "failed"), about
        assert event.status == asked.status
    if event:
        assert event.page == asked.name, about
        assert event.method == asked.method
        assert event.reference
        assert event.shown == len(named)
        assert abs((clock.now() - event.at).total_seconds()) < 60
        who = asked.who
        assert (event.person_id, event.membership_id) == ((who.person_id, who.membership.pk) if who else (None, None)), about
    return Counter(requests=1, shown=bool(shown), refused=asked.status >= 400, changed=asked.changed)


def client_with_everything(agency) -> Client:
    """At least one row in each table, its files really there."""
    keyworker = factories.actor(agency=agency)
    number = Client.objects.using("owner").count()
    client = factories.client_of(agency, keyworker=keyworker, last_name=f"Quillfeather{number}stone")
    everything_about(client, by=keyworker)
    factories.assessment(client, by=keyworker)
    file = Document.objects.using("owner").get(client_id=client.pk).file
    # Filed under the name that the row has: what is in it is what its name says.
    assert store.put(client.reference.encode()) == file.sha256
    return client


# --- Deeds that are not a page about a client ---------------------------------------------------------------------------


@pytest.fixture
def keyworker():
    return factories.actor(password=PASSWORD)


def verbs() -> list[str]:
    return list(Event.objects.using("owner").order_by("at").values_list("verb", flat=True))


def test_signing_in_out_and_failing_to(keyworker, report):
    browser = sign_in(keyworker.person, "wrong, and quite long")
    sign_in(keyworker.person, browser=browser)
    browser.post(reverse("account_logout"))
    assert verbs() == ["sign-in.failed", "signed-in", "signed-out"]
    failed, came, went = Event.objects.using("owner").order_by("at")
    assert (failed.subject_id, failed.person_id) == (keyworker.person_id, None)
    assert came.membership_id == went.membership_id == keyworker.membership.pk
    assert "wrong" not in str([vars(each) for each in (failed, came, went)])
    report("signed in, failed to, signed out: one event each, and nothing of what was typed")


def test_acting_as_somebody_else(keyworker):
    second = factories.actor(role="reception", agency=keyworker.agency, person=keyworker.person)
    factories.signed_in(keyworker).post(reverse("switch-role"), {"membership": second.membership.pk})
    (event,) = Event.objects.using("owner")
    assert (event.verb, event.membership_id, event.subject_id) == ("role.switched", second.membership.pk, second.membership.pk)


def test_a_search_is_on_record_without_its_words(keyworker):
    """By whom, of what kind, what it found; and a mark, by which the same search is known again. The words may name anybody."""
    someone = factories.client_of(keyworker.agency, keyworker=keyworker, last_name="Underwillow")
    browser = factories.signed_in(keyworker)
    for words in ("Underwillow", "  underWILLOW ", "Nobodyhere 27 3 1981"):
        browser.get(browser.post(reverse("client-find"), {"words": words}).headers["Location"])
    first, again, none = Event.objects.using("owner").order_by("at")
    assert {each.verb for each in (first, again, none)} == {"client.searched"}
    assert first.reason == again.reason != none.reason
    assert first.reason.startswith("name; mark ")
    assert none.reason.startswith("name, date of birth; mark ")
    assert [each.shown for each in (first, again, none)] == [1, 1, 0]
    assert EventClient.objects.using("owner").filter(event=none).count() == 0
    assert "nobodyhere" not in str([vars(each) for each in (first, again, none)]).lower()
    assert "underwillow" not in str([vars(each) for each in (first, again, none)]).lower()
    assert someone.pk in {row.client_id for row in EventClient.objects.using("owner").filter(event=first)}


def test_a_guessed_link_and_a_wrong_role_outlive_their_refusal(keyworker):
    hidden = factories.client_of(factories.agency(keyworker.partnership))
    desk = factories.actor(role="reception", agency=keyworker.agency)
    assert factories.signed_in(keyworker).get(f"/clients/{hidden.pk}/?{urlencode({'q': 'typed'})}").status_code == 404
    assert factories.signed_in(desk).get(f"/clients/{hidden.pk}/").status_code == 403
    assert [(each.verb, each.status, each.person_id) for each in Event.objects.using("owner").order_by("at")] == [
        ("refused", 404, keyworker.person_id),
        ("refused", 403, desk.person_id),
    ]
