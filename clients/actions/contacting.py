"""How a client may be reached, changed later than at registration."""

from django.db import transaction
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.actors import Actor
from carehub.rules import Refused
from carehub.stale import StaleSave
from clients.models import Client, SafeContact
from clients.policies import sharing as rules


def change_contact(*, by: Actor, client: Client, opened_at: int, why: str = "", **said: bool | str) -> list[str]:
    """``said``: the fields of SafeContact and those of the client that are asked with them, as they are from now on.

    Returns the names of what changed; asked today, even where nothing did. Raises StaleSave where somebody has saved it since version
    ``opened_at``, Refused where a way to reach them was allowed and no reason is given for taking it back, NotAllowed.
    """
    rules.must_treat(by, client, "contact.change")
    with transaction.atomic():
        safe = SafeContact.objects.visible_to(by).select_for_update(of=("self",), no_key=True).get(client=client)
        if safe.row_version != opened_at:
            raise StaleSave(safe)
        client.refresh_from_db()
        own = {name: said.pop(name) for name in SafeContact.OF_THE_CLIENT}
        changed = [name for name, value in said.items() if getattr(safe, name) != value]
        if any(name in SafeContact.CHANNELS and not said[name] for name in changed) and not why.strip():
            sentence = _("Say what has changed: a way to reach them is taken back")
            raise Refused(sentence, fields={"why": [sentence]})
        safe.save_over(opened_at, **said, asked_on=clock.today())
        of_the_client = [name for name, value in own.items() if getattr(client, name) != value]
        if of_the_client:
            client.save_over(client.row_version, **own)
        changed += of_the_client
        events.record("contact.changed" if changed else "contact.asked", by=by, client=client.pk, subject=safe, reason=_said(changed, why))
    return changed


def _said(changed: list[str], why: str) -> str:
    """What changed and why; never what it was or is."""
    return ": ".join(each for each in (", ".join(changed), why.strip()) if each)
