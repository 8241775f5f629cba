"""Two people, one record."""

import pytest

from carehub import context, stale
from carehub.stale import Merge, StaleSave, marks, merge
from clients.models import Client

OPENED = {"goal": "To sleep", "review": "2030-01-02", "needs": ["housing"], "note": ""}


def merged(mine: dict, theirs: dict, opened: dict = OPENED) -> Merge:
    return merge(opened=marks(opened), mine={**opened, **mine}, theirs={**opened, **theirs})


def test_nobody_changed_anything():
    assert merged({}, {}) == Merge(OPENED)


def test_what_only_one_changed_is_taken():
    assert merged({"goal": "To sleep through"}, {"note": "Rang back"}) == Merge({**OPENED, "goal": "To sleep through", "note": "Rang back"})


def test_what_both_changed_alike_is_no_conflict():
    assert merged({"goal": "Same"}, {"goal": "Same"}) == Merge({**OPENED, "goal": "Same"})


def test_what_both_changed_differently_is_given_back_with_both_texts():
    result = merged({"goal": "Mine"}, {"goal": "Theirs", "note": "Theirs too"})
    assert result.conflicts == {"goal": ("Mine", "Theirs")}
    assert result.values == {**OPENED, "goal": "Mine", "note": "Theirs too"}


def test_emptying_is_a_change():
    assert merged({"needs": []}, {}).values["needs"] == []
    assert merged({"needs": []}, {"needs": ["housing", "health"]}).conflicts == {"needs": ([], ["housing", "health"])}


@pytest.mark.parametrize(
    ("mine", "theirs", "values", "conflicts"),
    [
        ({"a": 1}, {}, {"a": 1}, {"a": (1, None)}),  # I changed a row that they removed
        ({"a": 0}, {}, {}, {}),  # I left it, they removed it
        ({}, {"a": 0}, {}, {}),  # I removed it, they left it
        ({}, {"a": 2}, {"a": 2}, {"a": (None, 2)}),  # I removed what they changed
        ({"a": 0, "b": 5}, {"a": 0, "c": 6}, {"a": 0, "b": 5, "c": 6}, {}),  # each added a row
        ({"a": 0, "b": 5}, {"a": 0, "b": 6}, {"a": 0, "b": 5}, {"b": (5, 6)}),  # both added the same row, differently
    ],
)
def test_rows_that_come_and_go(mine, theirs, values, conflicts):
    assert merge(opened=marks({"a": 0}), mine=mine, theirs=theirs) == Merge(values, conflicts)


def test_a_mark_says_nothing_and_differs():
    assert "heroin" not in stale.mark("heroin")
    assert len({stale.mark(value) for value in ("", None, 0, "0", [], {}, False, "heroin", "Heroin")}) == 9
    assert stale.mark({"a": 1, "b": 2}) == stale.mark({"b": 2, "a": 1})


def test_a_save_over_what_somebody_else_saved_is_refused_and_changes_nothing(keyworker, a_client):
    with context.acting(keyworker):
        first, second = Client.objects.get(), Client.objects.get()
        first.save_over(first.row_version, name_used="Bo")
        with pytest.raises(StaleSave) as stale_save:
            second.save_over(second.row_version, name_used="Jo", telephone="07700 900999")
        assert stale_save.value.row is second
        assert (second.row_version, second.name_used) == (1, "")
        stands = Client.objects.get()
        assert (stands.name_used, stands.row_version, stands.telephone) == ("Bo", 2, "07700 900123")
        stands.save_over(2, name_used="Jo")
        assert Client.objects.get().row_version == 3


def test_a_save_over_somebody_out_of_reach_is_refused_too(keyworker, stranger, a_client):
    with context.acting(keyworker):
        client = Client.objects.get()
    with context.acting(stranger), pytest.raises(StaleSave):
        client.save_over(client.row_version, name_used="Seen?")


@pytest.mark.parametrize("version", [0, -1, 99])
def test_a_version_that_never_was_saves_nothing(keyworker, a_client, version):
    with context.acting(keyworker), pytest.raises(StaleSave):
        Client.objects.get().save_over(version, name_used="Bo")
