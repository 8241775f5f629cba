"""Where each key of a TOML file stands, so that an error can name its line.

The standard library's reader keeps no positions. This walks over a text that it has already accepted, and therefore
only has to find structure, not to judge it.
"""

import tomllib
from functools import lru_cache

#: ("section", 0, "question", 2, "text"): keys and positions from the top of the file down.
KeyPath = tuple[str | int, ...]

_SPACE = " \t"


@lru_cache(maxsize=4)
def key_lines(source: str) -> dict[KeyPath, int]:
    """The line (from 1) of every table, key and list element in a valid TOML text."""
    return _Walk(source.replace("\r\n", "\n")).lines


def line_of(lines: dict[KeyPath, int], path: KeyPath) -> int:
    """The line of ``path`` or, where it stands nowhere (a key that is missing), of what should hold it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


class _Walk:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.line = 1
        self.lines: dict[KeyPath, int] = {}
        self.counted: dict[KeyPath, int] = {}  # how many [[tables]] of one name have been met
        table: KeyPath = ()
        while self._skip(newlines=True):
            if self.source[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _skip(self, *, newlines: bool) -> bool:
        """Passes over blanks and comments; False at the end of the text."""
        while self.at < len(self.source):
            character = self.source[self.at]
            if character == "#":
                end = self.source.find("\n", self.at)
                self.at = len(self.source) if end < 0 else end
            elif character in _SPACE or (newlines and character == "\n"):
                self._move(1)
            else:
                return True
        return False

    def _move(self, count: int) -> None:
        self.line += self.source.count("\n", self.at, self.at + count)
        self.at += count

    def _header(self) -> KeyPath:
        line, many = self.line, self.source.startswith("[[", self.at)
        self._move(2 if many else 1)
        self._skip(newlines=False)
        *above, last = self._keys()
        self._skip(newlines=False)
        self._move(2 if many else 1)
        path = self._inside((), above)
        path = (*path, last)
        self.lines.setdefault(path, line)
        if many:
            position = self.counted[path] = self.counted.get(path, -1) + 1
            path = (*path, position)
            self.lines[path] = line
        return path

    def _inside(self, path: KeyPath, keys: list[str]) -> KeyPath:
        """Goes down the keys, into the newest element where a key names a list of tables."""
        for key in keys:
            path = (*path, key)
            self.lines.setdefault(path, self.line)
            if path in self.counted:
                path = (*path, self.counted[path])
        return path

    def _keys(self) -> list[str]:
        keys = [self._key()]
        while self._skip(newlines=False) and self.source[self.at] == ".":
            self._move(1)
            self._skip(newlines=False)
            keys.append(self._key())
        return keys

    def _key(self) -> str:
        start = self.at
        if self.source[start] in "\"'":
            self._string()
            return next(iter(tomllib.loads(f"{self.source[start : self.at]} = 0")))
        while self.at < len(self.source) and (self.source[self.at].isalnum() or self.source[self.at] in "_-"):
            self.at += 1
        return self.source[start : self.at]

    def _pair(self, table: KeyPath) -> None:
        line = self.line
        *above, last = self._keys()
        path = (*self._inside(table, above), last)
        self.lines[path] = line
        self._skip(newlines=False)
        self._move(1)  # the equals sign
        self._skip(newlines=False)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        opening = self.source[self.at]
        if opening in "\"'":
            self._string()
        elif opening in "[{":
            self._move(1)
            position = 0
            while self._skip(newlines=True) and self.source[self.at] not in "]}":
                if self.source[self.at] == ",":
                    self._move(1)
                elif opening == "{":
                    self._pair(path)
                else:
                    self.lines[(*path, position)] = self.line
                    self._value((*path, position))
                    position += 1
            self._move(1)
        else:
            while self.at < len(self.source) and self.source[self.at] not in ",]}#\n":
                self.at += 1

    def _string(self) -> None:
        quote = self.source[self.at]
        closing = quote * 3 if self.source.startswith(quote * 3, self.at) else quote
        self._move(len(closing))
        while not self.source.startswith(closing, self.at):
            self._move(2 if quote == '"' and self.source[self.at] == "\\" else 1)
        self._move(len(closing))
        if len(closing) == 3:  # up to two quotation marks may stand before the closing three
            while self.source.startswith(quote, self.at):
                self._move(1)
