"""Writes docs/guides/lifecycles.md: the tables next to the models, as diagrams. ``--check`` only compares."""

import sys
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from carehub.lifecycle import Lifecycle
from carehub.permissions import PERMISSIONS

GUIDE = Path(settings.BASE_DIR, "docs", "guides", "lifecycles.md")
_INTRODUCTION = """\
# Lifecycles

From which state, by which step, to which state. Each is one table next to its model; actions and buttons ask it, the database
refuses what it does not allow. This page is made from the same tables by `python manage.py lifecycles`: do not edit it.
"""


def lifecycles() -> list[Lifecycle]:
    """Every lifecycle that stands next to a model, by the name of its thing."""
    packages = tuple(f"{app.name}.models" for app in apps.get_app_configs() if Path(app.path).parent == Path(settings.BASE_DIR))
    modules = [module for name, module in list(sys.modules.items()) if name.startswith(packages)]
    found = {id(value): value for module in modules for value in vars(module).values() if isinstance(value, Lifecycle)}
    return sorted(found.values(), key=lambda lifecycle: lifecycle.thing)


def guide() -> str:
    parts = [_INTRODUCTION]
    for each in lifecycles():
        parts.append(
            f"\n## {each.thing.capitalize()}\n\n```mermaid\n{each.diagram()}\n```\n\n| step | asks for a role that may |\n| --- | --- |\n"
        )
        parts += [f"| {step.label} (`{step.name}`) | {PERMISSIONS[step.permission]} |\n" for step in each.steps.values()]
    return "".join(parts)


class Command(BaseCommand):
    help = "Writes docs/guides/lifecycles.md from the tables next to the models; --check only says whether it is up to date."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        made = guide()
        if options["check"]:
            if not GUIDE.exists() or GUIDE.read_text() != made:
                raise CommandError("docs/guides/lifecycles.md is not what the tables say: run 'python manage.py lifecycles'.")
            return
        GUIDE.write_text(made)
        self.stdout.write(f"{GUIDE} written.")
