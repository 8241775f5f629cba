"""Two people of one name: wherever one is chosen, and wherever one works, it can be told which."""

from datetime import date

import pytest
from django.urls import reverse

from carehub import clock
from tests import factories
from tests.careplans.pages import texts

BORN = (date(1981, 3, 27), date(1992, 11, 4))


@pytest.fixture
def namesakes(keyworker):
    due = ("review", clock.today())
    name = {"first_name": "Rowan", "last_name": "Ashgrove", "keyworker": keyworker, "next_due": due}
    return [factories.client_of(keyworker.agency, date_of_birth=born, **name) for born in BORN]


@pytest.fixture
def browser(signed_in, keyworker):
    return signed_in(keyworker)


def tells_apart(rows: list[str], namesakes) -> bool:
    """Each has a row of their own, with their reference and their day of birth."""
    for client in namesakes:
        (row,) = [row for row in rows if client.reference in row]
        assert "Rowan Ashgrove" in row
        assert str(client.date_of_birth.year) in row
    return True


def test_found_by_their_name(browser, namesakes):
    page = browser.post(reverse("client-find"), {"words": "ashgrove"}, follow=True)
    assert tells_apart(texts(page, "//main//tbody/tr"), namesakes)


def test_on_the_caseload(browser, namesakes):
    assert tells_apart(texts(browser.get(reverse("caseload")), "//main//tbody/tr"), namesakes)


def test_in_the_service(signed_in, agency, namesakes):
    manager = signed_in(factories.actor(role="service-manager", agency=agency))
    assert tells_apart(
        texts(manager.get(reverse("service") + "?show=all"), "//main//tbody[tr//a[starts-with(@href, '/clients/')]]/tr"), namesakes
    )


@pytest.mark.parametrize("page", ["client", "client-contact", "assessment-start"])
def test_over_every_page_of_theirs(browser, namesakes, page):
    for client, born in zip(namesakes, ("27 March 1981", "4 November 1992"), strict=True):
        shown = browser.get(reverse(page, args=[client.pk])).content.decode()
        assert "Rowan Ashgrove" in shown
        assert born in shown
        assert client.reference in shown
