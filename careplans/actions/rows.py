"""Writes the rows of a version: one statement a kind for what is new or changed, one for all that was taken off."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from careplans.content import FIELDS, TEXTS, Content, Row
from careplans.models import PARTS, PlanVersion

#: Actions and goals go in one statement: the key that ties them together is looked at when it ends.
_TAKE_OFF = """
WITH actions AS (DELETE FROM careplans_action WHERE version_id = %s AND id = ANY(%s)),
     needs AS (DELETE FROM careplans_need WHERE version_id = %s AND id = ANY(%s)),
     steps AS (DELETE FROM careplans_riskstep WHERE version_id = %s AND id = ANY(%s)),
     involved AS (DELETE FROM careplans_involved WHERE version_id = %s AND id = ANY(%s))
DELETE FROM careplans_goal WHERE version_id = %s AND id = ANY(%s)
"""
#: Before what hangs on them.
ORDER = ("goal", "action", "need", "risk", "involved")

Values = dict[str, Any]


def write_rows(
    version: PlanVersion, stored: Content, new: Content, lines: Mapping[str, str] | None = None
) -> tuple[Values, dict[str, str]]:
    """Bring the version's rows from ``stored`` to ``new``. Gives the values of its own texts, and what could not be kept as it is meant.

    ``lines``: of rows copied from an earlier version: key → the key with which the line began.
    """
    unfinished: dict[str, str] = {}
    _take_off(version, stored, new)
    for kind in ORDER:
        _write(version, kind, stored, new, unfinished, lines or {})
    values: Values = {}
    for name in TEXTS:
        text = new.texts.get(name, "")
        values[name], kept = _value(PlanVersion, name, text)
        if not kept:
            unfinished[name] = text
    for kind in PARTS:  # what was fetched is no longer what stands there
        version.__dict__.pop(f"{kind}_rows", None)
    return values, unfinished


def _write(version: PlanVersion, kind: str, stored: Content, new: Content, unfinished: dict[str, str], lines: Mapping[str, str]) -> None:
    part, before = PARTS[kind], list(stored.rows[kind])
    moved = list(new.rows[kind])[: len(before)] != before
    changed = []
    for position, (key, row) in enumerate(new.rows[kind].items()):
        values, left = _values(part, row)
        unfinished |= {f"{kind}.{key}.{name}": text for name, text in left.items()}
        if stored.rows[kind].get(key) == row and not moved:
            continue
        about = {"partnership_id": version.partnership_id, "client_id": version.client_id, "version": version}
        line = UUID(lines[key]) if key in lines else None
        changed.append(part(id=UUID(key), line=line, position=position, **about, **values))
    if changed:
        part.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=["position", *_columns(kind)])


def _columns(kind: str) -> list[str]:
    return [name.removesuffix("_id") for name in FIELDS[kind]]


def _take_off(version: PlanVersion, stored: Content, new: Content) -> None:
    gone = {kind: [UUID(key) for key in stored.rows[kind] if key not in new.rows[kind]] for kind in PARTS}
    if any(gone.values()):
        with connection.cursor() as cursor:
            cursor.execute(
                _TAKE_OFF, [each for kind in ("action", "need", "risk", "involved", "goal") for each in (version.pk, gone[kind])]
            )


def _values(part: Any, row: Row) -> tuple[Values, dict[str, str]]:
    """Column → value, and the fields whose text is no such value (yet)."""
    values: Values = {}
    left: dict[str, str] = {}
    for name in part.FIELDS:
        values[name], kept = _value(part, name, row.get(name, ""))
        if not kept:
            left[name] = row[name]
    return values, left


def _value(model: Any, name: str, text: str) -> tuple[Any, bool]:
    """What is written into the column, and whether that is all of ``text``."""
    field = model._meta.get_field(name)
    match field.get_internal_type():
        case "DateField":
            try:
                return (date.fromisoformat(text) if text else None), True
            except ValueError:
                return None, False
        case "BooleanField":
            return bool(text), True
        case "PositiveSmallIntegerField":
            return (int(text) if text else None), True
        case "ForeignKey":
            try:
                return (UUID(text) if text else None), True
            except ValueError:
                return None, False
    if field.choices and text and text not in dict(field.choices):
        return "", False
    if field.max_length and len(text) > field.max_length:
        return "", False
    return text, True
