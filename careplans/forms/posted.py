"""From the fields of the page on which a plan is written to what it says, and back. Nothing is refused here, nothing is lost.

A field of a row is named '<kind>-<key>-<name>', a text of the plan by its name; a date has three boxes.
"""

import re
from collections.abc import Iterator, Mapping
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import QueryDict

from carehub.formfields import DateField
from carehub.widgets import DateInput
from careplans import content
from careplans.content import APART, DATES, FIELDS, TEXTS, YES, Content, Row
from careplans.models import Need

REMOVE = "remove"
BOXES = {"need": ("third_party",), "risk": ("third_party",), "involved": ("receives",)}
#: From which task a row was put in is never the page's word.
NOT_POSTED = {"task_id"}
_NAMES = sorted({name for names in FIELDS.values() for name in names} - NOT_POSTED | {REMOVE}, key=len, reverse=True)
_FIELD = re.compile(rf"({'|'.join(FIELDS)})-([0-9A-Za-z-]{{1,60}})-({'|'.join(_NAMES)})(?:_({'|'.join(DateInput.PARTS)}))?")


def field_name(address: str) -> str:
    """'goal.<key>.client_words' → 'goal-<key>-client_words'; a text's name stays."""
    return address.replace(".", "-")


def read(data: QueryDict, stored: Content) -> Content:
    """What the page says. Rows that it does not carry stay as they are; those ticked to be removed go.

    Rows stand in the order of the page.
    """
    said = Content(dict(stored.texts))
    dates: dict[tuple[str, str, str], dict[str, str]] = {}
    gone: set[tuple[str, str]] = set()
    for name in data:
        if not (match := _FIELD.fullmatch(name)) or not data.getlist(name):
            continue
        kind, key, field, part = match.groups()
        row = said.rows[kind].setdefault(key, dict(stored.rows[kind].get(key, {})) | dict.fromkeys(BOXES.get(kind, ()), ""))
        if field == REMOVE:
            gone.add((kind, key))
        elif part:
            dates.setdefault((kind, key, field), {})[part] = data[name]
        elif field in FIELDS[kind]:
            row[field] = YES if field in BOXES.get(kind, ()) else data[name]
    for (kind, key, field), parts in dates.items():
        if field in DATES:
            said.rows[kind][key][field] = date_text(parts)
    _texts(said, data)
    for kind, rows in stored.rows.items():
        for key, row in rows.items():
            said.rows[kind].setdefault(key, dict(row))
    for kind, key in gone:
        said.rows[kind].pop(key, None)
    said.rows["action"] = {key: row for key, row in said.rows["action"].items() if ("goal", row.get("goal_id", "")) not in gone}
    return said


def _texts(said: Content, data: QueryDict) -> None:
    for name in TEXTS:
        if name in DATES:
            parts = {part: data[f"{name}_{part}"] for part in DateInput.PARTS if data.getlist(f"{name}_{part}")}
            if parts:
                said.texts[name] = date_text(parts)
        elif data.getlist(name):
            said.texts[name] = data[name]


def date_text(parts: Mapping[str, str]) -> str:
    """Three boxes as one text: a date if they are one, else as they were typed."""
    typed = [parts.get(part, "").replace(APART, " ").strip() for part in DateInput.PARTS]
    try:
        day = DateField(required=False).clean(typed)
    except ValidationError:
        return APART.join(typed)
    return day.isoformat() if day else ""


def date_boxes(text: str) -> list[str]:
    """The other way round; a date as 27, 3, 1981."""
    if not text:
        return ["", "", ""]
    if APART in text:
        return [*text.split(APART), "", ""][:3]
    year, month, day = text.split("-")
    return [str(int(day)), str(int(month)), year]


def fields_of(address: str, text: str) -> Iterator[tuple[str, list[str]]]:
    """How the page would carry one field: (HTML name, values)."""
    name = field_name(address)
    if address.rpartition(".")[2] in DATES:
        yield from ((f"{name}_{part}", [box]) for part, box in zip(DateInput.PARTS, date_boxes(text), strict=True))
    else:
        is_box = address.rpartition(".")[2] in BOXES.get(address.partition(".")[0], ())
        yield name, [] if is_box and not text else [text]


def keys_of_page(data: QueryDict, stored: Content, version: UUID) -> dict[str, str]:
    """For rows that the page carries and the record does not: the key they would get → their key in the page."""
    known = {key for rows in stored.rows.values() for key in rows}
    keys = {match[2] for name in data if (match := _FIELD.fullmatch(name))}
    return {content.own_key(version, key): key for key in keys - known}


def rest_later(said: Content) -> Content:
    """Everything that nobody has decided stays on the plan for later."""
    for need in said.rows["need"].values():
        need["standing"] = need.get("standing") or Need.Standing.LATER.value
    return said


def moved_up(said: Content, kind: str, key: str) -> Content:
    """A row before the one that stood before it."""
    keys = list(said.rows[kind])
    if key in keys and (at := keys.index(key)):
        keys[at - 1], keys[at] = keys[at], keys[at - 1]
    rows: dict[str, Row] = {each: said.rows[kind][each] for each in keys}
    return Content(said.texts, {**said.rows, kind: rows})
