"""A picture that goes into a document."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """Clean bytes (through ``carehub.files``, or drawn by us) and their content type."""

    data: bytes
    content_type: str
