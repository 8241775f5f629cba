"""Imports point one way: between the apps, and inside each."""

import ast
from functools import cache

import pytest

from tests.architecture.source import APPS, modules

#: Of the kernel, these know the apps above it: settings by name, the addresses, and the demonstration's loader.
KNOWS_THE_APPS = ("carehub.settings", "carehub.urls", "carehub.demo")

#: Inside an app, from the top. What has no layer of its own stands as high as the highest thing it imports.
LAYERS = ("urls", ("views", "tasks", "management"), "forms", "actions", "policies", "models")
RANK = {name: len(LAYERS) - place for place, names in enumerate(LAYERS) for name in ([names] if isinstance(names, str) else names)}

#: Imports inside a function, and why they are there: anything else is a way round a cycle.
LATE = {
    ("carehub/celery.py", "refuse_an_unfit_database"): "asked when worker or beat starts; jobs are asked for through this module",
    ("carehub/models/base.py", "visible_to"): "the table of grants is itself one of the tables made from this",
    ("carehub/models/access.py", "grant"): "the instant that row security takes for now; the context names people, and so models",
    ("careplans/documents.py", "to_pdf"): "WeasyPrint takes its time to load; the web process never prints",
    ("careplans/documents.py", "seal_plan"): "so does what seals",
    ("carehub/database.py", "no_demonstration_in_earnest"): "asked once the apps are there; the guard itself comes before them",
}
#: Folders and functions where late is right: before Django stands, or only if it is needed at all.
LATE_ANYWHERE = (
    "carehub/embedded/",
    "carehub/files/apart.py",
    "carehub/apps.py",
    "clients/apps.py",
    "careplans/apps.py",
    "reports/apps.py",
)


def test_an_app_imports_itself_and_what_stands_below():
    wrong = []
    for module in modules().values():
        if module.name.startswith(KNOWS_THE_APPS):
            continue
        allowed = APPS[APPS.index(module.app) :]
        wrong += [f"{module.where} imports {name}" for name in module.our_imports() if name.split(".")[0] not in allowed]
    assert not wrong, "\n".join(sorted(wrong))


def test_the_exceptions_are_still_needed():
    below = set(APPS) - {"carehub"}
    for name in KNOWS_THE_APPS:
        users = [module for module in modules().values() if module.name.startswith(name)]
        if name != "carehub.settings" and users:
            imported = {other.split(".")[0] for module in users for other in module.our_imports()}
            text = "".join(module.path.read_text() for module in users)
            assert imported & below or 'include("clients' in text, f"{name} knows no app any more: take it off the list"


def layer_of(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in RANK else ""


@cache
def below(name: str) -> frozenset[str]:
    """The modules of its own app that a module imports."""
    app = name.split(".")[0]
    return frozenset(other for other in modules()[name].our_imports() if other in modules() and other.split(".")[0] == app)


@cache
def height(name: str) -> int:
    """A module's layer, or for one without a layer the highest that it leads to, through others without one."""
    if layer := layer_of(name):
        return RANK[layer]
    seen, further, highest = {name}, [name], 0
    while further:
        for other in below(further.pop()) - seen:
            seen.add(other)
            if layer := layer_of(other):
                highest = max(highest, RANK[layer])
            else:
                further.append(other)
    return highest


@pytest.mark.parametrize("app", APPS)
def test_inside_an_app_imports_point_down(app):
    wrong = []
    for module in modules().values():
        if module.app != app or not (layer := layer_of(module.name)) or module.name.startswith(KNOWS_THE_APPS):
            continue
        wrong += [f"{module.where} ({layer}) imports {other}" for other in below(module.name) if height(other) > RANK[layer]]
    assert not wrong, "\n".join(sorted(wrong))


def test_no_import_hides_in_a_function():
    hidden = {}
    for module in modules().values():
        if module.where.startswith(LATE_ANYWHERE):
            continue
        for function in ast.walk(module.tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in APPS:
                        hidden[module.where, function.name] = ast.unparse(node)
    new = {place: statement for place, statement in hidden.items() if place not in LATE}
    assert not new, new
    assert not LATE.keys() - hidden.keys(), "no longer there: take it off the list"


def test_nothing_imports_the_tests():
    assert not [module.where for module in modules().values() for name, _ in module.imports() if name.split(".")[0] == "tests"]


def test_signals_are_not_the_way_parts_talk():
    """A signal is heard where nobody looks. Two exceptions: new database connections, and the start of worker and beat, are guarded."""
    users = {module.where for module in modules().values() for name, _ in module.imports() if name.endswith((".signals", ".dispatch"))}
    assert users <= {"carehub/database.py", "carehub/celery.py"}, users
