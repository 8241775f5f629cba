"""Files what the pipeline let through in a client's record."""

from typing import Any

from carehub import clock
from carehub.actors import Actor
from carehub.files import store
from carehub.files.pipeline import CleanFile
from carehub.models import StoredFile


def file_scan(about: Any, scan: CleanFile | None, *, by: Actor) -> StoredFile | None:
    """The bytes first, the row after them: a row never names a file that is not there. ``about``: a row about the client."""
    if scan is None:
        return None
    return StoredFile.objects.create(
        partnership_id=about.partnership_id,
        client_id=about.client_id,
        sha256=store.put(scan.bytes),
        size=len(scan.bytes),
        content_type=scan.content_type,
        original_name=scan.name,
        purpose="scan",
        stored_by=by.person,
        stored_at=clock.now(),
    )
