"""What a partnership may decide for itself."""

import logging

import pytest

from carehub import local_settings
from carehub.local_settings import ABOUT, LocalSettings
from carehub.models import Partnership


def of(**chosen) -> LocalSettings:
    return local_settings.of(Partnership(name="Vale of Tests", local_settings=chosen))


def test_what_nobody_decided_has_its_default():
    assert of() == LocalSettings()


def test_what_was_decided_holds():
    assert of(review_grace_days=0).review_grace_days == 0


@pytest.mark.parametrize("wrong", [-1, 1000, "7", 7.5, True, None, [7]])
def test_what_is_wrong_is_said_and_the_default_holds(wrong, caplog):
    with caplog.at_level(logging.ERROR):
        assert of(triage_within_days=wrong) == LocalSettings()
    assert "triage_within_days" in caplog.text


def test_unknown_names_are_said(caplog):
    assert of(triage_in_days=3) == LocalSettings()
    assert "triage_in_days" in caplog.text


@pytest.mark.parametrize("about", ABOUT, ids=lambda about: about.name)
def test_each_says_what_it_means_and_where_it_comes_from(about):
    assert str(about.sentence) % {"number": about.default}
    assert str(about.default) in str(about.sentence) % {"number": about.default}
    assert about.source
    assert about.least <= about.default <= about.most
