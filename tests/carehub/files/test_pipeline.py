"""Uploads cannot hurt: whatever comes in is drawn anew or refused with a reason, and goes out as nothing that runs."""

import io
import re
from collections import Counter

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from carehub.files import apart, pipeline, store
from carehub.files.detection import JPEG, PDF, PNG, detect
from carehub.files.pipeline import CleanFile, accept, readable_name
from carehub.files.refusals import REASONS, Refused
from carehub.files.serving import file_response
from tests.carehub.files.hostile import EICAR, Hostile, corpus, pdf, picture

#: What an active file has and a scan has not, in any case of letters.
ACTIVE = re.compile(
    rb"<script|<svg|<html|javascript|/JS\b|/AA\b|/OpenAction|/Launch|/URI\b|/SubmitForm|/EmbeddedFile|/AcroForm|/XFA|/Annots|PK\x03\x04|\?php",
    re.IGNORECASE,
)


def upload(data: bytes, name: str = "scan.png", size: int | None = None) -> SimpleUploadedFile:
    file = SimpleUploadedFile("x", data)
    file._name = name  # Django cleans a name when it is set; whoever calls us may not have
    if size is not None:
        file.size = size
    return file


def assert_passive(clean: CleanFile, hostile: Hostile) -> None:
    assert clean.content_type in (JPEG, PNG, PDF), hostile.what
    assert detect(clean.bytes) == clean.content_type, hostile.what
    assert hostile.marker not in clean.bytes, f"{hostile.what}: the payload is still in it"
    assert EICAR not in clean.bytes, hostile.what
    if clean.content_type == PDF:
        assert_only_pictures(clean)
    else:
        assert clean.bytes.endswith(b"IEND\xaeB`\x82" if clean.content_type == PNG else b"\xff\xd9"), hostile.what
        with Image.open(io.BytesIO(clean.bytes)) as drawn:
            drawn.load()
            assert not set(drawn.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}, (hostile.what, drawn.info)
            assert not drawn.getexif(), hostile.what


def assert_only_pictures(clean: CleanFile) -> None:
    with pikepdf.open(io.BytesIO(clean.bytes)) as document:
        assert len(document.pages) == clean.pages
        assert set(document.Root.keys()) == {"/Type", "/Pages"}
        for page in document.pages:
            assert set(page.obj.keys()) == {"/Type", "/Parent", "/MediaBox", "/Contents", "/Resources"}
            assert set(page.Resources.keys()) == {"/XObject"}
        for thing in document.objects:
            if isinstance(thing, pikepdf.Stream):
                assert thing.get("/Subtype") in (None, "/Image")
                assert not ACTIVE.search(thing.read_raw_bytes()) or thing.get("/Filter") == "/DCTDecode"
    without_pictures = re.sub(rb"\xff\xd8\xff.*?\xff\xd9\s*endstream", b"", clean.bytes, flags=re.DOTALL)
    assert not ACTIVE.search(without_pictures)


def tried(hostile: Hostile) -> tuple[CleanFile, None] | tuple[None, Refused]:
    try:
        return accept(upload(hostile.data, hostile.name, hostile.size), purpose="scan"), None
    except Refused as refusal:
        return None, refusal


@pytest.mark.promise(13)
def test_nothing_that_is_uploaded_stays_active(settings, tmp_path, seed, how_many, report):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    }
    results: Counter[str] = Counter()
    for hostile in corpus(seed, how_many(20, 600)):
        clean, refusal = tried(hostile)
        if refusal is not None:
            results["refused"] += 1
            assert hostile.refused is not False, f"{hostile.what} ({hostile.name[:40]}) was refused: {refusal.reason}"
            assert refusal.reason.endswith("."), hostile.what
            assert "%" not in refusal.reason, hostile.what
            continue
        results["cleaned"] += 1
        assert hostile.refused is not True, f"{hostile.what} ({hostile.name[:40]}) was taken"
        assert_passive(clean, hostile)
        assert store.get(store.put(clean.bytes)) == clean.bytes
        response = file_response(clean.bytes, clean.content_type, clean.name)
        assert response["Content-Type"] == clean.content_type
        assert response["X-Content-Type-Options"] == "nosniff"
        assert not set(response["Content-Disposition"]) & set("\r\n\0")
    kept = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert all(re.fullmatch(r"[0-9a-f]{64}", path.name) for path in kept)
    report(f"{sum(results.values())} uploads: {results['refused']} refused, {results['cleaned']} drawn anew, 0 stored or served active")


