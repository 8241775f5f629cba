"""Scheduled work of reports. Thin: the pass itself is an action."""

import logging

from celery import shared_task
from django.db import DatabaseError

from carehub.models import Partnership
from reports.actions.freezing import freeze

logger = logging.getLogger(__name__)


@shared_task(name="reports.freeze_months")
def freeze_months() -> int:
    """Every partnership in a transaction of its own: one that fails does not keep the others waiting."""
    frozen = 0
    for partnership in Partnership.objects.all():
        try:
            frozen += freeze(partnership)
        except DatabaseError:
            logger.exception("the pass over figures failed; the next one repeats it", extra={"kind": "figures"})
    return frozen
