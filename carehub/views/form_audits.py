"""Forms held against what best practice expects: one, all of them, and those that are not CareHub's."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from carehub import form_audit, staff
from carehub.actions import paper_forms as actions
from carehub.actors import Actor, NotAllowed
from carehub.administration_forms import WHOLE_PARTNERSHIP
from carehub.asking import Asking
from carehub.definitions.errors import UnknownDefinition
from carehub.edition_forms import PaperFormForm
from carehub.form_editions import form_for, forms_for
from carehub.guards import requires
from carehub.models import PaperForm


def _papers(request: HttpRequest) -> Any:
    return PaperForm.objects.filter(partnership_id=request.actor.partnership_id).select_related("agency", "looked_by")


@requires("form.audit")
def overview(request: HttpRequest) -> HttpResponse:
    """Every form, ours and others', comprehensive and risk apart."""
    actor = request.actor
    rows: list[dict[str, Any]] = [
        {
            "title": form.title,
            "whose": _("Edition %(number)s") % {"number": form.edition} if form.edition else _("As CareHub brings it"),
            "url": reverse("form-audit", args=[form.name]),
            "parts": form_audit.of_form(form),
        }
        for form in forms_for(actor.partnership_id)
        if form.level in form_audit.AUDITED
    ]
    rows += [
        {
            "title": each.name,
            "whose": each.agency or _("Whole partnership"),
            "url": reverse("paper-form", args=[each.pk]),
            "parts": form_audit.of_items(each.items),
            "dated": each.dated,
        }
        for each in _papers(request).order_by("name", "-dated")
    ]
    pictures = [
        form_audit.picture(
            f"forms-{name}",
            [(row["title"], row["parts"][place]) for row in rows],
            title=_("Items of a %(part)s") % {"part": str(title).lower()},
            about=_("Form"),
        )
        for place, (name, title) in enumerate(form_audit.PARTS.items())
    ]
    context = {
        "rows": rows,
        "together": form_audit.of_all(row["parts"] for row in rows),
        "pictures": pictures,
        "source": form_audit.items().source,
        "not_a_score": form_audit.not_a_score(),
    }
    return render(request, "forms/audits.html", context)


@requires("form.audit")
def form(request: HttpRequest, form: str) -> HttpResponse:
    """As it is asked in this partnership now."""
    try:
        asked = form_for(request.actor.partnership_id, form)
    except UnknownDefinition:
        raise Http404 from None
    about = _("Version %(version)s, edition %(edition)s.") if asked.edition else _("Version %(version)s.")
    about %= {"version": asked.version, "edition": asked.edition}
    return _page(request, asked.title, form_audit.of_form(asked), about=about)


@requires("form.audit")
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(_papers(request), pk=pk)
    about = _("%(whose)s, dated %(day)s. Looked at by %(person)s.") % {
        "whose": row.agency or _("Whole partnership"),
        "day": f"{row.dated:%-d %B %Y}",
        "person": row.looked_by.name,
    }
    return _page(request, row.name, form_audit.of_items(row.items), about=about, paper_form=row, may_change=_may_change(request.actor, row))


def _page(request: HttpRequest, title: str, parts: tuple[form_audit.Part, ...], **more: Any) -> HttpResponse:
    figure = form_audit.picture("form", [(part.title, part) for part in parts], title=_("Asked and not asked"), about=_("Items"))
    context = {
        "title": title,
        "parts": parts,
        "figure": figure,
        "source": form_audit.items().source,
        "not_a_score": form_audit.not_a_score(),
        "back_url": reverse("form-audits"),
    }
    return render(request, "forms/audit.html", context | more)


def _may_change(by: Actor, row: PaperForm) -> bool:
    try:
        actions.may_change(by, row)
    except NotAllowed:
        return False
    return True


def _asking(request: HttpRequest, *, subject: object, back_url: str, stands: dict[str, Any]) -> Asking:
    actor = request.actor
    agencies = [actor.agency] if actor.agency else list(staff.agencies(actor.partnership_id))
    more = {"agencies": agencies, "whole": actor.agency is None, "items": form_audit.items()}
    return Asking(request, PaperFormForm, kind="paper-form", subject=subject, back_url=back_url, stands=stands, **more)


@requires("form.audit")
def add(request: HttpRequest) -> HttpResponse:
    actor = request.actor
    stands = {"agency": str(actor.agency_id)} if actor.agency else {}
    asking = _asking(request, subject="new", back_url=reverse("form-audits"), stands=stands)
    if (answered := asking.answered()) and asking.does(lambda: actions.add_paper_form(by=actor, **answered.said)):
        return redirect("form-audits")
    return asking.page("administration/form.html", heading=_("Enter a form that is not CareHub’s"), submit_text=_("Save"))


@requires("form.audit")
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _own(request, pk)
    stands = {
        "name": row.name,
        "agency": str(row.agency_id or WHOLE_PARTNERSHIP),
        "dated": row.dated,
        "asks": row.items,
        "opened_at": row.row_version,
    }
    asking = _asking(request, subject=pk, back_url=reverse("paper-form", args=[pk]), stands=stands)
    if answered := asking.answered():
        at = answered.cleaned_data["opened_at"]
        if asking.does(lambda: actions.change_paper_form(by=request.actor, paper_form=row, opened_at=at, **answered.said)):
            return redirect("paper-form", pk)
    return asking.page(
        "administration/form.html", heading=_("Change a form that is not CareHub’s"), submit_text=_("Save"), caption=row.name
    )


@require_POST
@requires("form.audit")
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = _own(request, pk)
    actions.remove_paper_form(by=request.actor, paper_form=row)
    messages.success(request, _("‘%(name)s’ is off the list.") % {"name": row.name})
    return redirect("form-audits")


def _own(request: HttpRequest, pk: UUID) -> PaperForm:
    """404 where it is another agency's to change: the page shows no button there either."""
    row: PaperForm = get_object_or_404(_papers(request), pk=pk)
    if not _may_change(request.actor, row):
        raise Http404
    return row
