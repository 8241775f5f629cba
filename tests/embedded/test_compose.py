"""What docker-compose.yml, Dockerfile and .dockerignore must keep to, and what the documents say of them."""

import re
from pathlib import Path

import pytest
import yaml
from django.apps import apps

from carehub.embedded.folders import ROOT
from carehub.embedded.postgres import SETTINGS

COMPOSE = (ROOT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(COMPOSE)["services"]
OURS = ("setup", "web", "worker", "beat")


def lets_in(path: str) -> bool:
    """What Docker makes of .dockerignore: the last line that fits decides. Here lines are names, '*' alone, and '**/name'."""
    inside = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!")
        assert pattern == "*" or "*" not in pattern.removeprefix("**/"), f"{line}: not understood here"
        if pattern.startswith("**/"):
            fits = pattern.removeprefix("**/") in path.split("/")
        else:
            fits = pattern == "*" or path == pattern or path.startswith(f"{pattern}/")
        if fits:
            inside = line.startswith("!")
    return inside


@pytest.mark.parametrize(
    "path", [".env", ".env.old", "carehub.dump", "files.tar", "backups/files.tar", "root.crt", "docker-compose.override.yml", ".git/config"]
)
def test_what_lies_beside_the_code_stays_out_of_the_image(path):
    """A backup taken in this folder before an upgrade would be in the image after it, seals and all."""
    assert not lets_in(path)


@pytest.mark.parametrize(
    "path", ["var/secret", ".venv/bin/python", "tests/world.py", "carehub/embedded/postgres.py", "clients/__pycache__/a.pyc"]
)
def test_what_production_does_not_need_stays_out(path):
    assert not lets_in(path)


def test_what_runs_is_in_the_image():
    ours = [Path(config.path).name for config in apps.get_app_configs() if Path(config.path).parent == ROOT]
    assert len(ours) == 5
    for name in (*ours, "templates", "static", "manage.py", "gunicorn.conf.py", "requirements.lock"):
        assert (ROOT / name).exists()
        assert lets_in(name), f"{name} is not in the image"


def test_one_service_builds_for_all():
    """Several that build under one name make as many images, and each start would replace containers that nobody changed."""
    assert [name for name, service in SERVICES.items() if "build" in service] == ["setup"]
    assert {SERVICES[name]["image"] for name in OURS} == {"carehub"}
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["setup"] == {"condition": "service_completed_successfully"}


def test_the_database_is_ready_when_others_reach_it():
    """Its image makes a new database with a server on a socket alone, and ends that server again."""
    assert "-h" in SERVICES["database"]["healthcheck"]["test"]


def test_no_statement_and_no_row_gets_into_the_log_of_the_database():
    command = SERVICES["database"]["command"]
    assert command[0] == "postgres"
    for name in ("log_min_error_statement", "log_error_verbosity"):
        assert f"{name}={SETTINGS[name]}" in command


def test_every_log_has_an_end():
    assert {name: service["logging"]["driver"] for name, service in SERVICES.items()} == dict.fromkeys(SERVICES, "local")


def test_the_document_names_what_the_compose_file_demands():
    guide = (ROOT / "docs/operations/running-in-earnest.md").read_text()
    named = set(re.findall(r"^ {7}([A-Z_]+)=", guide, re.MULTILINE))
    assert named == set(re.findall(r"\$\{([A-Z_]+):\?", COMPOSE))


def test_what_production_must_bring_is_never_empty():
    table = (ROOT / "docs/operations/settings.md").read_text().partition("For the launcher alone")[0]
    required = set(re.findall(r"^\| `([A-Z_]+)` \|.*\| required \|$", table, re.MULTILINE))
    assert "CAREHUB_MAIL_URL" in required
    # The data folder is the image's own, a volume.
    for name in required - {"CAREHUB_VAR"}:
        assert ":-}" not in SERVICES["web"]["environment"][name], f"{name} is required, and may be empty"
