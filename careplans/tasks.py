"""Scheduled work of care plans. Thin: the pass itself is an action."""

import logging

from celery import shared_task
from django.db import DatabaseError

from carehub.models import Partnership
from careplans.actions.reviews import tell_of_reviews

logger = logging.getLogger(__name__)


@shared_task(name="careplans.find_due_reviews")
def find_due_reviews() -> int:
    """Every partnership in a transaction of its own: one that fails does not keep the others waiting."""
    told = 0
    for partnership in Partnership.objects.all():
        try:
            told += tell_of_reviews(partnership)
        except DatabaseError:
            logger.exception("the pass over due reviews failed; the next one repeats it", extra={"kind": "reviews"})
    return told
