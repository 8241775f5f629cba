"""All work on plans on one page: each kind finds what it should and nothing else, narrowed, paged, taken along."""

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from carehub import clock, context
from carehub.models import Document, Event
from careplans.actions.adding import sign_later
from careplans.actions.returning import mend, return_version
from careplans.work.kinds import KINDS, LEFT_DAYS
from clients.models import Episode
from tests import factories
from tests.careplans import plans
from tests.careplans.pages import texts
from tests.queries import at_most

PAGE = "/work/"


def shown(browser, kind: str, **more) -> list[str]:
    answer = browser.get(PAGE, {"show": kind, **more})
    assert answer.status_code == 200
    counted = next(each["number"] for each in answer.context["counts"] if each["url"].endswith(f"show={kind}"))
    rows = answer.context["rows"]
    assert counted == len(rows)
    words = texts(answer, "//table/tbody//td[1]") if rows else []
    assert all(text.lower().count(str(KINDS[kind].words)) == 1 for text in words)
    for row in rows:
        assert browser.get(row.url).status_code == 200
    return [row.client.reference for row in rows]


def test_an_agreed_plan_waits_until_it_is_signed(triaged, keyworker, signed_in):
    version = plans.agreed(triaged, keyworker)
    here = signed_in(keyworker)
    assert shown(here, "unsigned") == [triaged.reference]
    plans.signed(triaged, keyworker, version=version)
    assert shown(here, "unsigned") == []


def test_agreed_by_word_waits_for_the_signature(triaged, keyworker, signed_in):
    day = clock.today() + timedelta(days=5)
    version = plans.signed(triaged, keyworker, client=plans.word(how="verbal", follow_up_on=day))
    here = signed_in(keyworker)
    assert shown(here, "word") == [triaged.reference]
    with context.acting(keyworker):
        sign_later(version=version, signed_on=clock.today(), scan=None, by=keyworker)
    assert shown(here, "word") == []


def test_returned_until_it_is_mended(triaged, keyworker, manager, signed_in):
    version = plans.signed(triaged, keyworker)
    with context.acting(manager):
        found = return_version(version=version, mend="at-review", words="Name the GP.", by=manager)
    here = signed_in(keyworker)
    assert shown(here, "returned") == [triaged.reference]
    with context.acting(keyworker):
        mend(returned=found, words="Named.", by=keyworker)
    assert shown(here, "returned") == []


@pytest.mark.parametrize(("days", "kind"), [(-1, "overdue"), (0, "today"), (1, "soon"), (7, "soon"), (8, "")])
def test_what_is_due_stands_in_one_place(agency, keyworker, signed_in, days, kind):
    client = factories.client_of(agency, keyworker=keyworker, next_due=("review", clock.today() + timedelta(days=days)))
    here = signed_in(keyworker)
    assert {each for each in KINDS if shown(here, each) == [client.reference]} == ({kind} if kind else set())


@pytest.mark.parametrize(("days", "found"), [(LEFT_DAYS, False), (LEFT_DAYS + 1, True)])
def test_a_draft_is_left_after_two_weeks(triaged, keyworker, signed_in, days, found):
    version = plans.begun(triaged, keyworker)
    with factories.loading(triaged.partnership_id):
        type(version).objects.filter(pk=version.pk).update(begun_at=clock.now() - timedelta(days=days) + timedelta(minutes=5))
    assert shown(signed_in(keyworker), "left") == ([triaged.reference] if found else [])


def test_a_document_that_failed(triaged, keyworker, signed_in):
    version = plans.signed(triaged, keyworker)
    with factories.loading(triaged.partnership_id):
        Document.objects.filter(subject_id=version.pk).update(state="failed")
    assert shown(signed_in(keyworker), "failed") == [triaged.reference]


