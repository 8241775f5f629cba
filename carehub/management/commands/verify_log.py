"""Is the log what was sealed? Says where it is not; ends with a failure then."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from carehub import clock, context
from carehub.log_check import broken

#: Within this time everything has its seal.
SEALED_WITHIN = timedelta(seconds=60)


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options) -> None:
        now = clock.now() - SEALED_WITHIN
        if "owner" in connections.settings:
            found = broken(using="owner", now=now)
        else:
            with context.on_the_log():
                found = broken(now=now)
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write("The log is what was sealed, from the first link to the last, and ends where the anchors say.")
