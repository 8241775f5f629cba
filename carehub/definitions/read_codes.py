"""Reads a dated code list, and the choices of a question, which have the same shape."""

from typing import Any

from carehub.definitions.schema import NOT_ANSWERS, Choice, CodeList
from carehub.definitions.table import NEEDED, Table

_KEYS = ("value", "text", "hint", "kinds", "alone", "points")


def read_codes(table: Table, name: str, version: int, title: str) -> CodeList:
    """A file with kind = "codes"."""
    properties = _read_properties(table)
    none_codes = _read_none_codes(table)
    source = table.text("source", "")
    first = table.day("from")
    last = table.day("until", None)
    codes = tuple(_read_choice(code, properties) for code in table.tables("code", "a code"))
    refuse_twice(table, [code.value for code in codes], "code")
    table.finish()
    if not codes:
        raise table.wrong("A code list needs at least one [[code]].")
    if last is not None and last < first:
        raise table.wrong("'until' lies before 'from'.", "until")
    return CodeList(name, version, title, codes, first, last, source, none_codes)


def read_choices(table: Table, key: str = "choices") -> tuple[Choice, ...]:
    """The choices written in a question itself."""
    choices = tuple(_read_choice(choice, {}, scored=True) for choice in table.tables(key, "a choice"))
    refuse_twice(table, [choice.value for choice in choices], key)
    return choices


def refuse_twice(table: Table, values: list[str], *keys: str | int) -> None:
    for position, value in enumerate(values):
        if value in values[:position]:
            raise table.wrong(f"'{value}' stands twice.", *keys, position)


def _read_choice(table: Table, properties: dict[str, tuple[Any, ...]], *, scored: bool = False) -> Choice:
    value, text, hint = table.text("value"), table.text("text"), table.text("hint", "")
    kinds, alone = table.texts("kinds"), table.flag("alone")
    points = table.whole("points") if scored and "points" in table else None
    if value != value.strip() or "/" in value:
        raise table.wrong(f"'{value}' is no good as a value: no blanks around it, no '/' in it.", "value")
    found: list[tuple[str, str | int | bool]] = []
    for name, allowed in properties.items():
        answer = table.value(name, NEEDED)
        if not any(type(answer) is type(one) and answer == one for one in allowed):
            raise table.wrong(f"'{name}' is {answer!r}; it may be {', '.join(map(str, allowed))}.", name)
        found.append((name, answer))
    table.finish()
    return Choice(value, text, hint, kinds, alone, points, tuple(found))


def _read_properties(table: Table) -> dict[str, tuple[Any, ...]]:
    """[properties]: for each property of the codes what it may be. Every code then has to have it."""
    if "properties" not in table:
        return {}
    declared = table.table("properties", "properties")
    found: dict[str, tuple[Any, ...]] = {}
    for name in declared.data:
        allowed = declared.value(name)
        if name in _KEYS:
            raise declared.wrong(f"'{name}' already means something in a code; call the property something else.", name)
        if not isinstance(allowed, list) or not allowed or not all(isinstance(one, str | int | bool) for one in allowed):
            raise declared.wrong(f'\'{name}\' must list what it may be, such as ["planned", "unplanned"].', name)
        found[name] = tuple(allowed)
    return found


def _read_none_codes(table: Table) -> tuple[tuple[str, str], ...]:
    """not_answers = { declined = "Z" }: what national monitoring writes where there is no answer."""
    if "not_answers" not in table:
        return ()
    given = table.table("not_answers", "not_answers")
    codes = [(none, given.text(none)) for none in NOT_ANSWERS if none in given]
    given.finish()
    return tuple(codes)
