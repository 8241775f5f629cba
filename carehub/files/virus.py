"""Asks ClamAV about an upload, where a partnership has one. Configured and not answering means refused: a guard that sleeps is none."""

import io
import logging
from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings

from carehub.files.refusals import Refused

logger = logging.getLogger(__name__)
SECONDS = 20


def look_for_viruses(data: bytes) -> None:
    """Raises Refused where ClamAV finds something, or cannot say. Does nothing where none is configured.

    What it finds is refused before anything is decoded; that the picture is written anew protects against the rest.
    """
    if not settings.CLAMAV:
        return
    try:
        answer = _daemon(settings.CLAMAV).instream(io.BytesIO(data))
        (status, found) = answer["stream"]
    except (ClamdError, OSError, KeyError, ValueError):
        logger.exception("ClamAV does not answer: uploads are refused until it does")
        raise Refused("not-checked") from None
    if status == "FOUND":
        logger.warning("ClamAV found something in an upload: %s", found)
        raise Refused("virus")
    if status != "OK":
        raise Refused("not-checked")


def _daemon(address: str) -> ClamdNetworkSocket | ClamdUnixSocket:
    """``unix:///run/clamav/clamd.ctl`` or ``tcp://host:3310``."""
    parts = urlsplit(address)
    if parts.scheme == "unix":
        return ClamdUnixSocket(parts.path, timeout=SECONDS)
    return ClamdNetworkSocket(parts.hostname or "127.0.0.1", parts.port or 3310, timeout=SECONDS)
