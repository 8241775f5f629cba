"""docs/operations/settings.md names every variable that is read, and none that is not."""

import re

import yaml

from carehub.embedded.folders import ROOT


def documented() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/operations/settings.md").read_text(), re.MULTILINE))


def test_the_table_and_the_code_name_the_same_variables():
    read = set()
    for name in ("settings", "signing_in/openid_settings", "mail_settings", "redis_settings"):
        read |= set(re.findall(r"env\.\w+\(\"([A-Z_]+)\"", (ROOT / f"carehub/{name}.py").read_text()))
    read |= {"CAREHUB_ADMIN_DATABASE_URL", "PORT", "PYTHON", "ARGS", "CAREHUB_SEED", "WEB_CONCURRENCY"}
    assert documented() == read | {"DATABASE_OWNER_URL"}


#: Not handed through to the containers of docker-compose.yml: another service's, the image's own, never in earnest, or for developers.
NOT_IN_COMPOSE = {
    "DATABASE_OWNER_URL",
    "CAREHUB_ADMIN_DATABASE_URL",
    "CAREHUB_VAR",
    "CAREHUB_DEMO",
    "CAREHUB_DEBUG",
    "PORT",
    "PYTHON",
    "ARGS",
    "CAREHUB_SEED",
}


def test_what_stands_in_the_compose_files_env_reaches_the_program():
    """A virus scanner that is named in .env and never asked would be worse than none: somebody relies on it."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    for name in ("web", "worker", "beat"):
        assert documented() - set(services[name]["environment"]) == NOT_IN_COMPOSE


def test_the_compose_file_sets_only_what_the_table_knows_and_all_that_production_needs():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    for name in ("setup", "web", "worker", "beat"):
        assert set(services[name]["environment"]) <= documented()
    assert "DATABASE_OWNER_URL" in services["setup"]["environment"]
    for name in ("web", "worker", "beat"):
        given = set(services[name]["environment"])
        assert given >= {
            "DATABASE_URL",
            "CAREHUB_SECRET_KEY",
            "CAREHUB_HOSTS",
            "CAREHUB_ADDRESS",
            "CAREHUB_TRUSTED_PROXY",
            "CAREHUB_BROKER_URL",
        }
        assert not given & {"DATABASE_OWNER_URL", "CAREHUB_ADMIN_DATABASE_URL", "CAREHUB_DEMO", "CAREHUB_DEBUG"}
    assert [name for name, service in services.items() if service.get("ports")] == ["proxy"]
