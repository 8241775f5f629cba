"""What one version of a plan says, apart from its tables: the form shows it, a save compares it, a signature names its hash.

Everything is text, as a form carries it: a date as 2026-04-14 (or as it was typed, if it is none), yes as 'yes', nothing as ''.
Rows are keyed by their UUID, in the order in which they stand. A field's address is 'goal.<uuid>.client_words', or the name alone
of a text of the whole plan ('way_back', 'next_review_on').
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from unicodedata import category
from uuid import UUID, uuid5

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from carehub import stale
from careplans.models import PARTS, PlanVersion

#: Texts of the whole plan, in the order of the sheet.
TEXTS = (*PlanVersion.TEXTS, "next_review_on")
#: What each kind of row says.
FIELDS: dict[str, tuple[str, ...]] = {kind: part.FIELDS for kind, part in PARTS.items()}
#: A row in which nobody has written any of these is no row yet.
WRITTEN: dict[str, tuple[str, ...]] = {
    "need": ("words",),
    "goal": ("client_words", "service_words"),
    "action": ("what", "who", "who_name", "by_when"),
    "risk": ("what", "who_name", "by_when", "told"),
    "involved": ("party_id", "name", "contact", "does"),
}
#: What the client's page reads: the goals, and which tasks stand in the plan.
GOALS = ("goal", "action", "risk")
YES = "yes"
#: Between day, month and year of a date that is none: no box of a form can hold a line break.
APART = "\n"

Row = dict[str, str]
Rows = dict[str, Row]


@dataclass
class Content:
    """``texts``: name → text. ``rows``: kind (of careplans.models.PARTS) → row's UUID → field → text."""

    texts: dict[str, str] = field(default_factory=dict)
    rows: dict[str, Rows] = field(default_factory=lambda: {kind: {} for kind in FIELDS})

    def flat(self) -> dict[str, str]:
        """Address → text."""
        found = {name: self.texts.get(name, "") for name in TEXTS}
        for kind, rows in self.rows.items():
            for key, row in rows.items():
                found |= {f"{kind}.{key}.{name}": row.get(name, "") for name in FIELDS[kind]}
        return found

    def get(self, address: str) -> str:
        kind, _dot, rest = address.partition(".")
        if not rest:
            return self.texts.get(kind, "")
        key, _dot, name = rest.partition(".")
        return self.rows[kind].get(key, {}).get(name, "")

    def actions_of(self, goal: str) -> Rows:
        return {key: row for key, row in self.rows["action"].items() if row.get("goal_id") == goal}

    def whole(self) -> "Content":
        """The same with every field of every row and every text, '' where nobody wrote any."""
        rows = {
            kind: {key: {name: row.get(name, "") for name in names} for key, row in self.rows[kind].items()}
            for kind, names in FIELDS.items()
        }
        return Content({name: self.texts.get(name, "") for name in TEXTS}, rows)

    def without_empty_rows(self) -> "Content":
        """Only rows in which something is written; an action whose goal is gone goes with it."""
        rows = {
            kind: {key: row for key, row in each.items() if any(row.get(name) for name in WRITTEN[kind])}
            for kind, each in self.rows.items()
        }
        filled = {row.get("goal_id") for row in rows["action"].values()}
        rows["goal"] = {key: row for key, row in self.rows["goal"].items() if key in rows["goal"] or key in filled}
        rows["action"] = {key: row for key, row in rows["action"].items() if row.get("goal_id") in rows["goal"]}
        return replace(self, rows=rows)

    def fingerprint(self) -> str:
        """SHA-256 over everything that is agreed, the order included, as canonical JSON."""
        whole = self.whole()
        said = {"texts": whole.texts, "rows": {kind: list(rows.items()) for kind, rows in whole.rows.items()}}
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def loaded(versions: "QuerySet[PlanVersion]", kinds: Iterable[str] = tuple(PARTS)) -> "QuerySet[PlanVersion]":
    """The versions with their rows of ``kinds``, in the same query: all for :func:`of`, GOALS for :func:`goals_of`."""

    def rows(kind: str) -> ArraySubquery:
        part = PARTS[kind]
        said = JSONObject(id="id", line="line", **{name: name for name in part.FIELDS})
        return ArraySubquery(part.objects.filter(version=OuterRef("pk")).order_by("position", "pk").values(said=said))

    return versions.annotate(**{f"{kind}_rows": rows(kind) for kind in kinds})


