"""One seal over the whole file, and whatever is changed afterwards is found."""

import io
import random
import re
import subprocess
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import page as pdf_ua
import pikepdf
import pytest
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from carehub.documents.certificate import Sealer, SealUnavailable, load_sealer, make_certificate
from carehub.documents.seal import CannotSeal, seal
from carehub.documents.verify import PROBLEMS, verify
from tests.carehub.documents.example import LONG, USUAL
from tests.carehub.documents.test_render import DRAFT, rendered

AT = datetime(2026, 3, 3, 14, 2, 7, tzinfo=UTC)


@pytest.fixture(scope="module")
def sealer(tmp_path_factory) -> Sealer:
    folder = tmp_path_factory.mktemp("seal") / "northmere"
    make_certificate(folder, "Northmere Partnership", AT)
    return load_sealer(folder)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory) -> Sealer:
    """Somebody who makes a certificate in the same name."""
    folder = tmp_path_factory.mktemp("stranger") / "northmere"
    make_certificate(folder, "Northmere Partnership", AT)
    return load_sealer(folder)


def unsealed(long: bool = False) -> bytes:
    return rendered(LONG if long else USUAL)


def pdfsig_is_content(path, data: bytes) -> bool:
    """Poppler's opinion. 'Valid' alone is not enough: it calls a file valid to which something was appended."""
    path.write_bytes(data)
    said = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, timeout=60).stdout.decode(errors="replace")
    return said.count("Signature is Valid") == 1 and "Total document signed" in said and said.count("Signature #") == 1


def test_a_sealed_document_begins_with_the_unsealed_one_and_holds(sealer, tmp_path):
    sealed = seal(unsealed(), sealer, AT)
    assert sealed.startswith(unsealed())
    verdict = verify(sealed, None, known={sealer.fingerprint})
    assert verdict.genuine
    assert (verdict.seal.by, verdict.seal.at) == ("Northmere Partnership", AT)
    assert pdfsig_is_content(tmp_path / "x.pdf", sealed)


def test_the_seal_is_pades_on_p_256(sealer, tmp_path):
    (tmp_path / "x.pdf").write_bytes(seal(unsealed(), sealer, AT))
    said = subprocess.run(["pdfsig", "-nocert", str(tmp_path / "x.pdf")], capture_output=True, text=True, timeout=60).stdout
    assert "ETSI.CAdES.detached" in said
    assert "SHA-256" in said
    assert sealer.signer.signing_key.algorithm == "ec"
    assert sealer.signer.signing_key.curve == ("named", "secp256r1")


def test_a_sealed_document_is_still_accessible(sealer):
    for sheet in (False, True):
        report = pdf_ua.validate_pdf_bytes(seal(unsealed(sheet), sealer, AT), profile="ua1")
        assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]


def test_sealed_once(sealer):
    with pytest.raises(CannotSeal, match="sealed already"):
        seal(seal(unsealed(), sealer, AT), sealer, AT)
    with pytest.raises(CannotSeal, match="no place"):
        seal(rendered(DRAFT), sealer, AT)


def test_a_certificate_that_has_ended_seals_nothing(sealer):
    with pytest.raises(SealUnavailable, match="ended on"):
        seal(unsealed(), sealer, AT + timedelta(days=4000))


def test_what_is_not_sealed_or_not_a_pdf_is_said(sealer, stranger):
    assert verify(unsealed()).problems == ("no-seal",)
    for rubbish in (b"", b"%PDF-1.7", b"\0" * 1000, b"hello"):
        assert verify(rubbish).problems == ("unreadable",)
    copy = seal(unsealed(), stranger, AT)
    assert verify(copy).genuine
    assert verify(copy, known={sealer.fingerprint}).problems == ("stranger",)
    assert "other-content" in verify(copy, verify(seal(unsealed(), sealer, AT)).sha256).problems
    for problem in PROBLEMS:
        assert str(PROBLEMS[problem]).endswith(".")


# --- Alterations ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Altered:
    how: str
    data: bytes
    #: The change lies in the place of the signature itself, which a signature cannot cover.
    inside: bool = False


