"""The peer auditor's home: the files given by name, and an honest word where there is none."""

from datetime import timedelta

import pytest

from carehub import clock
from carehub.models import Access
from tests import factories


@pytest.fixture
def auditor(other_agency):
    return factories.actor(role="peer-auditor", agency=other_agency)


def test_no_file_has_been_given(signed_in, auditor, a_client):
    html = signed_in(auditor).get("/audits/").content.decode()
    assert "No case file has been given to you" in html
    assert a_client.reference not in html


def test_it_is_the_auditors_home(signed_in, auditor):
    assert signed_in(auditor).get("/", follow=True).request["PATH_INFO"] == "/audits/"


def test_files_given_by_name_are_counted_until_the_audit_ends(signed_in, auditor, a_client, keyworker):
    sample = Access.Basis.AUDIT_SAMPLE
    factories.access(a_client, membership=auditor.membership, basis=sample, until=clock.now() + timedelta(days=10))
    over = factories.client_of(keyworker.agency, keyworker=keyworker)
    factories.access(over, membership=auditor.membership, basis=sample, until=clock.now() - timedelta(days=1))
    theirs = factories.client_of(keyworker.agency, keyworker=keyworker)
    factories.access(theirs, membership=keyworker.membership, basis=sample)
    html = signed_in(auditor).get("/audits/").content.decode()
    assert "1 case file is open to you" in html
    assert a_client.reference not in html


def test_it_asks_for_a_sign_in(client, db):
    assert client.get("/audits/").status_code == 302
