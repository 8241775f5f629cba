"""The page's script hides exactly what the server would not ask."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from playwright.sync_api import Browser, Page

from carehub.definitions.catalogue import catalogue
from carehub.definitions.conditions import shown
from carehub.definitions.fields import build
from carehub.definitions.schema import Form, Question
from carehub.definitions.typed import field_names, none_name, read, still_name
from tests.carehub.definitions.writing import choices, form_of, question

SCRIPT = settings.BASE_DIR / "static/js/questions.js"
LAST = {"value": "yes", "on": "2006-01-05", "by": "Robin Marsh"}

#: Ticks and types into the page what a draft holds, then looks which questions are hidden.
FILL = """typed => {
  const form = document.querySelector("form");
  form.querySelectorAll("input, select, textarea").forEach(field => {
    if (field.type === "hidden") return;
    const values = typed[field.name] || [];
    const still = field.name.endsWith("__still") && values.length > 0;
    if (["radio", "checkbox"].includes(field.type)) field.checked = still || values.includes(field.value);
    else field.value = values[0] || "";
  });
  form.dispatchEvent(new Event("change", { bubbles: true }));
  return [...document.querySelectorAll("[data-question]")].filter(one => one.hidden).map(one => one.dataset.question);
}"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def open_form(page: Page, form: Form, last: dict | None = None) -> None:
    html = (
        engines["django"].from_string("<form>{% load crispy_forms_tags %}{% crispy form %}</form>").render({"form": build(form, last=last)})
    )
    page.set_content(f"<!doctype html><title>A form</title>{html}")
    page.add_script_tag(path=str(SCRIPT))


def anything(question: Question, chance: random.Random) -> list[str]:
    if not chance.randrange(3):
        return []
    if question.kind == "number":
        return [str(chance.choice([0, 1, 4, 28]))]
    if question.kind == "score-1-5":
        return [str(chance.randint(1, 5))]
    if question.kind == "weeks":
        return [chance.choice(["0", "1", "7", "07"]) for _ in range(4)]
    if question.kind == "many-of":
        return chance.sample([choice.value for choice in question.choices], chance.randint(1, 3))
    if question.choices:
        return [chance.choice(question.choices).value]
    return ["words"]


def agree(page: Page, form: Form, last: dict, seed: int, times: int) -> None:
    chance = random.Random(seed)
    compared = 0
    while compared < times:
        typed: dict[str, list[str]] = {}
        for asked in form.questions:
            way = chance.randrange(6)
            if asked.id in last and way == 0 and asked.re_ask != "always":
                typed[still_name(asked)] = ["1"]
            elif asked.id in last and way == 1:
                typed[none_name(asked)] = ["not-asked/not-re-asked"]
            elif way == 2 and asked.not_answers:
                typed[none_name(asked)] = [chance.choice(asked.not_answers)]
            else:
                values, names = anything(asked, chance), field_names(asked)
                typed |= {names[0]: values} if len(names) == 1 else {name: [one] for name, one in zip(names, values, strict=False)}
        found = read(form, typed, last)
        if found.problems:
            continue  # an answer that cannot be read is none for the server, and still ticked for the script
        compared += 1
        expected = [one.id for one in form.questions if not shown(form, one, found.answers)]
        assert page.evaluate(FILL, typed) == expected, f"seed {seed}: {json.dumps(typed)}"


def test_triage(page: Page) -> None:
    form = catalogue().form("triage", 1)
    last = {"injecting": LAST | {"value": "C"}, "second-drug": LAST | {"value": "none"}, "alcohol-days": LAST | {"value": 3}}
    open_form(page, form, last)
    agree(page, form, last, seed=20060901, times=60)


def test_every_kind_of_condition(page: Page, tmp_path: Path) -> None:
    tests = [
        {"question": "yn", "is": "yes"},
        {"question": "yn", "is_not": "yes"},
        {"question": "many", "includes": ["a", "b"]},
        {"question": "many", "chosen_at_least": 2},
        {"question": "number", "at_least": 4},
        {"question": "number", "at_most": 1},
        {"question": "number", "is": 28},
        {"question": "text", "answered": True},
        {"question": "text", "answered": False},
        {"question": "text", "none": "declined"},
        {"not": {"question": "number", "at_least": 4}},
        {"all": [{"question": "yn", "is": "yes"}, {"not": {"question": "many", "includes": "a"}}]},
        {"any": [{"question": "yn", "is": "no"}, {"question": "h0", "is": "yes"}, {"question": "score", "at_least": 4}]},
        {"not": {"question": "h0", "is": "yes"}},
        {"question": "weeks", "at_least": 14},
        {"question": "weeks", "at_most": 14},
    ]
    many = [*choices("a", "b", "c"), {"value": "none", "text": "None", "alone": True}]
    score = {"area": "housing", "anchors": {str(one): "x" for one in range(1, 6)}}
    asked = question("yn") + question("many", "many-of", choices=many) + question("number", "number", least=0, most=28)
    asked += question("text", "text") + question("score", "score-1-5", **score)
    asked += question("weeks", "weeks")
    form = form_of(tmp_path, asked + "".join(question(f"h{number}", shown_if=test) for number, test in enumerate(tests)))
    last = {
        "yn": LAST,
        "number": LAST | {"value": 4},
        "weeks": LAST | {"value": [7, 7, 0, 0]},
        "text": {"none": "not-applicable", "on": "2006-01-05", "by": "R"},
    }
    open_form(page, form, last)
    agree(page, form, last, seed=20070101, times=120)


def test_a_new_answer_unticks_still_true_and_ticking_it_puts_the_answer_aside(page: Page, tmp_path: Path) -> None:
    asked = question("a") + question("b", "text") + question("c", "text", shown_if={"question": "a", "is": "yes"})
    open_form(page, form_of(tmp_path, asked), {"a": LAST, "b": LAST | {"value": "before"}})
    for name, answer in (("a", lambda: page.check("input[name=a][value=no]")), ("b", lambda: page.fill("input[name=b]", "new"))):
        still = page.locator(f"input[name={name}__still]")
        still.check()
        answer()
        assert not still.is_checked()
    assert page.locator("[data-question=c]").is_hidden()
    for name in "ab":
        page.check(f"input[name={name}__still]")
    assert page.locator("[data-question=c]").is_visible()
    assert (page.locator("input[name=a]:checked").count(), page.locator("input[name=b]").input_value()) == (0, "")
    for name in "ab":
        page.uncheck(f"input[name={name}__still]")
    assert page.locator("input[name=a][value=no]").is_checked()
    assert page.locator("input[name=b]").input_value() == "new"


def test_the_words_give_way_to_the_script_and_nothing_typed_is_cleared(page: Page, tmp_path: Path) -> None:
    open_form(page, form_of(tmp_path, question("a") + question("b", "text", shown_if={"question": "a", "is": "yes"})))
    assert page.locator(".question__only-if").count() == 0
    page.check("input[name=a][value=yes]")
    page.fill("input[name=b]", "typed with care")
    page.check("input[name=a][value=no]")
    assert page.locator("[data-question=b]").is_hidden()
    page.check("input[name=a][value=yes]")
    assert page.locator("input[name=b]").input_value() == "typed with care"
