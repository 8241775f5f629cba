"""Staff, those who have left, and agencies, as lists. Configuration only: no clinical record is reached from here."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from carehub import staff
from carehub.actions.agencies import FIELDS, add_agency, change_agency
from carehub.administration_forms import AgencyForm
from carehub.asking import Asking
from carehub.guards import requires
from carehub.keys import key_of
from carehub.models import Agency


def tabs() -> list[dict[str, object]]:
    pages = (
        ("administration", _("Staff")),
        ("agencies", _("Agencies")),
        ("leavers", _("Have left")),
        ("referral-links", _("Referral links")),
        ("change-rules", _("Rules of change")),
        ("local-settings", _("Local settings")),
    )
    return [{"name": page, "text": text, "url": reverse(page)} for page, text in pages]


def _people(request: HttpRequest, *, left: bool) -> HttpResponse:
    key = request.actor.partnership_id
    words, agency = request.GET.get("name", "").replace("\x00", "").strip()[:100], key_of(request.GET.get("agency", ""))
    page = staff.people(key, left=left, words=words, agency_id=agency, after=key_of(request.GET.get("after", "")))
    narrowed = {name: value for name, value in (("name", words), ("agency", agency)) if value}
    context = {
        "people": page.people,
        "agencies": staff.agencies(key),
        "words": words,
        "chosen": agency,
        "narrowed": narrowed,
        "left": left,
        "tabs": tabs(),
        "tab": "leavers" if left else "administration",
        "further_url": f"?{urlencode(narrowed | {'after': page.further})}" if page.further else "",
    }
    return render(request, "administration/staff.html", context)


@requires("configure")
def administration(request: HttpRequest) -> HttpResponse:
    """Who works where, and as what: by name, a part at a time."""
    return _people(request, left=False)


@requires("configure")
def leavers(request: HttpRequest) -> HttpResponse:
    """Who has no role any more. They are not deleted: the log names them."""
    return _people(request, left=True)


@requires("configure")
def agencies(request: HttpRequest) -> HttpResponse:
    key = request.actor.partnership_id
    numbers = staff.staff_numbers(key)
    rows = [(each, numbers.get(each.pk, 0)) for each in staff.agencies(key)]
    return render(request, "administration/agencies.html", {"agencies": rows, "tabs": tabs(), "tab": "agencies"})


@requires("configure")
def add(request: HttpRequest) -> HttpResponse:
    asking = Asking(request, AgencyForm, kind="agency", back_url=reverse("agencies"))
    if (form := asking.answered()) and asking.does(lambda: add_agency(by=request.actor, **_fields(form))):
        return redirect("agencies")
    return asking.page("administration/form.html", heading=_("Add an agency"), submit_text=_("Add agency"))


@requires("configure")
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    agency = get_object_or_404(Agency, pk=pk, partnership_id=request.actor.partnership_id)
    stands = {name: getattr(agency, name) for name in FIELDS} | {"opened_at": agency.row_version}
    asking = Asking(request, AgencyForm, kind="agency", subject=pk, back_url=reverse("agencies"), stands=stands)
    if form := asking.answered():
        opened_at = form.cleaned_data["opened_at"]
        if asking.does(lambda: change_agency(by=request.actor, agency=agency, opened_at=opened_at, **_fields(form))):
            return redirect("agencies")
    return asking.page("administration/form.html", heading=_("Change an agency"), submit_text=_("Save"), caption=agency.name)


def _fields(form: AgencyForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in FIELDS}
