"""What a plan says, as text: compared, merged, hashed."""

from copy import deepcopy

import pytest

from carehub import stale
from careplans import content
from careplans.content import Content

A, B, C = "aaaa", "bbbb", "cccc"


def plan() -> Content:
    said = Content(dict.fromkeys(content.TEXTS, ""))
    said.texts["way_back"] = "Ring me"
    said.rows["goal"] = {A: {"domain": "health", "client_words": "Sleep", "service_words": ""}}
    said.rows["action"] = {B: {"goal_id": A, "what": "Diary", "who": "client", "who_name": "", "by_when": "2026-04-01"}}
    return said


def merged(mine: Content, theirs: Content, opened: Content | None = None) -> content.Merged:
    return content.merge(opened=stale.marks((opened or plan()).flat()), mine=mine, theirs=theirs)


def changed(address: str, text: str) -> Content:
    said = plan()
    kind, dot, rest = address.partition(".")
    if not dot:
        said.texts[kind] = text
    else:
        key, _dot, name = rest.partition(".")
        said.rows[kind][key][name] = text
    return said


def without(*keys: str) -> Content:
    said = plan()
    for rows in said.rows.values():
        for key in keys:
            rows.pop(key, None)
    return said


def test_flat_names_every_field_by_its_address():
    flat = plan().flat()
    assert flat["way_back"] == "Ring me"
    assert flat[f"goal.{A}.client_words"] == "Sleep"
    assert plan().get(f"action.{B}.what") == "Diary"
    assert plan().get("goal.nobody.client_words") == ""


def test_what_only_one_changed_is_taken():
    result = merged(changed(f"goal.{A}.client_words", "Sleep well"), changed("way_back", "Walk in"))
    assert not result.conflicts
    assert result.content.rows["goal"][A]["client_words"] == "Sleep well"
    assert result.content.texts["way_back"] == "Walk in"


def test_the_same_words_twice_are_no_conflict():
    assert not merged(changed("way_back", "Walk in"), changed("way_back", "Walk in")).conflicts


def test_two_texts_for_one_field_are_both_given():
    result = merged(changed("way_back", "Walk in"), changed("way_back", "Write"))
    assert result.conflicts == {"way_back": ("Walk in", "Write")}


def test_a_row_that_a_colleague_added_stays():
    theirs = plan()
    theirs.rows["goal"][C] = {"domain": "social", "client_words": "A home", "service_words": ""}
    result = merged(changed("way_back", "Walk in"), theirs)
    assert not result.conflicts
    assert list(result.content.rows["goal"]) == [A, C]


def test_a_row_that_a_colleague_took_off_and_i_left_alone_goes():
    result = merged(changed("way_back", "Walk in"), without(A, B))
    assert not result.conflicts
    assert not result.content.rows["goal"]
    assert not result.content.rows["action"]


def test_a_row_that_i_took_off_and_a_colleague_left_alone_goes():
    result = merged(without(B), changed("way_back", "Walk in"))
    assert not result.conflicts
    assert not result.content.rows["action"]


@pytest.mark.parametrize("mine_is_off", [True, False])
def test_taken_off_by_one_and_changed_by_the_other_is_one_question_and_the_row_stays_whole(mine_is_off):
    rewritten = changed(f"action.{B}.what", "Walk at night")
    rewritten.rows["action"][B]["who_name"] = "Sam"
    mine, theirs = (without(B), rewritten) if mine_is_off else (rewritten, without(B))
    result = merged(mine, theirs)
    assert len(result.conflicts) == 1
    assert result.content.rows["action"][B] == rewritten.rows["action"][B]


@pytest.mark.parametrize("mine_is_off", [True, False])
def test_a_goal_taken_off_while_the_other_adds_an_action_to_it_stays(mine_is_off):
    added = plan()
    added.rows["action"][C] = {"goal_id": A, "what": "New", "who": "client", "who_name": "", "by_when": "2026-04-01"}
    mine, theirs = (without(A, B), added) if mine_is_off else (added, without(A, B))
    result = merged(mine, theirs)
    assert result.conflicts
    assert result.content.rows["goal"][A]["client_words"] == "Sleep"
    assert result.content.rows["action"][C]["what"] == "New"


def test_the_fingerprint_sees_words_rows_and_their_order():
    said = plan()
    said.rows["goal"][C] = {"domain": "social", "client_words": "A home", "service_words": ""}
    other_order = deepcopy(said)
    other_order.rows["goal"] = dict(reversed(said.rows["goal"].items()))
    prints = {plan().fingerprint(), changed("way_back", "ring me").fingerprint(), said.fingerprint(), other_order.fingerprint()}
    assert len(prints) == 4
    assert plan().fingerprint() == plan().fingerprint()


def test_rows_in_which_nothing_is_written_are_none():
    said = plan()
    said.rows["goal"][C] = {"domain": "health", "client_words": "", "service_words": ""}
    said.rows["action"][C] = {"goal_id": A, "what": "", "who": "", "who_name": "", "by_when": ""}
    said.rows["risk"][C] = {"area": "suicide", "what": "", "who_name": "", "by_when": "", "told": "", "third_party": "yes"}
    assert said.without_empty_rows() == plan()


def test_an_action_goes_with_its_goal():
    said = without(A)
    assert not said.without_empty_rows().rows["action"]


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("what", "  Ring\r\nthem \x00\x07", "Ring\nthem"),
        ("what", "half \ud83d a pair", "half  a pair"),
        ("by_when", " 2026-04-01 ", "2026-04-01"),
        ("by_when", "31\n2\n2026", "31\n2\n2026"),
        ("by_when", "\n2\n2026", "\n2\n2026"),
        ("by_when", "\n\n", ""),
    ],
)
def test_plain(name, typed, kept):
    assert content.plain(name, typed) == kept
