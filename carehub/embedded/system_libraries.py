"""Libraries and programs that pip cannot bring: Debian's packages. Looked for by loading them, not by asking dpkg,
so that a library from elsewhere counts too.

As root what is missing is installed; anybody else is told the one command.
"""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Needed:
    what: str
    package: str
    found: Callable[[], bool]


def loads(name: str) -> Callable[[], bool]:
    def found() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return found


def on_path(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def some_font() -> bool:
    folders = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts"]
    return any(True for folder in folders if folder.is_dir() for _ in folder.rglob("*.[to]tf"))


def chromium() -> str | None:
    """The browser that journeys are driven in."""
    return next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


#: WeasyPrint draws text with Pango; it finds fonts with Fontconfig. PostgreSQL and Python both read the machine's time zones.
TO_RUN = [
    Needed("Pango", "libpango-1.0-0", loads("libpango-1.0.so.0")),
    Needed("Pango's FreeType part", "libpangoft2-1.0-0", loads("libpangoft2-1.0.so.0")),
    Needed("HarfBuzz's subsetter", "libharfbuzz-subset0", loads("libharfbuzz-subset.so.0")),
    Needed("a font", "fonts-dejavu-core", some_font),
    Needed("time zones", "tzdata", lambda: Path("/usr/share/zoneinfo/Europe/London").exists()),
]
TO_TEST = [
    *TO_RUN,
    Needed("Chromium, for the journeys", "chromium", lambda: chromium() is not None),
    Needed("pdftoppm and pdfsig", "poppler-utils", lambda: on_path("pdftoppm")() and on_path("pdfsig")()),
    Needed("Redis, as the broker of production", "redis-server", on_path("redis-server")),
]


def provide(needed: list[Needed]) -> list[str]:
    """Installs what is missing, as root; otherwise stops with the command. Returns the packages installed."""
    missing = [item for item in needed if not item.found()]
    if not missing:
        return []
    packages = [item.package for item in missing]
    command = f"apt-get install --no-install-recommends -y {' '.join(packages)}"
    what = ", ".join(item.what for item in missing)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SystemExit(f"Missing on this machine: {what}. Install with: sudo {command}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # The lists of a fresh machine are empty, those of an old one may name files that are gone: then they are fetched first.
    for attempt in (["sh", "-c", command], ["sh", "-c", f"apt-get update && {command}"]):
        done = subprocess.run(attempt, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode == 0:
            break
    still = [item for item in missing if not item.found()]
    if still:
        said = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise SystemExit(
            f"Missing on this machine: {', '.join(item.what for item in still)}. '{command}' did not bring it: {' '.join(said)}"
        )
    return packages
