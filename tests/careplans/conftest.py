"""Clients for these tests."""

import pytest

from tests.careplans import plans


@pytest.fixture
def triaged(keyworker):
    """A client who waits for a plan."""
    return plans.triaged(keyworker)
