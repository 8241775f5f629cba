"""What one member of staff has seen, read back from the log for whoever answers for them.

The reader learns about clients only what they may know anyway: a client out of their reach is a number in a sentence. What the same
person does in another agency is not theirs to read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Concat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carehub import clock, local_settings
from carehub.actors import Actor
from carehub.models import Event, EventClient, Membership, Person
from clients.finding import searching
from clients.looked.at_client import deed
from clients.looked.unusual import JUDGED, RULES, asked
from clients.models import Client

#: Deeds that show no client, by how they begin.
_BESIDE: tuple[tuple[str, Promise], ...] = (
    ("signed-in", _("Signed in")),
    ("signed-out", _("Signed out")),
    ("client.searched", _("Searched and found nobody")),
    ("reading.", _("Asked for the password after many records")),
    ("record.", _("Tried to open a record without consent")),
    ("refused", _("Refused")),
    ("role.switched", _("Changed the role they act in")),
    ("staff.", _("Looked at what staff had done")),
    ("screen.", _("Locked or unlocked the screen")),
)


@dataclass(frozen=True)
class Seen:
    """One client: how often, from when to when, what was done, and which rules of unusual access say something about it."""

    client: Client
    times: int
    first: datetime
    last: datetime
    deeds: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Days:
    since: date
    until: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From the beginning of the first day to the end of the last, in London."""
        return clock.begins(self.since), clock.begins(self.until + timedelta(days=1))


def staff_of(actor: Actor) -> QuerySet[Membership]:
    """In which roles people have acted whom ``actor`` answers for, leavers too: at their agency, or anywhere in the partnership."""
    found = Membership.objects.filter(partnership_id=actor.partnership_id)
    return found.filter(agency_id=actor.agency_id) if actor.agency_id else found


class WhatTheySaw:
    """Of one person, in the roles that the reader answers for, on some days."""

    def __init__(self, reader: Actor, person: Person, memberships: Iterable[Membership], days: Days) -> None:
        self.reader, self.person, self.days = reader, person, days
        self.memberships = [each.pk for each in memberships]
        begins, ends = days.moments
        self._events = Event.objects.filter(
            partnership_id=reader.partnership_id, person_id=person.pk, membership_id__in=self.memberships, at__gte=begins, at__lt=ends
        )
        self._shown = EventClient.objects.visible_to(reader, many=True).filter(
            event__person_id=person.pk, event__membership_id__in=self.memberships, event__at__gte=begins, event__at__lt=ends
        )

    def clients(self, *, before: tuple[datetime, UUID] | None = None, most: int = 50) -> list[Seen]:
        """Those in the reader's reach, the last seen first. Three queries, however many events."""
        rows = self._shown.values("client_id").annotate(
            times=Count("pk"),
            first=Min("event__at"),
            last=Max("event__at"),
            deeds=ArrayAgg(Concat("event__verb", Value("|"), "event__page"), distinct=True),
        )
        if before:
            rows = rows.filter(Q(last__lt=before[0]) | Q(last=before[0], client_id__lt=before[1]))
        found = list(rows.order_by("-last", "-client_id")[:most])
        keys = [row["client_id"] for row in found]
        clients = Client.objects.visible_to(self.reader).in_bulk(keys)
        marks = self._marks(keys)
        return [
            Seen(
                clients[row["client_id"]],
                row["times"],
                row["first"],
                row["last"],
                tuple(sorted({str(deed(*each.split("|", 1))) for each in row["deeds"]})),
                tuple(marks.get(row["client_id"], ())),
            )
            for row in found
            if row["client_id"] in clients
        ]

    def _marks(self, keys: list[UUID]) -> dict[UUID, list[str]]:
        """Which rules about single clients hold, on any of the days. The same conditions as the scheduled pass asks."""
        rules = [rule for rule in RULES.values() if rule.where]
        about = asked(self.reader.partnership_id, local_settings.of(self.reader.partnership), since=self.days.since, until=self.days.until)
        held = ", ".join(f"bool_or({rule.where})" for rule in rules)
        of_whom = "AND e.person_id = %(person)s AND e.membership_id = ANY(%(memberships)s) AND c.client_id = ANY(%(keys)s)"
        with connection.cursor() as cursor:
            cursor.execute(
                f"{JUDGED.format(of_whom=of_whom)} SELECT client_id, {held} FROM judged GROUP BY client_id",
                about | {"person": self.person.pk, "memberships": self.memberships, "keys": keys},
            )
            return {
                client: [str(rule.word) for rule, holds in zip(rules, answers, strict=True) if holds]
                for client, *answers in cursor.fetchall()
            }

    def out_of_reach(self) -> int:
        """How often somebody was shown whom the reader does not reach: no name, no reference, and not how many people they are."""
        shown = self._events.aggregate(all=Sum("shown"))["all"] or 0
        return shown - self._shown.count()

    def beside(self) -> list[tuple[str, int]]:
        """What showed no client: signing in, refusals, and so on; how often each."""
        counted: dict[str, int] = {}
        for verb, times in self._events.filter(shown=0).values_list("verb").annotate(times=Count("pk")).order_by(F("verb")):
            words = str(next((words for begins, words in _BESIDE if verb.startswith(begins)), _("Something else")))
            counted[words] = counted.get(words, 0) + times
        return sorted(counted.items())

    def searched_for(self, typed: str) -> list[datetime]:
        """When exactly these words were searched for. The log has a mark of them, not the words."""
        marked = self._events.filter(verb="client.searched", reason__endswith=f"mark {searching.mark(typed)}")
        return list(marked.order_by("at").values_list("at", flat=True)[:100])