def goals_of(version: PlanVersion) -> Content:
    """What ``version`` says of its goals, actions and steps, and of nothing else; fetched through :func:`loaded` with GOALS at least."""
    found = Content()
    for kind in GOALS:
        _put_rows(found, version, kind, getattr(version, f"{kind}_rows"))
    return found


def _rows_of(version: PlanVersion) -> dict[str, list[dict[str, Any]]]:
    if all(hasattr(version, f"{kind}_rows") for kind in PARTS):
        return {f"{kind}_rows": getattr(version, f"{kind}_rows") for kind in PARTS}
    return loaded(PlanVersion.objects.filter(pk=version.pk)).values(*(f"{kind}_rows" for kind in PARTS)).get()


def lines_of(version: PlanVersion) -> dict[str, str]:
    """Row's key → the key of the row that its line began with. Two versions have a row in common where the lines are the same."""
    return {str(row["id"]): str(row["line"] or row["id"]) for rows in _rows_of(version).values() for row in rows}


def of(version: PlanVersion) -> Content:
    """What ``version`` says now. One query, none where it was fetched through :func:`loaded`."""
    rows = _rows_of(version)
    found = Content()
    for name in TEXTS:
        found.texts[name] = version.unfinished.get(name) or _text(getattr(version, name))
    for kind in FIELDS:
        _put_rows(found, version, kind, rows[f"{kind}_rows"])
    return found


def _put_rows(found: Content, version: PlanVersion, kind: str, rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        key = str(row["id"])
        found.rows[kind][key] = {name: version.unfinished.get(f"{kind}.{key}.{name}") or _text(row[name]) for name in FIELDS[kind]}


def own_key(version: UUID, key: str) -> str:
    """The key that a row made in a page gets in ``version``."""
    return str(uuid5(version, key))


DATES = ("by_when", "next_review_on")


def plain(name: str, text: str) -> str:
    """One field as it is kept: no control characters, one kind of line break, no blanks around it, a date in one form."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(letter for letter in text if letter in "\n\t" or category(letter) not in ("Cc", "Cs"))
    if name not in DATES:
        return text.strip()
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        return text if text.strip() else ""


def _text(value: Any) -> str:
    if value is None or value is False:
        return ""
    return YES if value is True else str(value)


@dataclass(frozen=True)
class Merged:
    """``content`` can be saved; ``conflicts``: address → (mine, theirs), None where it was taken off."""

    content: Content
    conflicts: dict[str, tuple[str | None, str | None]]


def merge(*, opened: Mapping[str, str], mine: Content, theirs: Content) -> Merged:
    """Bring my save together with what a colleague saved since: field by field, and no row comes out half.

    ``opened``: marks (carehub.stale) of the fields as my form was opened. Order is not merged: mine, then what is only theirs.
    """
    met = stale.merge(opened=opened, mine=mine.flat(), theirs=theirs.flat())
    content = Content(texts={name: met.values.get(name, "") for name in TEXTS})
    for kind, names in FIELDS.items():
        for key in (*mine.rows[kind], *(key for key in theirs.rows[kind] if key not in mine.rows[kind])):
            row = {name: met.values[address] for name in names if (address := f"{kind}.{key}.{name}") in met.values}
            if row:
                content.rows[kind][key] = {**theirs.rows[kind].get(key, {}), **mine.rows[kind].get(key, {}), **row}
    return Merged(content, _kept_goals(content, mine, theirs, _told_once(met.conflicts)))


def _told_once(conflicts: dict[str, tuple[Any, Any]]) -> dict[str, tuple[str | None, str | None]]:
    """A row that one took off while the other changed it is one question, not one a field."""
    found: dict[str, tuple[str | None, str | None]] = {}
    seen: set[str] = set()
    for address, (my, their) in conflicts.items():
        row = address.rpartition(".")[0]
        if my is not None and their is not None:
            found[address] = (my, their)
        elif row not in seen:
            seen.add(row)
            found[address] = (my, their)
    return found


def _kept_goals(content: Content, mine: Content, theirs: Content, conflicts: dict) -> dict:
    """One took a goal off while the other added an action to it: the goal stays until both have seen it."""
    for key, action in content.rows["action"].items():
        goal = action.get("goal_id", "")
        if goal not in content.rows["goal"]:
            content.rows["goal"][goal] = dict(theirs.rows["goal"].get(goal) or mine.rows["goal"].get(goal) or {})
            words = action.get("what", "")
            conflicts.setdefault(f"action.{key}.what", (None, words) if goal in theirs.rows["goal"] else (words, None))
    return conflicts