def test_ones_own_first_widened_to_the_agency_and_never_beyond_it(triaged, agency, keyworker, manager, stranger, signed_in):
    day = clock.today() - timedelta(days=2)
    colleague = factories.actor(agency=agency)
    mine = factories.client_of(agency, keyworker=keyworker, next_due=("review", day))
    theirs = factories.client_of(agency, keyworker=colleague, next_due=("review", day))
    abroad = factories.client_of(stranger.agency, keyworker=stranger, next_due=("review", day))
    factories.access(abroad, agency=agency, basis="consent")
    with factories.loading(mine.partnership_id):
        Episode.objects.filter(client=mine).update(risk="high")
    here = signed_in(keyworker)
    assert shown(here, "overdue") == [mine.reference]
    assert set(shown(here, "overdue", whose="all")) == {mine.reference, theirs.reference}
    assert shown(here, "overdue", whose=str(colleague.person_id)) == [theirs.reference]
    assert shown(here, "overdue", whose=str(uuid4())) == [mine.reference]
    assert shown(here, "overdue", whose="all", risk="high") == [mine.reference]
    assert set(shown(signed_in(manager), "overdue")) == {mine.reference, theirs.reference}


def test_narrowed_to_what_the_plan_works_on(triaged, keyworker, signed_in):
    plans.agreed(triaged, keyworker)
    here = signed_in(keyworker)
    assert shown(here, "unsigned", domain="health") == [triaged.reference]
    assert shown(here, "unsigned", domain="offending") == []


@pytest.fixture
def sixty(agency, keyworker):
    day = clock.today() - timedelta(days=3)
    return [factories.client_of(agency, keyworker=keyworker, next_due=("review", day)) for _ in range(60)]


def test_sixty_clients_ask_no_more_than_one_and_every_one_is_on_some_page(sixty, keyworker, signed_in):
    here, found, address = signed_in(keyworker), [], PAGE
    while address:
        with at_most(10):
            answer = here.get(address)
        found += [row.client.reference for row in answer.context["rows"]]
        address = answer.context["further"]
    assert sorted(found) == sorted(each.reference for each in sixty)


def test_taken_along_as_a_table_in_which_no_cell_is_a_formula(agency, keyworker, manager, signed_in):
    day = clock.today() - timedelta(days=3)
    client = factories.client_of(agency, keyworker=keyworker, next_due=("review", day), first_name="=HYPERLINK(1)", last_name="O’Grady")
    here = signed_in(manager)
    assert here.get(PAGE, {"show": "overdue"}).context["export_url"]
    answer = here.get(reverse("worklist-export"), {"show": "overdue"})
    _head, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row[:2] == [client.reference, "'=HYPERLINK(1) O’Grady"]
    with factories.loading(client.partnership_id):
        event = Event.objects.get(verb="worklist.exported")
        assert (event.reason, [each.client_id for each in event.clients.all()]) == ("overdue: 1", [client.pk])
    assert signed_in(keyworker).get(reverse("worklist-export")).status_code == 403


def test_a_managers_row_of_a_keyworker_leads_to_their_people(signed_in, manager, keyworker, agency):
    colleague = factories.actor(agency=agency)
    theirs = [factories.client_of(agency, keyworker=colleague, next_due=("review", clock.today())) for _ in range(2)]
    factories.client_of(agency, keyworker=keyworker, next_due=("review", clock.today()))
    factories.client_of(agency, next_due=("triage", clock.today()))
    browser = signed_in(manager)
    page = browser.get(reverse("service"), {"keyworker": str(colleague.person_id)})
    assert {row.client.pk for row in page.context["rows"]} == {each.pk for each in theirs}
    assert f"Only the people of {colleague.person.name}" in page.content.decode()
    assert {each["words"]: each["number"] for each in page.context["counts"]}["everybody"] == 2
    assert all(f"keyworker={colleague.person_id}" in each["url"] for each in page.context["counts"])
    assert len(browser.get(reverse("service"), {"keyworker": "nobody", "show": "all"}).context["rows"]) == 1
    assert len(browser.get(reverse("service"), {"keyworker": "somebody", "show": "all"}).context["rows"]) == 4
