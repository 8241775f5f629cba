"""Scheduled work of reports. Thin: the pass itself is an action."""

from celery import shared_task

from carehub.passes import over_partnerships
from reports.actions.freezing import freeze


@shared_task(name="reports.freeze_months")
def freeze_months() -> int:
    return over_partnerships("figures", freeze)
