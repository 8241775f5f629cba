"""manage.py verify_document FILE…: is each of these files still the document that was sealed?"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from carehub.documents.certificate import known_fingerprints
from carehub.documents.verify import OnRecord, OutOfReach, Verdict, on_record, verify

STANDING = {
    "current": "It is the current version",
    "superseded": "It has been replaced by a later version",
    "closed": "What it was made for has been closed",
}


class Command(BaseCommand):
    help = (
        "Checks that documents are what was sealed and filed: their SHA-256 against the one on record, and the seal inside. "
        "Ends with 0 where every file is genuine, 1 where one is not, 2 where nothing can be said."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        known = known_fingerprints()
        worst = 0
        for path in options["files"]:
            try:
                data = path.read_bytes()
            except OSError as error:
                raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=2) from None
            worst = max(worst, self.tell(path, data, known))
        if worst:
            raise SystemExit(worst)

    def tell(self, path: Path, data: bytes, known: frozenset[str]) -> int:
        """Says what was found about one file; the exit code it asks for."""
        # Without a certificate here (another machine, a restored database alone) nobody is a stranger: the record decides.
        verdict = verify(data, known=known or None)
        unreachable, record = "", None
        try:
            record = on_record(verdict.sha256)
        except OutOfReach as error:
            unreachable = str(error)
        genuine = verdict.genuine and (record is not None or (bool(unreachable) and bool(known)))
        self.stdout.write(f"{path}: {'genuine' if genuine else 'NOT genuine'}" + (", by its seal alone" if genuine and not record else ""))
        for line in self.lines(verdict, record, unreachable):
            self.stdout.write(f"  {line}")
        if genuine:
            return 0
        return 2 if unreachable and verdict.genuine else 1

    def lines(self, verdict: Verdict, record: OnRecord | None, unreachable: str) -> list[str]:
        said = [f"SHA-256 {verdict.sha256}"]
        if verdict.seal:
            at = f" on {verdict.seal.at:%-d %B %Y at %H:%M %Z}" if verdict.seal.at else ""
            said.append(f"Sealed by {verdict.seal.by}{at}.")
        said += verdict.sentences
        if unreachable:
            said.append(f"The database cannot be asked ({unreachable}).")
        elif record:
            said.append(f"On record. {STANDING.get(record.standing, record.standing)}, since {record.since:%-d %B %Y}.")
        else:
            said.append("No document with this content is on record.")
        return said
