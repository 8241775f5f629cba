"""Agencies and staff, and as what each acts. Configuration only: no clinical record is reached from here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carehub import clock
from carehub.guards import requires
from carehub.models import Agency, Membership, Person


@requires("configure")
def administration(request: HttpRequest) -> HttpResponse:
    """Two queries, however many agencies and people."""
    key = request.actor.partnership_id
    working = Membership.objects.filter(partnership_id=key).open_on(clock.today())
    people: dict[Person, list[Membership]] = {}
    for membership in working.select_related("person", "agency").order_by("person__name", "person_id", "starts_on", "pk"):
        people.setdefault(membership.person, []).append(membership)
    agencies = [
        (agency, sum(any(each.agency_id == agency.pk for each in roles) for roles in people.values()))
        for agency in Agency.objects.filter(partnership_id=key).order_by("name")
    ]
    return render(request, "administration/home.html", {"agencies": agencies, "people": people.items()})
