"""Definitions for tests: written as TOML into a folder, read as any other."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings

from carehub.definitions.catalogue import Catalogue
from carehub.definitions.schema import Form

#: Lists that forms refer to: risk areas, expectations, areas, codes.
SHIPPED = (settings.BASE_DIR / "clients/definitions/codes", settings.BASE_DIR / "careplans/definitions")

HEAD = """kind = "form"
name = "local"
version = 1
title = "A local form"
level = "local"
"""


def write(folder: Path, text: str, name: str = "local-1") -> Path:
    file = folder / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    return file


def load(folder: Path, text: str, name: str = "local-1") -> Catalogue:
    write(folder, text, name)
    return Catalogue.load([*SHIPPED, folder])


def form_of(folder: Path, questions: str, more: str = "") -> Form:
    """A form of one section, 'one', with the questions given as TOML tables of [[section.question]]."""
    return load(folder, HEAD + more + '\n[[section]]\nid = "one"\ntitle = "One"\n' + questions).form("local")


def question(name: str, kind: str = "yes-no", **keys: Any) -> str:
    """TOML for one question."""
    return toml_table("section.question", {"id": name, "text": f"Question {name}?", "kind": kind, **keys})


def toml_table(header: str, keys: dict[str, Any]) -> str:
    return f"\n[[{header}]]\n" + "".join(f"{key} = {toml_value(value)}\n" for key, value in keys.items())


def toml_value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{toml_value(str(key))} = {toml_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, str):
        # JSON's strings are TOML's, but for the delete character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    return json.dumps(value)


def choices(*values: str) -> list[dict[str, str]]:
    return [{"value": value, "text": f"Answer {value}"} for value in values]


def typed(**fields: str | Iterable[str]) -> dict[str, list[str]]:
    """Fields as a browser sends them; ``a__none`` and hyphens written as they are."""
    return {name.replace("ZZ", "-"): [value] if isinstance(value, str) else list(value) for name, value in fields.items()}
