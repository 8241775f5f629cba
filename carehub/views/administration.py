"""Agencies and staff, and as what each acts. Configuration only: no clinical record is reached from here."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carehub import clock
from carehub.guards import requires
from carehub.models import Agency, Membership


@requires("configure")
def administration(request: HttpRequest) -> HttpResponse:
    """Three queries, however many agencies and people."""
    key = request.actor.partnership_id
    working = Membership.objects.filter(partnership_id=key).open_on(clock.today())
    working = working.select_related("person").order_by("person__name", "role")
    agencies = (
        Agency.objects.filter(partnership_id=key).order_by("name").prefetch_related(Prefetch("memberships", working, to_attr="staff"))
    )
    page = {"agencies": list(agencies), "partnership_staff": list(working.filter(agency__isnull=True))}
    return render(request, "administration/home.html", page)
