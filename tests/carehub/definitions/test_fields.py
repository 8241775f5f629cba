"""The page of a form comes from its definition alone, keeps whatever is typed, and asks for what is mandatory only at the end."""

import json
from pathlib import Path

import pytest
from django.http import QueryDict
from django.template import engines
from django.utils.html import escape

from carehub.definitions.fields import DefinitionForm, build
from carehub.definitions.schema import Form
from carehub.definitions.typed import ASKED
from tests.carehub.definitions.writing import HEAD, choices, form_of, load, question

LAST = {"value": "yes", "on": "2006-01-05", "by": "Robin Marsh"}
SCORE = {"area": "housing", "anchors": {str(score): f"Meaning {score}" for score in range(1, 6)}}
EVERY_KIND = (
    question("text", "text")
    + question("long", "long-text")
    + question("number", "number", least=0, most=28, unit="days")
    + question("date", "date", dates="past")
    + question("yn", "yes-no")
    + question("one", "one-of", choices=[{"value": "a", "text": "Answer a", "hint": "About a"}, {"value": "b", "text": "B"}])
    + question("many", "many-of", choices=[*choices("a", "b"), {"value": "none", "text": "None of these", "alone": True}])
    + question("score", "score-1-5", **SCORE)
    + question("drug", "substance", codes="problem-substance/1")
    + question("weeks", "weeks")
)


def html(form: DefinitionForm) -> str:
    return engines["django"].from_string("{% load crispy_forms_tags %}{% crispy form %}").render({"form": form})


def posted(form: DefinitionForm, **fields: str | list[str]) -> QueryDict:
    data = QueryDict(mutable=True)
    data[ASKED] = str(form.initial[ASKED])
    for name, value in fields.items():
        data.setlist(name, [value] if isinstance(value, str) else value)
    return data


@pytest.fixture
def every_kind(tmp_path: Path) -> Form:
    return form_of(tmp_path, EVERY_KIND)


def test_each_question_stands_on_the_page_with_its_choices(every_kind: Form) -> None:
    page = html(build(every_kind))
    for asked in every_kind.questions:
        assert asked.text in page
        assert f'data-question="{asked.id}"' in page
        assert all(escape(choice.text) in page for choice in asked.choices)
    assert "1 – Meaning 1" in page
    assert "About a" in page
    assert 'name="date_day"' in page
    assert ">days<" in page


def test_a_question_s_text_changes_the_page_and_no_python(tmp_path: Path) -> None:
    before = html(build(form_of(tmp_path, question("q"))))
    file = tmp_path / "local-1.toml"
    file.write_text(file.read_text().replace("Question q?", "Do you sleep well?"))
    after = html(build(load(tmp_path, file.read_text()).form("local")))
    assert "Question q?" in before
    assert after == before.replace("Question q?", "Do you sleep well?")


def test_words_of_a_definition_are_words_not_markup(tmp_path: Path) -> None:
    nasty = "<script>alert(1)</script> {{ 7|add:1 }} {% now 'Y' %} 100 % %s"
    form = form_of(
        tmp_path,
        question("q", text=nasty, hint=nasty, short=nasty)
        + question("r", "one-of", choices=[choices("a")[0] | {"text": nasty}, *choices("b")]),
    )
    page = html(build(form, data=posted(build(form), q="maybe", r="maybe")))
    assert "<script>" not in page
    assert page.count(escape(nasty)) >= 4


def test_a_draft_comes_back_as_it_was_typed_and_without_a_reproach(every_kind: Form) -> None:
    draft = {
        "text": ["x & <y>"], "long": [" a\nb "], "number": ["about 3"], "date_day": ["31"], "date_month": ["2"], "date_year": ["06"],
        "yn": ["no"], "one": ["b"], "many": ["b", "none"], "score": ["4"], "drug": ["7000"], "yn__none": ["declined"],
    }  # fmt: skip
    form = build(every_kind, draft=draft)
    page = html(form)
    assert not form.is_bound
    assert "error" not in page
    for piece in ("x &amp; &lt;y&gt;", " a\nb ", 'value="about 3"', 'value="31"', 'value="06"'):
        assert piece in page
    assert page.count(" checked") == 5
    assert page.count(" selected") == 2
    assert form.typed == draft


def test_saving_refuses_what_is_wrong_and_nothing_that_is_missing(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("first", mandatory=True) + question("n", "number", least=0, most=28, short="Days"))
    assert build(form, data=posted(build(form))).is_valid()
    page = build(form, data=posted(build(form), n="40"))
    assert not page.is_valid()
    assert page.errors == {"n": ["‘Question n?’: enter a number from 0 to 28"]}
    assert 'value="40"' in html(page)
    assert page.typed["n"] == ["40"]


