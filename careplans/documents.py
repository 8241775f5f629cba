"""The PDFs of a signed plan: rendered from what is locked, filed, the plan itself sealed; each once, however often it is asked for."""

import hashlib
import io
import json
from dataclasses import replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import translation

from carehub import clock, jobs
from carehub.actors import Actor
from carehub.documents.qr import qr_code
from carehub.files import store
from carehub.models import Agency, Document, DocumentCheck, Job, StoredFile
from careplans import content, plan_map, summaries
from careplans.discreet import discreetly
from careplans.document_kinds import CARE_PLAN, KINDS, DocumentKind
from careplans.models import PlanVersion, Signature
from careplans.sheet import Sheet, SheetAgency, SheetSummary
from careplans.sheets import agency_facts, sheet_of

#: What the jobs are called: the subject of the first is the version, of the second the document.
SEAL_PLAN = "careplans.seal_plan"
MAKE_DOCUMENT = "careplans.make_document"
PDF = "application/pdf"
#: What a version is fetched with before a document is made of it.
RELATED = ("plan__episode__keyworker", "plan__agency", "client__safe_contact", "partnership")


def ask_for_document(version: PlanVersion, *, by: Actor, token: str) -> Document:
    """Part of signing: the row that says 'being made', the entry behind the printed code, and the job. The code of the version before
    says from now on that it is superseded.
    """
    today = clock.today()
    if version.plan.current_id:
        earlier = sealed_plans().filter(subject_id=version.plan.current_id).values("check_entry_id")
        DocumentCheck.objects.filter(pk__in=earlier).update(standing=DocumentCheck.Standing.SUPERSEDED, since=today)
    entry = DocumentCheck.objects.create(token=token, since=today)
    document = Document.objects.create(
        partnership_id=version.partnership_id,
        client_id=version.client_id,
        kind=CARE_PLAN,
        subject_id=version.pk,
        asked_by=by.person,
        asked_at=clock.now(),
        check_entry=entry,
    )
    jobs.enqueue(kind=SEAL_PLAN, subject=version.pk, by=by)
    return document


def sealed_plans() -> "QuerySet[Document]":
    """The signed plans themselves."""
    return Document.objects.filter(kind=CARE_PLAN, discreet=False)


def of_plan(version: PlanVersion) -> Document | None:
    """The signed plan itself, as a document; None before it is signed. One query."""
    return sealed_plans().filter(subject_id=version.pk).first()


def beside_of(
    kind: DocumentKind, version: PlanVersion, *, discreet: bool, signed_since: date | None, share: summaries.Share | None = None
) -> dict[str, Any]:
    """What the document says beside the locked version, as it stands now; kept with the document, so that it is rendered the same again.

    ``signed_since``: careplans.who_signed.signed_since.
    """
    beside: dict[str, Any] = {}
    if signed_since and not (kind.seals(discreet) or kind.agency_as_now):
        beside["signed_since"] = signed_since.isoformat()
    if kind.agency_as_now:
        beside["agency"] = agency_facts(version.plan.agency)
    if discreet:
        others = Agency.objects.filter(partnership_id=version.partnership_id).order_by("name")
        beside["names"] = {each.name: each.discreet_name for each in others}
    if share:
        beside["summary"] = summaries.beside(share, version.client, discreet=discreet)
    return beside


