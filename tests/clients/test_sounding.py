"""Names that are written otherwise than they sound."""

import re

import pytest

from carehub import context
from clients.finding import sounding
from clients.models import Client
from tests import factories


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("smyth", "John Smith"),
        ("jhon smiht", "John Smith"),
        ("stehpen", "Stephen Hall"),
        ("steven", "Stephen Hall"),
        ("catherine", "Kathryn Fell"),
        ("mohamed", "Muhammad Akhtar"),
        ("macdonald", "Isla McDonald"),
        ("oneill", "Pat O'Neill"),
        ("o'neil", "Pat O'Neill"),
        ("philips", "Tom Phillips"),
        ("lukasz", "Łukasz Wrona"),
        ("Łukash", "Lukasz Wrona"),
        ("anne-marie", "Ann Marie Fell"),
        ("rowen ashgorve", "Rowan Ashgrove"),
        ("jo smyth", "Jo Smith"),
    ],
)
def test_found_as_it_sounds(keyworker, typed, name):
    first, _space, last = name.partition(" ")
    factories.client_of(keyworker.agency, first_name=first, last_name=last, keyworker=keyworker)
    factories.client_of(keyworker.agency, first_name="Quentin", last_name="Zabel", keyworker=keyworker)
    with context.acting(keyworker):
        assert [client.full_name for client in Client.objects.visible_to(keyworker).matching(typed)][:1] == [name]


@pytest.mark.parametrize(
    ("typed", "name"), [("smyth", "Sara Smeaton"), ("mohamed", "Mona Dale"), ("kathryn", "Kate Rand"), ("marsh", "Mary Shaw")]
)
def test_not_everything_sounds_alike(typed, name):
    pattern = sounding.pattern(typed).replace(r"\m", r"\b").replace(r"\M", r"\b")
    assert not re.search(pattern, name.lower())


@pytest.mark.parametrize("word", ["", "a", "oo", "'", "-", "123", "()", "[a", "\\", "a.*", "%_", "Ж", "李", "é" * 50, "b"])
def test_odd_words_make_no_pattern_or_a_harmless_one(keyworker, word):
    assert sounding.pattern(word) == "" or "[" in sounding.pattern(word)
    with context.acting(keyworker):
        list(Client.objects.visible_to(keyworker).matching(f"{word} xx"))


def test_consonants():
    assert sounding.consonants("Kathryn") == "ktrn"
    assert sounding.consonants("Łukasz") == "lksz"
    assert sounding.consonants("Phillips") == "plps"
    assert sounding.consonants("Mohammed") == sounding.consonants("Muhamad") == "mmd"
