"""Reads the environment, loudly: a wrong or missing value stops the program with one sentence that says how to mend it."""

import ipaddress
import os
import secrets
from pathlib import Path


class Environment:
    def text(self, name: str, default: str) -> str:
        return os.environ.get(name, "").strip() or default

    def required(self, name: str, example: str) -> str:
        value = os.environ.get(name, "").strip()
        if not value:
            raise SystemExit(f"{name} is not set. Set it, for example {name}={example}, or start with 'make run'.")
        return value

    def flag(self, name: str) -> bool:
        value = os.environ.get(name, "").strip().lower()
        if value in ("", "0", "no", "false", "off"):
            return False
        if value in ("1", "yes", "true", "on"):
            return True
        raise SystemExit(f"{name} is '{value}': say 1 or 0.")

    def number(self, name: str, default: float) -> float:
        value = os.environ.get(name, "").strip()
        try:
            return float(value) if value else default
        except ValueError:
            raise SystemExit(f"{name} is '{value}': it takes a number.") from None

    def words(self, name: str, default: list[str]) -> list[str]:
        value = os.environ.get(name, "").strip()
        return [word.strip() for word in value.split(",") if word.strip()] or default

    def path(self, name: str, default: Path) -> Path:
        value = os.environ.get(name, "").strip()
        return Path(value).expanduser().resolve() if value else default

    def secret(self, name: str, file: Path, *, made_here: bool) -> str:
        """The value of ``name``, or what ``file`` holds; made and kept (0600) only where ``made_here`` allows it."""
        if value := os.environ.get(name, "").strip():
            if len(value) < 50:
                raise SystemExit(f"{name} is shorter than 50 characters: make one with 'openssl rand -base64 48'.")
            return value
        if file.exists():
            return file.read_text().strip()
        if not made_here:
            raise SystemExit(f"{name} is not set. Outside the demonstration you bring your own: 'openssl rand -base64 48'.")
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = secrets.token_urlsafe(48)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another of our processes was first
            return file.read_text().strip()
        with os.fdopen(handle, "w") as out:
            out.write(made)
        return made


def on_this_machine(host: str | None) -> bool:
    """Whether what is said to ``host`` stays on this machine. Names other than 'localhost' are not looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
