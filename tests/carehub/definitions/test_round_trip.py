"""Nothing is lost on the way: draft → complete → show → copied forward → complete → show, for any form and any answers."""

import datetime as dt
import json
import tempfile
from pathlib import Path

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carehub.definitions.answers import complete, kept
from carehub.definitions.conditions import shown
from carehub.definitions.fields import build
from carehub.definitions.fingerprint import fingerprint
from carehub.definitions.forward import Stamp, last_answers
from carehub.definitions.load import read_folders
from carehub.definitions.schema import Form
from carehub.definitions.show import Row, blank, show
from carehub.definitions.typed import ASKED, Typed, from_answers, none_name, read, still_name
from tests.carehub.definitions.strategies import answers_typed, form_texts
from tests.carehub.definitions.writing import SHIPPED, write

FIRST = Stamp(dt.date(2006, 3, 1), "Robin Marsh")
LATER = Stamp(dt.date(2006, 9, 1), "Sam Field")


def load(text: str) -> Form:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), text)
        found, errors = read_folders([*SHIPPED, Path(folder)])
    assert not errors, errors[0]
    form = found["local", 1]
    assert isinstance(form, Form)
    return form


def sent(form: Form, typed: Typed) -> QueryDict:
    data = QueryDict(mutable=True)
    data[ASKED] = " ".join(question.id for question in form.questions)
    for name, values in typed.items():
        data.setlist(name, values)
    return data


def rows(form: Form, answers: dict) -> dict[str, Row]:
    return {row.question: row for section in show(form, answers) for row in section.rows}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(text=form_texts(), data=st.data())
def test_nothing_is_lost(text: str, data: st.DataObject) -> None:
    form = load(text)
    typed = data.draw(answers_typed(form))

    # The draft, through the page and back.
    page = build(form, data=sent(form, typed), completing=True)
    assert page.is_valid(), page.errors
    assert {name: values for name, values in page.typed.items() if values} == typed
    again = build(form, draft=json.loads(json.dumps(page.typed)))
    assert again.answers == page.answers

    # Completed: what was shown, and nothing else; stored as JSON.
    answers = complete(form, page.answers)
    assert set(answers) == {question.id for question in form.questions if shown(form, question, answers)}
    assert json.loads(json.dumps(answers)) == answers

    # Shown as it was asked.
    first = rows(form, answers)
    assert [(name, row.text) for name, row in first.items()] == [(q.id, q.text) for q in form.questions if q.id in answers]
    assert not any(row.none == "missing" for row in first.values())
    for question in form.questions:
        if question.kind in ("text", "long-text") and "value" in answers.get(question.id, {}):
            kept_text = typed[question.id][0].replace("\r\n", "\n").replace("\r", "\n")
            assert first[question.id].answer == (kept_text,)

    # Opened again to correct it: the same answers.
    assert kept(form, read(form, from_answers(form, answers)).answers) == answers

    # Copied forward, everything confirmed or not re-asked.
    last = last_answers(form, answers, FIRST)
    confirmed: Typed = {}
    for question in form.questions:
        if (earlier := last.get(question.id)) is None:
            continue
        if "value" in earlier and question.re_ask != "always":
            confirmed[still_name(question)] = ["1"]
        else:
            confirmed[none_name(question)] = ["not-asked/not-re-asked"]
    later = complete(form, read(form, confirmed, last).answers)
    second = rows(form, later)
    assert list(second) == list(first)
    for name, row in second.items():
        words = "; ".join(first[name].answer)
        assert row.answer == first[name].answer or row.note.endswith(words)
        assert "on 1 March 2006 by Robin Marsh" in row.note

    # And once more: the day on which it was asked stays the first one.
    assert last_answers(form, later, LATER) == last


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(text=form_texts(), data=st.data())
def test_a_draft_takes_anything(text: str, data: st.DataObject) -> None:
    form = load(text)
    anything = st.lists(st.text(st.characters(codec="utf-8"), max_size=40), max_size=3)
    names = list(build(form).fields) + [
        f"{question.id}_{part}" for question in form.questions for part in ("day", "month", "year", "week4", "week1")
    ]
    typed = data.draw(st.dictionaries(st.sampled_from(names), anything))
    typed |= {none_name(question): data.draw(anything) for question in form.questions[:2]}
    page = build(form, data=sent(form, typed))
    page.is_valid()
    for name, values in page.typed.items():
        assert values == typed.get(name, [])
    assert page.answers.keys().isdisjoint(page.read.problems.keys() - page.answers.keys())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=form_texts())
def test_a_form_reads_the_same_each_time_and_prints_blank(text: str) -> None:
    form = load(text)
    assert fingerprint(form) == fingerprint(load("# a comment\n" + text))
    assert [section.title for section in blank(form)] == [section.title for section in form.sections]
    assert sum(len(section.questions) for section in blank(form)) == len(form.questions)


WORDS = [
    "😀🇬🇧👩‍👩‍👧",
    "زبان: اردو\u200f، دائیں سے بائیں",
    "  two blanks before and after  ",
    "a\n\n\n b\t",
    "x" * 10_000,
    "%s {0} <b>&amp;</b>",
]


@pytest.mark.parametrize("text", WORDS)
def test_words_are_kept_as_typed(text: str) -> None:
    form = load(
        'kind="form"\nname="local"\nversion=1\ntitle="T"\nlevel="local"\n[[section]]\nid="s"\ntitle="S"\n'
        '[[section.question]]\nid="q"\ntext="Q?"\nkind="long-text"\n'
    )
    assert read(form, {"q": [text]}).answers == {"q": {"value": text}}
    assert read(form, {"q": [text.replace("\n", "\r\n")]}).answers == {"q": {"value": text}}
    assert rows(form, {"q": {"value": text}})["q"].answer == (text,)
