"""How a stored file goes out to a browser: as what it is, never as something that runs."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from carehub.files.detection import JPEG, PDF, PNG

#: Everything in the store is one of these; anything else goes out as a download that no browser opens.
SHOWN = frozenset({JPEG, PNG, PDF})
#: A page in a frame of the browser's own PDF viewer cannot be sandboxed (Chromium then shows nothing): it may load nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def file_response(data: bytes, content_type: str, name: str, *, download: bool = False) -> HttpResponse:
    """``data`` for the person who may see it: shown in the browser, or saved under ``name`` with ``download``."""
    shown = content_type in SHOWN
    response = HttpResponse(data, content_type=content_type if shown else "application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(download or not shown, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY if content_type == PDF else f"{POLICY}; sandbox"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
