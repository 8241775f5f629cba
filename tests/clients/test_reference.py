"""The client's reference: a slip of the pen finds nobody."""

import random

import pytest

from clients.finding.reference import ALPHABET, LENGTH, new_reference, normalise

SAMPLE = [new_reference(random.Random(number)) for number in range(300)]


def test_its_shape():
    assert all(len(reference) == LENGTH + 2 and reference[3] == "-" for reference in SAMPLE)
    assert len(set(SAMPLE)) == len(SAMPLE)


def test_no_letters_that_are_mistaken_and_no_words():
    assert not set("AEIOU1L") & set(ALPHABET)


@pytest.mark.parametrize(
    "written", [str.lower, lambda text: text.replace("-", " "), lambda text: text.replace("-", ""), lambda text: f"  {text} "]
)
def test_however_it_is_written(written):
    assert {normalise(written(reference)) for reference in SAMPLE} == set(SAMPLE)


def test_every_wrong_character_shows():
    for reference in SAMPLE[:60]:
        letters = reference.replace("-", "")
        for place, right in enumerate(letters):
            for wrong in set(ALPHABET) - {right}:
                assert normalise(letters[:place] + wrong + letters[place + 1 :]) == "", (reference, place, wrong)


def test_every_swap_of_two_shows():
    for reference in SAMPLE:
        letters = reference.replace("-", "")
        for first in range(LENGTH + 1):
            for second in range(first + 1, LENGTH + 1):
                if letters[first] != letters[second]:
                    swapped = list(letters)
                    swapped[first], swapped[second] = swapped[second], swapped[first]
                    assert normalise("".join(swapped)) == "", (reference, first, second)


@pytest.mark.parametrize("text", ["", "K7M", "K7M-2QX4X", "K7M 2Q", "ÄÖÜ-ÄÖÜÄ", "１２３-４５６７", "' OR 1=1", "\x00" * 7, "a" * 10_000])
def test_what_is_no_reference(text):
    assert normalise(text) == ""


def test_the_demonstration_makes_the_same_again_and_the_service_does_not():
    assert new_reference(random.Random(5)) == new_reference(random.Random(5))
    assert len({new_reference() for _ in range(100)}) == 100
