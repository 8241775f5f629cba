"""What a member of staff has seen, and unusual access: for whoever answers for them."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.formfields import YEARS
from carehub.guards import requires
from carehub.keys import key_of
from carehub.models import Person
from carehub.rules import Refused
from clients.actions import unusual as actions
from clients.forms.staff import DaysForm, LookIntoForm, SearchedForm
from clients.looked.by_staff import Days, WhatTheySaw, staff_of
from clients.looked.unusual import RULES
from clients.models import UnusualAccess

PAGE, ON_PAPER = 50, 500
#: Without a choice: this week.
USUAL = timedelta(days=6)


@requires("staff.seen")
def staff(request: HttpRequest) -> HttpResponse:
    """Everybody one answers for, by name; leavers after those who are here."""
    today = clock.today()
    found = staff_of(request.actor).select_related("person", "agency", "partnership", "stands_in_for__person")
    if last := _last_person(request):
        found = found.filter(Q(person__name__gt=last.name) | Q(person__name=last.name, person_id__gt=last.pk))
    people: dict[UUID, dict[str, Any]] = {}
    further = ""
    for each in found.order_by("person__name", "person_id", "-starts_on")[: 6 * PAGE]:
        if each.person_id not in people and len(people) == PAGE:
            further = "?" + urlencode({"after": list(people)[-1]})
            break
        row = people.setdefault(each.person_id, {"person": each.person, "roles": [], "left": True})
        row["roles"].append(each)
        row["left"] = row["left"] and each.is_over(today)
    return render(request, "clients/staff.html", {"rows": list(people.values()), "further": further})


def _last_person(request: HttpRequest) -> Person | None:
    """Whom the part of the list before this one ended with."""
    return Person.objects.filter(memberships__in=staff_of(request.actor), pk=key_of(request.GET.get("after", ""))).first()


@requires("staff.seen")
def seen(request: HttpRequest, pk: UUID) -> HttpResponse:
    what, form = _what(request, pk)
    context = {"form": form, "searched": SearchedForm()}
    if what is None:
        return render(request, "clients/staff_seen.html", _about(request, pk) | context)
    if request.method == "POST":
        context["searched"] = asked_for = SearchedForm(request.POST)
        if asked_for.is_valid():
            context["searches"] = what.searched_for(asked_for.cleaned_data["words"])
            context["words"] = asked_for.cleaned_data["words"]
    before = position(request.GET.get("before", ""))
    found = what.clients(before=before, most=PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    days = {"since": what.days.since.isoformat(), "until": what.days.until.isoformat()}
    events.record("staff.seen", by=request.actor, subject=what.person)
    events.saw(*(each.client.pk for each in found[:PAGE]))
    context |= {
        "days": what.days,
        "rows": found[:PAGE],
        "further": "?" + urlencode(days | {"before": f"{last.last.isoformat()}_{last.client.pk}"}) if last else "",
        "paper_url": f"{reverse('staff-seen-paper', args=[pk])}?{urlencode(days)}",
        "first_page": before is None,
        "out_of_reach": what.out_of_reach(),
        "beside": what.beside(),
    }
    return render(request, "clients/staff_seen.html", _about(request, pk, what) | context)


@requires("staff.seen")
def seen_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    what, _form = _what(request, pk)
    if what is None:
        return redirect("staff-seen", pk)
    found = what.clients(most=ON_PAPER)
    events.record("staff.printed", by=request.actor, subject=what.person)
    events.saw(*(each.client.pk for each in found))
    context = {"days": what.days, "rows": found, "most": ON_PAPER, "out_of_reach": what.out_of_reach(), "beside": what.beside()}
    return render(request, "clients/staff_seen_paper.html", _about(request, pk, what) | context | {"today": clock.today()})


def _about(request: HttpRequest, pk: UUID, what: WhatTheySaw | None = None) -> dict[str, Any]:
    memberships = _memberships(request, pk)
    return {"person": what.person if what else memberships[0].person, "roles": memberships, "back_url": reverse("staff")}


def _memberships(request: HttpRequest, pk: UUID) -> list[Any]:
    """In which roles the person acted that the reader answers for; 404 where in none."""
    if not hasattr(request, "roles_of_staff"):
        found = staff_of(request.actor).filter(person_id=pk).select_related("person", "agency", "partnership", "stands_in_for__person")
        request.roles_of_staff = list(found.order_by("-starts_on"))  # type: ignore[attr-defined]  # asked once a request
    if not request.roles_of_staff:  # type: ignore[attr-defined]
        raise Http404
    return request.roles_of_staff  # type: ignore[attr-defined]


def _what(request: HttpRequest, pk: UUID) -> tuple[WhatTheySaw | None, DaysForm]:
    """None where the days that were asked for will not do; the form says why."""
    memberships = _memberships(request, pk)
    given = {name: _day(request.GET.get(name, "")) for name in ("since", "until")}
    today = clock.today()
    usual = {"since": given["since"] or today - USUAL, "until": given["until"] or today}
    typed = any(name.startswith(("since_", "until_")) for name in request.GET)
    form = DaysForm(request.GET if typed else None, initial=usual)
    if typed and not form.is_valid():
        return None, form
    chosen = form.cleaned_data if typed else usual
    return WhatTheySaw(request.actor, memberships[0].person, memberships, Days(chosen["since"], chosen["until"])), form


def _day(text: str) -> date | None:
    """A day that can have been; None for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in YEARS and found <= clock.today() else None


