"""Habits that keep the house in order, looked for in the source."""

import ast
import re

import pytest
from django.core.management import call_command

from tests.architecture.source import ROOT, modules

#: One place each: nothing else tells the database who acts, or asks what time it is.
ONLY_IN = {"set_config": "carehub/context.py"}
#: The clock itself, and what compares with a file's own age.
CLOCKS = ("carehub/clock.py", "carehub/files/store.py")
MOST_LINES = 300
TESTS_LINES = 500
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize(("word", "place"), ONLY_IN.items())
def test_said_in_one_place(word, place):
    users = {
        module.where
        for module in modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and f"{word}(" in node.value
    }
    assert users == {place}


def test_the_roles_are_changed_in_one_place():
    """SET ROLE and SET SESSION anywhere else would outlive the request on a pooled connection."""
    pattern = re.compile(r"\bSET\s+(SESSION|ROLE|LOCAL\s+ROLE)\b")
    users = {
        module.where
        for module in modules().values()
        if not module.where.startswith(("carehub/embedded/", "carehub/management/commands/setup_database"))
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and pattern.search(argument.value)
    }
    assert users <= {"carehub/context.py"}, users


def test_one_clock():
    """timezone.now(), datetime.now(), date.today(), time.time(): the demonstration's clock would not move them, and a day is London's."""
    wrong = []
    for module in modules().values():
        if module.where in CLOCKS or module.where.startswith("carehub/embedded/"):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                if (owner, node.attr) in {
                    ("timezone", "now"),
                    ("timezone", "localdate"),
                    ("timezone", "localtime"),
                    ("datetime", "now"),
                    ("datetime", "utcnow"),
                    ("datetime", "today"),
                    ("date", "today"),
                    ("time", "time"),
                }:
                    wrong.append(f"{module.where}:{node.lineno} {owner}.{node.attr}")
            if isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
                wrong.append(f"{module.where}:{node.lineno} {node.arg}")
            if (
                isinstance(node, ast.ImportFrom)
                and node.module == "django.db.models.functions"
                and {alias.name for alias in node.names} & {"Now", "TruncNow"}
            ):
                wrong.append(f"{module.where}:{node.lineno} Now")
    assert not wrong, "\n".join(wrong)


def test_chance_is_named():
    """random.Random(seed) for the demonstration and figures, secrets for keys: never the shared generator."""
    shared = []
    for module in modules().values():
        for node in ast.walk(module.tree):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "random"
                and node.attr not in ("Random", "SystemRandom")
            ):
                shared.append(f"{module.where}:{node.lineno} random.{node.attr}")
    assert not shared


@pytest.mark.parametrize("module", modules().values(), ids=lambda module: module.where)
def test_a_module_fits_on_a_few_screens(module):
    assert len(module.path.read_text().splitlines()) <= MOST_LINES


def test_tests_too():
    long = {path.name: lines for path in (ROOT / "tests").rglob("*.py") if (lines := len(path.read_text().splitlines())) > TESTS_LINES}
    assert not long


def test_modules_say_what_they_are():
    silent = [
        module.where
        for module in modules().values()
        if not ast.get_docstring(module.tree) and len(module.tree.body) > 3 and not module.where.endswith(("urls.py", "apps.py", "wsgi.py"))
    ]
    assert not silent


def test_no_bags():
    bags = {"utils", "helpers", "services", "common", "misc", "tools"}
    assert not [name for name in modules() if bags & set(name.split("."))]


# --- Templates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_form_that_posts_carries_its_token(template):
    for form in re.findall(r"<form\b[^>]*>.*?(?=</form>|\Z)", template.read_text(), flags=re.DOTALL | re.IGNORECASE):
        if re.search(r"method\s*=\s*[\"']?post", form.split(">")[0], re.IGNORECASE):
            assert "{% csrf_token %}" in form or "form_start.html" in form, form[:120]


def test_style_sheets_load_nothing_from_elsewhere():
    for sheet in (ROOT / "static" / "css").rglob("*.css"):
        assert not re.search(r"url\(\s*[\"']?(https?:)?//|@import\s+[\"']?(https?:)?//", sheet.read_text()), sheet.name


# --- Documents that are made ------------------------------------------------------------------------------------------------


def test_the_lifecycle_guide_says_what_the_tables_say():
    call_command("lifecycles", check=True)
