"""Writes docs/guides/roles.md: who may do what, and what each page asks, from the code that decides it. ``--check`` only compares."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import URLPattern, URLResolver, get_resolver

from carehub.permissions import PERMISSIONS, ROLES

GUIDE = Path(settings.BASE_DIR, "docs", "guides", "roles.md")
_INTRODUCTION = """\
# Roles: who may do what

A role says *what* somebody may do. *Which clients* they may do it for is another question, and both must be answered with yes.
Whoever acts for an agency reaches the clients whom that agency treats. A role of the whole partnership has no agency and so reaches
no client. The table of access also knows consent, a part in the treatment, an audit sample and a recorded emergency. The database
holds the same table against every query
([two walls, one table](../decisions/0003-two-walls.md)).

Somebody with several roles acts in one at a time; it is named at the top of the page and changed there. Roles are given and ended by
[administrators](administrator.md), who cannot give themselves one. A deputy has the role and the agency of whom they stand in for, for
a time within both their own; the database refuses what does not fit.

This page is made by `python manage.py roles` from `carehub/permissions.py` and from the rule that each page declares: do not edit
it. A test fails when it is not what they say.
"""
_ANYBODY, _SIGNED_IN = "anybody, without sign-in", "everybody who is signed in"


def pages(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every page's address and what answers there."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            yield from pages(each.url_patterns, prefix + str(each.pattern))
        else:
            yield prefix + str(each.pattern), each


def guide() -> str:
    return "".join([_INTRODUCTION, *_roles(), *_permissions(), *_pages()])


def _roles() -> Iterator[str]:
    yield "\n## Where each acts, and the page it begins on\n\n| role | acts for | begins on |\n| --- | --- | --- |\n"
    begins = {page.name: address for address, page in pages()}
    for role in ROLES.values():
        yield f"| {role.title} | {'the whole partnership' if role.partnership_wide else 'an agency'} | `/{begins[role.home]}` |\n"


def _permissions() -> Iterator[str]:
    yield "\n## What each may do\n\n"
    yield f"| a role that may … | {' | '.join(str(role.title) for role in ROLES.values())} |\n"
    yield f"| --- |{' :-: |' * len(ROLES)}\n"
    for name, sentence in PERMISSIONS.items():
        marks = ("yes" if name in role.permissions else "–" for role in ROLES.values())
        yield f"| {sentence} (`{name}`) | {' | '.join(marks)} |\n"


def _pages() -> Iterator[str]:
    yield "\n## What each page asks\n\nWrong role: 403, with the reason. A client out of reach: 404, as if there were none.\n\n"
    yield "| page | address | may be opened by |\n| --- | --- | --- |\n"
    for address, page in sorted(pages(), key=lambda each: each[0]):
        readable = re.sub(r"<(?:\w+:)?(\w+)>", "…", address)
        yield f"| `{page.name}` | `/{readable}` | {_who(getattr(page.callback, 'rule', ''))} |\n"


def _who(rule: str) -> str:
    """A page's rule (carehub.guards) in words."""
    if rule.startswith("no sign-in: "):
        return f"{_ANYBODY} ({rule.removeprefix('no sign-in: ')})"
    if rule.startswith("signed in"):
        return _SIGNED_IN + rule.removeprefix("signed in")
    return f"a role that may {PERMISSIONS[rule]}"


class Command(BaseCommand):
    help = "Writes docs/guides/roles.md from the permissions and the pages' rules; --check only says whether it is up to date."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        made = guide()
        if options["check"]:
            if not GUIDE.exists() or GUIDE.read_text() != made:
                raise CommandError("docs/guides/roles.md is not what the code says: run 'python manage.py roles'.")
            return
        GUIDE.write_text(made)
        self.stdout.write(f"{GUIDE} written.")
