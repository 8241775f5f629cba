"""Definitions for tests: written as TOML into a folder, read as any other."""

import atexit
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings

from carehub.definitions.catalogue import Catalogue
from carehub.definitions.schema import Form

#: The lists that forms in these tests refer to; the shipped ones as a whole are tried in test_shipped.
_CODES, _PLANS = settings.BASE_DIR / "clients/definitions/codes", settings.BASE_DIR / "careplans/definitions"
_USED = ("problem-substance-1", "route-1", "risk-areas-1", "expectations-1", "not-answer-reasons-1", "sex-1")


def _lists() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="definitions-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for file in (*(_CODES / f"{name}.toml" for name in _USED), _PLANS / "domains-1.toml"):
        shutil.copy(file, folder)
    return folder


SHIPPED = (_lists(),)

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