def test_completing_asks_for_what_is_mandatory_and_shown(tmp_path: Path) -> None:
    below = question("below", mandatory=True, shown_if={"question": "first", "is": "yes"})
    form = form_of(tmp_path, question("first", mandatory=True) + below + question("free", "text"))
    page = build(form, data=posted(build(form)), completing=True)
    assert page.errors == {"first": ["‘Question first?’: answer it, or say why there is no answer"]}
    page = build(form, data=posted(build(form), first="yes"), completing=True)
    assert list(page.errors) == ["below"]
    page = build(form, data=posted(build(form), first="no"), completing=True)
    assert page.is_valid()
    assert page.missing == []


def test_a_not_answer_is_chosen_in_one_list(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("q", expectations=["sharing"]) + question("w", not_answers=[]), 'reasons = "not-answer-reasons/1"\n')
    page = build(form, data=posted(build(form), q__none="not-asked/not-alone"))
    assert page.is_valid()
    assert page.answers == {"q": {"none": "not-asked", "why": "not-alone"}}
    shown = html(page)
    assert '<option value="not-asked/not-alone" selected>' in shown
    assert '<optgroup label="Asked and declined">' in shown
    assert 'name="w__none"' not in shown


def test_last_answer_in_grey_with_who_and_when_and_still_true(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("a") + question("b", re_ask="always"))
    page = html(build(form, last={"a": LAST, "b": LAST}))
    assert page.count("Last answer: Yes (on 5 January 2006 by Robin Marsh)") == 2
    assert "Still true: Yes" in page
    assert 'name="a__still"' in page
    assert 'name="b__still"' not in page
    assert page.count("not-asked/not-re-asked") == 2


def test_a_condition_stands_there_in_words_and_for_the_script(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("a") + question("b", shown_if={"question": "a", "is": "yes"}))
    page = html(build(form))
    assert "Only if “Question a?” is “Yes”:" in page
    assert escape(json.dumps({"question": "a", "test": "is", "value": "yes"})) in page


SECTIONS = (
    HEAD
    + '\n[[section]]\nid = "one"\ntitle = "One"\nintro = "First of all."\n'
    + question("a")
    + '\n[[section]]\nid = "two"\ntitle = "Two"\n'
    + question("b", "text", mandatory=True, shown_if={"question": "a", "is": "yes"})
    + question("c", "text", shown_if={"question": "b", "answered": True})
    + question("d", "many-of", choices=choices("x", "y"))
)


def test_one_section_at_a_time_keeps_what_the_others_hold(tmp_path: Path) -> None:
    form = load(tmp_path, SECTIONS).form("local")
    draft = {"a": ["yes"], "b": ["kept"], "d": ["x", "y"]}
    first = build(form, section="one", draft=draft)
    assert "First of all." in html(first)
    assert "Two" not in html(first)
    saved = build(form, section="one", draft=draft, data=posted(first, a="no"))
    assert saved.typed == {**draft, "a": ["no"], "a__none": [], "a__still": []}
    assert saved.answers["a"] == {"value": "no"}


def test_a_question_ruled_out_by_another_page_is_not_on_this_one_and_not_lost(tmp_path: Path) -> None:
    form = load(tmp_path, SECTIONS).form("local")
    draft = {"a": ["no"], "b": ["kept"], "c": ["kept too"], "d": ["x"]}
    second = build(form, section="two", draft=draft)
    assert [one.id for one in second.questions] == ["d"]
    saved = build(form, section="two", draft=draft, data=posted(second))
    assert saved.typed["b"] == ["kept"]
    assert saved.typed["c"] == ["kept too"]
    assert saved.typed["d"] == []
    assert [one.id for one in build(form, section="two", draft={"a": ["yes"]}).questions] == ["b", "c", "d"]


def test_when_the_screen_is_turned_third_party_questions_are_gone_and_kept(tmp_path: Path) -> None:
    form = form_of(tmp_path, question("a") + question("secret", third_party=True))
    draft = {"secret": ["yes"]}
    page = build(form, draft=draft, for_client=True)
    assert "secret" not in html(page)
    assert build(form, draft=draft, data=posted(page, a="no"), for_client=True).answers == {
        "a": {"value": "no"},
        "secret": {"value": "yes"},
    }
    assert "Ask in private. Kept off everything" in html(build(form))


def test_what_the_worker_answers_is_not_called_something_to_ask(tmp_path: Path) -> None:
    page = html(build(form_of(tmp_path, question("judged", third_party=True, for_worker=True))))
    assert "Kept off everything that is shown or given to the client." in page
    assert "Ask in private" not in page


def test_long_lists_are_opened_short_ones_are_radios(tmp_path: Path) -> None:
    form = form_of(
        tmp_path, question("long", "one-of", choices=choices(*"abcdefghijkl")) + question("short", "one-of", choices=choices(*"abc"))
    )
    page = html(build(form))
    assert page.count('type="radio"') == 3
    assert '<select name="long"' in page
