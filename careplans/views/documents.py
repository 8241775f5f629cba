"""A document itself, the scan of a signed sheet, asking for a document once more, and the page behind the printed code."""

import logging
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from carehub import events
from carehub.files import store
from carehub.files.serving import file_response
from carehub.guards import no_sign_in, requires
from carehub.models import Document, DocumentCheck, StoredFile
from carehub.rules import Refused
from careplans.actions.documents import make_again
from careplans.models import Signature

logger = logging.getLogger(__name__)


@require_safe
@requires("document.view")
def open_document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The file as it was sealed. One that no longer is what it was is not shown."""
    mine = Document.objects.visible_to(request.actor).select_related("file")
    document = get_object_or_404(mine, pk=pk, state=Document.State.READY)
    events.record("document.opened", by=request.actor, client=document.client_id, subject=document)
    return _file(request, document.file)


@require_safe
@requires("document.view")
def scan(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """The sheet that was signed by hand, as it was brought in."""
    signed = Signature.objects.visible_to(request.actor).filter(version_id=pk, client_id=client_id, scan__isnull=False)
    signature = get_object_or_404(signed.select_related("scan")[:1])
    events.record("scan.opened", by=request.actor, client=signature.client_id, subject=signature)
    return _file(request, signature.scan)


def _file(request: HttpRequest, file: StoredFile) -> HttpResponse:
    """As what it is, and only if it still is what was filed."""
    try:
        return file_response(store.get(file.sha256), file.content_type, file.original_name)
    except (store.NotStored, store.Damaged) as problem:
        logger.error("a file is not what was filed", extra={"file": str(file.pk), "problem": type(problem).__name__})
        return render(request, "careplans/document_damaged.html", {"reference": request.reference}, status=500)


@require_POST
@requires("document.view")
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    document = get_object_or_404(Document.objects.visible_to(request.actor), pk=pk)
    try:
        make_again(document=document, by=request.actor)
    except Refused as no:
        messages.error(request, no.message)
    else:
        messages.success(request, _("The document is being made again."))
    return redirect("plan-show", document.client_id, document.subject_id)


@require_safe
@no_sign_in("whoever holds the sheet may ask whether it is current; the answer names nobody and says nothing of what it is about")
def check(request: HttpRequest, token: str) -> HttpResponse:
    """Current, superseded, or unknown: one query and one page for all three."""
    code = "".join(letter for letter in token.lower() if letter.isascii() and letter.isalnum())
    entry = DocumentCheck.objects.filter(token=code).first()
    return render(request, "careplans/document_check.html", {"standing": entry.standing if entry else "unknown", "entry": entry})
