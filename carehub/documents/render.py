"""HTML to an accessible PDF (PDF/UA-1). Nothing but its arguments decides the result: rendered again, on another day or
another machine with the same libraries, a version of a document has the same bytes.

It reads this project's own static files and the pictures handed to it, and never the network.
"""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from carehub.documents.finishing import finish
from carehub.documents.fonts import own_fonts_only, printable
from carehub.documents.picture import Picture

#: In a template: <img src="given:qr">, where ``render`` was given pictures={"qr": Picture(…)}.
GIVEN = "given"
STYLESHEET = "css/print-sheet.css"


class CannotRender(Exception):
    """The page asks for what a document may not have (an address outside, a picture nobody gave), or lacks what it must."""


class _Outside(FatalURLFetchingError):
    """Stops the rendering: a document never goes out with a picture silently missing."""


class OwnFilesOnly(URLFetcher):
    """Serves the static files of this project and the pictures given; refuses every other address."""

    def __init__(self, static: Path, pictures: Mapping[str, Picture]) -> None:
        super().__init__(allowed_protocols=("file", GIVEN), allow_redirects=False)
        self.static = static.resolve()
        self.pictures = pictures

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        if parts.scheme == GIVEN:
            picture = self.pictures.get(parts.path)
            if picture is None:
                raise _Outside(f"no picture named '{parts.path}' was given")
            return URLFetcherResponse(url, picture.data, {"Content-Type": picture.content_type})
        if parts.scheme == "file" and not parts.netloc:
            path = Path(unquote(parts.path)).resolve()
            if path.is_relative_to(self.static) and path.is_file():
                return URLFetcherResponse(url, path.read_bytes(), {})
        raise _Outside(f"documents use no address outside the project's static files: {url[:80]}")


@dataclass(frozen=True)
class _Typography:
    """A style sheet, parsed once, with the fonts it names, loaded once."""

    path: Path
    stylesheet: CSS
    fonts: FontConfiguration


@lru_cache(maxsize=4)
def _typography(path: Path) -> _Typography:
    fonts = own_fonts_only()
    stylesheet = CSS(filename=path, font_config=fonts, url_fetcher=OwnFilesOnly(_static(), {}))
    return _Typography(path, stylesheet, fonts)


def stylesheet_path() -> Path:
    return _static() / STYLESHEET


def _static() -> Path:
    return Path(settings.BASE_DIR) / "static"


class _Complaints(logging.Handler):
    """WeasyPrint logs a picture that it cannot draw, or one without a text for screen readers, and goes on without it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@contextmanager
def _nothing_left_out() -> Iterator[None]:
    """Raises CannotRender where WeasyPrint would only have written a line to the log."""
    complaints = _Complaints()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(complaints)
    try:
        yield
    except _Outside as refusal:
        raise CannotRender(str(refusal)) from None
    finally:
        logger.removeHandler(complaints)
    if complaints.said:
        raise CannotRender(complaints.said[0])


#: Pango's font map is not made for two threads at once.
_one_at_a_time = threading.Lock()


def render(html: str, *, identifier: str, pictures: Mapping[str, Picture] | None = None, stylesheet: str = STYLESHEET) -> bytes:
    """The PDF of a page of ``templates/print/``: not sealed, and byte for byte the same for the same arguments.

    ``identifier`` is the document's own for ever (version and kind); the dates inside come from the page's
    ``dcterms.created``. Raises CannotRender.
    """
    options: dict[str, Any] = {"pdf_variant": "pdf/ua-1", "pdf_identifier": identifier.encode(), "pdf_forms": True}
    with _one_at_a_time, _nothing_left_out():
        typography = _typography(_static() / stylesheet)
        fetcher = OwnFilesOnly(_static(), pictures or {})
        page = HTML(string=printable(html, typography.path), base_url=typography.path.as_uri(), url_fetcher=fetcher)
        return page.write_pdf(finisher=finish, font_config=typography.fonts, stylesheets=[typography.stylesheet], **options)
