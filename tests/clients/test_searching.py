"""What somebody types to find a client, and whom it finds."""

from datetime import date

import pytest

from carehub import context
from carehub.rules import Refused
from clients.finding import searching
from clients.finding.searching import Sought
from clients.models import Client
from tests import factories


@pytest.mark.parametrize(
    ("typed", "sought"),
    [
        ("  Ash   grove ", Sought("Ash grove")),
        ("27/3/1981", Sought("", date(1981, 3, 27))),
        ("ashgr 27.03.1981", Sought("ashgr", date(1981, 3, 27))),
        ("27 3 1981 ashgr", Sought("ashgr", date(1981, 3, 27))),
        ("O'Neill-Smith", Sought("O'Neill-Smith")),
        ("Łu", Sought("Łu")),
        ("ab\x00c", Sought("abc")),
    ],
)
def test_what_is_sought(typed, sought):
    assert searching.read(typed) == sought


@pytest.mark.parametrize(
    "typed", ["", "   ", "\x00", "a", " é ", "%", "_", "%%%", "a%", "__", "''", "-", "x" * 101, "31 2 1981", "ann 99/99/1981"]
)
def test_what_cannot_be_sought_says_what_to_type(typed):
    with pytest.raises(Refused) as refused:
        searching.read(typed)
    assert refused.value.fields["words"][0]


def test_words_are_kept_under_a_number_that_says_nothing():
    session: dict = {}
    token = searching.keep(session, "ashgrove")
    assert "ash" not in token
    assert searching.kept(session, token) == "ashgrove"
    assert searching.kept(session, "another") == ""


def test_only_the_last_searches_are_kept():
    session: dict = {}
    tokens = [searching.keep(session, f"name {number}") for number in range(25)]
    assert searching.kept(session, tokens[0]) == ""
    assert searching.kept(session, tokens[-1]) == "name 24"


def found(actor, words, **more) -> list[str]:
    with context.acting(actor):
        return [client.full_name for client in Client.objects.visible_to(actor).matching(words, **more)]


@pytest.fixture
def rowan(keyworker):
    return factories.client_of(
        keyworker.agency, first_name="Rowan", last_name="Ashgrove", name_used="Ro", date_of_birth=date(1981, 3, 27), keyworker=keyworker
    )


@pytest.mark.parametrize("words", ["rowan", "ROWAN ashgrove", "Ashgrove Rowan", "ashgr", "rowen ashgrov", "ashgorve", "Ro"])
def test_found_by_parts_and_misspelt(keyworker, rowan, words):
    assert found(keyworker, words) == ["Rowan Ashgrove"]


@pytest.mark.parametrize("words", ["thornfield", "100%", "a_h", "zz"])
def test_not_found(keyworker, rowan, words):
    assert found(keyworker, words) == []


def test_found_by_reference_as_somebody_types_it(keyworker, rowan):
    assert found(keyworker, rowan.reference.lower().replace("-", " ")) == ["Rowan Ashgrove"]


def test_narrowed_by_date_of_birth(keyworker, rowan):
    factories.client_of(keyworker.agency, first_name="Rowan", last_name="Ashgrove", date_of_birth=date(1990, 1, 1))
    assert found(keyworker, "rowan", born=date(1981, 3, 27)) == ["Rowan Ashgrove"]
    assert found(keyworker, "", born=date(1990, 1, 1)) == ["Rowan Ashgrove"]


def test_pages_follow_each_other_without_gap_or_repeat(keyworker):
    for number in range(12):
        factories.client_of(keyworker.agency, first_name=f"Wren{'x' * (number % 3)}", last_name="Oxbow")
    with context.acting(keyworker):
        everybody = Client.objects.visible_to(keyworker).matching("wren oxbow")
        whole = [client.pk for client in everybody]
        paged, rest = [], everybody
        while page := list(rest[:5]):
            paged += [client.pk for client in page]
            rest = everybody.after(page[-1])
    assert paged == whole
    assert len(whole) == 12
