"""The auditors' home: the files opened to them by name, and an honest word where there is none."""

from datetime import timedelta

import pytest

from carehub import clock
from carehub.models import Access, Event
from carehub.templatetags.carehub import uk_date
from tests import factories
from tests.queries import at_most

SAMPLE = Access.Basis.AUDIT_SAMPLE


@pytest.fixture(params=["peer-auditor", "visiting-auditor"])
def auditor(request, other_agency):
    return factories.actor(role=request.param, agency=other_agency)


def test_no_file_has_been_given(signed_in, auditor, a_client):
    html = signed_in(auditor).get("/audits/").content.decode()
    assert "No case file has been given to you" in html
    assert a_client.reference not in html


def test_it_is_the_auditors_home(signed_in, auditor):
    assert signed_in(auditor).get("/", follow=True).request["PATH_INFO"] == "/audits/"


def test_the_files_opened_by_name_until_when(signed_in, auditor, a_client, keyworker):
    ends = clock.now() + timedelta(days=10)
    factories.access(a_client, membership=auditor.membership, basis=SAMPLE, until=ends)
    html = signed_in(auditor).get("/audits/").content.decode()
    assert "1 file is open to you" in html
    for words in (a_client.full_name, a_client.reference, uk_date(a_client.date_of_birth), uk_date(ends), f"/clients/{a_client.pk}/"):
        assert words in html


def test_no_file_that_is_over_or_somebody_elses(signed_in, auditor, keyworker, other_agency):
    over, ended, theirs, of_agency = (factories.client_of(keyworker.agency, keyworker=keyworker) for _ in range(4))
    factories.access(over, membership=auditor.membership, basis=SAMPLE, until=clock.now() - timedelta(days=1))
    factories.access(ended, membership=auditor.membership, basis=SAMPLE)
    with factories.loading(ended.partnership_id):
        Access.objects.filter(client_id=ended.pk, membership=auditor.membership).end()
    factories.access(theirs, membership=factories.actor(role="peer-auditor", agency=other_agency).membership, basis=SAMPLE)
    factories.access(of_agency, agency=other_agency, basis=Access.Basis.CONSENT)
    html = signed_in(auditor).get("/audits/").content.decode()
    assert "No case file has been given to you" in html
    assert not [each for each in (over, ended, theirs, of_agency) if each.reference in html or each.full_name in html]


def test_it_ends_with_the_role_where_that_is_sooner(signed_in, other_agency, a_client):
    last = clock.today() + timedelta(days=3)
    auditor = factories.actor(role="peer-auditor", agency=other_agency, ends_on=last)
    factories.access(a_client, membership=auditor.membership, basis=SAMPLE, until=clock.now() + timedelta(days=30))
    assert uk_date(last) in signed_in(auditor).get("/audits/").content.decode()


def test_what_ends_first_stands_first_and_what_has_no_end_last(signed_in, auditor, keyworker):
    files = [factories.client_of(keyworker.agency, keyworker=keyworker) for _ in range(3)]
    for each, until in zip(files, (None, clock.now() + timedelta(days=9), clock.now() + timedelta(days=2)), strict=True):
        factories.access(each, membership=auditor.membership, basis=SAMPLE, until=until)
    html = signed_in(auditor).get("/audits/").content.decode()
    places = [html.index(each.reference) for each in files]
    assert places[2] < places[1] < places[0]
    assert "No end has been set" in html


def test_each_file_shown_is_on_record_and_opens(signed_in, auditor, a_client):
    factories.access(a_client, membership=auditor.membership, basis=SAMPLE)
    browser = signed_in(auditor)
    browser.get("/audits/")
    with factories.loading(a_client.partnership_id):
        event = Event.objects.get(page="auditor")
        assert list(event.clients.values_list("client_id", flat=True)) == [a_client.pk]
    assert browser.get(f"/clients/{a_client.pk}/").status_code == 200


def test_the_queries_do_not_grow(signed_in, auditor, keyworker):
    for _ in range(6):
        factories.access(factories.client_of(keyworker.agency, keyworker=keyworker), membership=auditor.membership, basis=SAMPLE)
    browser = signed_in(auditor)
    with at_most(8):
        browser.get("/audits/")


def test_it_asks_for_a_sign_in(client, db):
    assert client.get("/audits/").status_code == 302
