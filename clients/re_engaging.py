"""The client was not seen: somebody finds them again, by the ways that they said are safe."""

from collections.abc import Mapping

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from clients.models import SafeContact

#: Task.kind.
RE_ENGAGE = "client.re-engage"
_SAID = (*SafeContact.CHANNELS, "what_to_say", "who_must_not_know")


def contact_of(client: str) -> Subquery:
    """The safe contact of the client whose key is in the column ``client``; read with :func:`contact_from`."""
    contacts = SafeContact.objects.filter(client_id=OuterRef(client))
    return Subquery(contacts.values(said=JSONObject(**{name: name for name in _SAID}))[:1])


def contact_from(said: Mapping[str, object] | None) -> SafeContact | None:
    """None where they were not asked, and so are not contacted."""
    return SafeContact(**said) if said else None
