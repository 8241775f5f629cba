"""Scheduled work about clients. Thin: the pass itself is an action."""

from celery import shared_task

from carehub.passes import over_partnerships
from clients.actions.late_profiles import tell_of_late_profiles
from clients.actions.referring import delete_old
from clients.actions.unusual import find_unusual_access


@shared_task(name="clients.find_unusual_access")
def find_unusual() -> int:
    return over_partnerships("unusual", find_unusual_access)


@shared_task(name="clients.find_late_profiles")
def find_late_profiles() -> int:
    """The mail goes out with the next pass over reviews, which counts every notice."""
    return over_partnerships("profiles", tell_of_late_profiles)


@shared_task(name="clients.delete_old_referrals")
def delete_old_referrals() -> int:
    return over_partnerships("referrals", delete_old)
