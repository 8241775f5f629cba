"""The README's commands exist, and its sign-ins are those that the loader makes."""

import re

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from carehub.demo.place import PASSWORD, STAFF
from carehub.embedded.folders import ROOT
from carehub.permissions import ROLES
from tests.docs.test_links import DOCUMENTS

README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
IDS = [str(path.relative_to(ROOT)) for path in DOCUMENTS]


def code(text: str) -> list[str]:
    """What stands as code: fenced or indented blocks, line by line, and what stands between backticks."""
    blocks = re.findall(r"^```.*?\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    indented = re.findall(r"^ {4,}(\S.*)$", rest, flags=re.MULTILINE)
    return [line for block in blocks for line in block.splitlines()] + indented + re.findall(r"`([^`\n]+)`", rest)


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_every_make_target_exists(document):
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    for line in code(document.read_text()):
        for target in re.findall(r"(?:^|&& )make ([a-z]+)", line):
            assert target in targets, f"{line}: no such target"


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_every_management_command_exists(document):
    commands = get_commands()
    for line in code(document.read_text()):
        for command, words in re.findall(r"manage\.py ([a-z_]+)([^|;&]*)", line):
            assert command in commands, f"{line}: no such command"
            where = commands[command]
            made = load_command_class(where, command) if isinstance(where, str) else where
            known = set(made.create_parser("manage.py", command)._option_string_actions)
            for option in re.findall(r"(?<!\S)--[a-z-]+", words):
                assert option in known, f"{line}: {command} has no {option}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_every_compose_service_exists(document):
    services = set(yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"])
    for line in code(document.read_text()):
        for service in re.findall(r"docker compose (?:run|exec)(?: -\S+)* ([a-z]+)", line):
            assert service in services, f"{line}: no such service"


def test_its_sign_ins_are_those_of_the_loader():
    listed = re.findall(r"^\| ([^|]+) \| `([^`@]+)@carehub\.example` \| ([^|]+) \|", README, re.MULTILINE)
    staff = {person.email.partition("@")[0]: person for person in STAFF}
    assert listed
    for role, mail, _try in listed:
        person = staff[mail]
        assert role in {str(ROLES[name].title) for name, _agency in person.roles}, f"{mail} is not '{role}'"
    assert {role for role, _mail, _try in listed} == {str(role.title) for role in ROLES.values()}, "a row a role"
    assert f"`{PASSWORD}`" in README
    assert set(re.findall(r"([a-z.]+)@carehub\.example", README)) <= set(staff)


def test_nobody_named_in_a_document_can_be_real():
    """Mail addresses of reserved domains, telephone numbers of the ranges kept for drama."""
    for document in DOCUMENTS:
        text = document.read_text()
        for domain in re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", text):
            assert domain.endswith((".example", "example.org", "example.com")), f"{document.name}: {domain}"
        for number in re.findall(r"\b0\d{4} ?\d{3} ?\d{3}\b", text):
            assert number.replace(" ", "").startswith(("01632960", "07700900")), f"{document.name}: {number}"


def test_what_the_troubleshooting_quotes_is_what_the_program_says():
    """Each piece of an italic sentence stands in a source file; a number or a variable's name may be filled in."""
    table = README.partition("| it says | do |")[2].partition("\n\n")[0]
    sources = [*(ROOT / "carehub").rglob("*.py"), *(ROOT / "templates").glob("*.html")]
    program = "\n".join(path.read_text() for path in sources)
    quoted = re.findall(r"\*([^*|]+)\*", table)
    assert len(quoted) > 10
    for piece in (piece.strip(" ,.:") for sentence in quoted for piece in sentence.split("…")):
        said = re.sub(r"\b(?:[0-9]+|[A-Z]+(?:_[A-Z]+)+)\b", lambda filled: rf"(?:{filled[0]}|\{{\w+\}})", re.escape(piece))
        assert re.search(said, program), f"'{piece}' is said nowhere"
