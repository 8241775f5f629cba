"""Any form that can be written, and anything that can be answered to it."""

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from carehub.definitions.schema import KINDS, NOT_ANSWERS, Form, Question
from carehub.definitions.typed import field_names, none_name
from tests.carehub.definitions.writing import toml_table, toml_value

#: What people type: any letters, signs, smileys, right-to-left; what no database keeps is tried elsewhere.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=60).filter(lambda text: text.strip())
_SIGNS = st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))
LINE = st.text(_SIGNS, min_size=1, max_size=30).filter(lambda text: text.strip())


@st.composite
def form_texts(draw: st.DrawFn) -> str:
    """TOML of a form with one to three sections."""
    text = toml_value_lines(
        kind="form", name="local", version=1, title=draw(LINE), level="local", reasons=draw(st.sampled_from(["not-answer-reasons/1", None]))
    )
    asked: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 3))):
        text += toml_table("section", {"id": f"s{number}", "title": draw(LINE), "intro": draw(LINE)})
        for _ in range(draw(st.integers(1, 4))):
            question = draw(questions(f"q{len(asked)}", asked))
            asked.append(question)
            text += toml_table("section.question", question)
        if draw(st.booleans()):
            text += draw(groups(f"g{number}"))
    free = [question for question in asked if "shown_if" not in question]
    if len(free) > 1 and draw(st.booleans()):
        one, other = draw(st.permutations(free))[:2]
        when = {"all": [draw(leaves_on(one)), draw(leaves_on(other))]}
        text += toml_table("check", {"id": "both", "text": draw(LINE), "when": when})
    return text


@st.composite
def groups(draw: st.DrawFn, name: str) -> str:
    about = {"id": name, "title": draw(LINE), "most": draw(st.integers(2, 3)), "another": draw(LINE)}
    text = toml_table("section.group", about | ({"first": draw(LINE)} if draw(st.booleans()) else {}))
    asked: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 2))):
        asked.append(draw(questions(f"{name}q{number}", asked)))
        text += toml_table("section.group.question", asked[-1])
    return text


def toml_value_lines(**keys: Any) -> str:
    return "".join(f"{key} = {toml_value(value)}\n" for key, value in keys.items() if value is not None)


@st.composite
def questions(draw: st.DrawFn, name: str, before: list[dict[str, Any]]) -> dict[str, Any]:
    kind = draw(st.sampled_from(KINDS))
    question: dict[str, Any] = {"id": name, "text": draw(LINE), "kind": kind, "mandatory": draw(st.booleans())}
    question |= {key: draw(LINE) for key in ("hint", "short") if draw(st.booleans())}
    if kind == "number":
        least = draw(st.integers(-50, 50))
        question |= {"least": least, "most": least + draw(st.integers(1, 100)), "decimals": draw(st.booleans())}
    elif kind in ("one-of", "many-of"):
        values = [f"v{number}" for number in range(draw(st.integers(2, 5)))]
        question["choices"] = [{"value": value, "text": draw(LINE)} for value in values]
        if kind == "many-of" and draw(st.booleans()):
            question["choices"].append({"value": "none", "text": draw(LINE), "alone": True})
    elif kind == "substance":
        question["codes"] = "problem-substance/1"
    elif kind == "score-1-5":
        question |= {"area": "housing", "anchors": {str(score): draw(LINE) for score in range(1, 6)}}
    if draw(st.booleans()):
        question["re_ask"] = "always"
    if draw(st.booleans()):
        question["expectations"] = ["sharing"]
    if before and draw(st.booleans()):
        question["shown_if"] = draw(conditions(before))
    return question


@st.composite
def conditions(draw: st.DrawFn, before: list[dict[str, Any]]) -> dict[str, Any]:
    """A condition on one or two earlier questions."""
    leaves = [draw(leaves_on(draw(st.sampled_from(before)))) for _ in range(draw(st.integers(1, 2)))]
    how = draw(st.sampled_from(["alone", "any", "not"]))
    return {"any": leaves} if how == "any" else {"not": leaves[0]} if how == "not" else leaves[0]


@st.composite
def leaves_on(draw: st.DrawFn, question: dict[str, Any]) -> dict[str, Any]:
    name, kind = question["id"], question["kind"]
    if kind == "yes-no":
        return {"question": name, "is": draw(st.sampled_from(["yes", "no"]))}
    if kind == "one-of":
        return {"question": name, "is_one_of": [draw(st.sampled_from(question["choices"]))["value"]]}
    if kind == "many-of":
        return {"question": name, "includes": draw(st.sampled_from(question["choices"]))["value"]}
    if kind == "substance":
        return {"question": name, draw(st.sampled_from(["is", "is_not"])): "7000"}
    if kind == "number":
        return {"question": name, "at_least": question["least"] + 1}
    if kind == "score-1-5":
        return {"question": name, "at_most": 3}
    if kind == "weeks":
        return {"question": name, draw(st.sampled_from(["at_least", "at_most"])): draw(st.integers(0, 28))}
    return {"question": name, "answered": True}


@st.composite
def answers_typed(draw: st.DrawFn, form: Form) -> dict[str, list[str]]:
    """Every question answered, or said why not: as a browser would send it."""
    typed: dict[str, list[str]] = {}
    for question in form.questions:
        if draw(st.integers(0, 3)):
            parts = draw(values_typed(question))
            names = field_names(question)
            typed |= {names[0]: parts} if len(names) == 1 else {name: [part] for name, part in zip(names, parts, strict=True)}
        else:
            typed[none_name(question)] = [draw(st.sampled_from([f"{none}{_a_reason(form, none)}" for none in NOT_ANSWERS]))]
    return typed


def _a_reason(form: Form, none: str) -> str:
    return next((f"/{reason.value}" for reason in form.reasons if reason.of == none), "")


@st.composite
def values_typed(draw: st.DrawFn, question: Question) -> list[str]:
    if question.kind in ("text", "long-text"):
        return [draw(TEXT)]
    if question.kind == "number":
        whole = st.integers(int(question.least or 0), int(question.most or 0)).map(str)
        return [draw(whole)]
    if question.kind == "date":
        day = draw(st.dates(min_value=dt.date(1900, 1, 1)))
        return [str(day.day), str(day.month), str(day.year)]
    if question.kind == "score-1-5":
        return [str(draw(st.integers(1, 5)))]
    if question.kind == "weeks":
        return [str(days) for days in draw(st.lists(st.integers(0, 7), min_size=4, max_size=4))]
    values = [choice.value for choice in question.choices if not choice.alone]
    if question.kind == "many-of":
        return draw(st.lists(st.sampled_from(values), min_size=1, unique=True))
    return [draw(st.sampled_from([choice.value for choice in question.choices]))]
