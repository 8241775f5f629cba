"""One person of the staff: who they are, their roles, their account; somebody new; somebody who leaves."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from carehub import clock, handing_over, role_rules, staff
from carehub.actions import inviting
from carehub.actions import second_factor as factors
from carehub.actions.leaving import leave
from carehub.administration_forms import DetailsForm, LeftForm, NewPersonForm, ResetForm
from carehub.asking import Asking
from carehub.guards import requires
from carehub.models import Person
from carehub.signing_in import invitations, second_factor

_DETAILS = ("name", "job_title", "telephone")


def somebody(request: HttpRequest, pk: UUID) -> Person:
    """Of one's own partnership, now or before; or 404."""
    return get_object_or_404(staff.of_partnership(request.actor.partnership_id), pk=pk)


def address_of(person: Person) -> str:
    return reverse("staff-person", args=[person.pk])


@requires("configure")
def person_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = somebody(request, pk)
    roles = staff.roles_of(person, request.actor.partnership_id)
    ours = role_rules.looks_after_account(request.actor, person)
    context = {
        "person": person,
        "roles": roles,
        "ours": ours,
        "oneself": person.pk == request.actor.person_id,
        "left_behind": handing_over.left_behind([*roles.now, *roles.later, *roles.over]),
        "back_url": reverse("administration" if roles.now or roles.later else "leavers"),
    }
    if ours:
        # What is looked after elsewhere is not shown either.
        context |= {
            "has_factor": second_factor.has_one(person),
            "has_password": person.has_usable_password(),
            "link": invitations.asked(person),
        }
    return render(request, "administration/person.html", context)


@requires("configure")
def add(request: HttpRequest) -> HttpResponse:
    agencies = staff.agencies(request.actor.partnership_id)
    asking = Asking(request, NewPersonForm, kind="staff", back_url=reverse("administration"), agencies=agencies)
    made: list[tuple[Person, bool]] = []
    if (form := asking.answered()) and asking.does(
        lambda: made.append(inviting.add_person(by=request.actor, **form.given)),
        said=_("They are on the staff. A mail is on its way to them."),
    ):
        return redirect("staff-person", made[0][0].pk)
    return asking.page("administration/form.html", heading=_("Add somebody"), submit_text=_("Add and invite"))


@requires("configure")
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = somebody(request, pk)
    role_rules.must_look_after_account(request.actor, person)
    stands = {name: getattr(person, name) for name in _DETAILS} | {"opened_at": person.row_version}
    asking = Asking(request, DetailsForm, kind="details", subject=pk, back_url=address_of(person), stands=stands)
    if form := asking.answered():
        said = form.cleaned_data
        if asking.does(lambda: inviting.change_details(by=request.actor, person=person, **said)):
            return redirect("staff-person", pk)
    return asking.page("administration/form.html", heading=_("Change their details"), caption=person.name)


@require_POST
@requires("configure")
def link(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = somebody(request, pk)
    inviting.send_link(by=request.actor, person=person)
    messages.success(request, _("A link to set their password is on its way to %(email)s.") % {"email": person.email})
    return redirect("staff-person", pk)


@requires("configure")
def left(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = somebody(request, pk)
    stands = {"last_day": clock.today()}
    asking = Asking(request, LeftForm, kind="left", subject=pk, back_url=address_of(person), stands=stands)
    if form := asking.answered():
        last_day = form.cleaned_data["last_day"]
        if asking.does(
            lambda: leave(by=request.actor, person=person, last_day=last_day),
            said=_("All their roles end. What they leave is being counted; who leads their service is told."),
        ):
            return redirect("staff-person", pk)
    roles = staff.roles_of(person, request.actor.partnership_id)
    return asking.page(
        "administration/left.html", heading=_("They have left, or will leave"), caption=person.name, roles=[*roles.now, *roles.later]
    )


@requires("configure")
def reset(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = somebody(request, pk)
    factors.must_be_able_to_reset(person, request.actor)
    asking = Asking(request, ResetForm, kind="reset", subject=pk, back_url=address_of(person))
    if form := asking.answered():
        said = form.cleaned_data
        reason = "; ".join(filter(None, (str(factors.IDENTIFIED[said["how"]]), said["note"])))
        if asking.does(
            lambda: factors.reset(person=person, by=request.actor, reason=reason),
            said=_("Their second factor is gone, and they are signed out everywhere. A mail tells them so."),
        ):
            return redirect("staff-person", pk)
    has_factor = second_factor.has_one(person)
    return asking.page("administration/reset.html", heading=_("Take their second factor away"), caption=person.name, has_factor=has_factor)
