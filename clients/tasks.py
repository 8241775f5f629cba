"""Scheduled work about clients. Thin: the pass itself is an action."""

import logging

from celery import shared_task
from django.db import DatabaseError

from carehub.models import Partnership
from clients.actions.late_profiles import tell_of_late_profiles
from clients.actions.referring import delete_old
from clients.actions.unusual import find_unusual_access

logger = logging.getLogger(__name__)


@shared_task(name="clients.find_unusual_access")
def find_unusual() -> int:
    """Every partnership in a transaction of its own: one that fails does not keep the others waiting."""
    found = 0
    for partnership in Partnership.objects.all():
        try:
            found += find_unusual_access(partnership)
        except DatabaseError:
            logger.exception("the pass over unusual access failed; the next one repeats it", extra={"kind": "unusual"})
    return found


@shared_task(name="clients.find_late_profiles")
def find_late_profiles() -> int:
    """The same for outcome profiles. The mail goes out with the next pass over reviews, which counts every notice."""
    told = 0
    for partnership in Partnership.objects.all():
        try:
            told += tell_of_late_profiles(partnership)
        except DatabaseError:
            logger.exception("the pass over late outcome profiles failed; the next one repeats it", extra={"kind": "profiles"})
    return told


@shared_task(name="clients.delete_old_referrals")
def delete_old_referrals() -> int:
    deleted = 0
    for partnership in Partnership.objects.all():
        try:
            deleted += delete_old(partnership)
        except DatabaseError:
            logger.exception("the pass over old referrals failed; the next one repeats it", extra={"kind": "referrals"})
    return deleted
