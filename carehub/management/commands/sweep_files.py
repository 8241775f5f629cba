"""Removes files that no record names: a process was killed after it had written one and before the record stood."""

from argparse import ArgumentParser
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage, storages
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from carehub.files import store
from carehub.models import Document, Job, StoredFile

A_DAY = 24 * 3600
AT_ONCE = 1000


class Command(BaseCommand):
    help = (
        "Lists files that no record names and what was left half-written, older than a day; with --remove they are removed. "
        "Speaks as carehub_owner (DATABASE_OWNER_URL), whom row security shows every record: whoever saw fewer would remove what is needed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--remove", action="store_true", help="remove them; without it they are only counted")

    def handle(self, *args: Any, remove: bool, **options: Any) -> None:
        if "owner" not in connections.settings:
            raise CommandError("DATABASE_OWNER_URL is not set: only the owner sees which files every partnership's records name.")
        storage = storages["default"]
        if not isinstance(storage, FileSystemStorage):
            raise CommandError("Files do not lie on a disk here: an object store sweeps by rules of its own.")
        root = Path(storage.location)
        kept = store.kept(root, older_than=A_DAY)
        unnamed = [path for paths in iter(lambda: list(islice(kept, AT_ONCE)), []) for path in without_record(paths)]
        unfinished = list(store.left_behind(root, older_than=A_DAY))
        for path in (*unnamed, *unfinished) if remove else ():
            path.unlink(missing_ok=True)
        self.stdout.write(
            f"{len(unnamed)} files that no record names, {len(unfinished)} half-written: {'removed' if remove else 'not removed'}."
        )


def without_record(paths: list[Path]) -> list[Path]:
    """Those whose SHA-256 stands in no record of any partnership."""
    by_hash = {path.name: path for path in paths}
    for model, column in ((StoredFile, "sha256"), (Document, "sealed_sha256"), (Job, "result__sha256")):
        for sha256 in model.objects.using("owner").filter(**{f"{column}__in": by_hash}).values_list(column, flat=True):
            by_hash.pop(sha256, None)
    return list(by_hash.values())
