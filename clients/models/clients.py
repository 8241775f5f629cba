"""The client, and what may be done to reach them safely."""

from datetime import date
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

import pghistory
from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Cast, Concat, Lower
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.models.access import within_reach
from carehub.models.base import Keyed, Versioned
from clients.finding import sounding
from clients.finding.reference import normalise
from clients.models.base import AboutClient

if TYPE_CHECKING:
    from carehub.actors import Actor


#: Computed over the clients in reach, never over all: an index on it could not be used under row security, whose conditions come
#: first, and a stored column would make every INSERT return a row that is not visible yet.
_ALL_NAMES = Lower(Concat(F("first_name"), Value(" "), F("last_name"), Value(" "), F("name_used")))
#: From how many thousandths of likeness on a misspelt name is shown, and how much it counts that it sounds like what was typed.
ALIKE, SOUNDS_LIKE = 300, 400
_BY_LIKENESS = ("-likeness", "last_name", "first_name", "pk")


def _thousandths(similarity: TrigramWordSimilarity) -> Cast:
    """As a whole number: PostgreSQL's is a four-byte float, which equals nothing that comes back from here."""
    return Cast(similarity * 1000.0, models.IntegerField())


def _sounding_like(words: str) -> Q:
    """Each word sounds like one of the name's; words too short for that must stand in it. Empty where all are too short."""
    patterns = {word: sounding.pattern(word) for word in words.split()}
    if not any(patterns.values()):
        return Q()
    rules = [Q(all_names__regex=pattern) if pattern else Q(all_names__contains=word) for word, pattern in patterns.items()]
    return reduce(and_, rules)


#: National monitoring takes nobody born earlier.
BORN_AFTER = date(1902, 12, 31)


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, actor: "Actor", *, many: bool = False):
        """Clients whom ``actor`` may reach now; the database's own policy reads the same table. ``many``: see ``within_reach``."""
        return self.filter(within_reach("pk", actor, many=many), partnership_id=actor.partnership_id)

    def matching(self, words: str, *, born: date | None = None):
        """Clients whose reference is ``words``, or whose names hold or resemble them; the likeliest first. ``born`` narrows it down.

        Ordered by (likeness in thousandths, names, key), so that a page can begin after any row: see :meth:`after`.
        """
        words = " ".join(words.lower().split())
        if reference := normalise(words):
            return self.filter(reference=reference).annotate(likeness=Value(1000)).order_by("pk")
        found = self.filter(date_of_birth=born) if born else self
        if len(words) < 2:
            return found.annotate(likeness=Value(1000)).order_by(*_BY_LIKENESS) if born else self.none()
        alike = TrigramWordSimilarity(words, _ALL_NAMES)
        sounds = _sounding_like(words)
        # Chosen by the bare conditions, the cheapest first; the order is worked out for those that were chosen, and only for them.
        return (
            found.alias(all_names=_ALL_NAMES, alike=alike)
            .filter(Q(all_names__contains=words) | sounds | Q(alike__gte=ALIKE / 1000))
            .annotate(
                likeness=Case(When(sounds, then=_thousandths(alike) + SOUNDS_LIKE), default=_thousandths(alike))
                if sounds
                else _thousandths(alike)
            )
            .order_by(*_BY_LIKENESS)
        )

    def after(self, row: "Client"):
        """The rows of :meth:`matching` that come after ``row``, which is one of them."""
        return self.filter(
            Q(likeness__lt=row.likeness)
            | Q(likeness=row.likeness, last_name__gt=row.last_name)
            | Q(likeness=row.likeness, last_name=row.last_name, first_name__gt=row.first_name)
            | Q(likeness=row.likeness, last_name=row.last_name, first_name=row.first_name, pk__gt=row.pk)
        )

    def resembling(self, *, first_name: str, last_name: str, date_of_birth: date):
        """Likely the same person: same date of birth and a similar name, or nearly the same name at any date."""
        name = f"{first_name} {last_name}".lower()
        return (
            self.annotate(likeness=TrigramSimilarity(_ALL_NAMES, name))
            .filter(
                Q(date_of_birth=date_of_birth, likeness__gte=0.2)
                | Q(date_of_birth=date_of_birth, last_name__iexact=last_name)
                | Q(likeness__gte=0.7)
            )
            .order_by("-likeness", "pk")
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Client(Keyed, Versioned):
    """A person in treatment, or on the way there. One record in the partnership, from first contact to aftercare."""

    class Sex(models.TextChoices):
        FEMALE = "F", _("Female")
        MALE = "M", _("Male")
        NOT_STATED = "Z", _("Not stated")

    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=8)
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    #: What they want to be called.
    name_used = models.CharField(max_length=80, blank=True)
    date_of_birth = models.DateField()
    sex = models.CharField(max_length=1, choices=Sex)
    telephone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=300, blank=True)
    #: Two workers, no home visit: for those who meet the client and may not see the rest.
    safety_warning = models.CharField(max_length=200, blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")

    objects = ClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "reference"], name="client_reference_once"),
            models.CheckConstraint(condition=Q(date_of_birth__gt=BORN_AFTER), name="client_born_after_1902"),
        ]
        indexes = [
            models.Index(fields=["partnership", "-registered_at"], name="client_newest"),
            models.Index(fields=["partnership", "date_of_birth"], name="client_born"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def client_id(self):
        """So that a client and what is about them can be asked the same question."""
        return self.pk

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def known_as(self) -> str:
        """The name to use when speaking to them."""
        return self.name_used or self.first_name

    @property
    def initials(self) -> str:
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper()

    @property
    def age(self) -> int:
        """In whole years, today."""
        today, born = clock.today(), self.date_of_birth
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class SafeContact(AboutClient, Versioned):
    """How the client may be reached, channel by channel, what may be said, and who must not know."""

    NO_WAY = _("No way to reach them: ask again when you see them")
    CHANNELS = ("by_telephone", "by_voicemail", "by_text", "by_post", "by_visit")

    client = models.OneToOneField(Client, on_delete=models.PROTECT, related_name="safe_contact")
    by_telephone = models.BooleanField(_("telephone"))
    by_voicemail = models.BooleanField(_("voicemail"))
    by_text = models.BooleanField(_("text message"))
    by_post = models.BooleanField(_("post"))
    by_visit = models.BooleanField(_("home visit"))
    what_to_say = models.CharField(max_length=300, blank=True)
    who_must_not_know = models.CharField(max_length=300, blank=True)
    asked_on = models.DateField()

    #: What stands on the client's own row and is asked on the same page.
    OF_THE_CLIENT = ("name_used", "telephone", "address", "safety_warning")

    def allowed(self) -> list[str]:
        """The channels they said yes to, in words."""
        return [str(self._meta.get_field(channel).verbose_name) for channel in self.CHANNELS if getattr(self, channel)]

    @property
    def no_way(self) -> bool:
        """Nothing that they said yes to leads to them: for a visit or a letter no address is known, for the rest no number."""
        by_number, by_address = self.by_telephone or self.by_voicemail or self.by_text, self.by_post or self.by_visit
        return not ((by_number and self.client.telephone.strip()) or (by_address and self.client.address.strip()))

    def refused(self) -> list[str]:
        return [str(self._meta.get_field(channel).verbose_name) for channel in self.CHANNELS if not getattr(self, channel)]
