"""Sign-ins that are under way: a table of sessions which also says whose each is, when it was last used, whether it is locked."""

from typing import Any

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

    def end_beyond(self, most: int) -> int:
        """End all but the ``most`` that were used last."""
        kept = self.order_by("-seen_at").values_list("pk", flat=True)[:most]
        return self.exclude(pk__in=list(kept)).end()

    def sweep(self) -> int:
        """Those that ran out and were never signed out of."""
        return self.filter(expire_date__lte=clock.real_now()).delete()[0]


class Session(AbstractBaseSession):
    """One browser's session. Its content is signed; the person stands beside it, so that all of theirs can be found and ended.

    When it was used, whether it is locked and who sees it are columns of their own, each written by itself: a slow page that saves
    the content it began with must not take a lock away that was set meanwhile.
    """

    person = models.ForeignKey("carehub.Person", on_delete=models.CASCADE, related_name="+", null=True)
    began_at = models.DateTimeField(default=clock.real_now)
    seen_at = models.DateTimeField(default=clock.real_now)
    locked_at = models.DateTimeField(null=True)
    #: Why, where it was not its person who locked it: a word of carehub.signing_in.turned_screen.
    locked_for = models.CharField(max_length=20, blank=True)
    #: The client who sees this screen (carehub.signing_in.turned_screen).
    turned_to = models.UUIDField(null=True)

    objects = SessionQuerySet.as_manager()

    def save(self, *args: Any, **options: Any) -> None:
        """What Django's session engine writes, and nothing of what stands beside it."""
        if options.get("force_update"):
            options["update_fields"] = ("session_data", "expire_date", "person")
        super().save(*args, **options)
