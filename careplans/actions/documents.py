"""Asking for a document once more."""

from django.db import transaction
from django.utils.translation import gettext as _

from carehub import events, jobs
from carehub.actors import Actor
from carehub.models import Document, Job
from carehub.rules import Refused
from careplans.documents import SEAL_PLAN


def make_again(*, document: Document, by: Actor) -> None:
    """After a failure that somebody has mended (a disk that was full, a certificate that had ended)."""
    by.must("document.view")
    with transaction.atomic():
        document = Document.objects.visible_to(by).select_for_update().get(pk=document.pk)
        if document.state != Document.State.FAILED:
            raise Refused(_("This document is being made, or stands there already."))
        Document.objects.filter(pk=document.pk).update(state=Document.State.WAITING)
        for job in Job.objects.filter(kind=SEAL_PLAN, subject_id=document.subject_id):
            jobs.retry(job, by=by)
        events.record("document.asked-again", by=by, client=document.client_id, subject=document)
