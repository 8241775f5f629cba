"""Fixtures for one small partnership: its people, a client in treatment, and browsers that are signed in."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser

from tests import factories


@pytest.fixture
def partnership(db):
    return factories.partnership()


@pytest.fixture
def agency(partnership):
    return factories.agency(partnership)


@pytest.fixture
def other_agency(partnership):
    """In the same partnership; treats none of the agency's clients."""
    return factories.agency(partnership, kind="voluntary")


@pytest.fixture
def keyworker(agency):
    return factories.actor(role="keyworker", agency=agency)


@pytest.fixture
def manager(agency):
    return factories.actor(role="service-manager", agency=agency)


@pytest.fixture
def stranger(other_agency):
    """A keyworker of the other agency."""
    return factories.actor(role="keyworker", agency=other_agency)


@pytest.fixture
def a_client(keyworker):
    """A client in treatment with the agency, with the keyworker."""
    return factories.client_of(keyworker.agency, keyworker=keyworker)


@pytest.fixture
def signed_in() -> Callable[..., Browser]:
    """``signed_in(keyworker)``: a browser (Django's test client) in which that actor is signed in, in that membership."""
    return factories.signed_in
