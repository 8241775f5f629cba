"""Referrals by link: what others send who have no account, and what becomes of it."""

import hashlib
import secrets
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Count, F, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.models.access import within_reach
from carehub.models.base import Keyed
from clients.models.clients import Client
from clients.models.episodes import Episode

if TYPE_CHECKING:
    from carehub.actors import Actor


def new_token() -> str:
    """160 bits, in letters and digits that can be read out."""
    return secrets.token_hex(20)


def mark_of(token: str) -> str:
    """What is kept of a token: it leads nobody to the page."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class ReferralLinkQuerySet(models.QuerySet["ReferralLink"]):
    def visible_to(self, actor: "Actor"):
        """Of one's own agency; in a role of the whole partnership, of all of them."""
        found = self.filter(partnership_id=actor.partnership_id)
        return found.filter(agency_id=actor.agency_id) if actor.agency_id else found

    def working(self):
        """Neither stopped nor run out."""
        return self.filter(stopped_at__isnull=True, runs_out_on__gte=clock.today())


class ReferralLink(Keyed):
    """An address for one service that refers to one agency. Whoever holds it can send a referral, and reads nothing."""

    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+")
    #: Who refers with it: 'The Elms surgery'.
    for_whom = models.CharField(max_length=120)
    #: A code of the list 'referral-source': what is entered for those who come by it.
    referral_source = models.CharField(max_length=10)
    #: SHA-256 of the token; the token itself is shown once and kept nowhere.
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+")
    #: The last day on which it works.
    runs_out_on = models.DateField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    #: How many referrals came by it, those deleted since included.
    sent = models.PositiveIntegerField(default=0)
    last_sent_at = models.DateTimeField(null=True, blank=True)
    #: How many on the day of the last one.
    sent_that_day = models.PositiveIntegerField(default=0)

    objects = ReferralLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, stopped_by__isnull=True) | Q(stopped_at__isnull=False, stopped_by__isnull=False),
                name="referral_link_stopped_by_somebody",
            )
        ]
        indexes = [models.Index(fields=["partnership", "agency", "-made_at"], name="referral_link_newest")]

    def sent_on(self, day: date) -> int:
        return self.sent_that_day if self.last_sent_at and clock.day_of(self.last_sent_at) == day else 0

    @property
    def standing(self) -> str:
        """'current', 'stopped' or 'run-out'."""
        if self.stopped_at is not None:
            return "stopped"
        return "current" if self.runs_out_on >= clock.today() else "run-out"


class ReceivedReferralQuerySet(models.QuerySet["ReceivedReferral"]):
    def visible_to(self, actor: "Actor"):
        """Those sent to one's own agency; of somebody who was accepted, while one reaches them."""
        of_agency = self.filter(partnership_id=actor.partnership_id, agency_id=actor.reaching_agency_id)
        return of_agency.filter(Q(client__isnull=True) | Q(within_reach("client_id", actor)))

    def waiting(self):
        return self.filter(state=ReceivedReferral.State.WAITING)

    def late(self, today: date):
        """Those that wait longer than they can: like Due of ReceivedReferral.due_on."""
        gone = (Q(urgency=each, received_at__lt=clock.begins(today - timedelta(days=each.days))) for each in Episode.Urgency)
        return self.filter(reduce(or_, gone))

    def as_numbers(self, today: date) -> dict[str, Coalesce]:
        """How many, for today, and late, inside another query: a home page asks one question less."""
        counted = {"referrals": self, "referrals_today": self.filter(urgency=Episode.Urgency.TODAY), "referrals_late": self.late(today)}
        return {name: rows._as_number() for name, rows in counted.items()}

    def _as_number(self) -> Coalesce:
        counted = self.order_by().annotate(all=Value(1)).values("all").annotate(number=Count("pk")).values("number")
        return Coalesce(Subquery(counted), 0)

    def most_urgent_first(self):
        said = [When(urgency=value, then=Value(place)) for place, value in enumerate(Episode.Urgency.values[1:])]
        return self.order_by(Case(*said, default=Value(len(said))), "received_at", "pk")