def sha256_of(beside: dict[str, Any]) -> str:
    """'' where there is nothing beside the version."""
    if not beside:
        return ""
    return hashlib.sha256(json.dumps(beside, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def signed_sheet(version: PlanVersion) -> Sheet:
    with translation.override(settings.LANGUAGE_CODE):
        return sheet_of(version, signatures=list(Signature.objects.filter(version=version)))


def sheet_for(kind: DocumentKind, signed: Sheet, *, discreet: bool = False, beside: dict[str, Any] | None = None) -> Sheet:
    """``signed``: the sheet of the plan itself, on which every document rests."""
    beside = beside or {}
    with translation.override(settings.LANGUAGE_CODE):
        changes: dict[str, Any] = {"kind": kind.name, "large": kind.large, "sealed": kind.seals(discreet)}
        if kind.heading:
            changes["title"] = str(kind.heading)
        if "agency" in beside:
            changes["agency"] = SheetAgency(**beside["agency"])
        if "signed_since" in beside:
            since = date.fromisoformat(beside["signed_since"])
            changes["signatures"] = tuple(replace(each, signed_since=since if each.to_sign_by else None) for each in signed.signatures)
        if "summary" in beside:
            until = beside["summary"]["until"]
            changes["summary"] = SheetSummary(**{**beside["summary"], "until": date.fromisoformat(until) if until else None})
        sheet = replace(signed, **changes)
        return discreetly(sheet, title=str(kind.discreet_heading), names=beside.get("names", {})) if discreet else sheet


def pdf_of(version: PlanVersion, sheet: Sheet, kind: DocumentKind = KINDS[CARE_PLAN]) -> bytes:
    """The unsealed PDF. The same version, and the same beside it, gives the same bytes, on whatever day."""
    return to_pdf(sheet, kind, identifier=f"{kind.name} {version.pk} {version.agreed_text}{' discreet' if sheet.discreet else ''}")


def to_pdf(sheet: Sheet, kind: DocumentKind, *, identifier: str) -> bytes:
    # Here, not above: WeasyPrint and pyHanko take longer to import than all else together, in every process of ours.
    from carehub.documents import fonts
    from carehub.documents.render import render, stylesheet_path

    with translation.override(settings.LANGUAGE_CODE):
        if kind.name == "map":
            path = stylesheet_path()
            sheet = replace(
                sheet, map=plan_map.draw(sheet, lambda text: fonts.width_of(text, path), lambda text: fonts.printable(text, path))
            )
        html = render_to_string(kind.template, {"sheet": sheet})
    pictures = {"qr": qr_code(sheet.check_url), **sheet.pictures} if sheet.check_url else sheet.pictures
    return render(html, identifier=identifier, pictures=pictures)


def paper_to_sign(version: PlanVersion) -> bytes:
    """The agreed text with lines to sign on, not sealed: it says on every page that it is not signed yet."""
    with translation.override(settings.LANGUAGE_CODE):
        sheet = sheet_of(version, draft=True)
    return pdf_of(version, sheet)


def job_of(document: Document) -> tuple[str, Any]:
    """Kind and subject of the job that makes it."""
    return (SEAL_PLAN, document.subject_id) if KINDS[document.kind].seals(document.discreet) else (MAKE_DOCUMENT, document.pk)


def _failed_plan(job: Job) -> None:
    sealed_plans().exclude(state=Document.State.READY).filter(subject_id=job.subject_id).update(state=Document.State.FAILED)


def _failed_document(job: Job) -> None:
    Document.objects.exclude(state=Document.State.READY).filter(pk=job.subject_id).update(state=Document.State.FAILED)


@jobs.handler(SEAL_PLAN, failed=_failed_plan)
def seal_plan(job: Job) -> dict:
    """Runs as whoever signed, in one transaction with the job's 'done': killed anywhere, nothing or everything stands there."""
    from carehub.documents.certificate import sealer_for
    from carehub.documents.seal import seal

    document = _locked(kind=CARE_PLAN, discreet=False, subject_id=job.subject_id)
    if document.state == Document.State.READY:
        return {"sealed_sha256": document.sealed_sha256, "pages": document.pages}
    version = _version(document)
    unsealed = pdf_of(version, signed_sheet(version))
    now = clock.now()
    sealed = seal(unsealed, sealer_for(str(version.partnership_id), version.partnership.name, now), now)
    document.sealed_sha256 = store.put(sealed)
    _file(document, version, unsealed, document.sealed_sha256, len(sealed), job)
    if document.check_entry_id:
        DocumentCheck.objects.filter(pk=document.check_entry_id).update(sealed_sha256=document.sealed_sha256)
    return {"sealed_sha256": document.sealed_sha256, "pages": document.pages}


@jobs.handler(MAKE_DOCUMENT, failed=_failed_document)
def make_document(job: Job) -> dict:
    """Runs as whoever asked; once, like the plan itself, and without a seal: it is a copy to read."""
    document = _locked(pk=job.subject_id)
    if document.state != Document.State.READY:
        version, kind = _version(document), KINDS[document.kind]
        sheet = sheet_for(kind, signed_sheet(version), discreet=document.discreet, beside=document.beside)
        unsealed = pdf_of(version, sheet, kind)
        _file(document, version, unsealed, store.put(unsealed), len(unsealed), job)
    return {"unsealed_sha256": document.unsealed_sha256, "pages": document.pages}


def _locked(**which: Any) -> Document:
    return Document.objects.select_for_update(of=("self",)).get(**which)


def _version(document: Document) -> PlanVersion:
    signed = PlanVersion.objects.select_related(*RELATED).filter(state=PlanVersion.State.SIGNED)
    return content.loaded(signed).get(pk=document.subject_id, client_id=document.client_id)


def _file(document: Document, version: PlanVersion, unsealed: bytes, sha256: str, size: int, job: Job) -> None:
    import pikepdf

    now = clock.now()
    with pikepdf.open(io.BytesIO(unsealed)) as pdf:
        document.pages = len(pdf.pages)
    document.file = StoredFile.objects.create(
        partnership_id=document.partnership_id,
        client_id=document.client_id,
        sha256=sha256,
        size=size,
        content_type=PDF,
        original_name=file_name(version, KINDS[document.kind]),
        purpose=document.kind,
        stored_by=job.membership.person if job.membership else None,
        stored_at=now,
    )
    document.state, document.made_at = Document.State.READY, now
    document.unsealed_sha256 = hashlib.sha256(unsealed).hexdigest()
    document.save(update_fields=["file", "state", "made_at", "pages", "unsealed_sha256", "sealed_sha256"])


def file_name(version: PlanVersion, kind: DocumentKind = KINDS[CARE_PLAN]) -> str:
    """Says nothing about the person or the service: it lies on a desktop for all to read."""
    return f"{kind.file}-{version.as_signed.get('client', {}).get('reference', 'copy')}-version-{version.number}.pdf"
