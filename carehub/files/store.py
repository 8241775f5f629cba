"""Where files lie: under the SHA-256 of what they contain, through Django's default storage.

On a disk (``FILES_ROOT``) a file appears whole or not at all, whatever happens to the machine while it is written, and
only this service may read it (0600 in 0700). With another storage set, an object store appears under the same names.
"""

import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages

UNFINISHED = ".unfinished-"
SHA256 = re.compile(r"[0-9a-f]{64}")


class NotStored(Exception):
    """There is no file with that content."""


class Damaged(Exception):
    """A file no longer has the content that it is named after: it must be brought back from a backup."""


def put(data: bytes) -> str:
    """Keeps ``data`` for good and gives its SHA-256. What is there already is kept once; what was damaged is mended."""
    sha256 = hashlib.sha256(data).hexdigest()
    storage = storages["default"]
    try:
        if get(sha256) == data:
            if isinstance(storage, FileSystemStorage):
                os.utime(storage.path(name_of(sha256)))  # whoever sweeps leaves alone what is being filed again
            return sha256
    except NotStored:
        pass
    except Damaged:
        if not isinstance(storage, FileSystemStorage):
            storage.delete(name_of(sha256))
    if isinstance(storage, FileSystemStorage):
        _write_whole(Path(storage.path(name_of(sha256))), data)
    else:
        _save(storage, name_of(sha256), data)
    return sha256


def get(sha256: str) -> bytes:
    """The bytes, checked against their name. Raises NotStored, Damaged."""
    try:
        with storages["default"].open(name_of(sha256), "rb") as file:
            data = file.read()
    except FileNotFoundError:
        raise NotStored(sha256) from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Damaged(sha256)
    return data


def name_of(sha256: str) -> str:
    """'ab/cd/abcd…': a folder never holds more than a 65,536th of all files."""
    if not SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256 in hexadecimal")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _write_whole(path: Path, data: bytes) -> None:
    for folder in (path.parent.parent.parent, path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        new.rename(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    for folder in (path.parent, path.parent.parent, path.parent.parent.parent):  # the names last as well
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _save(storage: Storage, name: str, data: bytes) -> None:
    saved = storage.save(name, ContentFile(data))
    if saved != name:  # somebody else was first with the same content, and ours was given another name
        storage.delete(saved)


def left_behind(root: Path, *, older_than: float) -> Iterator[Path]:
    """What killed processes left half-written under ``root``, if it is older than that many seconds."""
    return (path for path in root.glob(f"*/*/{UNFINISHED}*") if _age(path) > older_than)


def kept(root: Path, *, older_than: float) -> Iterator[Path]:
    """Each whole file under ``root`` that was put there, or put there again, longer ago than that many seconds."""
    return (path for path in root.glob("*/*/*") if SHA256.fullmatch(path.name) and _age(path) > older_than)


def _age(path: Path) -> float:
    return time.time() - path.stat().st_mtime
