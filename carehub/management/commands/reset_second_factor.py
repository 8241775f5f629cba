"""manage.py reset_second_factor: for the one administrator who lost their telephone; for all others there is a page."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from carehub.actions import second_factor
from carehub.actors import NotAllowed
from carehub.models import Person


class Command(BaseCommand):
    help = (
        "Takes the second factor of one person away and ends their sessions; they are told by mail, and set up a new one at their next "
        "sign-in. For the only administrator: everybody else asks an administrator."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True, help="how you know that it was this person who asked; it goes on record")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(email__iexact=options["email"]).first()
        if person is None:
            raise CommandError("Nobody has the e-mail address that you gave.")
        try:
            number = second_factor.reset_from_the_server(person=person, reason=options["reason"])
        except NotAllowed as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(f"{number} second factor{'' if number == 1 else 's'} taken away. At the next sign-in a new one is set up.")
