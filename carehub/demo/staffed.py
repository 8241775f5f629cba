"""The rows of the place: partnership, agencies, people, and as what they act."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password

from carehub.demo.chance import Chance
from carehub.demo.place import AGENCIES, PARTNERSHIP, PASSWORD, STAFF
from carehub.models import Agency, Membership, Partnership, Person

#: Roles that have clients of their own.
WITH_CASELOAD = ("keyworker", "criminal-justice-worker", "care-manager")


@dataclass
class Place:
    """What the rows about clients refer to. Agencies go by their letters (carehub.demo.place)."""

    partnership: Partnership
    agencies: dict[str, Agency] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)

    def in_role(self, letter: str, *roles: str) -> list[Membership]:
        """Memberships at the agency in any of ``roles``, in the order of the list of staff."""
        agency = self.agencies[letter]
        return [each for each in self.memberships if each.agency == agency and each.role in roles]

    def workers(self, letter: str) -> list[Membership]:
        return self.in_role(letter, *WITH_CASELOAD)

    def doctor(self, letter: str) -> str:
        found = self.in_role(letter, "prescriber")
        return found[0].person.name if found else "the GP"


def make_place(key: Chance, today: date) -> Place:
    """Unsaved rows; :func:`save_place` writes them."""
    place = Place(Partnership(id=key.key(), name=PARTNERSHIP, is_demo=True))
    for each in AGENCIES:
        place.agencies[each.letter] = Agency(
            id=key.key(),
            partnership=place.partnership,
            name=each.name,
            discreet_name=each.discreet_name,
            kind=each.kind,
            telephone=each.telephone,
            address=each.address,
            opening_hours=each.opening_hours,
            complaints=each.complaints,
            advocacy=each.advocacy,
        )
    password = make_password(PASSWORD)
    for someone in STAFF:
        person = Person(
            id=key.key(),
            email=someone.email,
            name=someone.name,
            job_title=someone.job_title,
            telephone=someone.telephone,
            password=password,
            is_demo=True,
        )
        place.people.append(person)
        began = today - timedelta(days=key.randint(600, 2400))
        for further, (role, letter) in enumerate(someone.roles):
            place.memberships.append(
                Membership(
                    id=key.key(),
                    person=person,
                    role=role,
                    partnership=place.partnership,
                    agency=place.agencies[letter] if letter else None,
                    # The first of several roles is the one somebody begins in.
                    starts_on=began + timedelta(days=30 * further),
                )
            )
    return place


def save_place(place: Place, using: str) -> None:
    place.partnership.save(force_insert=True, using=using)
    Agency.objects.using(using).bulk_create(place.agencies.values())
    Person.objects.using(using).bulk_create(place.people)
    Membership.objects.using(using).bulk_create(place.memberships)
