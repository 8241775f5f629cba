"""Opening a document, asking for it again, and the page behind the printed code."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from carehub import clock, context, jobs
from carehub.files import store
from carehub.models import Document, DocumentCheck, Event, Job
from careplans import content
from careplans.actions import agreeing, revising
from careplans.models import Addendum
from tests.careplans import plans
from tests.careplans.pages import texts


@pytest.fixture
def signed(triaged, keyworker):
    return plans.signed(triaged, keyworker)


@pytest.fixture
def document(signed, keyworker):
    assert jobs.do_job(str(Job.objects.get(subject_id=signed.pk).pk)) == "done"
    with context.acting(keyworker):
        return Document.objects.select_related("check_entry").get(subject_id=signed.pk)


@pytest.fixture
def browser(signed_in, keyworker):
    return signed_in(keyworker)


def test_the_document_opens_as_it_was_sealed_and_that_is_on_record(document, keyworker, browser):
    answer = browser.get(reverse("document-open", args=[document.pk]))
    assert answer.content == store.get(document.sealed_sha256)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline; filename=")
    assert "drug" not in answer["Content-Disposition"].lower()
    assert "no-store" in answer["Cache-Control"]
    with context.acting(keyworker):
        event = Event.objects.get(verb="document.opened")
        assert (event.subject_id, event.person_id) == (document.pk, keyworker.person_id)
        assert event.clients.get().client_id == document.client_id


def test_out_of_reach_it_does_not_exist(document, stranger, signed_in, client):
    address = reverse("document-open", args=[document.pk])
    assert signed_in(stranger).get(address).status_code == 404
    assert client.get(address).url.startswith(reverse("account_login"))
    assert signed_in(stranger).post(reverse("document-again", args=[document.pk])).status_code == 404


def test_one_that_is_not_made_yet_does_not_open(signed, keyworker, browser):
    with context.acting(keyworker):
        waiting = Document.objects.get(subject_id=signed.pk)
    assert browser.get(reverse("document-open", args=[waiting.pk])).status_code == 404


def test_one_that_was_changed_on_the_disk_is_not_shown(document, keyworker, browser, settings):
    path = settings.FILES_ROOT / store.name_of(document.sealed_sha256)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    answer = browser.get(reverse("document-open", args=[document.pk]))
    assert answer.status_code == 500
    assert "brought back from a backup" in answer.content.decode()


def test_what_was_made_stays_as_it_was_made(document, keyworker):
    """Which file is the plan that was signed is not for the program to change: the database refuses."""
    for change in ({"file": None}, {"sealed_sha256": "0" * 64}, {"state": "failed"}, {"to": None}, {"made_at": clock.now()}):
        with pytest.raises(IntegrityError, match="stands as it was made"), context.acting(keyworker):
            Document.objects.filter(pk=document.pk).update(**change)


def test_nor_does_the_entry_behind_its_code_speak_of_another(document, keyworker):
    entry = DocumentCheck.objects.filter(pk=document.check_entry_id)
    for change in ({"sealed_sha256": "0" * 64}, {"token": "somebodyelses"}):
        with pytest.raises(IntegrityError, match="on record"), transaction.atomic():
            entry.update(**change)
    assert entry.update(standing="superseded", since=clock.today()) == 1


@pytest.fixture
def failed(signed, keyworker):
    Job.objects.filter(subject_id=signed.pk).update(state="failed", ended_at=clock.now())
    with context.acting(keyworker):
        Document.objects.filter(subject_id=signed.pk).update(state="failed")
        return Document.objects.get(subject_id=signed.pk)


def test_the_plans_page_says_where_its_document_stands(signed, failed, browser):
    address = reverse("plan-show", args=[signed.client_id, signed.pk])
    page = browser.get(address).content.decode()
    assert "The document could not be made" in page
    assert "Try again" in page
    browser.post(reverse("document-again", args=[failed.pk]))
    assert jobs.do_job(str(Job.objects.get(subject_id=signed.pk).pk)) == "done"
    assert "Open and print (PDF)" in browser.get(address).content.decode()


def test_try_again(signed, failed, browser):
    answer = browser.post(reverse("document-again", args=[failed.pk]))
    assert answer.url == reverse("plan-show", args=[signed.client_id, signed.pk])
    assert "being made again" in browser.get(answer.url).content.decode()
    assert jobs.do_job(str(Job.objects.get(subject_id=signed.pk).pk)) == "done"
    again = browser.post(reverse("document-again", args=[failed.pk]))
    assert "stands there already" in browser.get(again.url).content.decode()


@pytest.mark.parametrize("page", ["plan-show", "plan-print"])
def test_whether_they_took_their_copy_is_asked_once_there_is_one(page, triaged, keyworker, browser, stranger, signed_in):
    version = plans.agreed(triaged, keyworker)
    where, note = (reverse(name, args=[version.client_id, version.pk]) for name in (page, "plan-copy"))
    sent = {"page": "print" if page == "plan-print" else ""}
    assert "Did the client take their copy?" not in browser.get(reverse("plan-sign", args=[version.client_id, version.pk])).content.decode()
    plans.signed(triaged, keyworker, version=version)
    assert "Yes, they took it" not in browser.get(where).content.decode()
    assert "Print it and hand it over" in browser.post(note, sent | {"taken": "yes"}, follow=True).content.decode()
    assert jobs.do_job(str(Job.objects.get(subject_id=version.pk).pk)) == "done"
    assert "Yes, they took it" in browser.get(where).content.decode()
    assert browser.post(note, sent | {"taken": "no"}).url == where
    assert "did not take it" in (left := browser.get(where).content.decode())
    assert "No, they did not want it" not in left
    browser.post(note, sent | {"taken": "yes"})
    assert "The client took their copy." in (taken := browser.get(where).content.decode())
    assert "Yes, they took it" not in taken
    assert signed_in(stranger).post(note, sent).status_code == 404
    with context.acting(keyworker):
        assert [each.kind for each in Addendum.objects.filter(version=version)] == ["copy-left", "copy-taken"]
        assert Event.objects.filter(verb__startswith="plan.copy-", clients__client_id=version.client_id).count() == 2


# --- Behind the code -----------------------------------------------------------------------------------------------------------


def answer(client, token: str) -> str:
    page = client.get(reverse("document-check", args=[token]))
    assert page.status_code == 200
    return " ".join(texts(page, "//main"))


def test_current_superseded_and_unknown(triaged, signed, keyworker, client):
    with context.acting(keyworker):
        token = Document.objects.select_related("check_entry").get(subject_id=signed.pk).check_entry.token
    today = clock.today()
    assert "Yes: this is the current version" in answer(client, token)
    assert f"Since {today:%-d %B %Y}" in answer(client, token)
    assert "Yes" in answer(client, token.upper())
    with context.acting(keyworker):
        draft = revising.start_revision(plan=signed.plan, by=keyworker)
        agreed = agreeing.agree(version=draft, by=keyworker, seen_text=content.of(draft).fingerprint())
    assert "Yes" in answer(client, token)
    plans.signed(triaged, keyworker, version=agreed)
    assert "No: there is a newer version" in answer(client, token)
    DocumentCheck.objects.filter(token=token).update(standing="closed")
    assert "no longer in use" in answer(client, token)


@pytest.mark.parametrize("token", ["x", "a" * 26, "a" * 3000, "%00", "…", "' OR 1=1 --", "<script>", "..%2f..", "☃"])
def test_an_unknown_code_gets_the_same_page(client, db, token):
    assert "We do not know this code" in answer(client, token)


def test_the_check_page_names_nobody_and_nothing(triaged, signed, keyworker, client, agency):
    with context.acting(keyworker):
        token = Document.objects.select_related("check_entry").get(subject_id=signed.pk).check_entry.token
    page = client.get(reverse("document-check", args=[token])).content.decode()
    for word in (
        triaged.first_name,
        triaged.last_name,
        triaged.reference,
        agency.name,
        keyworker.person.name,
        "drug",
        "treatment",
        "Care plan",
    ):
        assert word.lower() not in page.lower(), word


def test_known_and_unknown_ask_the_same(triaged, signed, keyworker, client, django_assert_num_queries):
    with context.acting(keyworker):
        token = Document.objects.select_related("check_entry").get(subject_id=signed.pk).check_entry.token
    for each in (token, "a" * 26):
        with django_assert_num_queries(4):  # the transaction, nobody acts, the code
            client.get(reverse("document-check", args=[each]))


def test_what_is_printed_before_the_signature_is_not_known_yet(triaged, keyworker, client):
    from careplans import sheets

    version = plans.agreed(triaged, keyworker)
    token = sheets.check_token(version)
    assert "We do not know this code" in answer(client, token)
    plans.signed(triaged, keyworker, version=version)
    assert "Yes" in answer(client, token)
