"""Partnership, agencies, the people who work in them, and as what."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from carehub.models.base import Keyed, Versioned
from carehub.permissions import PARTNERSHIP_ROLES, ROLES


class Partnership(Keyed):
    """A Drug Action Team: the agencies of one area that treat the same people."""

    name = models.CharField(max_length=200, unique=True)
    #: What the partnership has decided differently from the defaults of carehub.local_settings: {name: number}. How it came to that
    #: stands in SettingChange.
    local_settings = models.JSONField(default=dict, blank=True)
    is_demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Agency(Keyed, Versioned):
    """A provider of services within the partnership, statutory or voluntary."""

    class Kind(models.TextChoices):
        STATUTORY = "statutory", _("Statutory community drug service")
        VOLUNTARY = "voluntary", _("Voluntary open-access service")
        SHARED_CARE = "shared-care", _("Shared care in general practice")
        RESIDENTIAL = "residential", _("Residential rehabilitation")
        CRIMINAL_JUSTICE = "criminal-justice", _("Criminal justice team")

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="agencies")
    name = models.CharField(max_length=200)
    #: What stands on paper that a client carries: no word that says what the service is for.
    discreet_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind)
    telephone = models.CharField(max_length=40)
    address = models.CharField(max_length=300)
    opening_hours = models.CharField(max_length=200)
    #: As the leaflet about rights prints them: whom to tell, how, and who speaks up for a client.
    complaints = models.CharField(max_length=300, blank=True)
    advocacy = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "agencies"
        constraints = [models.UniqueConstraint(fields=["partnership", "name"], name="agency_name_once_in_partnership")]

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, email: str | None) -> "Person":
        return self.get(email__iexact=email)

    def create_person(self, *, email: str, name: str, password: str | None = None, **fields) -> "Person":
        person = self.model(email=self.normalize_email(email).lower(), name=name, **fields)
        person.set_password(password)
        person.save()
        return person


class Person(AbstractBaseUser, Keyed, Versioned):
    """Somebody who works with CareHub and signs in. What they may do comes from their memberships alone."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    #: Whose administrators look after the account: name, invitation, second factor. The database fills it in with the first role that
    #: the person is given, and keeps it: a role given elsewhere later gives nobody there a hold on the account.
    account_of = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, editable=False)
    #: The Django admin is not installed; allauth and Django ask for these all the same.
    is_staff = False
    is_superuser = False

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = PersonManager()

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            # One account an address, however it is typed.
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_in_small_letters"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class MembershipQuerySet(models.QuerySet["Membership"]):
    def open_on(self, day):
        return self.not_over(day).filter(starts_on__lte=day)

    def not_over(self, day):
        """Those that are open on ``day``, and those that will be later."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), ended_at__isnull=True)

    def at_work_on(self, day):
        """Those in which somebody can be told something: whoever has left, or may not sign in, reads no notice."""
        return self.open_on(day).filter(person__is_active=True)

    def managers_on(self, day):
        """Whoever manages a service on ``day``: they are told of what happens there."""
        return self.open_on(day).filter(role="service-manager")

    def managers_of(self, agency_ids: Collection[UUID | None], day):
        return self.managers_on(day).filter(agency_id__in=agency_ids)

    def overseers_of(self, membership: "Membership", day):
        """Who is told of what somebody in ``membership`` did: the managers of their agency but not themselves, else the partnership's."""
        others = self.open_on(day).filter(partnership_id=membership.partnership_id).exclude(person_id=membership.person_id)
        own = others.managers_of([membership.agency_id], day)
        return own if own.exists() else others.filter(role="partnership-manager")

    def with_all(self):
        """With what an Actor is asked for: person, place, and whom a deputy stands in for."""
        return self.select_related("person", "partnership", "agency", "stands_in_for__person")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class Membership(Keyed):
    """As what a person acts, where, from when until when. A leaver's ends; it is not deleted."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=[(role.name, role.title) for role in ROLES.values()])
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="memberships")
    #: Empty for roles of the partnership as a whole (commissioner, clinical lead, administrator).
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships", null=True, blank=True)
    starts_on = models.DateField()
    #: The last day on which they act in it.
    ends_on = models.DateField(null=True, blank=True)
    #: Ended at once: not in the evening of ``ends_on`` but at the next request. A future one that was ended never begins.
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: Of a deputy: the absent colleague's membership, whose role and agency it has, and within whose time it lies.
    stands_in_for = models.ForeignKey("self", on_delete=models.PROTECT, related_name="deputies", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=PARTNERSHIP_ROLES, agency__isnull=True) | (~Q(role__in=PARTNERSHIP_ROLES) & Q(agency__isnull=False)),
                name="membership_role_stands_where_it_belongs",
            ),
            models.CheckConstraint(condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="membership_ends_after_start"),
            models.CheckConstraint(
                condition=Q(stands_in_for__isnull=True) | (Q(ends_on__isnull=False) & ~Q(stands_in_for=F("id"))),
                name="membership_of_a_deputy_ends",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ends_on__isnull=False), name="membership_ended_at_once_has_its_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.title}, {self.agency or self.partnership}"

    @property
    def where(self) -> str:
        return str(self.agency or self.partnership)

    def is_over(self, day: date) -> bool:
        return self.ended_at is not None or (self.ends_on is not None and self.ends_on < day)

    @property
    def title(self) -> str:
        """The role in words, and whom a deputy stands in for: nobody is in doubt as whom they act."""
        role = str(ROLES[self.role].title)
        if self.stands_in_for is None:
            return role
        return _("%(role)s, standing in for %(name)s") % {"role": role, "name": self.stands_in_for.person.name}
