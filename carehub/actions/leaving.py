"""They have left: every role in the partnership ends, and every session with them."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from carehub import clock, events, handing_over, role_rules
from carehub.actions.roles import let_end, stop
from carehub.actors import Actor
from carehub.models import Membership, Partnership, Person, Session
from carehub.rules import Refused


@transaction.atomic
def leave(*, by: Actor, person: Person, last_day: date) -> list[Membership]:
    """``last_day`` today or before: access ends at their next request. Later: with the end of that day.

    What they asked for in the background is not made any more (carehub.jobs); what they typed and did not send stays theirs alone.
    Returns the roles that end.
    """
    role_rules.must_look_after(by, person)
    Partnership.objects.select_for_update(no_key=True).get(pk=by.partnership_id)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    today = clock.today()
    held = Membership.objects.not_over(today).filter(person=person, partnership_id=by.partnership_id)
    ending = list(held.with_all().order_by("starts_on", "pk"))
    if not ending:
        raise Refused(_("They have no role here any more."))
    now = last_day <= today
    for each in ending:
        role_rules.an_administrator_stays(each, max(last_day, today))
    for each in ending:
        # Ended already, where they stood in by virtue of a role that came before.
        each.refresh_from_db(fields=["ends_on", "ended_at"])
        if each.ended_at is None:
            stop(each, last_day) if now else let_end(each, last_day)
    if now:
        Session.objects.filter(person_id=person.pk).end()
    events.record("person.left", by=by, subject=person, reason=last_day.isoformat())
    for each in ending:
        each.refresh_from_db(fields=["ends_on", "ended_at"])
        events.record("role.ended", by=by, subject=each, reason=f"{each.role}, {each.where}")
    for each in _one_an_agency(ending):
        handing_over.ask(each)
    return ending


def _one_an_agency(ended: list[Membership]) -> list[Membership]:
    """A caseload is held at an agency, in however many roles: it is handed over once."""
    own = [each for each in ended if each.agency_id and not each.stands_in_for_id]
    last: dict[object, Membership] = {}
    for each in sorted(own, key=lambda each: each.ends_on or date.max):
        last[each.agency_id] = each
    return list(last.values())
