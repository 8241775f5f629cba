"""What a file is, by its first bytes: neither its name nor what the browser calls it counts."""

import re

from django.utils.translation import gettext_lazy

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"

#: In words, for a refusal, what people bring by mistake.
KINDS = {
    "image/gif": gettext_lazy("a GIF picture"),
    "image/tiff": gettext_lazy("a TIFF picture"),
    "image/bmp": gettext_lazy("a BMP picture"),
    "image/svg+xml": gettext_lazy("an SVG drawing"),
    "text/html": gettext_lazy("a web page"),
    "text/xml": gettext_lazy("an XML file"),
    "application/zip": gettext_lazy("a ZIP or Office file"),
    "application/msword": gettext_lazy("an Office file"),
    "application/rtf": gettext_lazy("a text file"),
    "application/x-executable": gettext_lazy("a program"),
    "application/gzip": gettext_lazy("a compressed file"),
    "text/x-script": gettext_lazy("a script"),
    JPEG: gettext_lazy("a JPEG picture"),
    PNG: gettext_lazy("a PNG picture"),
    WEBP: gettext_lazy("a WebP picture"),
    PDF: gettext_lazy("a PDF"),
}

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"%PDF-", PDF),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
    (b"{\\rtf", "application/rtf"),
    (b"MZ", "application/x-executable"),
    (b"\x7fELF", "application/x-executable"),
    (b"\x1f\x8b", "application/gzip"),
    (b"#!", "text/x-script"),
)
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_MARKUP = re.compile(rb"<\s*(!doctype\s+html|html|head|body|script|svg|\?xml|!--)", re.IGNORECASE)


def detect(data: bytes) -> str | None:
    """The content type that ``data`` begins as, ``'heic'`` for Apple's photographs, or None."""
    for beginning, kind in _BEGINNINGS:
        if data.startswith(beginning):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return "heic"
    # UTF-16 has a zero beside every letter: without them the same words are found.
    if found := _MARKUP.match(data[:2000].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")):
        word = found[1].lower()
        if word == b"svg" or b"<svg" in data[:2000].lower():
            return "image/svg+xml"
        return "text/xml" if word.startswith(b"?xml") else "text/html"
    return None
