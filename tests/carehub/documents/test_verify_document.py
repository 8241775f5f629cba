"""manage.py verify_document: the same answer for everybody who has the file."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from carehub.documents.certificate import sealer_for
from carehub.documents.seal import seal
from carehub.documents.verify import OutOfReach, on_record, verify
from carehub.management.commands import verify_document
from carehub.models import DocumentCheck
from tests.carehub.documents.test_seal import unsealed

AT = datetime(2026, 3, 3, 14, 2, tzinfo=UTC)


@pytest.fixture
def sealed(settings, tmp_path):
    settings.VAR = tmp_path
    path = tmp_path / "plan.pdf"
    path.write_bytes(seal(unsealed(), sealer_for("northmere", "Northmere Partnership", AT), AT))
    return path


def said(*paths) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_document", *map(str, paths), stdout=out)
    except SystemExit as end:
        return int(end.code), out.getvalue()
    return 0, out.getvalue()


def put_on_record(path, standing: str = "current") -> None:
    sha256 = verify(path.read_bytes()).sha256
    DocumentCheck.objects.create(token=sha256[:20], standing=standing, since=date(2026, 3, 3), sealed_sha256=sha256)


@pytest.mark.django_db
def test_a_filed_document_is_genuine(sealed):
    put_on_record(sealed)
    code, words = said(sealed)
    assert code == 0
    assert ": genuine" in words
    assert "Sealed by Northmere Partnership on 3 March 2026" in words
    assert "It is the current version, since 3 March 2026." in words


@pytest.mark.django_db
def test_an_older_version_is_genuine_and_said_to_be_older(sealed):
    put_on_record(sealed, "superseded")
    code, words = said(sealed)
    assert code == 0
    assert "replaced by a later version" in words


@pytest.mark.django_db
def test_a_changed_document_is_not(sealed):
    put_on_record(sealed)
    for change in (lambda data: data + b"\n", lambda data: data[:2000] + b"\x00" + data[2001:]):
        sealed.with_name("changed.pdf").write_bytes(change(sealed.read_bytes()))
        code, words = said(sealed, sealed.with_name("changed.pdf"))
        assert code == 1
        assert "NOT genuine" in words
        assert "No document with this content is on record." in words


@pytest.mark.django_db
def test_a_sealed_file_that_was_never_filed_is_not(sealed):
    code, words = said(sealed)
    assert code == 1
    assert "No document with this content is on record." in words


def test_without_the_database_the_seal_alone_answers(sealed, monkeypatch):
    def unreachable(sha256: str):
        raise OutOfReach("connection refused")

    monkeypatch.setattr(verify_document, "on_record", unreachable)
    code, words = said(sealed)
    assert code == 0
    assert "genuine, by its seal alone" in words
    sealed.write_bytes(sealed.read_bytes() + b" ")
    assert said(sealed)[0] == 1
    monkeypatch.setattr(verify_document, "known_fingerprints", lambda: frozenset())
    sealed.write_bytes(sealed.read_bytes()[:-1])
    assert said(sealed)[0] == 2


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("verify_document", str(tmp_path / "none.pdf"))


@pytest.mark.django_db
def test_nothing_is_on_record_for_another_hash():
    assert on_record("0" * 64) is None
