"""manage.py load_many: generated clients by the ten thousand, for measuring."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError, CommandParser

from carehub import clock
from carehub.demo.many import load_many, sign_in
from carehub.demo.place import PASSWORD


class Command(BaseCommand):
    help = "Loads generated clients with episodes, assessments and plans, as the owner. Partnerships that are there already are left alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clients", type=int, default=20_000)
        parser.add_argument("--partnerships", type=int, default=1)
        parser.add_argument("--parts-every", type=int, default=1, help="goals, needs and signatures for every n-th plan only")
        parser.add_argument("--as-of", type=date.fromisoformat, default=None, help="the day that is taken for today, as 2026-03-31")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: object, **options: object) -> None:
        if min(options["clients"], options["partnerships"], options["parts_every"]) < 1:
            raise CommandError("--clients, --partnerships and --parts-every take whole numbers from 1.")
        try:
            done = load_many(
                clients=options["clients"],
                partnerships=options["partnerships"],
                today=options["as_of"] or clock.today(),
                parts_every=options["parts_every"],
                seed=options["seed"],
                said=self.stdout.write if options["verbosity"] else lambda line: None,
            )
        except RuntimeError as refusal:
            raise CommandError(str(refusal)) from None
        if options["verbosity"]:
            self.stdout.write(f"{done.clients:,} clients in {done.seconds:.1f} s. Sign in as {sign_in(1)}, password {PASSWORD}")
