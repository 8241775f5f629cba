"""The glossary names what there is, and pages keep to it."""

import re

import pytest
from django.apps import apps

from carehub.embedded.folders import ROOT
from carehub.permissions import ROLES

GLOSSARY = (ROOT / "docs/guides/glossary.md").read_text()
ROWS = re.findall(r"^\| \*\*(.+?)\*\* \| (.+?) \| (.+?) \| (.*?) ?\|$", GLOSSARY, re.MULTILINE)
#: Other words for a client, a keyworker, an agency. Words of which the glossary keeps another sense are left out.
NEVER = re.compile(r"\b(patients?|service users?|customers?|case ?managers?|counsellors?|addicts?|abusers?)\b", re.IGNORECASE)
#: What the product looks after: each has its word. The rest are parts of these.
OURS = {"clients", "careplans"}


def test_each_word_stands_there_once():
    words = [word for word, *_ in ROWS]
    assert len(words) > 40
    assert len(words) == len(set(words))


@pytest.mark.parametrize(("word", "code"), [(word, code) for word, _what, code, _not in ROWS], ids=[word for word, *_ in ROWS])
def test_what_it_names_in_the_code_exists(word, code):
    models = {model.__name__: model for model in apps.get_models()}
    for name in re.findall(r"`([^`]+)`", code):
        head, _, tail = name.partition(".")
        if head in models:
            assert not tail or hasattr(models[head], tail), f"{head} has no {tail}"
        elif code.startswith("role "):
            assert name in ROLES
        elif "/" in name:
            assert list(ROOT.glob(name)), f"{name}: nothing there"
        elif re.fullmatch(r"[A-Z]\w+", name):
            found = any(f"class {name}(" in path.read_text() for app in OURS for path in (ROOT / app / "models").glob("*.py"))
            assert found, f"no class {name}"
        else:
            folders = ("carehub", *OURS)
            assert any(name in path.read_text() for app in folders for path in (ROOT / app).rglob("*.*") if path.suffix in (".py", ".toml"))


def test_every_table_about_clients_has_its_word():
    named = set(re.findall(r"`([A-Z]\w+)", " ".join(code for _word, _what, code, _not in ROWS)))
    parts = {"Signature"}  # 'signature' is explained beside 'seal'
    ours = {model.__name__ for model in apps.get_models() if model._meta.app_label in OURS and "Event" not in model.__name__}
    assert ours - named <= parts


@pytest.mark.parametrize("folder", ["templates", "clients/definitions", "careplans/definitions"])
def test_pages_and_forms_keep_to_it(folder):
    for path in (ROOT / folder).rglob("*.*"):
        if path.suffix in (".html", ".toml"):
            assert not (found := NEVER.search(path.read_text())), f"{path.relative_to(ROOT)}: '{found[0]}'"
