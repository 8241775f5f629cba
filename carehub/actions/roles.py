"""Giving a role, changing its end, ending it at once; naming a deputy. Rules: carehub.role_rules."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub import clock, events, handing_over, mail, role_rules
from carehub.actors import Actor
from carehub.models import Agency, Membership, Partnership, Person


def _one_after_the_other(person_id: UUID, partnership_id: UUID) -> None:
    """Roles of one person, and who is administrator, are decided one after the other: two at once would not see each other."""
    Partnership.objects.select_for_update(no_key=True).get(pk=partnership_id)
    Person.objects.select_for_update(no_key=True).get(pk=person_id)


@transaction.atomic
def give_role(*, by: Actor, person: Person, role: str, agency: Agency | None, starts_on: date, ends_on: date | None = None) -> Membership:
    """From ``starts_on`` on, at their next request. Raises NotAllowed or Refused with the field's own message."""
    _one_after_the_other(person.pk, by.partnership_id)
    role_rules.may_give(by, person, role=role, agency=agency, starts_on=starts_on, ends_on=ends_on)
    made = Membership.objects.create(
        person=person, role=role, partnership=by.partnership, agency=agency, starts_on=starts_on, ends_on=ends_on
    )
    events.record("role.given", by=by, subject=made, reason=_in_words(made))
    return made


@transaction.atomic
def change_end(*, by: Actor, membership: Membership, ends_on: date | None) -> None:
    """The last day on which they act in it; None for no end. Deputies do not outlast it."""
    membership = _afresh(by, membership)
    role_rules.may_end(by, membership, ends_on=ends_on)
    if ends_on == membership.ends_on:
        return
    shorter = ends_on is not None and (membership.ends_on is None or ends_on < membership.ends_on)
    if shorter and ends_on is not None:
        for each in _with_it(membership):
            _let_end(each, ends_on)
    membership.ends_on = ends_on
    membership.save(update_fields=["ends_on"])
    events.record("role.end-changed", by=by, subject=membership, reason=_in_words(membership))
    if shorter:
        handing_over.ask(membership)


@transaction.atomic
def end_at_once(*, by: Actor, membership: Membership) -> None:
    """Refused from their next request on, in every window, and in what runs for them in the background."""
    membership = _afresh(by, membership)
    role_rules.may_end_at_once(by, membership)
    stop(membership, clock.today())
    events.record("role.ended", by=by, subject=membership, reason=_in_words(membership))
    handing_over.ask(membership)


def stop(membership: Membership, last_day: date) -> None:
    """End it now, and first whoever stands in for it or by it. ``last_day``: what stands on record, today or before."""
    for each in _with_it(membership):
        _stop_one(each, last_day)
    _stop_one(membership, last_day)


def let_end(membership: Membership, last_day: date) -> None:
    """End it, and what hangs on it, in the evening of a day to come; what would begin later never does."""
    for each in _with_it(membership):
        _let_end(each, last_day)
    _let_end(membership, last_day)


def _stop_one(membership: Membership, last_day: date) -> None:
    day = min(last_day, membership.ends_on or last_day)
    # Nothing ends before it began: one that was still to come keeps its first day, and never has it.
    membership.ends_on, membership.ended_at = max(day, membership.starts_on), clock.now()
    membership.save(update_fields=["ends_on", "ended_at"])


def _let_end(membership: Membership, last_day: date) -> None:
    if membership.starts_on > last_day:
        _stop_one(membership, last_day)
    elif membership.ends_on is None or membership.ends_on > last_day:
        membership.ends_on = last_day
        membership.save(update_fields=["ends_on"])


def _with_it(membership: Membership) -> list[Membership]:
    """What cannot outlast it: its deputies, and where it is somebody's own, where they stand in for others by virtue of it."""
    if membership.stands_in_for_id:
        return []
    by_virtue = Q(person_id=membership.person_id, stands_in_for__isnull=False, role=membership.role, agency_id=membership.agency_id)
    if membership.agency_id is None:
        by_virtue &= Q(partnership_id=membership.partnership_id)
    both = Q(stands_in_for=membership) | by_virtue
    return list(Membership.objects.not_over(clock.today()).filter(both).select_related("person", "agency", "partnership"))


@transaction.atomic
def name_deputy(*, by: Actor, absent: Membership, person: Person, starts_on: date, ends_on: date) -> Membership:
    """``person`` acts as the absent one's deputy, from a day to a day; who leads the agency is told."""
    absent = _afresh(by, absent)
    _one_after_the_other(person.pk, by.partnership_id)
    role_rules.may_stand_in(by, absent, person, starts_on=starts_on, ends_on=ends_on)
    made = Membership.objects.create(
        person=person,
        role=absent.role,
        partnership_id=absent.partnership_id,
        agency_id=absent.agency_id,
        starts_on=starts_on,
        ends_on=ends_on,
        stands_in_for=absent,
    )
    events.record("deputy.named", by=by, subject=made, reason=_in_words(made))
    words = {
        "deputy": person.name,
        "absent": absent.person.name,
        "from": date_format(starts_on, "j F Y"),
        "until": date_format(ends_on, "j F Y"),
    }
    for each in leaders(absent):
        mail.leave(
            person=each,
            partnership_id=absent.partnership_id,
            kind="deputy.named",
            about=made.pk,
            subject=_("A deputy in CareHub"),
            body=_(
                "%(deputy)s stands in for %(absent)s from %(from)s until %(until)s, and sees what %(absent)s sees. If this is not right, "
                "tell your administrator."
            )
            % words,
        )
    return made


def leaders(membership: Membership) -> list[Person]:
    """Who is told: the service managers of its agency, or the partnership managers where it is at none."""
    today = clock.today()
    if membership.agency_id:
        there = Membership.objects.managers_of([membership.agency_id], today)
    else:
        there = Membership.objects.open_on(today).filter(role="partnership-manager", partnership_id=membership.partnership_id)
    return list(Person.objects.filter(pk__in=there.values("person_id"), is_active=True).order_by("pk"))


def _afresh(by: Actor, membership: Membership) -> Membership:
    """As it stands now: it may have been ended while the page lay open."""
    _one_after_the_other(membership.person_id, by.partnership_id)
    return Membership.objects.with_all().select_for_update(of=("self",)).get(pk=membership.pk)


def _in_words(membership: Membership) -> str:
    """For the log: 'keyworker, Millrace Lane, 2026-03-01 to 2026-09-30'."""
    until = membership.ends_on.isoformat() if membership.ends_on else "no end"
    absent = f", standing in for {membership.stands_in_for.person.name}" if membership.stands_in_for else ""
    return f"{membership.role}{absent}, {membership.where}, {membership.starts_on.isoformat()} to {until}"
