"""Overdue is decided in one place, for one row and for many alike."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from carehub import context
from clients.due import SOON_DAYS, WORDS, Due, DueState, due_within, overdue
from clients.models import Episode
from tests import factories

TODAY = date(2030, 5, 15)


@pytest.mark.parametrize(
    ("days", "state", "over"),
    [
        (None, DueState.NOTHING, 0),
        (-400, DueState.OVERDUE, 400),
        (-1, DueState.OVERDUE, 1),
        (0, DueState.TODAY, 0),
        (1, DueState.SOON, 0),
        (SOON_DAYS, DueState.SOON, 0),
        (SOON_DAYS + 1, DueState.LATER, 0),
        (4000, DueState.LATER, 0),
    ],
)
def test_where_a_date_stands(days, state, over):
    due = Due(None if days is None else TODAY + timedelta(days=days), TODAY)
    assert (due.state, due.days_over) == (state, over)
    assert due.word == WORDS[state]


def test_soon_is_a_local_setting():
    assert Due(TODAY + timedelta(days=20), TODAY, soon_days=21).state == DueState.SOON
    assert Due(TODAY + timedelta(days=1), TODAY, soon_days=0).state == DueState.LATER


def test_every_state_has_a_word():
    with translation.override("en-gb"):
        assert set(WORDS) == set(DueState)
        assert len({str(word) for word in WORDS.values()}) == len(WORDS)


@pytest.fixture
def episodes(keyworker):
    """One episode for each day from ten days ago to ten days ahead, and one that waits for nothing."""
    for days in range(-10, 11):
        factories.client_of(keyworker.agency, keyworker=keyworker, next_due=("review", TODAY + timedelta(days=days)))
    nothing = factories.client_of(keyworker.agency, keyworker=keyworker)
    with context.acting(keyworker):
        Episode.objects.filter(client=nothing).update(next_due_what="", next_due_on=None)
        yield Episode.objects


def test_one_row_and_many_rows_agree(episodes):
    by_row = {episode.pk for episode in episodes.all() if Due(episode.next_due_on, TODAY).state == DueState.OVERDUE}
    assert by_row == set(episodes.filter(overdue("next_due_on", today=TODAY)).values_list("pk", flat=True))
    assert len(by_row) == 10
    by_row = {episode.pk for episode in episodes.all() if Due(episode.next_due_on, TODAY).state in (DueState.TODAY, DueState.SOON)}
    assert by_row == set(episodes.filter(due_within("next_due_on", today=TODAY)).values_list("pk", flat=True))
    assert len(by_row) == SOON_DAYS + 1


def test_days_of_grace(episodes):
    assert episodes.filter(overdue("next_due_on", today=TODAY, grace_days=7)).count() == 3


def test_who_left_is_not_overdue(episodes):
    late = episodes.overdue(TODAY).first()
    Episode.objects.filter(pk=late.pk).update(state="discharged", discharged_on=TODAY, discharge_reason="done", ending="planned")
    assert episodes.overdue(TODAY).count() == 9
    assert episodes.review_overdue(TODAY).count() == 9
