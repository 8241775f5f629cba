"""docs/safety/cryptography.md names every module that hashes, signs, encrypts or draws secrets, and none that does not."""

import ast
import re
from pathlib import Path

from tests.architecture.source import modules

PAGE = Path(__file__).resolve().parents[2] / "docs" / "safety" / "cryptography.md"
LIBRARIES = {"argon2", "cryptography", "hashlib", "hmac", "jwt", "pyhanko", "secrets", "ssl"}
DJANGO = {"django.contrib.auth.tokens", "django.core.signing", "django.utils.crypto"}


def _imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{each.name}" for each in node.names}
    return found


def test_every_place_is_named_and_no_other():
    does = {
        module.where
        for module in modules().values()
        if any(name.split(".")[0] in LIBRARIES or any(name.startswith(each) for each in DJANGO) for name in _imported(module.tree))
    }
    named = set(re.findall(r"`([a-z]+/[a-z_/]+\.py)`", PAGE.read_text())) - {"carehub/settings.py", "tests/docs/test_cryptography.py"}
    assert named == does
    assert len(does) > 15


def test_what_it_says_of_passwords_and_keys(settings):
    from carehub import settings as ours
    from carehub.signing_in import openid

    text = PAGE.read_text()
    assert "Argon2" in text
    assert ours.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    said = {f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)} | {"EdDSA"}
    assert set(openid.SIGNED_WITH) == said
