"""The outcome profile: when it is due, what has changed, what it may be called."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from carehub.local_settings import LocalSettings
from clients.due import DueState
from clients.models import Assessment, ChangeRule
from clients.outcomes.change import Profile, change, changes, from_start, items, reading
from clients.outcomes.due import when_due
from tests.clients.outcomes import answers, form

SETTINGS = LocalSettings()
TREATED = date(2026, 1, 5)


def profile(stage: str = "review", on: date = TREATED, **other) -> Profile:
    return Profile(on, stage, form(), answers(stage, **other), Assessment())


# --- When it is due -----------------------------------------------------------------------------------------------------------


def test_the_numbers_are_those_of_practice():
    assert (SETTINGS.outcome_interval_weeks, SETTINGS.outcome_window_days, SETTINGS.outcome_exception_days) == (13, 14, 120)


def test_nobody_who_is_not_in_treatment_has_one_due():
    assert when_due(None, [], TREATED, SETTINGS) is None


@pytest.mark.parametrize(
    ("days", "state", "late"),
    [
        (-22, DueState.LATER, False),
        (-21, DueState.SOON, False),
        (-15, DueState.SOON, False),
        (-14, DueState.TODAY, False),
        (0, DueState.TODAY, False),
        (14, DueState.TODAY, False),
        (15, DueState.OVERDUE, True),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_the_window_at_its_edges(first: bool, days: int, state: DueState, late: bool):
    due_on = TREATED if first else TREATED + timedelta(weeks=13)
    due = when_due(TREATED, [] if first else [TREATED], due_on + timedelta(days=days), SETTINGS)
    assert (due.due_on, due.opens_on, due.closes_on) == (due_on, due_on - timedelta(days=14), due_on + timedelta(days=14))
    assert (due.state, due.is_late, due.is_first) == (state, late, first)


def test_the_next_one_counts_from_the_last_whatever_the_order():
    days = [date(2026, 6, 1), TREATED, date(2026, 4, 1)]
    due = when_due(TREATED, days, date(2026, 6, 2), SETTINGS, started_on=TREATED)
    assert (due.started_on, due.last_on, due.due_on) == (TREATED, date(2026, 6, 1), date(2026, 8, 31))


@pytest.mark.parametrize(("days", "exception"), [(120, False), (121, True)])
@pytest.mark.parametrize("asked", [[], [TREATED]])
def test_too_long_without_one_is_an_exception(asked, days, exception):
    assert when_due(TREATED, asked, TREATED + timedelta(days=days), SETTINGS).is_exception is exception


def test_a_partnership_sets_its_own_interval_and_window():
    due = when_due(TREATED, [TREATED], TREATED, LocalSettings(outcome_interval_weeks=26, outcome_window_days=7))
    assert (due.due_on - TREATED, due.closes_on - due.opens_on) == (timedelta(weeks=26), timedelta(days=14))


def test_it_says_how_late():
    assert when_due(TREATED, [], TREATED + timedelta(days=20), SETTINGS).words == "the first outcome profile is 6 days late"


# --- What is compared ---------------------------------------------------------------------------------------------------------


def test_from_the_newest_start_on():
    old, start, later = profile("start", date(2025, 1, 1)), profile("start"), profile("review", date(2026, 4, 1))
    assert from_start([old, start, later]) == (start, later)
    assert from_start([later]) == (later,)
    assert from_start([]) == ()


def test_what_can_be_compared_is_counted_scaled_or_yes_and_no():
    kinds = {each.id: each.kind for each in items(form())}
    assert len([kind for kind in kinds.values() if kind == "weeks"]) == 12
    assert [name for name, kind in kinds.items() if kind == "number"] == ["outcome-psychological", "outcome-physical", "outcome-quality"]
    assert len([kind for kind in kinds.values() if kind == "yes-no"]) == 8


@pytest.mark.parametrize(
    ("answer", "number", "words"),
    [
        ([7, 7, 5, 0], 19, "19 of 28 days"),
        ([0, 0, 0, 0], 0, "0 of 28 days"),
        ({"none": "declined"}, None, "Asked and declined"),
        ({"none": "not-known", "why": "cannot-remember"}, None, "Not known: Client does not know or cannot remember"),
        (
            {"none": "not-asked", "why": "not-re-asked", "last": {"value": [7, 7, 7, 7], "on": "2026-01-05", "by": "Robin Marsh"}},
            None,
            "Not re-asked",
        ),
        ({"value": [7, 7, 7, 7], "still": {"on": "2026-01-05", "by": "Robin Marsh"}}, None, "Not asked again"),
    ],
)
def test_only_what_was_asked_this_time_is_a_measurement(answer, number, words):
    found = reading(profile(opiates=answer), "outcome-opiates")
    assert (found.number, found.words) == (number, words)


def test_a_question_without_any_answer_is_not_0():
    empty = Profile(TREATED, "start", form(), {}, Assessment())
    assert {reading(empty, each.id).number for each in items(form())} == {None}


def test_who_injected_on_no_day_shared_nothing():
    assert reading(profile(injected=[0, 0, 0, 0]), "outcome-shared-needle").number == 0
    assert reading(profile(injected={"none": "declined"}), "outcome-shared-needle").number is None
    assert reading(profile(injected=[1, 0, 0, 0], shared_needle="yes"), "outcome-shared-needle").number == 1


def changed(item: str, then, now, rule: ChangeRule | None = None):
    name = item.removeprefix("outcome-").replace("-", "_")
    return change(profile("start", **{name: then}), profile(**{name: now}), form().question(item), rule)


@pytest.mark.parametrize(
    ("item", "then", "now", "difference", "words"),
    [
        ("outcome-opiates", [7, 7, 7, 7], [3, 3, 3, 3], -16, "16 days fewer"),
        ("outcome-work", [0, 0, 0, 0], [5, 5, 0, 0], 10, "10 days more"),
        ("outcome-work", [0, 0, 0, 0], [0, 0, 0, 1], 1, "1 day more"),
        ("outcome-quality", 6, 14, 8, "8 higher"),
        ("outcome-quality", 14, 6, -8, "8 lower"),
        ("outcome-quality", 6, 6, 0, "no change"),
        ("outcome-housing-problem", "yes", "no", -1, "from yes to no"),
        ("outcome-opiates", {"none": "declined"}, [0, 0, 0, 0], None, "cannot be told: not answered"),
        ("outcome-opiates", [7, 7, 7, 7], {"none": "declined"}, None, "cannot be told: not answered"),
    ],
)
def test_the_difference_and_its_words(item, then, now, difference, words):
    found = changed(item, then, now)
    assert (found.difference, found.words, found.named) == (difference, words, "")


@pytest.mark.parametrize(
    ("item", "then", "now", "abstinent"),
    [
        ("outcome-opiates", [0, 0, 0, 1], [0, 0, 0, 0], True),
        ("outcome-alcohol", [7, 7, 7, 7], [0, 0, 0, 0], True),
        ("outcome-opiates", [0, 0, 0, 0], [0, 0, 0, 0], False),
        ("outcome-opiates", [7, 7, 7, 7], [0, 0, 0, 1], False),
        ("outcome-opiates", {"none": "declined"}, [0, 0, 0, 0], False),
        ("outcome-opiates", [7, 7, 7, 7], {"none": "declined"}, False),
        ("outcome-shoplifting", [7, 7, 7, 7], [0, 0, 0, 0], False),
        ("outcome-work", [7, 7, 7, 7], [0, 0, 0, 0], False),
    ],
)
def test_abstinent_is_some_days_then_and_none_now(item, then, now, abstinent):
    assert changed(item, then, now).abstinent is abstinent


RULE = ChangeRule(least_difference=4, source="A publication")


@pytest.mark.parametrize(
    ("item", "then", "now", "named"),
    [
        ("outcome-opiates", [7, 7, 7, 7], [7, 7, 7, 4], "unchanged"),
        ("outcome-opiates", [7, 7, 7, 7], [7, 7, 7, 3], "improved"),
        ("outcome-opiates", [0, 0, 0, 0], [0, 0, 0, 3], "unchanged"),
        ("outcome-opiates", [0, 0, 0, 0], [0, 0, 0, 4], "deteriorated"),
        ("outcome-work", [0, 0, 0, 0], [0, 0, 0, 4], "improved"),
        ("outcome-work", [0, 0, 0, 4], [0, 0, 0, 0], "deteriorated"),
        ("outcome-quality", 10, 13, "unchanged"),
        ("outcome-quality", 10, 14, "improved"),
        ("outcome-quality", 10, 6, "deteriorated"),
        ("outcome-opiates", {"none": "declined"}, [0, 0, 0, 0], ""),
    ],
)
def test_a_rule_at_its_edges_fewer_days_of_use_and_more_of_work_are_better(item, then, now, named):
    assert changed(item, then, now, RULE).named == named


def index(least: str) -> ChangeRule:
    return ChangeRule(kind="reliable", least_difference=Decimal(least), source="A paper", source_on=date(2009, 3, 2))


@pytest.mark.parametrize(
    ("item", "then", "now", "least", "words"),
    [
        # Exactly N, and N a hundredth above what there is.
        ("outcome-opiates", [7, 7, 7, 7], [7, 7, 7, 3], "4", "Reliably improved"),
        ("outcome-opiates", [7, 7, 7, 7], [7, 7, 7, 3], "4.01", "No reliable change"),
        ("outcome-opiates", [7, 7, 7, 7], [7, 7, 7, 3], "3.99", "Reliably improved"),
        ("outcome-opiates", [0, 0, 0, 0], [0, 0, 0, 4], "4", "Reliably deteriorated"),
        ("outcome-opiates", [0, 0, 0, 0], [0, 0, 0, 4], "4.01", "No reliable change"),
        ("outcome-work", [0, 0, 0, 0], [0, 0, 0, 4], "4", "Reliably improved"),
        ("outcome-quality", 10, 14, "4", "Reliably improved"),
        ("outcome-quality", 10, 14, "4.01", "No reliable change"),
        ("outcome-quality", 14, 10, "4", "Reliably deteriorated"),
        ("outcome-quality", 10, 10, "0.01", "No reliable change"),
        # Not written as whole numbers, and still exactly N.
        ("outcome-quality", 0.1, 0.3, "0.2", "Reliably improved"),
        # 'Not answered' is neither 0 days nor 0 points.
        ("outcome-opiates", [7, 7, 7, 7], {"none": "declined"}, "4", ""),
        ("outcome-opiates", {"none": "not-asked"}, [0, 0, 0, 0], "4", ""),
        ("outcome-quality", {"none": "declined"}, 20, "4", ""),
    ],
)
def test_a_reliable_change_index_at_its_edges(item, then, now, least, words):
    found = changed(item, then, now, index(least))
    assert found.class_words == words
    assert index("4.50").words == "Reliable change index 4.5. A paper (2 March 2009)"


def test_without_a_rule_nothing_is_called_better_or_worse():
    first, latest = profile("start", opiates=[7, 7, 7, 7], quality=2), profile(quality=20)
    assert {each.named for each in changes(first, latest, {})} == {""}
    assert [each.question.id for each in changes(first, latest, {"outcome-quality": RULE}) if each.named] == ["outcome-quality"]