@requires("staff.seen")
def unusual(request: HttpRequest) -> HttpResponse:
    """What nobody has looked into yet, then what somebody has."""
    found = UnusualAccess.objects.visible_to(request.actor)
    found = found.select_related(
        "membership__person", "membership__agency", "membership__partnership", "looked_by", "membership__stands_in_for__person"
    )
    to_do = list(found.to_look_into().order_by("-day", "-last_at", "pk")[: PAGE + 1])
    done = list(
        found.exclude(pk__in=UnusualAccess.objects.visible_to(request.actor).to_look_into().values("pk")).order_by("-looked_at", "pk")[
            :PAGE
        ]
    )
    rows = [_row(request, each) for each in (*to_do[:PAGE], *done)]
    context = {"rows": rows, "number": min(len(to_do), PAGE), "more": len(to_do) > PAGE, "rules": RULES.values()}
    return render(request, "clients/unusual.html", context)


def _row(request: HttpRequest, finding: UnusualAccess) -> dict[str, Any]:
    rule = RULES[finding.rule]
    day = finding.day.isoformat()
    return {
        "finding": finding,
        "word": rule.word,
        "says": rule.says(finding.times, finding.limit),
        "grave": rule.grave,
        "own": finding.membership.person_id == request.actor.person_id,
        "seen_url": f"{reverse('staff-seen', args=[finding.membership.person_id])}?{urlencode({'since': day, 'until': day})}",
    }


@requires("staff.seen")
def look_into(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = UnusualAccess.objects.visible_to(request.actor).select_related(
        "membership__person", "membership__agency", "membership__partnership"
    )
    finding = get_object_or_404(found, pk=pk)
    form = LookIntoForm(request.POST or None)
    try:
        actions.may_look_into(request.actor, finding)
        if request.method == "POST" and form.is_valid():
            actions.look_into(by=request.actor, finding=finding, words=form.cleaned_data["words"])
            messages.success(request, _("On record."))
            return redirect("unusual")
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("unusual")
    return render(request, "clients/unusual_look.html", _row(request, finding) | {"form": form, "back_url": reverse("unusual")})


def position(text: str) -> tuple[datetime, UUID] | None:
    """'2026-03-03T10:00:00Z_<key>' of the last row seen; anything else is the beginning."""
    at, _line, key = text.partition("_")
    try:
        moment, row = datetime.fromisoformat(at), UUID(key)
    except ValueError:
        return None
    return (moment, row) if moment.tzinfo else None
