"""A role given, its end, and who stands in for whom."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from carehub import role_rules, staff
from carehub.actions.roles import change_end, end_at_once, give_role, name_deputy
from carehub.administration_forms import NOW, ON_A_DAY, OPEN, DeputyForm, EndForm, RoleForm
from carehub.asking import Asking
from carehub.guards import requires
from carehub.models import Membership
from carehub.views.staff import address_of, somebody


def _role(request: HttpRequest, pk: UUID) -> Membership:
    """Of one's own partnership, or 404."""
    return get_object_or_404(Membership.objects.with_all(), pk=pk, partnership_id=request.actor.partnership_id)


@requires("configure")
def give(request: HttpRequest, pk: UUID) -> HttpResponse:
    person = somebody(request, pk)
    role_rules.not_to_oneself(request.actor, person)
    agencies = staff.agencies(request.actor.partnership_id)
    asking = Asking(request, RoleForm, kind="role", subject=pk, back_url=address_of(person), agencies=agencies)
    if (form := asking.answered()) and asking.does(lambda: give_role(by=request.actor, person=person, **form.given)):
        return redirect("staff-person", pk)
    return asking.page("administration/form.html", heading=_("Give a role"), caption=person.name, submit_text=_("Give this role"))


@requires("configure")
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    role = _role(request, pk)
    stands = {"when": ON_A_DAY if role.ends_on else OPEN, "ends_on": role.ends_on}
    endless = role.stands_in_for_id is None
    asking = Asking(request, EndForm, kind="role-end", subject=pk, back_url=address_of(role.person), stands=stands, endless=endless)
    if form := asking.answered():
        when, day = form.cleaned_data["when"], form.cleaned_data["ends_on"]

        def ended() -> None:
            if when == NOW:
                end_at_once(by=request.actor, membership=role)
            else:
                change_end(by=request.actor, membership=role, ends_on=day if when == ON_A_DAY else None)

        if asking.does(ended):
            return redirect("staff-person", role.person_id)
    return asking.page("administration/end.html", heading=_("When does this role end?"), caption=role.person.name, role=role)


@requires("configure")
def deputy(request: HttpRequest, pk: UUID) -> HttpResponse:
    absent = _role(request, pk)
    stands = {"ends_on": absent.ends_on}
    people = staff.colleagues(absent).exclude(pk=request.actor.person_id)
    asking = Asking(request, DeputyForm, kind="deputy", subject=pk, back_url=address_of(absent.person), stands=stands, people=people)
    if form := asking.answered():
        said = form.cleaned_data
        if asking.does(
            lambda: name_deputy(by=request.actor, absent=absent, **said), said=_("On record. Who leads the service is told by mail.")
        ):
            return redirect("staff-person", absent.person_id)
    return asking.page(
        "administration/deputy.html",
        heading=_("Who stands in for them?"),
        caption=absent.person.name,
        submit_text=_("Name as deputy"),
        role=absent,
        anybody=people.exists(),
    )
