"""Who decides who the keyworker is, and who may be one. Each raises with a sentence for the person who asked."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub import clock
from carehub.actors import Actor, NotAllowed
from carehub.models import Membership, Person, Task
from carehub.models.people import MembershipQuerySet
from carehub.offering import allows
from carehub.permissions import roles_with
from carehub.rules import Refused
from clients.models import Episode

#: Whose last day is nearer than this is given nobody new.
LEAVES_SOON = timedelta(days=31)
_ROLES = roles_with("caseload.view")


def _wrong(field: str, sentence: str) -> Refused:
    return Refused(sentence, fields={field: [sentence]})


def may_allocate(actor: Actor, episode: Episode | None) -> None:
    """The manager of the agency that treats the client, while it does."""
    actor.must("case.allocate")
    if episode is None or episode.agency_id != actor.agency_id:
        raise NotAllowed(_("The agency that treats the client decides who their keyworker is."))
    if episode.state == Episode.State.DISCHARGED:
        raise _wrong("keyworker", _("This episode has ended: nobody is the keyworker any more"))


def allocates(actor: Actor, episode: Episode | None) -> bool:
    """Whether a page offers it."""
    return allows(may_allocate, actor, episode)


def can_be_given(actor: Actor, episode: Episode, person: Person, *, since: date, reason: str) -> None:
    """To somebody else who has a caseload in the agency and stays, from a day on that lies in the episode, for a reason of the list."""
    if person.pk == episode.keyworker_id:
        raise _wrong("keyworker", _("%(name)s is their keyworker already") % {"name": person.name})
    last_day = last_days(actor.agency_id, [person.pk]).get(person.pk, date.min)
    if last_day == date.min:
        raise _wrong("keyworker", _("%(name)s has no caseload in this agency") % {"name": person.name})
    if last_day and last_day < clock.today() + LEAVES_SOON:
        words = {"name": person.name, "day": date_format(last_day, "j F Y")}
        raise _wrong("keyworker", _("%(name)s leaves on %(day)s: choose somebody who stays") % words)
    if since > clock.today():
        raise _wrong("since", _("‘From which day?’ must be today or in the past"))
    if since < episode.referred_on:
        raise _wrong("since", _("‘From which day?’ lies before the referral"))
    if reason not in Episode.Handover.values:
        raise _wrong("reason", _("Choose why they get another keyworker"))


def _with_a_caseload(agency_id: UUID | None) -> MembershipQuerySet:
    """Roles that have a caseload in the agency, at any time; a deputy's is the absent colleague's."""
    # Of no agency: of nobody.
    return Membership.objects.filter(agency_id=agency_id, role__in=_ROLES, stands_in_for__isnull=True)  # type: ignore[misc]


def last_days(agency_id: UUID | None, people: Iterable[UUID] | None = None) -> dict[UUID, date | None]:
    """Who has a caseload in the agency today, and the last day on which they do, None where none is known. A deputy has none."""
    there = _with_a_caseload(agency_id)
    if people is not None:
        there = there.filter(person_id__in=people)
    today = clock.today()
    here = there.open_on(today).filter(person__is_active=True).values("person_id")
    found = there.not_over(today).filter(person_id__in=here).values_list("person_id")
    ends = found.annotate(last=Max("ends_on"), unlimited=Count("pk", filter=Q(ends_on__isnull=True)))
    return {person_id: None if unlimited else last for person_id, last, unlimited in ends.order_by()}


def ends_of(keyworker: str, agency_id: UUID | None) -> dict[str, Subquery]:
    """The same for rows that name a keyworker, within their own query: at work here today, without an end, and the last day known."""
    today = clock.today()
    there = _with_a_caseload(agency_id).filter(person_id=OuterRef(keyworker))
    last = there.not_over(today).order_by().values("person_id").annotate(last=Max("ends_on")).values("last")
    return {
        "works_here": Exists(there.open_on(today).filter(person__is_active=True)),
        "stays": Exists(there.not_over(today).filter(ends_on__isnull=True)),
        "last_day": Subquery(last[:1]),
    }


def who_stays(agency_id: UUID | None) -> list[UUID]:
    """Who can be given a client in the agency."""
    soon = clock.today() + LEAVES_SOON
    return [person_id for person_id, last_day in last_days(agency_id).items() if last_day is None or last_day >= soon]


def held_by(actor: Actor) -> dict[UUID | None, int]:
    """How many people each keyworker of the agency has now. One query."""
    held = Episode.objects.visible_to(actor, many=True).of_agency(actor.agency_id).open()
    return dict(held.order_by().values_list("keyworker_id").annotate(Count("pk")))


def keyworkers(actor: Actor) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=who_stays(actor.agency_id)).order_by("name", "pk")


def nobody_left_without(task: Task) -> None:
    """The task to choose another keyworker closes by itself when one is chosen; by hand where the keyworker stays after all."""
    waits = Episode.objects.open().filter(pk=task.subject_id).exclude(keyworker__in=who_stays(task.agency_id))
    if waits.exists():
        raise Refused(_("Choose another keyworker: this closes by itself then."))
