"""Each figure by its worked example, and by its edges."""

from datetime import date

import pytest

from reports.figures import FIGURES, short_of
from reports.figures.plan_coverage import FIGURE as COVERAGE
from reports.figures.reviews import FIGURE as REVIEWS
from reports.periods import Month, months
from reports.suppression import Counted
from tests import factories

MARCH = Month.of(date(2026, 3, 1))


@pytest.fixture(autouse=True)
def _on_duty(keyworker):
    from carehub import context

    with context.on_duty(keyworker.partnership_id, "figures"):
        yield


# --- In treatment with a written care plan ------------------------------------------------------------------------------------


def test_the_worked_example(treated, signed, keyworker):
    """3 people triaged, of whom 1 is discharged on the last day; 1 of the other 2 has a signed plan: 1 of 2."""
    treated(date(2026, 1, 5), discharged_on=date(2026, 3, 31))
    with_plan, _without = treated(date(2026, 2, 1)), treated(date(2026, 3, 31))
    signed(with_plan, date(2026, 2, 10), date(2026, 3, 10))
    assert COVERAGE.count(MARCH) == Counted(1, 2, 0)
    assert COVERAGE.count_by_agency(MARCH) == {keyworker.agency_id: Counted(1, 2, 0)}
    assert list(COVERAGE.met(MARCH)) == [with_plan]
    assert COVERAGE.not_met(MARCH).count() == 1


def test_it_is_counted_as_it_was_on_the_day(treated, signed):
    episode = treated(date(2026, 3, 10), discharged_on=date(2026, 6, 1))
    signed(episode, date(2026, 4, 2), date(2026, 4, 30))
    assert COVERAGE.count(Month.of(date(2026, 2, 1))) == Counted(0, 0)
    assert COVERAGE.count(MARCH) == Counted(0, 1)
    assert COVERAGE.count(Month.of(date(2026, 4, 1))) == Counted(1, 1)
    assert COVERAGE.count(Month.of(date(2026, 6, 1))) == Counted(0, 0)


def test_who_waits_for_the_triage_is_not_in_treatment(treated):
    treated(None)
    assert COVERAGE.count(MARCH) == Counted(0, 0)


def test_the_plan_of_an_ended_episode_does_not_count(treated, signed, keyworker):
    earlier = treated(date(2026, 1, 5), discharged_on=date(2026, 2, 10))
    signed(earlier, date(2026, 1, 10), date(2026, 2, 10))
    factories.episode_of(earlier.client, keyworker.agency, keyworker=keyworker, triaged_on=date(2026, 3, 3), referred_on=date(2026, 3, 1))
    assert COVERAGE.count(MARCH) == Counted(0, 1)


def test_somebody_with_two_services_is_one_person_and_counts_in_both(treated, signed, stranger):
    episode = treated(date(2026, 1, 5))
    signed(episode, date(2026, 1, 10), date(2026, 4, 10))
    factories.episode_of(episode.client, stranger.agency, keyworker=stranger, triaged_on=date(2026, 2, 3), referred_on=date(2026, 2, 1))
    assert COVERAGE.count(MARCH) == Counted(1, 1)
    assert COVERAGE.count_by_agency(MARCH) == {episode.agency_id: Counted(1, 1), stranger.agency_id: Counted(1, 1)}


def test_another_partnership_does_not_count(treated, signed, keyworker):
    from carehub import context

    theirs = factories.actor(role="keyworker")
    episode = treated(date(2026, 1, 5), by=theirs)
    signed(episode, date(2026, 1, 10), date(2026, 4, 10), by=theirs)
    assert COVERAGE.count(MARCH) == Counted(0, 0)
    with context.on_duty(theirs.partnership_id, "figures"):
        assert COVERAGE.count(MARCH) == Counted(1, 1)


# --- Reviewed on time -----------------------------------------------------------------------------------------------------


def test_the_worked_example_of_reviews(treated, signed):
    """4 reviews fell due; 2 were signed by their day, 1 a week late, 1 person had been discharged before: 2 of 3."""
    for reviewed in (date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 17)):
        episode = treated(date(2026, 1, 5))
        signed(episode, date(2026, 1, 10), date(2026, 3, 10))
        signed(episode, reviewed, date(2026, 9, 10))
    signed(treated(date(2026, 1, 5), discharged_on=date(2026, 3, 1)), date(2026, 1, 10), date(2026, 3, 10))
    assert REVIEWS.count(MARCH) == Counted(2, 3, 1)


def test_a_review_that_was_never_done_is_not_met(treated, signed, keyworker):
    signed(treated(date(2026, 1, 5)), date(2026, 1, 10), date(2026, 3, 31))
    assert REVIEWS.count(MARCH) == Counted(0, 1)
    assert REVIEWS.count_by_agency(MARCH) == {keyworker.agency_id: Counted(0, 1)}
    assert REVIEWS.not_met(MARCH).count() == 1


def test_early_is_on_time_even_for_who_left_then(treated, signed):
    episode = treated(date(2026, 1, 5), discharged_on=date(2026, 3, 5))
    signed(episode, date(2026, 1, 10), date(2026, 3, 10))
    signed(episode, date(2026, 2, 20), date(2026, 8, 20))
    assert REVIEWS.count(MARCH) == Counted(1, 1)


def test_only_what_fell_due_by_the_last_day_counted(treated, signed):
    signed(treated(date(2026, 1, 5)), date(2026, 1, 10), date(2026, 3, 20))
    assert REVIEWS.count(MARCH.up_to(date(2026, 3, 19))) == Counted(0, 0)
    assert REVIEWS.count(MARCH.up_to(date(2026, 3, 20))) == Counted(0, 1)


# --- All of them -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_its_definition_can_be_read(figure):
    for words in (figure.title, figure.sentence, figure.nobody, figure.numerator, figure.denominator, figure.exclusions, figure.source):
        assert str(words).strip()
    assert str(figure.sentence) % {"met": 1, "eligible": 2}
    assert (figure.target is None) == (figure.target_source == "")


def test_how_many_are_short():
    assert short_of(412, 455, 95) == 21
    assert short_of(19, 20, 95) == 0
    assert short_of(0, 0, 95) == 0


def test_months():
    assert [month.first for month in months(date(2025, 11, 20), date(2026, 3, 1))] == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]
    assert Month.of(date(2028, 2, 3)).until == date(2028, 2, 29)
    assert not MARCH.up_to(date(2026, 3, 30)).is_whole
    assert MARCH.up_to(date(2026, 4, 30)).is_whole
