"""The seal: one PAdES signature (ECDSA on P-256) over a whole document, made once. The sealed file is kept and never remade."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import PdfSignedData, SignatureObject

from carehub.documents.certificate import Sealer
from carehub.documents.finishing import SEAL_FIELD

DIGEST = "sha256"
#: Hexadecimal digits kept for the signature: one certificate and its chain fit in easily.
ROOM = 8192


class CannotSeal(Exception):
    """The document has no place for a seal, or has one already."""


def seal(pdf: bytes, sealer: Sealer, at: datetime) -> bytes:
    """``pdf`` with the partnership's seal in the place that the page kept for it; ``at`` is written into the seal.

    Nothing that was there is rewritten: the sealed file begins with the bytes of the unsealed one. No change is allowed
    after it. Raises CannotSeal, and SealUnavailable where the certificate does not hold at ``at``.
    """
    sealer.check(at)
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    _place_for_the_seal(writer)
    steps = PdfCMSEmbedder().write_cms(field_name=SEAL_FIELD, writer=writer, existing_fields_only=True)
    next(steps)
    signature: PdfSignedData = SignatureObject(timestamp=at, subfilter=SigSeedSubFilter.PADES, name=sealer.name, bytes_reserved=ROOM)
    steps.send(
        SigObjSetup(
            sig_placeholder=signature,
            mdp_setup=SigMDPSetup(md_algorithm=DIGEST, certify=True, docmdp_perms=MDPPerm.NO_CHANGES),
            appearance_setup=None,  # what the seal looks like is printed on the page, in a font that is embedded
        )
    )
    prepared, output = steps.send(SigIOSetup(md_algorithm=DIGEST))
    signed = _result(sealer.signer.async_sign(data_digest=prepared.document_digest, digest_algorithm=DIGEST, use_pades=True))
    steps.send(signed)
    return output.getvalue()


def _place_for_the_seal(writer: IncrementalPdfFileWriter) -> None:
    form = writer.root.get("/AcroForm")
    fields = [field.get_object() for field in form["/Fields"]] if form else []
    if len(fields) != 1 or fields[0].get("/FT") != "/Sig" or fields[0].get("/T") != SEAL_FIELD:
        raise CannotSeal("This document keeps no place for a seal.")
    if "/V" in fields[0]:
        raise CannotSeal("This document is sealed already.")


def _result(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Runs pyHanko's signing in a thread and an event loop of its own: the caller may stand inside a loop already."""
    with ThreadPoolExecutor(max_workers=1) as alone:
        return alone.submit(asyncio.run, coroutine).result()
