"""The project's own source, read and not run."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: From the top: each may import what stands after it.
APPS = ("reports", "audits", "careplans", "clients", "carehub")


@dataclass(frozen=True)
class Module:
    path: Path

    @property
    def name(self) -> str:
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def where(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def app(self) -> str:
        return self.name.split(".")[0]

    @property
    def tree(self) -> ast.Module:
        return _tree(self.path)

    def imports(self) -> tuple[tuple[str, ast.AST], ...]:
        """Modules of ours that it imports, with the statement; names imported from a package count as modules where they are."""
        return _imports(self)

    def our_imports(self) -> set[str]:
        return {name for name, _ in self.imports() if name.split(".")[0] in APPS}


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def _imports(module: Module) -> tuple[tuple[str, ast.AST], ...]:
    found: list[tuple[str, ast.AST]] = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module.where}:{node.lineno}: name the package in full"
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [(name if name in modules() else str(node.module), node) for name in whole]
    return tuple(found)


@cache
def modules() -> dict[str, Module]:
    """Every module of the five apps by name; migrations aside."""
    found = (Module(path) for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts)
    return {module.name: module for module in found}
