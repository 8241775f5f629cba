"""docs/guides/roles.md is made from the permissions and the pages' rules, and is up to date."""

import pytest
from django.core.management import CommandError, call_command

from carehub.management.commands import roles
from carehub.permissions import PERMISSIONS, ROLES


def test_the_guide_is_up_to_date():
    call_command("roles", "--check")


def test_a_guide_that_is_not_is_noticed(tmp_path, monkeypatch):
    old = tmp_path / "roles.md"
    old.write_text(roles.guide().replace("| yes |", "| – |", 1))
    monkeypatch.setattr(roles, "GUIDE", old)
    with pytest.raises(CommandError, match="run 'python manage.py roles'"):
        call_command("roles", "--check")


def test_it_says_of_every_role_every_permission_and_every_page():
    made = roles.guide()
    for role in ROLES.values():
        assert f"| {role.title} |" in made
    for name in PERMISSIONS:
        assert f"(`{name}`) |" in made
    for _address, page in roles.pages():
        assert f"| `{page.name}` |" in made
    assert "| a role that may read care plans |" in made
    assert "``" not in made, "a page without a name or a rule"
