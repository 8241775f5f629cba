"""What WeasyPrint leaves out of a PDF/UA-1 document, added to its objects just before they are written.

* table headers say what they head (Scope);
* every glyph says which letters it stands for, also where several glyphs make one letter (Arabic script);
* running headers and footers are marked as page furniture, so that a screen reader does not meet the client's name and
  the page number in the middle of a sentence;
* a picture with words laid over it (an <article> that begins with an <img>) is one figure, with the picture's text for screen readers;
* the place for the seal becomes an empty signature field with a name, a text for screen readers and a Form element.
"""

import re
from collections.abc import Iterator
from typing import Any

import pydyf
from weasyprint import Document

SEAL_FIELD = "seal"
#: Flags of annotations (ISO 32000-1, table 165).
PRINT, LOCKED = 4, 128
EMPTY_MAPPING = re.compile(rb"^(<[0-9a-f]{4}>) <>$")


def finish(document: Document, pdf: pydyf.PDF) -> None:
    """The finisher that ``render`` hands to WeasyPrint."""
    _scope_of_headers(document)
    _letters_of_glyphs(pdf)
    _pictures_with_words(pdf)
    _printed_links(pdf)
    _page_furniture(document, pdf)
    _seal_field(pdf)


def _scope_of_headers(document: Document) -> None:
    for page in document.pages:
        for box in page._page_box.descendants():
            cell = getattr(box, "mark", None)
            if cell is not None and cell["S"] == "/TH":
                scope = box.element.get("scope") if box.element is not None else None
                cell["A"]["Scope"] = "/Row" if scope == "row" else "/Column"


def _letters_of_glyphs(pdf: pydyf.PDF) -> None:
    """Of several glyphs that make one letter the first is given the letter; the others get the joiner, which is not read."""
    for font in pdf.objects:
        if isinstance(font, dict) and font.get("Type") == "/Font" and "ToUnicode" in font:
            lines = pdf.objects[_number(font["ToUnicode"])].stream
            lines[:] = [EMPTY_MAPPING.sub(rb"\1 <200d>", line) if isinstance(line, bytes) else line for line in lines]


def _pictures_with_words(pdf: pydyf.PDF) -> None:
    for element in pdf.objects:
        if not isinstance(element, dict) or element.get("S") != "/Art":
            continue
        picture = _picture_in(pdf, element)
        if picture is not None:
            element |= {"S": "/Figure", "Alt": picture.pop("Alt"), "A": picture.pop("A")}
            picture["S"] = "/NonStruct"


def _picture_in(pdf: pydyf.PDF, element: dict[str, Any]) -> dict[str, Any] | None:
    """The picture that an article begins with; None where it begins with text, as a form to fill in by hand does."""
    while element["S"] != "/Figure":
        kids = element.get("K") or [0]
        if not isinstance(kids[0], bytes):
            return None
        element = pdf.objects[_number(kids[0])]
    return element


def _printed_links(pdf: pydyf.PDF) -> None:
    for annotation in pdf.objects:
        if isinstance(annotation, dict) and annotation.get("Subtype") == "/Link":
            annotation["F"] = PRINT


def _number(reference: bytes) -> int:
    return int(reference.split()[0])


def _linked(pdf: pydyf.PDF) -> set[int]:
    """Numbers of the structure elements that can be reached from the root of the tree."""
    found: set[int] = set()
    waiting = [pdf.catalog["StructTreeRoot"]]
    while waiting:
        number = _number(waiting.pop())
        if number in found:
            continue
        found.add(number)
        element = pdf.objects[number]
        if isinstance(element, dict):
            waiting += [kid for kid in element.get("K", ()) if isinstance(kid, bytes)]
    return found


def _page_streams(pdf: pydyf.PDF) -> Iterator[tuple[int, Any]]:
    pages = [_number(reference) for reference in pdf.page_references]
    for position, number in enumerate(pages):
        yield position, pdf.objects[_number(pdf.objects[number]["Contents"])]


def _page_furniture(document: Document, pdf: pydyf.PDF) -> None:
    """Marks what stands in the margin boxes as artifacts (WeasyPrint tags it, then leaves the tags out of the tree)."""
    linked = _linked(pdf)
    parents = pdf.objects[_number(pdf.objects[_number(pdf.catalog["StructTreeRoot"])]["ParentTree"])]["Nums"]
    by_page = dict(zip(parents[::2], parents[1::2], strict=True))
    for position, stream in _page_streams(pdf):
        references = by_page[position]
        loose = {mcid for mcid, reference in enumerate(references) if _number(reference) not in linked}
        if not loose:
            continue
        for mcid in loose:
            references[mcid] = "null"
        operations = stream.stream
        for at in range(2, len(operations)):
            properties = operations[at - 1]
            if operations[at] == b"BDC" and isinstance(properties, dict) and properties.get("MCID") in loose:
                operations[at - 2] = "/Artifact"
                operations[at - 1] = pydyf.Dictionary({"Type": "/Pagination"})


def _seal_field(pdf: pydyf.PDF) -> None:
    """Turns the place kept for the seal (a checkbox named 'seal' in the template) into an empty signature field."""
    form = pdf.catalog.get("AcroForm")
    if form is None:
        return
    fields = [pdf.objects[_number(reference)] for reference in form["Fields"]]
    if [field["T"].string for field in fields] != [SEAL_FIELD]:
        raise ValueError("a document has one form field at most: the place for its seal")
    (field,) = fields
    # An empty drawing: what the seal looks like is printed on the page itself, in a font that is embedded.
    drawing = pdf.objects[_number(field["AP"]["N"]["on"])]
    drawing.stream.clear()
    field["FT"] = "/Sig"
    field["F"] = PRINT + LOCKED  # nobody can move it
    field["AP"] = pydyf.Dictionary({"N": drawing.reference})
    for checkbox_only in ("AS", "V", "MK", "Border"):
        field.pop(checkbox_only, None)
    pdf.catalog["AcroForm"] = pydyf.Dictionary({"Fields": form["Fields"], "SigFlags": 1})
    for element in pdf.objects:
        if isinstance(element, dict) and element.get("S") == "/Form":
            element["Alt"] = field["TU"]
