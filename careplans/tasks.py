"""Scheduled work of care plans. Thin: the pass itself is an action."""

from celery import shared_task

from carehub.passes import over_partnerships
from careplans.actions.reviews import tell_of_reviews


@shared_task(name="careplans.find_due_reviews")
def find_due_reviews() -> int:
    return over_partnerships("reviews", tell_of_reviews)
