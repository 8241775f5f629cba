"""Sheets: the same bytes each time, readable by everyone, nothing cut off, nothing from outside."""

import hashlib
import io
import os
import random
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from functools import lru_cache

import page as pdf_ua
import pikepdf
import pypdfium2
import pytest

from carehub.documents.finishing import SEAL_FIELD
from carehub.documents.fonts import printable
from carehub.documents.picture import Picture
from carehub.documents.render import STYLESHEET, CannotRender, render
from careplans.sheet import Sheet, SheetAction
from tests.carehub.documents.example import GOALS, LANGUAGES, LONG, USUAL, page_of

DRAFT = replace(
    USUAL, draft=True, disagreement="", signatures=tuple(replace(each, how="", on=None, picture=None) for each in USUAL.signatures)
)
SHEETS = {"usual": USUAL, "long": LONG, "languages": LANGUAGES, "large print": replace(USUAL, large=True), "to be signed": DRAFT}


def rendered_anew(sheet: Sheet) -> bytes:
    html, pictures = page_of(sheet)
    return render(html, identifier=f"test-{sheet.client.reference}-{sheet.version}", pictures=pictures)


rendered = lru_cache(maxsize=20)(rendered_anew)


def pages(pdf: bytes) -> list[str]:
    """The text of each page, with single spaces."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in document]


def unspaced(text: str) -> str:
    return re.sub(r"[\s\ufffe\u200d\u00ad-]+", "", text)


# --- The same bytes ---------------------------------------------------------------------------------------------------

IN_A_FRESH_PROCESS = """
import hashlib, django
django.setup()
from tests.carehub.documents.test_render import SHEETS, rendered_anew
print(" ".join(hashlib.sha256(rendered_anew(sheet)).hexdigest() for sheet in SHEETS.values()))
"""


@pytest.mark.promise(14)
def test_a_version_has_the_same_bytes_whenever_it_is_rendered(settings, tmp_path, how_many, chance: random.Random, report):
    here = [hashlib.sha256(rendered(sheet)).hexdigest() for sheet in SHEETS.values()]
    assert here == [hashlib.sha256(rendered_anew(sheet)).hexdigest() for sheet in SHEETS.values()]
    # Other processes, other seeds for Python's hashes, other places, other time zones, and a machine without fonts.
    (tmp_path / "fonts.conf").write_text("<fontconfig/>")
    processes = how_many(1, 20)
    for _ in range(processes):
        elsewhere = os.environ | {
            "PYTHONHASHSEED": str(chance.randrange(1, 2**32)),
            "TZ": chance.choice(["Asia/Kolkata", "Pacific/Auckland", "America/St_Johns", "UTC"]),
            "LANG": chance.choice(["C", "C.UTF-8"]),
            "HOME": str(tmp_path),
            "FONTCONFIG_FILE": str(tmp_path / "fonts.conf"),
        }
        run = subprocess.run(
            [sys.executable, "-c", IN_A_FRESH_PROCESS], env=elsewhere, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=120
        )
        assert run.returncode == 0, run.stderr
        assert run.stdout.split() == here, elsewhere
    report(f"{len(SHEETS)} sheets rendered again, and in {processes} other processes: the same bytes each time")


def test_other_content_has_other_bytes():
    assert rendered(USUAL) != rendered(replace(USUAL, next_review_on=date(2026, 4, 15)))


# --- Readable by everyone -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHEETS)
def test_a_tool_that_is_not_ours_finds_nothing_against_pdf_ua_1(name):
    report = pdf_ua.validate_pdf_bytes(rendered(SHEETS[name]), profile="ua1")
    assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]


def test_table_headers_say_what_they_head():
    with pikepdf.open(io.BytesIO(rendered(USUAL))) as document:
        heads = [thing for thing in document.objects if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/TH"]
        assert heads
        assert {str(head.A.Scope) for head in heads} == {"/Column"}


def test_running_heads_are_not_read_out_in_the_middle_of_a_sentence():
    with pikepdf.open(io.BytesIO(rendered(LONG))) as document:
        for page in list(document.pages)[1:]:
            marks = [tuple(map(str, operands)) for operands, operator in pikepdf.parse_content_stream(page) if str(operator) == "BDC"]
            assert sum(mark[0] == "/Artifact" and "Pagination" in mark[1] for mark in marks) >= 4


def test_the_seal_has_a_name_and_a_form_element():
    with pikepdf.open(io.BytesIO(rendered(USUAL))) as document:
        (field,) = document.Root.AcroForm.Fields
        assert (str(field.FT), str(field.T)) == ("/Sig", SEAL_FIELD)
        assert "Northmere Partnership" in str(field.TU)
        (form,) = [thing for thing in document.objects if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/Form"]
        assert str(form.Alt) == str(field.TU)
    with pikepdf.open(io.BytesIO(rendered(DRAFT))) as document:
        assert "/AcroForm" not in document.Root


# --- What stands on it ------------------------------------------------------------------------------------------------


def test_a_usual_plan_fits_two_pages():
    assert len(pages(rendered(USUAL))) == 2


@pytest.mark.parametrize("name", SHEETS)
def test_every_page_says_whose_it_is_and_which_page(name):
    sheet = SHEETS[name]
    texts = pages(rendered(sheet))
    for number, text in enumerate(texts, start=1):
        if name != "languages":  # letters with marks come apart in some extractions
            assert sheet.client.name in text
        assert sheet.client.reference in text
        assert str(sheet.client.date_of_birth.year) in text
        assert f"version {sheet.version}" in text
        assert f"Page {number} of {len(texts)}" in text
        assert ("Not signed" in text) == sheet.draft


def words_of(sheet: Sheet) -> list[str]:
    words = [
        sheet.agency.name,
        sheet.agency.telephone,
        sheet.agency.opening_hours,
        sheet.keyworker.name,
        sheet.if_difficult,
        sheet.way_back,
    ]
    words += [sheet.responsibilities, sheet.complaints, sheet.review_rule, sheet.disagreement, *sheet.sharing, *sheet.harm_reduction]
    for goal in sheet.goals:
        words += [goal.client_words, goal.service_words, goal.domain]
        for action in goal.actions:
            words += [action.what, action.who, action.milestone, action.by_when if isinstance(action.by_when, str) else ""]
    words += [need.text for need in sheet.later_needs] + [step.what for step in sheet.risk_plan] + [part.does for part in sheet.involved]
    words += [text for each in sheet.signatures for text in (each.role, each.name, each.how, each.reason)]
    return [text for text in words if text]


@pytest.mark.parametrize("name", ["usual", "long", "large print", "to be signed"])
def test_nothing_is_cut_off(name):
    pdf = rendered(SHEETS[name])
    printed = unspaced(" ".join(pages(pdf)))
    for text in words_of(SHEETS[name]):
        # A text may be parted by a page's end, a table's head, or a column beside it: its words must all be there.
        missing = [word for word in re.findall(r"\w{2,}", text) if len(word) < 40 and unspaced(word) not in printed]
        assert not missing, (text, missing)
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            width, height = page.get_size()
            text_page = page.get_textpage()
            for at in range(text_page.count_rects()):
                left, bottom, right, top = text_page.get_rect(at)
                assert left >= 20, "text runs out of the page"
                assert bottom >= 20, "text runs out of the page"
                assert right <= width - 20, "text runs out of the page"
                assert top <= height - 20, "text runs out of the page"


def test_eight_goals_with_twelve_actions_each_all_print():
    many = replace(
        USUAL,
        goals=tuple(
            replace(
                GOALS[0],
                client_words=f"Goal number {goal}",
                actions=tuple(SheetAction(f"step{goal}x{at}", "Danny", "ongoing") for at in range(12)),
            )
            for goal in range(8)
        ),
    )
    text = " ".join(pages(rendered(many)))
    assert [f"step{goal}x{at}" for goal in range(8) for at in range(12) if f"step{goal}x{at}" not in text] == []


def test_what_somebody_typed_is_text_and_never_markup():
    angry = "<script>alert(1)</script><img src=x> & </p></body>"
    text = " ".join(pages(rendered(replace(USUAL, if_difficult=angry, goals=(replace(GOALS[0], client_words=angry),)))))
    assert text.count("<script>alert(1)</script><img src=x> & </p></body>") == 2


def test_polish_and_urdu_print_in_fonts_of_ours():
    pdf = rendered(LANGUAGES)
    text = " ".join(pages(pdf))
    assert "Świętochłowska-Błażejczyk" in unspaced(text).replace("ŚwiętochłowskaBłażejczyk", "Świętochłowska-Błażejczyk")
    assert "[slightly smiling face]" in text
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = {str(thing.BaseFont) for thing in document.objects if isinstance(thing, pikepdf.Dictionary) and "/BaseFont" in thing}
        assert any("Sheet-Arabic" in font for font in fonts)
        assert all("+Sheet" in font for font in fonts), fonts


def test_the_file_name_tells_nothing():
    assert USUAL.file_name == "plan-NM-20417-7-version-3.pdf"


# --- Nothing from outside -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/x.png",
        "https://example.org/x.png",
        "file:///etc/passwd",
        "../../manage.py",
        "../../carehub/settings.py",
        "//example.org/x.png",
        "given:somebody-else",
        "data:image/png;base64,iVBORw0KGgo=",
        "ftp://example.org/x.png",
    ],
)
def test_documents_reach_nothing_outside(address):
    with pytest.raises(CannotRender):
        render(f'<html lang="en"><title>x</title><img alt="x" src="{address}">', identifier="x")


IMAGE = '<html lang="en"><title>x</title><img alt="x" src="given:it">'


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'><image href='file:///etc/passwd'/></svg>", "image/svg+xml"),
        (b"\x89PNG\r\n\x1a\ncut off", "image/png"),
        (b"", "image/png"),
    ],
)
def test_a_picture_that_cannot_be_drawn_is_told_and_not_left_out(data, content_type):
    with pytest.raises(CannotRender):
        render(IMAGE, identifier="x", pictures={"it": Picture(data, content_type)})


def test_a_picture_without_words_for_it_is_told():
    with pytest.raises(CannotRender, match="alt"):
        render(IMAGE.replace('alt="x"', ""), identifier="x", pictures={"it": USUAL.signatures[0].picture})


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Łódź, żółć", "Łódź, żółć"),
        ("e\u0301", "é"),
        ("👍🏽 yes", "[thumbs up sign][emoji modifier fitzpatrick type-4] yes"),
        ("a\x00b\x1bc", "abc"),
        ("safe\u202etxt.exe", "safetxt.exe"),
        ("ok\ufe0f", "ok"),
        ("→", "[rightwards arrow]"),
    ],
)
def test_no_letter_prints_as_an_empty_box(settings, typed, printed):
    assert printable(typed, settings.BASE_DIR / "static" / STYLESHEET) == printed


@pytest.mark.parametrize("name", ["usual", "large print"])
def test_a_date_stands_on_one_line(name):
    with pypdfium2.PdfDocument(rendered(SHEETS[name])) as document:
        lines = "\n".join(page.get_textpage().get_text_range() for page in document)
    assert "28 September 2026" in lines.replace("\N{NO-BREAK SPACE}", " ")