def test_a_usual_scan_is_taken_in():
    clean = accept(upload(picture_of_a_page(), "Plan signed.JPG"), purpose="scan")
    assert (clean.content_type, clean.pages, clean.name) == (JPEG, 1, "Plan signed.jpg")
    with Image.open(io.BytesIO(clean.bytes)) as drawn:
        assert max(drawn.size) == 3508


def picture_of_a_page() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (3000, 4200), "ivory").save(out, "JPEG")
    return out.getvalue()


def test_the_pages_of_a_pdf_keep_their_size_on_paper(chance):
    clean = accept(upload(pdf(chance, pages=3), "scan.pdf"), purpose="scan")
    assert (clean.content_type, clean.pages) == (PDF, 3)
    with pikepdf.open(io.BytesIO(pdf(chance, pages=1))) as before:
        size = [float(number) for number in before.pages[0].MediaBox]
        out = io.BytesIO()
        before.save(out)
    with pikepdf.open(io.BytesIO(accept(upload(out.getvalue(), "scan.pdf"), purpose="scan").bytes)) as after:
        assert [float(number) for number in after.pages[0].MediaBox] == pytest.approx(size)


def test_the_same_scan_gives_the_same_bytes(chance):
    for data in (pdf(chance), picture(chance), picture(chance, "JPEG")):
        assert accept(upload(data), purpose="scan") == accept(upload(data), purpose="scan")


def test_a_decoder_that_crashes_takes_only_itself_along(monkeypatch, tmp_path):
    crashing = tmp_path / "crashing.py"
    crashing.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(apart, "__file__", str(crashing))
    with pytest.raises(Refused, match="too long"):
        apart.clean_apart(b"x", PNG, most_pixels=1, most_pages=1)


def test_a_decoder_that_hangs_is_given_up(monkeypatch, tmp_path):
    hanging = tmp_path / "hanging.py"
    hanging.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(apart, "__file__", str(hanging))
    monkeypatch.setattr(apart, "PATIENCE_SECONDS", 0.5)
    with pytest.raises(Refused, match="too long"):
        apart.clean_apart(b"x", PNG, most_pixels=1, most_pages=1)


def test_a_decoder_knows_none_of_our_secrets(monkeypatch, tmp_path):
    telling = tmp_path / "telling.py"
    telling.write_text("import os, json; print(json.dumps({'content_type': ' '.join(sorted(os.environ)), 'pages': 1}))")
    monkeypatch.setattr(apart, "__file__", str(telling))
    _, environment, _ = apart.clean_apart(b"x", PNG, most_pixels=1, most_pages=1)
    assert not {"DATABASE_URL", "DATABASE_OWNER_URL", "CAREHUB_SECRET_KEY"} & set(environment.split())


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\Users\\priya\\scan\u202efdp.exe", "scanfdp.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("Plan 12.3.2026.pdf", "Plan 12.3.2026.pdf"),
        ("plan.pdf.exe", "plan.pdf"),
        ("Zażółć gęślą.PDF", "Zażółć gęślą.pdf"),
        ("..", "file.pdf"),
        ("\0\r\n", "file.pdf"),
        ("", "file.pdf"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
    ],
)
def test_names_are_for_reading(name, shown):
    assert readable_name(name, PDF) == shown


def test_every_reason_can_be_said():
    numbers = {"have": 3, "most": 2, "kind": "a GIF picture", "wanted": "a PDF"}
    for code in REASONS:
        assert Refused(code, numbers).reason.endswith(".")


def test_every_purpose_has_an_ending_for_what_it_makes():
    assert {JPEG, PNG, PDF} == set(pipeline.EXTENSIONS)
