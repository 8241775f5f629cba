"""A completed form is shown as it was asked; the blank one is ready for a pen."""

import datetime as dt
from pathlib import Path

from django.template import engines

from carehub.definitions.forward import Stamp
from carehub.definitions.show import blank, show
from tests.carehub.definitions.writing import choices, form_of, question

ANCHORS = {"area": "housing", "anchors": {str(score): f"Meaning {score}" for score in range(1, 6)}}
FORM = (
    question("n", "number", least=0, most=28, unit="days")
    + question("d", "date")
    + question("m", "many-of", choices=choices("a", "b"))
    + question("s", "score-1-5", **ANCHORS)
    + question("private", "text", third_party=True)
    + question("later", "text", shown_if={"question": "n", "at_least": 1})
)
ANSWERS = {
    "n": {"value": 0},
    "d": {"value": "2006-03-01"},
    "m": {"value": ["a", "b"]},
    "s": {"value": 5},
    "private": {"none": "declined", "why": "not-today"},
}
REASONS = 'reasons = "not-answer-reasons/1"\n'


def test_the_answers_in_words(tmp_path: Path) -> None:
    form = form_of(tmp_path, FORM, REASONS)
    [section] = show(form, ANSWERS, stamp=Stamp(dt.date(2006, 3, 1), "Robin Marsh"))
    assert section.stamp == Stamp(dt.date(2006, 3, 1), "Robin Marsh")
    assert {row.question: row.answer for row in section.rows} == {
        "n": ("0 days",),
        "d": ("1 March 2006",),
        "m": ("Answer a", "Answer b"),
        "s": ("5 of 5 (1 best, 5 worst): Meaning 5",),
        "private": ("Asked and declined: Will talk about it another day",),
    }


def test_every_section_has_its_own_who_and_when(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("a") + '\n[[section]]\nid = "two"\ntitle = "Two"\n' + question("b"))
    stamps = {"two": Stamp(dt.date(2006, 5, 1), "Sam Field")}
    first, second = show(form, {}, stamp=Stamp(dt.date(2006, 3, 1), "Robin Marsh"), sections=stamps)
    assert (first.stamp.by, second.stamp.by) == ("Robin Marsh", "Sam Field")
    assert [row.none for row in (*first.rows, *second.rows)] == ["missing", "missing"]


def test_for_the_client_nothing_of_others_and_no_trace_of_it(tmp_path: Path) -> None:
    form = form_of(tmp_path, FORM, REASONS)
    [section] = show(form, ANSWERS, for_client=True)
    assert [row.question for row in section.rows] == ["n", "d", "m", "s"]


def test_what_changed_since_last_time_is_marked(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("a") + question("b") + question("c") + question("e"))
    last = {"value": "yes", "on": "2006-01-05", "by": "Robin Marsh"}
    now = {
        "a": {"value": "yes"},
        "b": {"value": "no"},
        "c": {"value": "yes", "still": {"on": "2006-01-05", "by": "Robin Marsh"}},
        "e": {"none": "not-asked", "why": "not-re-asked", "last": last},
    }
    before = {"a": {"value": "yes"}, "b": {"none": "declined"}, "c": {"value": "yes"}, "e": {"value": "yes"}}
    rows = {row.question: row for section in show(form, now, before=before) for row in section.rows}
    assert {name: row.changed for name, row in rows.items()} == {"a": False, "b": True, "c": False, "e": False}
    assert rows["b"].before == "Asked and declined"
    assert rows["c"].note == "Still true: last asked on 5 January 2006 by Robin Marsh"
    assert rows["e"].answer == ("Not re-asked",)
    assert rows["e"].note == "Last asked on 5 January 2006 by Robin Marsh: Yes"


def test_the_blank_form_has_boxes_lines_and_conditions_in_words(tmp_path: Path) -> None:
    form = form_of(tmp_path, FORM, REASONS)
    [section] = blank(form)
    by_text = {asked.text: asked for asked in section.questions}
    assert by_text["Question m?"].tick_several
    assert by_text["Question s?"].choices[0] == ("1 – Meaning 1", "")
    assert len(by_text["Question n?"].lines) == 1
    assert by_text["Question later?"].only_if == "“Question n?” is 1 or more"
    page = engines["django"].from_string('{% include "definitions/blank.html" %}').render({"form": form, "sections": blank(form)})
    assert all(text in page for text in by_text)
    assert "Only if “Question n?” is 1 or more." in page


def test_on_paper_not_safe_to_ask_has_its_box_where_it_is_asked_in_private(tmp_path: Path) -> None:
    asked = question("m") + question("p", third_party=True) + question("e", expectations=["sharing"])
    [section] = blank(form_of(tmp_path, asked, REASONS))
    plain, private, expected = (each.not_answers for each in section.questions)
    safe = "Not safe to ask: somebody else was there"
    assert plain == ("Asked and declined", "Not known", "Does not apply", "Not asked")
    assert safe in private
    assert safe in expected
    assert "Not asked" not in expected  # why is part of what is expected


def test_the_page_of_a_completed_form_escapes_what_was_typed(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("t", "long-text"))
    sections = show(form, {"t": {"value": "<b>bold</b>\nnext {{ 1 }}"}})
    page = engines["django"].from_string('{% include "definitions/shown.html" %}').render({"sections": sections})
    assert "&lt;b&gt;bold&lt;/b&gt;\nnext {{ 1 }}" in page
