"""Reads one TOML table key by key; whatever is wrong is said with file, line and reason."""

import datetime as dt
import difflib
import math
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from carehub.definitions.errors import DefinitionError
from carehub.definitions.lines import KeyPath, key_lines, line_of

IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
#: In table.text("key", NEEDED): the key must stand in the file.
NEEDED: Any = object()


class Table:
    """A table of a definition file. Every key that is read is remembered: ``finish`` refuses the others.

    ``source``: the file's text, looked at only to say in which line something is wrong; '' where there is no file.
    """

    def __init__(self, data: dict[str, Any], path: KeyPath, file: Path, source: str, what: str) -> None:
        self.data = data
        self.path = path
        self.file = file
        self.what = what
        self._source = source
        self._read: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def line(self, *keys: str | int) -> int:
        return line_of(key_lines(self._source), (*self.path, *keys))

    def wrong(self, reason: str, *keys: str | int) -> DefinitionError:
        return DefinitionError(self.file, self.line(*keys), reason, (*self.path, *keys))

    def only(self, keys: Iterable[str]) -> None:
        """Refuses any other key before one is read: 'chocies' is said to be a slip, not 'choices' to be missing."""
        self._refuse_other_than(keys)

    def finish(self) -> None:
        """Refuses every key that nobody has read."""
        self._refuse_other_than(self._read)

    def _refuse_other_than(self, keys: Iterable[str]) -> None:
        for key in self.data:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, n=1)
                hint = f" Did you mean '{near[0]}'?" if near else ""
                raise self.wrong(f"'{key}' is not a key of {self.what}.{hint}", key)

    def value(self, key: str, default: Any = NEEDED) -> Any:
        self._read.add(key)
        if key in self.data:
            return self.data[key]
        if default is NEEDED:
            raise self.wrong(f"{self.what} needs '{key}'.")
        return default

    def text(self, key: str, default: str = NEEDED) -> str:
        value = self.value(key, default)
        if not isinstance(value, str):
            raise self.wrong(f"'{key}' must be a text in quotation marks.", key)
        if key in self.data and not value.strip():
            raise self.wrong(f"'{key}' is empty.", key)
        return value

    def identifier(self, key: str = "id") -> str:
        value = self.text(key)
        if not IDENTIFIER.fullmatch(value):
            raise self.wrong(f"'{value}' is no good as {key}: use small letters, digits and single hyphens, a letter first.", key)
        return value

    def flag(self, key: str) -> bool:
        value = self.value(key, False)
        if not isinstance(value, bool):
            raise self.wrong(f"'{key}' must be true or false.", key)
        return value

    def whole(self, key: str, default: int = NEEDED, *, least: int = 0) -> int:
        value = self.value(key, default)
        if key in self.data and (not isinstance(value, int) or isinstance(value, bool) or value < least):
            raise self.wrong(f"'{key}' must be a whole number, {least} or more.", key)
        return value

    def number(self, key: str) -> int | float | None:
        value = self.value(key, None)
        if value is not None and (not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value)):
            raise self.wrong(f"'{key}' must be a number.", key)
        return value

    def day(self, key: str, default: Any = NEEDED) -> Any:
        """A date; ``default`` where the key is missing."""
        value = self.value(key, default)
        if key in self.data and (not isinstance(value, dt.date) or isinstance(value, dt.datetime)):
            raise self.wrong(f"'{key}' must be a date such as 2006-04-01, without quotation marks.", key)
        return value

    def one_of(self, key: str, known: Iterable[str], default: str = NEEDED) -> str:
        value = self.text(key, default)
        if key in self.data:
            self.known(value, known, key)
        return value

    def known(self, value: str, known: Iterable[str], *keys: str | int) -> None:
        """Refuses a word that is none of ``known``, naming them."""
        known = tuple(known)
        if value not in known:
            near = difflib.get_close_matches(value, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"it may be {', '.join(known) or 'nothing yet: no list of them is loaded'}."
            raise self.wrong(f"'{value}' is not known as {keys[0]}: {hint}", *keys)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; none where the key is missing."""
        values = self.value(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
            raise self.wrong(f'\'{key}\' must be a list of texts, such as ["one", "two"].', key)
        for position, value in enumerate(values):
            if value in values[:position]:
                raise self.wrong(f"'{value}' stands twice in '{key}'.", key, position)
        return tuple(values)

    def table(self, key: str, what: str) -> "Table":
        value = self.value(key)
        if not isinstance(value, dict):
            raise self.wrong(f"'{key}' must be a table: {{ … }}.", key)
        return Table(value, (*self.path, key), self.file, self._source, what)

    def at(self, *keys: str | int) -> "Table":
        """A place deeper in the file, to say what is wrong there."""
        return Table({}, (*self.path, *keys), self.file, self._source, self.what)

    def tables(self, key: str, what: str) -> list["Table"]:
        """A list of tables, written [[key]] or as a list of { … }; none where the key is missing."""
        values = self.value(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self.wrong(f"'{key}' must be a list of tables: [[{key}]].", key)
        return [Table(value, (*self.path, key, position), self.file, self._source, what) for position, value in enumerate(values)]


def read_table(file: Path) -> Table:
    """The file's top table. A text that is not TOML, or not UTF-8, is a DefinitionError like any other."""
    try:
        source = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise DefinitionError(file, error.object[: error.start].count(b"\n") + 1, "The file must be saved as UTF-8.") from None
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else source.count("\n") + 1
        raise DefinitionError(file, line, f"This is not TOML: {error}.") from None
    return Table(data, (), file, source, "a definition")
