"""Print and give: what there is of a version, making it, opening it; the scan of a signed sheet; the page behind the printed code."""

import logging
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from carehub import events
from carehub.actors import NotAllowed
from carehub.files import store
from carehub.files.serving import file_response
from carehub.guards import no_sign_in, requires
from carehub.lifecycle import WrongState
from carehub.models import Document, DocumentCheck, StoredFile
from carehub.rules import Refused
from careplans import documents, giving, policies
from careplans.actions import adding
from careplans.actions.documents import ask_for, make_again
from careplans.document_kinds import KINDS
from careplans.models import Addendum, Signature
from careplans.policies.documents import check_make, discreet_first, is_for
from careplans.views.plan_page import address, plan_context, plan_version

logger = logging.getLogger(__name__)


#: A page that waits for a document looks again this often, then leaves it to the reader.
LOOKS = 5


@require_safe
@requires("document.view")
def print_and_give(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """Every document of one version: where it stands, for whom it was made, and the button that makes it."""
    version, actor = plan_version(request, client_id, pk), request.actor
    rows = giving.printables(version, actor)
    waits = any(sort.document and sort.document.state == Document.State.WAITING for row in rows for sort in row.sorts)
    said = request.GET.get("look", "")
    looks = int(said) if said.isascii() and said.isdigit() else 0
    context = plan_context(request, version) | {
        "rows": rows,
        "look_again": looks + 1 if waits and looks < LOOKS else 0,
        "waits": waits,
        "discreet_first": discreet_first(version.client),
        "no_summaries": actor.agency_id == version.agency_id and not any(row.share for row in rows),
        "why_not": policies.why_not(check_make, version, actor),
        "copy": giving.copy_of(version),
        "may_note_copy": policies.allows(policies.check_note_copy, version, actor, documents.of_plan(version)),
        "back_url": address("plan-show", version),
        "back_text": _("Back to the plan"),
    }
    return render(request, "careplans/print_and_give.html", context)


@require_POST
@requires("document.make")
def make(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    version = plan_version(request, client_id, pk)
    kind, discreet = KINDS.get(request.POST.get("kind", "")), request.POST.get("sort") == "discreet"
    try:
        if kind is None or kind.seals(discreet):
            raise Refused(_("There is no such document."))
        document = ask_for(version=version, kind=kind, discreet=discreet, to=request.POST.get("to", ""), by=request.actor)
    except (Refused, NotAllowed) as no:
        messages.error(request, str(no))
    else:
        if document.state == Document.State.READY:
            messages.success(request, _("It is made already: open it below."))
        else:
            messages.success(request, _("It is being made. This takes a few seconds."))
    return redirect("plan-print", client_id, pk)


@require_POST
@requires("plan.write")
def note_copy(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """The client took their copy, or did not."""
    version = plan_version(request, client_id, pk)
    try:
        noted = adding.note_copy(version=version, taken=request.POST.get("taken") == "yes", by=request.actor)
    except (Refused, WrongState) as no:
        messages.error(request, str(no))
    else:
        messages.success(request, noted.words)
    return redirect("plan-print" if request.POST.get("page") == "print" else "plan-show", client_id, pk)


@require_safe
@requires("document.view")
def open_document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The file as it was made. One that no longer is what it was is not shown, nor one whose consent has changed."""
    mine = Document.objects.visible_to(request.actor).select_related("file")
    document = get_object_or_404(mine, pk=pk, state=Document.State.READY)
    if not is_for(document, request.actor):
        raise Http404
    if document.to_id:
        version = plan_version(request, document.client_id, document.subject_id)
        if not giving.still_holds(document, version, request.actor):
            messages.error(request, _("What the client agrees to share has changed since this summary was made. Make it again."))
            return redirect("plan-print", document.client_id, document.subject_id)
    events.record("document.opened", by=request.actor, client=document.client_id, subject=document)
    return _file(request, document.file)


@require_safe
@requires("document.view")
def scan(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """The sheet that was signed by hand, as it was brought in."""
    return _scan(request, Signature.objects.visible_to(request.actor).filter(version_id=pk, client_id=client_id))


@require_safe
@requires("document.view")
def scan_of_later(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """The same, of a client who signed after a word."""
    return _scan(request, Addendum.objects.visible_to(request.actor).filter(version_id=pk, client_id=client_id))


def _scan(request: HttpRequest, of: QuerySet) -> HttpResponse:
    """``of``: rows that a sheet may have been brought in with."""
    found = get_object_or_404(of.filter(scan__isnull=False).select_related("scan")[:1])
    events.record("scan.opened", by=request.actor, client=found.client_id, subject=found)
    return _file(request, found.scan)


def _file(request: HttpRequest, file: StoredFile) -> HttpResponse:
    """As what it is, and only if it still is what was filed."""
    try:
        return file_response(store.get(file.sha256), file.content_type, file.original_name)
    except (store.NotStored, store.Damaged) as problem:
        logger.error("a file is not what was filed", extra={"file": str(file.pk), "problem": type(problem).__name__})
        return render(request, "careplans/document_damaged.html", {"reference": request.reference}, status=500)


@require_POST
@requires("document.make")
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    document = get_object_or_404(Document.objects.visible_to(request.actor), pk=pk)
    try:
        make_again(document=document, by=request.actor)
    except (Refused, NotAllowed) as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("The document is being made again."))
    page = "plan-print" if request.POST.get("page") == "print" else "plan-show"
    return redirect(page, document.client_id, document.subject_id)


@require_safe
@no_sign_in("whoever holds the sheet may ask whether it is current; the answer names nobody and says nothing of what it is about")
def check(request: HttpRequest, token: str) -> HttpResponse:
    """Current, superseded, or unknown: one query and one page for all three."""
    code = "".join(letter for letter in token.lower() if letter.isascii() and letter.isalnum())
    entry = DocumentCheck.objects.filter(token=code).first()
    return render(request, "careplans/document_check.html", {"standing": entry.standing if entry else "unknown", "entry": entry})
