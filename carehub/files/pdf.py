"""A PDF's pages as pictures in a new PDF. Scripts, links, attachments, forms and fonts of the original stay behind.

PDFium draws what a person would see; nothing in the file is run (the library is built without a script engine, and form
actions are never started).
"""

import io
from typing import Any

import pydyf
import pypdfium2
from PIL import Image

from carehub.files.refusals import Refused

#: Dots an inch of an ordinary page: handwriting stays readable, a page is about 200 kB.
RESOLUTION = 150
#: Dots of the longer side at most, however large the page says it is.
LONGEST_SIDE = 2400
JPEG_QUALITY = 80
POINTS_AN_INCH = 72
#: FPDF_GetLastError: a password is needed, or a lock that PDFium does not know.
LOCKED = (4, 5)


def rasterise(data: bytes, *, most_pages: int) -> tuple[bytes, int]:
    """A new PDF in which each page is one picture, and the number of pages. Raises Refused."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Refused("locked" if getattr(error, "err_code", None) in LOCKED else "damaged") from None
    try:
        pages = len(document)
        if pages == 0:
            raise Refused("no-pages")
        if pages > most_pages:
            raise Refused("too-many-pages", {"have": pages, "most": most_pages})
        out = pydyf.PDF()
        for number in range(pages):
            _add_page(out, *_drawn(document, number))
    except pypdfium2.PdfiumError:
        raise Refused("damaged") from None
    finally:
        document.close()
    written = io.BytesIO()
    out.write(written, version=b"1.7", identifier=b"scan")
    return written.getvalue(), pages


def _drawn(document: Any, number: int) -> tuple[Image.Image, float, float]:
    """The page as a picture, and its size on paper in points."""
    page = document[number]
    try:
        width, height = page.get_size()
        if not (width >= 1 and height >= 1):  # catches what is not a number, too
            raise Refused("damaged")
        scale = min(RESOLUTION / POINTS_AN_INCH, LONGEST_SIDE / max(width, height))
        if min(width, height) * scale < 1:
            raise Refused("too-small")
        picture = page.render(scale=scale, may_draw_forms=False, no_smoothtext=False).to_pil().convert("RGB")
    finally:
        page.close()
    shrunk = min(1.0, (LONGEST_SIDE * POINTS_AN_INCH / RESOLUTION) / max(width, height))
    return picture, width * shrunk, height * shrunk


def _add_page(out: pydyf.PDF, picture: Image.Image, width: float, height: float) -> None:
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=JPEG_QUALITY, optimize=True)
    image = pydyf.Stream(
        [jpeg.getvalue()],
        extra={
            "Type": "/XObject",
            "Subtype": "/Image",
            "Width": picture.width,
            "Height": picture.height,
            "ColorSpace": "/DeviceRGB",
            "BitsPerComponent": 8,
            "Filter": "/DCTDecode",
        },
    )
    drawing = pydyf.Stream([f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Scan Do Q".encode()])
    out.add_object(image)
    out.add_object(drawing)
    out.add_page(
        pydyf.Dictionary(
            {
                "Type": "/Page",
                "Parent": out.pages.reference,
                "MediaBox": pydyf.Array([0, 0, round(width, 2), round(height, 2)]),
                "Contents": drawing.reference,
                "Resources": pydyf.Dictionary({"XObject": pydyf.Dictionary({"Scan": image.reference})}),
            }
        )
    )
