"""Sign-ins that are under way: Django's own table of sessions, which also says whose each is."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from carehub import clock


class SessionQuerySet(models.QuerySet["Session"]):
    def open_of(self, person):
        """The sign-ins of ``person`` that have not run out."""
        return self.filter(person_id=person.pk, expire_date__gt=clock.real_now())

    def end(self) -> int:
        """End them: refused at the next request, which finds no such session."""
        return self.delete()[0]

    def sweep(self) -> int:
        """Those that ran out and were never signed out of."""
        return self.filter(expire_date__lte=clock.real_now()).delete()[0]


class Session(AbstractBaseSession):
    """One browser's session. Its content is signed; the person stands beside it, so that all of theirs can be found and ended."""

    person = models.ForeignKey("carehub.Person", on_delete=models.CASCADE, related_name="+", null=True)

    objects = SessionQuerySet.as_manager()
