"""Keys that come from an address or a form."""

from uuid import UUID


def key_of(text: str) -> UUID | None:
    """The key that ``text`` says; None where it says none."""
    try:
        return UUID(text)
    except ValueError:
        return None
