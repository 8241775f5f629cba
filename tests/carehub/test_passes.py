"""A scheduled pass goes over every partnership, whatever happens in one."""

import pytest

from carehub.passes import over_partnerships
from tests import factories


@pytest.mark.parametrize("failure", [ValueError, KeyError, RuntimeError])
def test_one_that_fails_keeps_no_other_waiting(db, failure):
    places = [factories.partnership() for _ in range(3)]
    seen = []

    def one(partnership) -> int:
        seen.append(partnership)
        if len(seen) == 1:
            raise failure("of this partnership alone")
        return 1

    assert over_partnerships("reviews", one) == 2
    assert sorted(each.pk for each in seen) == sorted(each.pk for each in places)
