"""The code on a printed sheet. It holds the address of the check page and nothing else."""

import io

import segno

from carehub.documents.picture import Picture


def qr_code(address: str) -> Picture:
    """``address`` as an SVG picture with the quiet zone the standard asks for; error correction M survives a crease."""
    out = io.BytesIO()
    segno.make_qr(address, error="M").save(out, kind="svg", border=4, xmldecl=False, svgclass=None, lineclass=None, nl=False)
    return Picture(out.getvalue(), "image/svg+xml")
