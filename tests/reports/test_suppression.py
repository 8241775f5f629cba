"""What commissioners read: no number from 1 to 4, and none that could be worked out from what stands beside it."""

import itertools

import pytest

from reports.suppression import ROUND_TO, Counted, Safe, is_small, rounded, safe, safe_together


@pytest.mark.parametrize(
    ("met", "eligible", "shown"),
    [
        (0, 0, Safe(0, 0)),
        (0, 3, Safe(None, None)),
        (3, 4, Safe(None, None)),
        (4, 5, Safe(None, 5)),
        (0, 5, Safe(0, 5)),
        (5, 7, Safe(5, 5)),
        (8, 12, Safe(10, 10)),
        (412, 455, Safe(410, 455)),
    ],
)
def test_one_count(met, eligible, shown):
    assert safe(Counted(met, eligible)) == shown


def test_services_are_shown_apart_only_where_none_has_anything_to_hide():
    whole = Counted(20, 22)
    _shown, parts = safe_together(whole, {"a": Counted(9, 10), "b": Counted(11, 12)})
    assert parts == {"a": Safe(10, 10), "b": Safe(10, 10)}
    _shown, parts = safe_together(whole, {"a": Counted(9, 10), "b": Counted(8, 9), "c": Counted(3, 3)})
    assert set(parts.values()) == {Safe(None, None)}
    _shown, parts = safe_together(Counted(4, 22), {"a": Counted(0, 10), "b": Counted(4, 12)})
    assert set(parts.values()) == {Safe(None, None)}


def test_the_example_that_a_naive_rule_gives_away():
    """Four services of 5 and a rounded total of 20 would leave exactly 1 for each of two more; so none is shown."""
    parts = {name: Counted(5, 5) for name in "abcd"} | {name: Counted(1, 1) for name in "ef"}
    whole, shown = safe_together(Counted(22, 22), parts)
    assert whole == Safe(20, 20)
    assert set(shown.values()) == {Safe(None, None)}


# --- The attack: everything that could have been published the same way ----------------------------------------------------


def could_be(shown: int | None, most: int) -> range:
    """The true numbers behind one shown number, by the published rule."""
    if shown is None:
        return range(0, most + 1)
    if shown == 0:
        return range(0, 1)
    return range(max(5, shown - ROUND_TO // 2), shown + ROUND_TO // 2 + 1)


def publications(parts: tuple[int, ...]) -> tuple:
    """What is published of denominators alone, for services that share nobody."""
    whole, each = safe_together(Counted(0, sum(parts)), {place: Counted(0, number) for place, number in enumerate(parts)})
    return whole.denominator, tuple(each[place].denominator for place in range(len(parts)))


def test_no_small_number_can_be_worked_out(chance, how_many, report):
    """For each data set all others that look the same are tried: every small number must remain open."""
    tried = 0
    most = 8
    worlds: dict[tuple, list[tuple[int, ...]]] = {}
    for parts in itertools.product(range(most + 1), repeat=4):
        worlds.setdefault(publications(parts), []).append(parts)
    for same in worlds.values():
        for place in range(4):
            seen = {parts[place] for parts in same}
            assert len(seen) > 1 or not is_small(next(iter(seen))), "a number from 1 to 4 is the only one that fits"
        sums = {sum(parts) for parts in same}
        assert len(sums) > 1 or not is_small(next(iter(sums)))
        tried += len(same)
    report(f"{tried:,} data sets of four services: no number from 1 to 4 is shown or can be worked out")


@pytest.mark.promise(4)
def test_met_and_not_met_stay_open_too(chance, how_many, report):
    """Random data sets: what is shown is never 1 to 4, and neither 'met' nor 'not met' of 1 to 4 is the only one that fits."""
    number = how_many(50, 1000)
    for _ in range(number):
        parts = {}
        for place in range(chance.randint(1, 6)):
            eligible = chance.choice([0, chance.randint(1, 4), chance.randint(5, 60), chance.randint(5, 60)])
            parts[place] = Counted(chance.randint(0, eligible), eligible)
        whole = Counted(sum(each.met for each in parts.values()), sum(each.eligible for each in parts.values()))
        shown_whole, shown_parts = safe_together(whole, parts)
        for true, shown in [(whole, shown_whole), *((parts[place], shown_parts[place]) for place in parts)]:
            assert not any(value is not None and is_small(value) for value in (shown.numerator, shown.denominator))
            pairs = [
                (met, eligible)
                for eligible in could_be(shown.denominator, 80)
                for met in could_be(shown.numerator, 80)
                if met <= eligible and (shown.numerator is not None or shown.denominator is None or is_small(met))
            ]
            assert (true.met, true.eligible) in pairs
            for value, every in (
                (true.met, {met for met, _eligible in pairs}),
                (true.eligible - true.met, {eligible - met for met, eligible in pairs}),
            ):
                assert not is_small(value) or len(every) > 1
    report(f"{number} random data sets: 0 numbers from 1 to 4 shown or recoverable")


def test_rounding_is_to_the_nearest_five():
    for number in range(5, 500):
        assert rounded(number) % ROUND_TO == 0
        assert abs(rounded(number) - number) <= ROUND_TO // 2
