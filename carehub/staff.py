"""Who works in a partnership, and who did: for the administrator's pages. Nothing here reaches a client."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from carehub import clock
from carehub.models import Agency, Membership, Person

SHOWN = 50


@dataclass(frozen=True)
class Page:
    people: list[Person]
    #: The key after which the next part begins; None where there is no more.
    further: UUID | None


def of_partnership(partnership_id: UUID) -> QuerySet[Person]:
    """Everybody who has, had or will have a role there."""
    return Person.objects.filter(Exists(Membership.objects.filter(person=OuterRef("pk"), partnership_id=partnership_id)))


def people(partnership_id: UUID, *, left: bool, words: str = "", agency_id: UUID | None = None, after: UUID | None = None) -> Page:
    """One part of the staff by name: with a role today or later, or (``left``) with none any more. Three queries at most."""
    roles = Membership.objects.filter(partnership_id=partnership_id)
    theirs = roles.filter(person=OuterRef("pk"))
    holding = theirs.not_over(clock.today())
    found = Person.objects.filter(~Exists(holding) & Exists(theirs)) if left else Person.objects.filter(Exists(holding))
    if agency_id is not None:
        found = found.filter(Exists((theirs if left else holding).filter(agency_id=agency_id)))
    for word in words.split()[:6]:
        found = found.filter(name__icontains=word)
    if after is not None and (last := Person.objects.filter(pk=after).first()):
        found = found.filter(Q(name__gt=last.name) | Q(name=last.name, pk__gt=last.pk))
    shown = roles if left else roles.not_over(clock.today())
    shown = shown.select_related("agency", "partnership", "stands_in_for__person").order_by("starts_on", "pk")
    rows = list(found.prefetch_related(Prefetch("memberships", shown, to_attr="shown_roles")).order_by("name", "pk")[: SHOWN + 1])
    return Page(rows[:SHOWN], rows[SHOWN - 1].pk if len(rows) > SHOWN else None)


def agencies(partnership_id: UUID) -> list[Agency]:
    return list(Agency.objects.filter(partnership_id=partnership_id).order_by("name"))


def staff_numbers(partnership_id: UUID) -> dict[UUID, int]:
    """Agency → how many people have a role there today."""
    numbers: dict[UUID, set[UUID]] = {}
    working = Membership.objects.filter(partnership_id=partnership_id, agency__isnull=False).open_on(clock.today())
    for agency_id, person_id in working.values_list("agency_id", "person_id"):
        numbers.setdefault(agency_id, set()).add(person_id)
    return {agency_id: len(people) for agency_id, people in numbers.items()}


@dataclass(frozen=True)
class Roles:
    """One person's roles in a partnership, as their page shows them."""

    now: list[Membership]
    later: list[Membership]
    over: list[Membership]


def roles_of(person: Person, partnership_id: UUID) -> Roles:
    today = clock.today()
    held = Membership.objects.filter(person=person, partnership_id=partnership_id).with_all().order_by("-starts_on", "pk")
    deputies = Membership.objects.not_over(today).select_related("person").order_by("starts_on")
    rows = list(held.prefetch_related(Prefetch("deputies", deputies, to_attr="shown_deputies")))
    return Roles(
        now=[each for each in rows if not each.is_over(today) and each.starts_on <= today],
        later=[each for each in rows if not each.is_over(today) and each.starts_on > today],
        over=[each for each in rows if each.is_over(today)],
    )


def colleagues(membership: Membership) -> QuerySet[Person]:
    """Who could stand in: the same role at the same agency, today or later."""
    same = Membership.objects.not_over(clock.today()).filter(
        person=OuterRef("pk"),
        role=membership.role,
        partnership_id=membership.partnership_id,
        agency_id=membership.agency_id,
        stands_in_for__isnull=True,
    )
    return Person.objects.filter(Exists(same)).exclude(pk=membership.person_id).order_by("name", "pk")