def _place(data: bytes) -> tuple[int, int]:
    """First and last position of the place for the signature, brackets included."""
    ranges = re.search(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", data)
    return int(ranges[2]), int(ranges[3])


def byte_changed(data: bytes, chance: random.Random) -> Altered:
    at = chance.randrange(len(data))
    start, end = _place(data)
    changed = bytearray(data)
    changed[at] ^= chance.randrange(1, 256)
    return Altered("byte changed", bytes(changed), inside=start <= at < end)


def byte_changed_in_the_seal(data: bytes, chance: random.Random) -> Altered:
    start, end = _place(data)
    at = chance.randrange(start, end)
    digit = chance.choice([each for each in b"0123456789ABCDEFabcdef" if each != data[at]])
    return Altered("byte changed in the seal", data[:at] + bytes([digit]) + data[at + 1 :], inside=True)


def byte_added(data: bytes, chance: random.Random) -> Altered:
    at = chance.randrange(_place(data)[0])
    return Altered("byte added", data[:at] + bytes([chance.randrange(256)]) + data[at:])


def byte_taken(data: bytes, chance: random.Random) -> Altered:
    at = chance.randrange(_place(data)[0])
    return Altered("byte taken out", data[:at] + data[at + 1 :])


def appended(data: bytes, chance: random.Random) -> Altered:
    return Altered("appended", data + chance.choice([b"\n", b" ", b"\0", b"%%EOF\n", b"% a note\n", chance.randbytes(40)]))


def cut(data: bytes, chance: random.Random) -> Altered:
    return Altered("cut off", data[: -chance.randrange(1, 2000)])


def revised(data: bytes, chance: random.Random) -> Altered:
    """Another revision behind the sealed one, as PDF programs save a change."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    if chance.random() < 0.5:
        writer.root[pdf_name("/Lang")] = pdf_string("pl")
    else:
        writer.root[pdf_name("/PageMode")] = pdf_name("/UseOutlines")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return Altered("another revision", out.getvalue())


def _rewritten(data: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as document, warnings.catch_warnings():
        warnings.simplefilter("ignore", pikepdf.PageCopyWarning)  # the seal's field of the other document
        change(document)
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def pages_swapped(data: bytes, chance: random.Random) -> Altered:
    def swap(document: pikepdf.Pdf) -> None:
        one, other = chance.sample(range(len(document.pages)), 2)
        document.pages[one], document.pages[other] = document.pages[other], document.pages[one]

    return Altered("pages swapped", _rewritten(data, swap))


def page_of_another(data: bytes, chance: random.Random) -> Altered:
    def put_in(document: pikepdf.Pdf) -> None:
        with pikepdf.open(io.BytesIO(unsealed(long=len(document.pages) == 2))) as other:
            document.pages[chance.randrange(len(document.pages))] = other.pages[chance.randrange(len(other.pages))]

    return Altered("page of another document", _rewritten(data, put_in))


def page_taken(data: bytes, chance: random.Random) -> Altered:
    def take(document: pikepdf.Pdf) -> None:
        del document.pages[chance.randrange(len(document.pages))]

    return Altered("page taken out", _rewritten(data, take))


def words_whited_out(data: bytes, chance: random.Random) -> Altered:
    def white(document: pikepdf.Pdf) -> None:
        page = document.pages[chance.randrange(len(document.pages))]
        page.contents_add(f"1 1 1 rg {chance.randrange(500)} {chance.randrange(700)} 90 20 re f".encode())

    return Altered("words whited out", _rewritten(data, white))


def saved_again(data: bytes, chance: random.Random) -> Altered:
    return Altered("saved by another program", _rewritten(data, lambda document: None))


ALTERATIONS = [byte_changed] * 8 + [byte_changed_in_the_seal] * 2 + [byte_added, byte_taken, appended, cut, revised]
ALTERATIONS += [pages_swapped, page_of_another, page_taken, words_whited_out, saved_again]


@pytest.mark.promise(14)
def test_whatever_is_changed_is_found(sealer, tmp_path, seed, how_many, report):
    chance = random.Random(seed)
    originals = [seal(unsealed(), sealer, AT), seal(unsealed(long=True), sealer, AT + timedelta(days=1))]
    expected = [verify(data, known={sealer.fingerprint}) for data in originals]
    assert all(verdict.genuine for verdict in expected)
    count = how_many(40, 1000)
    kinds: Counter[str] = Counter()
    by_seal_alone = second_opinions = 0
    for number in range(count):
        which = chance.randrange(2)
        altered = ALTERATIONS[number % len(ALTERATIONS)](originals[which], chance)
        assert altered.data != originals[which]
        kinds[altered.how] += 1
        verdict = verify(altered.data, expected[which].sha256, known={sealer.fingerprint})
        assert not verdict.genuine, f"number {number}, {altered.how}: not found"
        by_seal_alone += set(verdict.problems) != {"other-content"}
        if altered.inside:
            continue
        assert set(verdict.problems) != {"other-content"}, f"number {number}, {altered.how}: the seal itself does not show it"
        assert not pdfsig_is_content(tmp_path / "x.pdf", altered.data), f"number {number}, {altered.how}: pdfsig is content"
        second_opinions += 1
    report(f"{count} changes, all found by verify_document ({by_seal_alone} by the seal alone); {second_opinions} outside the")
    report(f"signature's contents, all found by pdfsig too; {dict(kinds)}")


@pytest.mark.promise(14)
def test_a_forger_with_a_certificate_in_our_name_is_found(sealer, stranger, seed, how_many, report):
    chance = random.Random(seed)
    count = how_many(20, 50)
    expected = verify(seal(unsealed(), sealer, AT)).sha256
    changed = [rendered(replace(USUAL, disagreement=f"Nothing. {chance.randrange(10**6)}")) for _ in range(4)]
    for number in range(count):
        forged = seal(changed[number % 4], stranger, AT + timedelta(minutes=number))
        verdict = verify(forged, expected, known={sealer.fingerprint})
        assert set(verdict.problems) == {"stranger", "other-content"}
    report(f"{count} forgeries sealed in our name, all found by the certificate and by the record")
