"""Every key of a TOML file is found on its line."""

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from carehub.definitions.lines import key_lines, line_of
from tests.carehub.definitions.writing import toml_value

EXAMPLE = '''# a comment with = and [brackets]
name = "x"
list = [
  1, # one
  { a = 1, "b c" = [2, 3] },
]
text = """
[not.a.table]
key = "no"
""""

[table]
a.b = \'\'\'
it's "quoted" ]
\'\'\'
last = 2006-04-01

[[many]]
id = "first"
  [[many.inner]]
  id = 'in\\ner' # not an escape

[[many]]
id = "second" # a } here

[[many.inner]]
escaped = "\\"]\\\\"
after = true
'''


def test_each_kind_of_key_has_its_line() -> None:
    lines = key_lines(EXAMPLE)
    expected = {
        ("name",): 2,
        ("list",): 3,
        ("list", 0): 4,
        ("list", 1): 5,
        ("list", 1, "a"): 5,
        ("list", 1, "b c", 1): 5,
        ("text",): 7,
        ("table",): 12,
        ("table", "a", "b"): 13,
        ("table", "last"): 16,
        ("many", 0): 18,
        ("many", 0, "id"): 19,
        ("many", 0, "inner", 0): 20,
        ("many", 0, "inner", 0, "id"): 21,
        ("many", 1): 23,
        ("many", 1, "id"): 24,
        ("many", 1, "inner", 0): 26,
        ("many", 1, "inner", 0, "escaped"): 27,
        ("many", 1, "inner", 0, "after"): 28,
    }
    assert {path: lines[path] for path in expected} == expected


def test_a_missing_key_is_said_where_it_should_stand() -> None:
    assert line_of(key_lines(EXAMPLE), ("many", 1, "title")) == 23


def test_windows_line_endings_count_once() -> None:
    assert key_lines(EXAMPLE.replace("\n", "\r\n")) == key_lines(EXAMPLE)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Any:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths(inner, (*path, key))


VALUES = st.recursive(
    st.text(st.characters(codec="utf-8")) | st.integers(-(10**9), 10**9) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.tuples(st.integers(0, 3), VALUES), max_size=6))
def test_whatever_can_be_written_has_a_line_for_every_part(values: list[tuple[int, Any]]) -> None:
    text, expected = "", {}
    for number, (blank_lines, value) in enumerate(values):
        text += "\n" * blank_lines
        expected[(f"key{number}",)] = text.count("\n") + 1
        text += f"key{number} = {toml_value(value)}  # the end\n"
    lines = key_lines(text)
    assert set(paths(tomllib.loads(text))) <= set(lines)
    assert {path: lines[path] for path in expected} == expected
