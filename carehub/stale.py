"""Two people, one record: a save says what it started from, and nothing is overwritten in silence.

A form carries, for each field, a short hash of the value it was opened with. Whoever saves second is compared field by field:
what only one of them changed is taken, what both changed differently is shown with both texts.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class StaleSave(Exception):
    """Somebody saved this record after it was opened here. Carries the row that was not written."""

    def __init__(self, row: object):
        super().__init__("Somebody else has saved this since you opened it.")
        self.row = row


class Conflict(Exception):
    """Both changed the same fields. Carries the merge, so that a page can show both texts of each."""

    def __init__(self, merge: "Merge"):
        super().__init__("You and a colleague changed the same lines.")
        self.merge = merge


@dataclass(frozen=True)
class Merge:
    """``values``: what can be saved, with mine where both changed. ``conflicts``: field → (mine, theirs)."""

    values: dict[str, Any]
    conflicts: dict[str, tuple[Any, Any]] = field(default_factory=dict)


def mark(value: Any) -> str:
    """A short hash of one field's value; enough to see that it changed, useless to guess it from."""
    return hashlib.blake2s(json.dumps(value, sort_keys=True, default=str).encode(), digest_size=8).hexdigest()


def marks(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: mark(value) for name, value in values.items()}


def merge(*, opened: Mapping[str, str], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merge:
    """Bring two saves of one record together.

    ``opened``: marks of the values my form was opened with; ``mine``: what I submit; ``theirs``: what stands now.
    A field that is absent on one side has been added or removed there; absent is a value like any other.
    """
    absent = object()
    values: dict[str, Any] = {}
    conflicts: dict[str, tuple[Any, Any]] = {}
    for name in [*theirs, *(name for name in mine if name not in theirs)]:
        my, their = mine.get(name, absent), theirs.get(name, absent)
        at_first = opened.get(name)
        i_changed = at_first != (None if my is absent else mark(my))
        they_changed = at_first != (None if their is absent else mark(their))
        if i_changed and they_changed and (my is absent or their is absent or mark(my) != mark(their)):
            conflicts[name] = (None if my is absent else my, None if their is absent else their)
            chosen = my if my is not absent else their
        else:
            chosen = my if i_changed else their
        if chosen is not absent:
            values[name] = chosen
    return Merge(values, conflicts)