class ReceivedReferral(Keyed):
    """What was sent through a link: written once from outside, looked at inside, accepted or declined once."""

    class State(models.TextChoices):
        WAITING = "", _("Waits to be looked at")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    class Why(models.TextChoices):
        """Why it was declined."""

        OTHER_SERVICE = "other-service", _("Another service is right for them")
        OUTSIDE_AREA = "outside-area", _("They live outside our area")
        UNREACHABLE = "unreachable", _("They could not be reached")
        DOES_NOT_WANT = "does-not-want", _("They do not want it")
        SENT_TWICE = "sent-twice", _("It was sent twice")
        NOT_GENUINE = "not-genuine", _("It is not a real referral")
        OTHER = "other", _("Another reason")

    partnership = models.ForeignKey("carehub.Partnership", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("carehub.Agency", on_delete=models.PROTECT, related_name="+")
    link = models.ForeignKey(ReferralLink, on_delete=models.PROTECT, related_name="received")
    #: What whoever sent it was given: a word for talking about it on the telephone, and no key to anything.
    reference = models.CharField(max_length=10)
    received_at = models.DateTimeField()

    referrer_name = models.CharField(max_length=120)
    referrer_role = models.CharField(max_length=120)
    referrer_organisation = models.CharField(max_length=200)
    referrer_telephone = models.CharField(max_length=40)

    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    name_used = models.CharField(max_length=80, blank=True)
    date_of_birth = models.DateField()
    sex = models.CharField(max_length=1, choices=Client.Sex)
    telephone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=300, blank=True)
    #: The channels and words of SafeContact, by name.
    safe_contact = models.JSONField()
    safety_warning = models.CharField(max_length=200, blank=True)
    reason = models.TextField()

    #: The screening, as it was asked: see Assessment.
    form = models.CharField(max_length=40)
    form_version = models.PositiveSmallIntegerField()
    form_edition = models.PositiveSmallIntegerField(default=0)
    form_fingerprint = models.CharField(max_length=64)
    answers = models.JSONField()
    #: The graver of what the sender said and what the screening says: see written_down.how_soon.
    urgency = models.CharField(max_length=8, choices=Episode.Urgency, blank=True, default=Episode.Urgency.NOT_SAID)

    state = models.CharField(max_length=10, choices=State, blank=True, default=State.WAITING)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("carehub.Person", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="referrals", null=True, blank=True)
    why = models.CharField(max_length=20, choices=Why, blank=True)
    why_words = models.CharField(max_length=300, blank=True)
    #: Of a declined one: whether somebody told who sent it.
    referrer_told = models.BooleanField(null=True, blank=True)

    objects = ReceivedReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state="", decided_at__isnull=True, decided_by__isnull=True, client__isnull=True, why="", referrer_told__isnull=True
                )
                | Q(
                    state="accepted",
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    client__isnull=False,
                    why="",
                    referrer_told__isnull=True,
                )
                | Q(
                    ~Q(why=""),
                    state="declined",
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    client__isnull=True,
                    referrer_told__isnull=False,
                ),
                name="referral_decided_by_whom_when_and_how",
            )
        ]
        indexes = [
            models.Index(fields=["agency", "received_at"], condition=Q(state=""), name="referral_waiting"),
            models.Index(F("agency"), F("decided_at").desc(), name="referral_decided"),
        ]

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def sent_by(self) -> str:
        """'Sage Fennimore, The Elms surgery'."""
        return f"{self.referrer_name}, {self.referrer_organisation}"

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def due_on(self) -> date:
        """The last day on which it may wait to be looked at."""
        return clock.day_of(self.received_at) + timedelta(days=Episode.Urgency(self.urgency).days)

    @property
    def is_late(self) -> bool:
        return self.is_waiting and self.due_on < clock.today()

    @property
    def look(self) -> str:
        """Of carehub.states."""
        if self.is_waiting:
            return "due" if self.urgency == Episode.Urgency.TODAY else "waiting"
        return "completed" if self.state == self.State.ACCEPTED else "declined"
