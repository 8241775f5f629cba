"""Agencies and staff: for the administrator, without a word about a client."""

import pytest

from tests import factories
from tests.queries import at_most


@pytest.fixture
def administrator(partnership):
    return factories.actor(role="administrator", partnership=partnership)


def test_who_works_where(signed_in, administrator, keyworker, manager, other_agency, a_client):
    html = signed_in(administrator).get("/administration/").content.decode()
    for words in (keyworker.person.name, manager.person.name, keyworker.agency.name, other_agency.name, keyworker.agency.discreet_name):
        assert words in html
    assert a_client.reference not in html


def test_nobody_else_may(signed_in, keyworker, manager):
    for actor in (keyworker, manager):
        assert signed_in(actor).get("/administration/").status_code == 403


def test_other_partnerships_are_not_there(signed_in, administrator):
    elsewhere = factories.actor(role="keyworker", agency=factories.agency(name="Elsewhere House"))
    html = signed_in(administrator).get("/administration/").content.decode()
    assert elsewhere.person.name not in html
    assert "Elsewhere House" not in html


def test_a_leaver_is_gone(signed_in, administrator, agency):
    from carehub import clock

    left = factories.actor(role="keyworker", agency=agency, ends_on=clock.today() - factories.timedelta(days=1), name="Somebody Goneby")
    assert left.person.name not in signed_in(administrator).get("/administration/").content.decode()


def test_the_queries_do_not_grow(signed_in, administrator, partnership):
    browser = signed_in(administrator)
    for _ in range(4):
        team = factories.agency(partnership)
        for _ in range(5):
            factories.actor(role="keyworker", agency=team)
    with at_most(8):
        browser.get("/administration/")
