"""Asking for a document, and for one that failed once more."""

from django.db import transaction
from django.utils.translation import gettext as _

from carehub import clock, events, jobs
from carehub.actors import Actor
from carehub.models import Document, Job
from carehub.rules import Refused
from careplans import documents, summaries
from careplans.document_kinds import DocumentKind
from careplans.models import PlanVersion
from careplans.policies.documents import check_make, check_make_again
from careplans.who_signed import signed_since


def ask_for(*, version: PlanVersion, kind: DocumentKind, discreet: bool, to: str = "", by: Actor) -> Document:
    """The document of ``kind``; the one that is there, or is being made, where somebody has asked before.

    ``to``: the key of the agency that a summary is for. What has changed beside the version since asks for a new one.
    """
    with transaction.atomic():
        now = PlanVersion.objects.visible_to(by).select_related(*documents.RELATED).get(pk=version.pk)
        check_make(now, by)
        share = next((each for each in summaries.shares(now, by) if str(each.agency.pk) == to), None) if kind.for_agency else None
        if kind.for_agency and share is None:
            raise Refused(_("The client has not agreed to share with this agency, or not any more."))
        beside = documents.beside_of(kind, now, discreet=discreet, share=share, signed_since=signed_since(now))
        document, made = Document.objects.get_or_create(
            kind=kind.name,
            subject_id=now.pk,
            discreet=discreet,
            to=share.agency if share else None,
            beside_sha256=documents.sha256_of(beside),
            defaults={
                "partnership_id": now.partnership_id,
                "client_id": now.client_id,
                "beside": beside,
                "asked_by": by.person,
                "asked_at": clock.now(),
            },
        )
        if made:
            jobs.enqueue(kind=documents.MAKE_DOCUMENT, subject=document.pk, by=by)
            events.record("document.asked", by=by, client=now.client_id, subject=document, reason=kind.name)
        elif document.state == Document.State.FAILED:
            make_again(document=document, by=by)
            document.refresh_from_db()
    return document


def make_again(*, document: Document, by: Actor) -> None:
    """After a failure that somebody has mended (a disk that was full, a certificate that had ended)."""
    with transaction.atomic():
        document = Document.objects.visible_to(by).select_for_update(of=("self",)).get(pk=document.pk)
        check_make_again(document, by)
        Document.objects.filter(pk=document.pk).update(state=Document.State.WAITING)
        kind, subject = documents.job_of(document)
        for job in Job.objects.filter(kind=kind, subject_id=subject):
            jobs.retry(job, by=by)
        events.record("document.asked-again", by=by, client=document.client_id, subject=document)
