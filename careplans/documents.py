"""The PDF of a signed plan: rendered from what is locked, sealed, filed; once, however often it is asked for."""

import hashlib
import io

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from carehub import clock, jobs
from carehub.actors import Actor
from carehub.documents.qr import qr_code
from carehub.files import store
from carehub.models import Document, DocumentCheck, Job, StoredFile
from careplans import content
from careplans.models import PlanVersion, Signature
from careplans.sheet import Sheet
from careplans.sheets import sheet_of

#: Document.kind, and what the job is called.
CARE_PLAN = "care-plan"
SEAL_PLAN = "careplans.seal_plan"
PDF = "application/pdf"


def ask_for_document(version: PlanVersion, *, by: Actor, token: str) -> Document:
    """Part of signing: the row that says 'being made', the entry behind the printed code, and the job. The code of the version before
    says from now on that it is superseded.
    """
    today = clock.today()
    if version.plan.current_id:
        earlier = Document.objects.filter(kind=CARE_PLAN, subject_id=version.plan.current_id).values("check_entry_id")
        DocumentCheck.objects.filter(pk__in=earlier).update(standing=DocumentCheck.Standing.SUPERSEDED, since=today)
    entry = DocumentCheck.objects.create(token=token, since=today)
    document = Document.objects.create(
        partnership_id=version.partnership_id,
        client_id=version.client_id,
        kind=CARE_PLAN,
        subject_id=version.pk,
        asked_at=clock.now(),
        check_entry=entry,
    )
    jobs.enqueue(kind=SEAL_PLAN, subject=version.pk, by=by)
    return document


def pdf_of(version: PlanVersion, sheet: Sheet) -> bytes:
    """The unsealed PDF. The same version gives the same bytes, on whatever day."""
    # Here, not above: WeasyPrint and pyHanko take longer to import than all else together, in every process of ours.
    from carehub.documents.render import render

    with translation.override(settings.LANGUAGE_CODE):
        html = render_to_string("print/care_plan.html", {"sheet": sheet})
    pictures = {"qr": qr_code(sheet.check_url), **sheet.pictures}
    return render(html, identifier=f"{CARE_PLAN} {version.pk} {version.agreed_text}", pictures=pictures)


def signed_sheet(version: PlanVersion) -> Sheet:
    with translation.override(settings.LANGUAGE_CODE):
        return sheet_of(version, signatures=list(Signature.objects.filter(version=version)))


def paper_to_sign(version: PlanVersion) -> bytes:
    """The agreed text with lines to sign on, not sealed: it says on every page that it is not signed yet."""
    with translation.override(settings.LANGUAGE_CODE):
        sheet = sheet_of(version, draft=True)
    return pdf_of(version, sheet)


def _failed(job: Job) -> None:
    Document.objects.filter(kind=CARE_PLAN, subject_id=job.subject_id).exclude(state=Document.State.READY).update(
        state=Document.State.FAILED
    )


@jobs.handler(SEAL_PLAN, failed=_failed)
def seal_plan(job: Job) -> dict:
    """Runs as whoever signed, in one transaction with the job's 'done': killed anywhere, nothing or everything stands there."""
    import pikepdf

    from carehub.documents.certificate import sealer_for
    from carehub.documents.seal import seal

    document = Document.objects.select_related("check_entry").select_for_update(of=("self",)).get(kind=CARE_PLAN, subject_id=job.subject_id)
    if document.state == Document.State.READY:
        return {"sealed_sha256": document.sealed_sha256, "pages": document.pages}
    about = ("plan__episode__keyworker", "plan__agency", "client", "partnership")
    version = content.loaded(PlanVersion.objects.select_related(*about)).get(pk=job.subject_id, state=PlanVersion.State.SIGNED)
    unsealed = pdf_of(version, signed_sheet(version))
    now = clock.now()
    sealed = seal(unsealed, sealer_for(str(version.partnership_id), version.partnership.name, now), now)
    sha256 = store.put(sealed)
    with pikepdf.open(io.BytesIO(unsealed)) as pdf:
        pages = len(pdf.pages)
    document.file = StoredFile.objects.create(
        partnership_id=document.partnership_id,
        client_id=document.client_id,
        sha256=sha256,
        size=len(sealed),
        content_type=PDF,
        original_name=file_name(version),
        purpose=CARE_PLAN,
        stored_by=job.membership.person if job.membership else None,
        stored_at=now,
    )
    document.state, document.made_at, document.pages = Document.State.READY, now, pages
    document.unsealed_sha256, document.sealed_sha256 = hashlib.sha256(unsealed).hexdigest(), sha256
    document.save(update_fields=["file", "state", "made_at", "pages", "unsealed_sha256", "sealed_sha256"])
    if document.check_entry:
        DocumentCheck.objects.filter(pk=document.check_entry_id).update(sealed_sha256=sha256)
    return {"sealed_sha256": sha256, "pages": pages}


def file_name(version: PlanVersion) -> str:
    """Says nothing about the person or the service: it lies on a desktop for all to read."""
    return f"plan-{version.as_signed.get('client', {}).get('reference', 'copy')}-version-{version.number}.pdf"
