"""The Celery application: web processes publish through it, the worker and beat run it."""

import os

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carehub.settings")

app = Celery("carehub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
@worker_init.connect
def refuse_an_unfit_database(**_: object) -> None:
    from carehub.checks import stop_unless_fit

    stop_unless_fit()
