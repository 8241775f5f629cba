"""The way to one's own page, and into another of one's roles."""

import pytest
from django.urls import reverse

from tests import factories


@pytest.mark.parametrize("membership", ["", "x", "0", "73f2040a-d8c8-4bc2-b1a8-94391e90adc9", "\x00", "1" * 5000])
def test_a_role_that_is_nobodys_does_not_exist(signed_in, keyworker, membership):
    assert signed_in(keyworker).post(reverse("switch-role"), {"membership": membership}).status_code == 404


def test_nor_does_somebody_elses(signed_in, keyworker, agency):
    colleague = factories.actor(agency=agency)
    assert signed_in(keyworker).post(reverse("switch-role"), {"membership": colleague.membership.pk}).status_code == 404
