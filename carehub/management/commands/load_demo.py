"""manage.py load_demo: the demonstration partnership, once."""

import time
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from carehub.demo.load import SEED, AlreadyThere, load
from carehub.demo.sign_ins import write_sign_ins


class Command(BaseCommand):
    help = "Loads the demonstration partnership: invented people, 18 months of history up to today. A second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, default=None, help="the day that is taken for today, as 2026-03-31")
        parser.add_argument("--seed", type=int, default=SEED, help="another seed, other people")

    def handle(self, *args: object, **options: object) -> None:
        if not settings.DEMO:
            raise CommandError("This is not the demonstration (CAREHUB_DEMO=1 is not set): nothing was loaded.")
        began = time.monotonic()
        try:
            using = "owner" if "owner" in settings.DATABASES else "default"
            loaded = load(today=options["as_of"], seed=options["seed"], using=using)
        except AlreadyThere:
            said = "The demonstration partnership is already there: nothing was changed."
        else:
            said = f"{len(loaded.people)} clients, {len(loaded.place.people)} staff loaded in {time.monotonic() - began:.1f} s."
        file = write_sign_ins(settings.VAR)
        if options["verbosity"]:
            self.stdout.write(f"{said} Sign-ins: {file}")
