"""manage.py make_certificate: makes the certificate that a partnership seals its documents with."""

from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from carehub import clock
from carehub.documents.certificate import SealUnavailable, load_sealer, make_certificate, seal_folder


class Command(BaseCommand):
    help = (
        "Makes the key and the certificate that documents are sealed with, for each partnership that has none. "
        "With --replace a new one is made and the old certificate is kept, so that older documents can still be checked."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--partnership", metavar="KEY", help="only this one; its key (UUID)")
        parser.add_argument("--name", help="the name in the certificate, instead of the partnership's own")
        parser.add_argument("--replace", action="store_true", help="make a new one although there is one")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["partnership"] and options["name"]:  # works before there is a database
            partnerships = [(options["partnership"], options["name"])]
        else:
            partnerships = [(str(each.pk), options["name"] or each.name) for each in self.partnerships(options["partnership"])]
        if not partnerships:
            raise CommandError("There is no such partnership yet. Name it: make_certificate --partnership KEY --name NAME")
        for key, name in partnerships:
            folder = seal_folder(key)
            try:
                made = make_certificate(folder, name, clock.now(), replace=options["replace"])
                sealer = load_sealer(folder)
            except SealUnavailable as error:
                raise CommandError(str(error)) from None
            except OSError as error:
                raise CommandError(f"{folder} cannot be written: {error.strerror}.") from None
            verb = "made" if made else "was there already, left alone"
            self.stdout.write(f"{folder}: {verb}. {sealer.name}, holds until {sealer.ends:%-d %B %Y}, SHA-256 {sealer.fingerprint}")

    def partnerships(self, key: str | None) -> list[Any]:
        found = apps.get_model("carehub", "Partnership").objects.all()
        return list(found.filter(pk=key) if key else found)
