"""Files that no record names are swept; what one partnership's record names stays, whoever else knows nothing of it."""

import os
import time
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from carehub import clock
from carehub.files import store
from carehub.management.commands import sweep_files
from carehub.models import Job, StoredFile
from tests import factories

pytestmark = pytest.mark.usefixtures("committed")
TWO_DAYS = 2 * 24 * 3600


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    }
    return tmp_path / "files"


def kept(root, data: bytes, age: int = TWO_DAYS) -> str:
    sha256 = store.put(data)
    aged(root / store.name_of(sha256), age)
    return sha256


def aged(path, age: int) -> None:
    then = time.time() - age
    os.utime(path, (then, then))


def filed(sha256: str) -> None:
    """In a record of a partnership of its own."""
    agency = factories.agency(of=factories.partnership())
    client = factories.client_of(agency, keyworker=factories.actor(agency=agency))
    with factories.loading(client.partnership_id):
        StoredFile.objects.create(
            partnership_id=client.partnership_id,
            client_id=client.pk,
            agency=agency,
            sha256=sha256,
            size=6,
            content_type="application/pdf",
            purpose="scan",
            stored_at=clock.now(),
        )


def swept(*words: str) -> str:
    out = StringIO()
    call_command("sweep_files", *words, stdout=out)
    return out.getvalue()


def test_what_no_record_names_goes_and_the_rest_stays(root, monkeypatch):
    monkeypatch.setattr(sweep_files, "AT_ONCE", 2)
    scans = [kept(root, b"a scan"), kept(root, b"a scan elsewhere")]
    for sha256 in scans:
        filed(sha256)
    blank = kept(root, b"a blank form")
    asked = {"partnership": factories.partnership(), "asked_at": clock.now(), "not_before": clock.now()}
    Job.objects.create(kind="blank-form", subject_id=uuid4(), **asked, result={"sha256": blank})
    fresh = kept(root, b"being filed just now", age=60)
    again = kept(root, b"being filed again just now")
    store.put(b"being filed again just now")
    orphans = [kept(root, f"a killed process wrote this {number}".encode()) for number in range(3)]
    half = root / store.name_of(scans[0]).rsplit("/", 1)[0] / f"{store.UNFINISHED}0123"
    half.write_bytes(b"a sc")
    aged(half, TWO_DAYS)

    assert swept() == "3 files that no record names, 1 half-written: not removed.\n"
    assert store.get(orphans[0])
    assert swept("--remove") == "3 files that no record names, 1 half-written: removed.\n"
    assert sorted(path.name for path in root.rglob("*") if path.is_file()) == sorted([*scans, blank, fresh, again])
    assert swept("--remove").startswith("0 files")


def test_whoever_may_not_see_every_record_sweeps_nothing(root, monkeypatch):
    sha256 = kept(root, b"a scan")
    monkeypatch.delitem(sweep_files.connections.settings, "owner")
    with pytest.raises(CommandError, match="only the owner"):
        swept("--remove")
    assert store.get(sha256)
