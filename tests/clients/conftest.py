"""Clients for these tests."""

import pytest

from carehub import clock
from tests import factories


@pytest.fixture
def referred(keyworker):
    """A client who waits for triage."""
    return factories.client_of(keyworker.agency, keyworker=keyworker, state="referral", next_due=("triage", clock.today()))


@pytest.fixture
def reception(agency):
    return factories.actor(role="reception", agency=agency)
