"""A plan that is being written, on a screen that the client sees: without what was said by or about others (signing_in.turned_screen)."""

from collections.abc import Callable
from dataclasses import replace

from carehub.models import Draft
from careplans.content import Content


def for_client(said: Content) -> Content:
    """For showing only: what is left out stays in the plan, since a page takes away no row that it does not carry."""
    return replace(
        said, rows={kind: {key: row for key, row in rows.items() if not row.get("third_party")} for kind, rows in said.rows.items()}
    )


def stands(address: str, shown: Content) -> bool:
    """Whether the row that ``address`` names is among what is shown; a text of the whole plan always is."""
    kind, _dot, rest = address.partition(".")
    return not rest or rest.partition(".")[0] in shown.rows[kind]


def not_for_client(stored: Content) -> Callable[[Draft], bool]:
    """Whether kept text holds a row that the client must not see: one of the plan's, or one just marked."""
    shown = for_client(stored)
    hidden = tuple(f"{kind}-{key}-" for kind, rows in stored.rows.items() for key in rows if key not in shown.rows[kind])
    return lambda draft: any(name.endswith("-third_party") or (hidden and name.startswith(hidden)) for name in draft.fields)
