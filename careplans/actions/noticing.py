"""What somebody was told, they have read."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from carehub import clock, events
from carehub.actors import Actor
from carehub.models import Notice
from careplans.notices import read_together


def mark_read(*, by: Actor, notices: Collection[UUID]) -> int:
    """All of ``notices`` that may be read together: those stood on the page, and nothing that was told since. How many they were."""
    with transaction.atomic():
        found = Notice.objects.visible_to(by).filter(read_together(by), pk__in=notices)
        clients = dict(found.values_list("pk", "client_id"))
        read = Notice.objects.filter(pk__in=clients, read_at__isnull=True).update(read_at=clock.now())
        if read:
            events.record("notice.read-together", by=by)
            events.saw(*(set(clients.values()) - {None}))
    return read
