"""The one way in for anything that somebody uploads."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext_lazy

from carehub.files.apart import clean_apart
from carehub.files.detection import JPEG, KINDS, PDF, PNG, WEBP, detect
from carehub.files.refusals import Refused
from carehub.files.virus import look_for_viruses

MEGABYTE = 1024 * 1024
EXTENSIONS = {JPEG: ".jpg", PNG: ".png", PDF: ".pdf"}
LONGEST_NAME = 100


class Upload(Protocol):
    """What Django gives for an uploaded file; only this much of it is used."""

    name: str | None
    size: int | None

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Purpose:
    """What may be brought for one purpose, and how much of it."""

    kinds: tuple[str, ...]
    #: For the refusal: what to bring instead.
    wanted: str
    most_bytes: int
    most_pixels: int
    most_pages: int


PURPOSES = {
    "scan": Purpose(
        (JPEG, PNG, WEBP, PDF), gettext_lazy("a JPEG, PNG or WebP picture, or a PDF"), 15 * MEGABYTE, 50_000_000, most_pages=20
    ),
}


@dataclass(frozen=True)
class CleanFile:
    """What became of an upload: bytes that we wrote ourselves. ``name`` is for people to read, never part of a path."""

    bytes: bytes
    content_type: str
    sha256: str
    pages: int
    name: str


def accept(upload: Upload, *, purpose: str) -> CleanFile:
    """Takes ``upload`` in for ``purpose`` ('scan'). Raises Refused, whose ``reason`` is for the person."""
    rule = PURPOSES[purpose]
    if (upload.size or 0) > rule.most_bytes:
        raise _too_large(upload.size or 0, rule)
    data = upload.read(rule.most_bytes + 1)
    if len(data) > rule.most_bytes:  # the size that was announced is not believed
        raise _too_large(len(data), rule)
    if not data:
        raise Refused("empty")
    look_for_viruses(data)
    kind = detect(data)
    if kind not in rule.kinds:
        if kind == "heic":
            raise Refused("heic")
        raise Refused("unknown") if kind is None else Refused("not-wanted", {"kind": KINDS[kind], "wanted": rule.wanted})
    made, content_type, pages = clean_apart(data, kind, most_pixels=rule.most_pixels, most_pages=rule.most_pages)
    return CleanFile(made, content_type, hashlib.sha256(made).hexdigest(), pages, readable_name(upload.name or "", content_type))


def _too_large(size: int, rule: Purpose) -> Refused:
    return Refused("too-large", {"have": f"{size / MEGABYTE:.1f}", "most": f"{rule.most_bytes / MEGABYTE:g}"})


def readable_name(name: str, content_type: str) -> str:
    """A name that can be shown and saved anywhere: the letters of ``name``, with the ending that its content has."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    # Control characters, and marks that turn the direction of reading round ('fdp.exe' that shows as 'exe.pdf').
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    stem = re.sub(r'[<>:"|?*%&;$`\'\s]+', " ", re.sub(r"(\.[A-Za-z]\w{0,4})+$", "", name)).strip(" .-")
    return f"{stem[:LONGEST_NAME].strip() or 'file'}{EXTENSIONS[content_type]}"
