"""Is this file still the document that was sealed?

Two questions, answered apart. *The same bytes?* compares the SHA-256 with the one kept when the document was sealed; it
misses nothing. *The seal?* checks the signature in the file itself, also where the database is out of reach: that it is
mathematically right, that it covers every byte but its own, that nothing is hidden beside it, and that the certificate is
one that has sealed here.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.apps import apps
from django.db import DatabaseError
from django.utils.translation import gettext_lazy
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

PROBLEMS = {
    "unreadable": gettext_lazy("It cannot be read as a PDF with one seal in it."),
    "no-seal": gettext_lazy("It carries no seal."),
    "several-seals": gettext_lazy("It carries more than one signature; a document from here carries one."),
    "broken": gettext_lazy("Its content is not what was sealed."),
    "added-to": gettext_lazy("Something was added, or stands outside what was sealed."),
    "padded": gettext_lazy("Something was changed in the place that holds the seal."),
    "stranger": gettext_lazy("It was sealed with a certificate that does not belong here."),
    "other-content": gettext_lazy("It is not, byte for byte, the file that was filed."),
}


@dataclass(frozen=True)
class SealReading:
    """What the seal in a file says. ``at`` is what the sealing machine's clock said."""

    by: str
    at: datetime | None
    #: SHA-256 of the certificate.
    fingerprint: str


@dataclass(frozen=True)
class Verdict:
    """``problems`` are keys of PROBLEMS; none of them: genuine, as far as could be looked at."""

    sha256: str
    seal: SealReading | None
    problems: tuple[str, ...]
    #: False: nobody told us which SHA-256 to expect, the seal alone was checked.
    compared: bool

    @property
    def genuine(self) -> bool:
        return not self.problems

    @property
    def sentences(self) -> list[str]:
        return [str(PROBLEMS[problem]) for problem in self.problems]


def verify(data: bytes, expected_sha256: str | None = None, *, known: Collection[str] | None = None) -> Verdict:
    """Checks a file against the SHA-256 kept for it, if there is one, and against the seal inside it.

    ``known``: SHA-256 of the certificates that have sealed here (``certificate.known_fingerprints``); None: any will do.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    seal, problems = _read_seal(data)
    if seal and known is not None and seal.fingerprint not in known:
        problems.append("stranger")
    if expected_sha256 is not None and sha256 != expected_sha256:
        problems.append("other-content")
    return Verdict(sha256, seal, tuple(problems), compared=expected_sha256 is not None)


def _read_seal(data: bytes) -> tuple[SealReading | None, list[str]]:
    try:
        signatures = PdfFileReader(BytesIO(data)).embedded_signatures
        if not signatures:
            return None, ["no-seal"]
        if len(signatures) > 1:
            return None, ["several-seals"]
        return _reading(signatures[0]), _problems(signatures[0], data)
    except Exception:  # a damaged PDF breaks a parser in a hundred ways, all of which mean this
        return None, ["unreadable"]


def _reading(signature: EmbeddedPdfSignature) -> SealReading:
    certificate = signature.signer_cert
    name = certificate.subject.native.get("common_name") or certificate.subject.human_friendly
    return SealReading(str(name), signature.self_reported_timestamp, hashlib.sha256(certificate.dump()).hexdigest())


def _problems(signature: EmbeddedPdfSignature, data: bytes) -> list[str]:
    found = []
    digest = signature.compute_digest()
    intact, valid = validate_sig_integrity(signature.signer_info, signature.signer_cert, "data", digest)
    if not (intact and valid):
        found.append("broken")
    start, before, after, rest = (int(number) for number in signature.byte_range)
    if signature.evaluate_signature_coverage() != SignatureCoverageLevel.ENTIRE_FILE or start != 0 or after + rest != len(data):
        found.append("added-to")
    elif data[before:after] != _place(signature, after - before):
        found.append("padded")
    return found


def _place(signature: EmbeddedPdfSignature, size: int) -> bytes:
    """What stands between the two sealed ranges when nothing but the signature does: its DER in hexadecimal, then zeros."""
    der: Any = signature.pkcs7_content
    length = _der_length(der)
    return b"<" + der[:length].hex().upper().encode().ljust(size - 2, b"0") + b">"


def _der_length(der: bytes) -> int:
    """Length of the first DER value with its head; what follows is padding."""
    if der[1] < 0x80:
        return 2 + der[1]
    many = der[1] & 0x7F
    return 2 + many + int.from_bytes(der[2 : 2 + many], "big")


# --- What is on record ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OnRecord:
    """What the table behind the printed code says of a file: no client, no service."""

    standing: str
    since: date


class OutOfReach(Exception):
    """The database cannot be asked now."""


def on_record(sha256: str) -> OnRecord | None:
    """The entry whose sealed file has this SHA-256, or None. Raises OutOfReach."""
    try:
        check = apps.get_model("carehub", "DocumentCheck").objects.filter(sealed_sha256=sha256).first()
    except DatabaseError as error:
        raise OutOfReach(str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__) from None
    return OnRecord(check.standing, check.since) if check else None
