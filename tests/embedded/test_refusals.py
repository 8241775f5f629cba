"""Bad luck at the start: one sentence that says what and how to mend it, a failure, and nothing half-done."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from carehub.embedded import packages, system_libraries
from carehub.embedded.folders import ROOT
from carehub.embedded.system_libraries import Needed


def launch(command: str, *, python: str = sys.executable, **environment: str) -> tuple[int, list[str]]:
    cleared = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATABASE_OWNER_URL", "PORT")}
    done = subprocess.run(
        [python, "-m", "carehub.embedded", command], cwd=ROOT, env=cleared | environment, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stderr.strip().splitlines()


def test_a_taken_port(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        code, said = launch("run", PORT=str(number), CAREHUB_VAR=str(tmp_path / "var"))
    assert code != 0
    assert said == [f"Port {number} cannot be used (Address already in use). Give another one: make run PORT={number % 65535 + 1}"]
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["launcher.lock"]


@pytest.mark.parametrize("said_port", ["no", "0", "65536", "-1"])
def test_a_port_that_is_none(tmp_path, said_port):
    code, said = launch("run", PORT=said_port, CAREHUB_VAR=str(tmp_path / "var"))
    assert code != 0
    assert said == [f"PORT is '{said_port}': it takes a number from 1 to 65535."]


def test_a_database_without_its_owner(tmp_path):
    code, said = launch("run", PORT="8199", CAREHUB_VAR=str(tmp_path / "var"), DATABASE_URL="postgresql://carehub_app:x@/carehub")
    assert code != 0
    assert said == ["DATABASE_URL is set, but not DATABASE_OWNER_URL, as which the tables are made: set it too, or neither."]


def test_a_data_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    code, said = launch("run", PORT="8199", CAREHUB_VAR=str(tmp_path / "file" / "var"))
    assert code != 0
    assert said == [
        f"The data folder {tmp_path}/file/var cannot be made (Not a directory): give another data folder: CAREHUB_VAR=/some/folder."
    ]


def test_an_unknown_command(tmp_path):
    code, said = launch("dance", CAREHUB_VAR=str(tmp_path / "var"))
    assert code != 0
    assert said == ["Say one of: run, manage, test, check, fix, proof, bench."]


def test_a_missing_library_as_an_ordinary_user(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    missing = [Needed("Pango", "libpango-1.0-0", lambda: False), Needed("a font", "fonts-dejavu-core", lambda: False)]
    with pytest.raises(SystemExit) as stop:
        system_libraries.provide([*missing, Needed("what is there", "there", lambda: True)])
    command = "sudo apt-get install --no-install-recommends -y libpango-1.0-0 fonts-dejavu-core"
    assert str(stop.value) == f"Missing on this machine: Pango, a font. Install with: {command}"


def test_a_library_is_found_by_loading_it():
    assert system_libraries.loads("libc.so.6")()
    assert not system_libraries.loads("libnobody-has-this.so.0")()


def test_a_library_that_apt_does_not_bring_either(monkeypatch, tmp_path):
    """As root, with an apt-get that fails: what is missing is named, and what apt said."""
    (tmp_path / "apt-get").write_text("#!/bin/sh\necho 'E: Unable to locate package nowhere' >&2\nexit 100\n")
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(SystemExit, match=r"^Missing on this machine: Pango\. .* did not bring it: E: Unable to locate package nowhere$"):
        system_libraries.provide([Needed("Pango", "nowhere", lambda: False)])


def test_a_python_without_venv_as_an_ordinary_user(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(packages, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(packages, "_works", lambda *command, words=None: False)
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit) as stop:
        packages._make_venv()
    assert str(stop.value).startswith("Missing on this machine: Python's venv. Install with: sudo apt-get install")
    assert not (tmp_path / ".venv").exists()


def test_the_first_half_of_the_launcher_needs_the_standard_library_alone(tmp_path):
    """The machine's bare Python runs it before .venv exists."""
    script = "import carehub.embedded.commands, sys; sys.exit(sorted(set(sys.modules) & {'django', 'psycopg2', 'celery'}) or 0)"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {script}"], timeout=60)
    assert done.returncode == 0


def test_an_old_python_can_read_the_entry_and_is_told():
    """Nothing newer than Python 3.6 stands in it; the oldest grammar that ast can check is 3.7's."""
    import ast

    source = (ROOT / "carehub" / "embedded" / "__main__.py").read_text()
    ast.parse(source, feature_version=(3, 7))
    ast.parse((ROOT / "carehub" / "embedded" / "__init__.py").read_text(), feature_version=(3, 7))
    assert "3.11 or newer" in source


def test_packages_are_installed_again_when_a_lock_file_changes(monkeypatch, tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("one==1")
    monkeypatch.setattr(packages, "LOCKS", {"run": lock})
    monkeypatch.setattr(packages, "VENV", tmp_path)
    monkeypatch.setattr(packages, "PYTHON", Path(sys.executable))
    assert not packages.ready("run")
    packages.stamp_file("run").write_text(packages.stamp("run"))
    assert packages.ready("run")
    lock.write_text("one==2")
    assert not packages.ready("run")
