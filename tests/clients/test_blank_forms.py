"""A form to fill in by hand: made once in the background, kept, accessible, and with nobody on it."""

import io
import re

import pikepdf
import pypdfium2
import pytest
from django.urls import reverse

from carehub import blank_forms, jobs
from carehub.definitions.catalogue import catalogue
from carehub.models import Job


def words(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in document)


@pytest.fixture(scope="module")
def phq9() -> bytes:
    return blank_forms.to_pdf(catalogue().form("phq-9"))


def test_every_question_and_box_stands_on_it(phq9):
    form, text = catalogue().form("phq-9"), words(phq9)
    for question in form.questions:
        assert re.sub(r"\s+", " ", question.text) in text
        assert all(choice.text in text for choice in question.choices)
    assert "Asked and declined" in text


def test_it_is_accessible_and_always_the_same(phq9):
    assert blank_forms.to_pdf(catalogue().form("phq-9")) == phq9
    with pikepdf.open(io.BytesIO(phq9)) as pdf:
        assert str(pdf.Root.Lang) == "en-gb"
        assert pdf.Root.MarkInfo.Marked
        assert b"pdfuaid:part" in pdf.Root.Metadata.read_bytes()


def test_asked_for_waited_for_and_then_there(signed_in, keyworker):
    browser = signed_in(keyworker)
    address = reverse("form-paper", args=["fast"])
    assert "is being made" in browser.get(address).content.decode()
    assert "is being made" in browser.get(address).content.decode()
    (job,) = Job.objects.filter(kind=blank_forms.KIND)
    assert jobs.do_job(str(job.pk)) == "done"
    answer = browser.get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert catalogue().form("fast").title in words(answer.content)


def test_a_form_that_is_not_there(signed_in, keyworker):
    assert signed_in(keyworker).get(reverse("form-paper", args=["weather"])).status_code == 404
