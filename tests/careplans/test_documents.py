"""Every kind of document: what stands on it and what never does, the same bytes, readable by everyone, made once, made again."""

import errno
import hashlib
import io
import os
import re
import shutil
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import page as pdf_ua
import pikepdf
import pypdfium2
import pytest
from django.urls import reverse

from carehub import clock, context, jobs
from carehub.actors import NotAllowed
from carehub.documents.certificate import LASTS, make_certificate, seal_folder
from carehub.files import store
from carehub.models import Agency, Document, Event, Job
from carehub.rules import Refused
from careplans import content, documents
from careplans.actions import agreeing, revising
from careplans.actions.adding import sign_later
from careplans.actions.documents import ask_for, make_again
from careplans.discreet import discreetly
from careplans.document_kinds import KINDS
from careplans.models import PlanVersion
from careplans.policies.documents import discreet_first
from clients.actions.consenting import record_consent, withdraw_consent
from clients.models import Client, SafeContact
from tests import factories
from tests.carehub.documents.example import LANGUAGES, LONG, USUAL
from tests.careplans import plans

#: (kind, discreet) of all that can be printed.
SORTS = [(name, discreet) for name in KINDS for discreet in (False, True)]
IDS = [f"{name}{' discreet' if discreet else ''}" for name, discreet in SORTS]
#: Nothing of this in a title, a file's name, its metadata, a head or a foot of paper that somebody else may find.
SPEAKS = re.compile(r"drug|alcohol|addict|substance|misuse|rehab|detox|recovery|treatment|heroin", re.IGNORECASE)


def texts(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()).replace("\N{NO-BREAK SPACE}", " ") for page in document]


def unspaced(text: str) -> str:
    return re.sub(r"[\s\ufffe\u200d\u00ad-]+", "", text)


# --- From sheets alone -----------------------------------------------------------------------------------------------------------

AGENCY = replace(
    USUAL.agency,
    name="Northmere Drug Service",
    discreet_name="Orchard House",
    complaints="Tell Ruth Calder.",
    advocacy="Sparrowgate: 01632",
)
CLIENT = replace(USUAL.client, initials="DO", known_as="Danny")
WORDS = ("and then we look at it again together " * 60)[:2000].strip()


def _numbered(goal, number):
    actions = tuple(replace(each, what=f"{each.what} {number}") for each in goal.actions)
    return replace(goal, client_words=f"{goal.client_words}, number {number}", actions=actions)


LONG_WORDS = replace(USUAL.goals[0], client_words=WORDS, actions=(replace(USUAL.goals[0].actions[0], what=WORDS),))
TWELVE = (*(_numbered(goal, number) for number, goal in enumerate((USUAL.goals * 4)[:10], start=1)), LANGUAGES.goals[1], LONG_WORDS)
SHEETS = {
    "usual": replace(USUAL, agency=AGENCY, client=CLIENT),
    "twelve": replace(USUAL, agency=AGENCY, client=CLIENT, goals=TWELVE, if_difficult=LONG.if_difficult),
    "empty": replace(
        USUAL, agency=replace(AGENCY, complaints="", advocacy=""), client=CLIENT, goals=(), needs=(), later_needs=(), risk_plan=(),
        harm_reduction=(), if_difficult="", way_back="", involved=(), sharing=(), responsibilities="", complaints="", strengths="",
    ),
}  # fmt: skip
BESIDE = {"summary": {"to": "Lanternway Drug Link", "whole_plan": True, "until": "2026-09-01", "says_left_out": False}}
NAMES = {"names": {"Lanternway Drug Link": "Lanternway", "Northmere Community Service": "Orchard House"}}


def printed(name: str, kind: str, discreet: bool) -> bytes:
    beside = {**(BESIDE if kind == "summary" else {}), **(NAMES if discreet else {})}
    sheet = documents.sheet_for(KINDS[kind], SHEETS[name], discreet=discreet, beside=beside)
    return documents.to_pdf(sheet, KINDS[kind], identifier=f"{name} {kind} {discreet}")


@pytest.mark.parametrize(("kind", "discreet"), SORTS, ids=IDS)
def test_each_kind_is_readable_by_everyone_whole_and_says_whose_it_is(kind, discreet):
    """PDF/UA-1 by a tool that is not ours; the reference and name or initials on each page; the same bytes again; nothing cut off."""
    for name, sheet in SHEETS.items():
        pdf = printed(name, kind, discreet)
        if name == "usual":
            assert pdf == printed(name, kind, discreet)
        report = pdf_ua.validate_pdf_bytes(pdf, profile="ua1")
        assert report.is_compliant, (name, [(failure.rule_id, failure.message) for failure in report.failures])
        pages = texts(pdf)
        for page in pages:
            assert sheet.client.reference in page
            assert ("DO" in page) if discreet else (sheet.client.name in page and "1984" in page)
        if kind == "rights" or name == "empty":
            assert len(pages) == (2 if kind in ("rights", "map") else len(pages))
            continue
        goals = sheet.goals if kind != "short-version" else [replace(goal, actions=tuple(goal.next_steps)) for goal in sheet.goals]
        words = [text for goal in goals for text in (goal.client_words, *(each.what for each in goal.actions))]
        all_text = unspaced(" ".join(pages))
        missing = [word for text in words for word in re.findall(r"[A-Za-z0-9]{2,}", text) if word not in all_text]
        assert not missing, (name, missing)
        with pypdfium2.PdfDocument(pdf) as document:
            for page in document:
                width, height = page.get_size()
                text_page = page.get_textpage()
                for at in range(text_page.count_rects()):
                    left, bottom, right, top = text_page.get_rect(at)
                    assert min(left, bottom) >= 20, "text runs out of the page"
                    assert right <= width - 20, "text runs out of the page"
                    assert top <= height - 20, "text runs out of the page"


def test_the_usual_ones_are_as_short_as_they_should_be():
    pages = {kind: len(texts(printed("usual", kind, False))) for kind in ("short-version", "map", "summary", "rights")}
    assert pages == {"short-version": 1, "map": 2, "summary": 1, "rights": 2}


@pytest.mark.parametrize("kind", [kind for kind, discreet in SORTS if discreet])
def test_what_is_discreet_tells_a_finder_nothing(kind):
    """Where the client's own words do not: no name, birth, service or partnership; title, metadata and file name speak of nothing."""
    pdf = printed("empty", kind, True)
    said = " ".join(texts(pdf))
    for word in ("Okonkwo", "Daniel", "Danny", "1984", "Northmere", "Lanternway Drug", "Initial care plan", "check."):
        assert word not in said, word
    assert "Orchard House" in said
    assert not SPEAKS.search(said)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        about = f"{dict(document.docinfo)} {document.Root.Metadata.read_bytes().decode()}"
        assert not SPEAKS.search(about)
        assert not re.search("Okonkwo|Daniel|Northmere|[Cc]are", about)
    usual = " ".join(texts(printed("usual", kind, True)))
    assert not re.search(r"Okonkwo|Daniel|Danny|1984|Northmere|Drug and alcohol", usual)


@pytest.mark.parametrize(
    ("name", "said", "stands"),
    [
        ("Daniel Okonkwo-Reeves", "Ring Daniel Okonkwo-Reeves, or Okonkwo-Reeves", "Ring DO, or DO"),
        ("Will Do", "Do not use alone. Will Do rings. I will come.", "Do not use alone. DO rings. I will come."),
        ("Ann Lee", "Annabel and Ann: Northmere Drug Service", "Annabel and DO: Orchard House"),
    ],
)
def test_names_in_a_text_give_way_and_words_stay(name, said, stands):
    sheet = replace(SHEETS["usual"], client=replace(CLIENT, name=name, name_used="", known_as=name.split()[0]), if_difficult=said)
    assert discreetly(sheet, title="My plan", names={}).if_difficult == stands


# --- Of a plan that was signed ---------------------------------------------------------------------------------------------------


@pytest.fixture
def signed(triaged, keyworker):
    """With marks on what is said by or about others."""
    version = plans.written(triaged, keyworker)
    said = plans.said_of(version, keyworker)
    by_when = plans.soon()
    said.rows["risk"] = {
        "shown": {"area": "substance", "what": "Carry naloxone", "who_name": "Nurse", "by_when": by_when},
        "hidden": {"area": "harm-from-others", "what": "SECRET refuge", "who_name": "SECRET", "by_when": by_when, "third_party": "yes"},
    }
    for key, standing in (("n", "now"), ("m", "later")):
        said.rows["need"][key] = {"words": "SECRET of her sister", "domain": "social", "standing": standing, "third_party": "yes"}
    plans.save(version, said, keyworker)
    with context.acting(keyworker):
        version = plans.agree(version=version, by=keyworker, seen_text=plans.said_of(version, keyworker).fingerprint())
    return plans.signed(triaged, keyworker, version=version)


@pytest.fixture
def agreed_to_share(triaged, keyworker, other_agency):
    return consent(triaged, keyworker, other_agency, ["plans", "record"])


@pytest.fixture
def other_agency(keyworker):
    return factories.agency(keyworker.partnership, kind="voluntary")


def consent(client, by, agency, parts, **more):
    with context.acting(by):
        said = {"kind": "sharing", "answer": "given", "agencies": [agency], "parts": parts, "from_on": clock.today(), "how": "said", **more}
        return record_consent(by=by, client=Client.objects.get(pk=client.pk), **said)


def ask(version, by, kind: str, *, discreet: bool = False, to="") -> Document:
    with context.acting(by):
        return ask_for(version=version, kind=KINDS[kind], discreet=discreet, to=str(to and to.pk), by=by)


def do(document: Document) -> str:
    kind, subject = documents.job_of(document)
    return jobs.do_job(str(Job.objects.get(kind=kind, subject_id=subject).pk))


def now(document: Document, by) -> Document:
    with context.acting(by):
        return Document.objects.select_related("file").get(pk=document.pk)


def rendered_again(document: Document, by) -> bytes:
    with context.acting(by):
        version = content.loaded(PlanVersion.objects.select_related(*documents.RELATED)).get(pk=document.subject_id)
        kind = KINDS[document.kind]
        sheet = documents.sheet_for(kind, documents.signed_sheet(version), discreet=document.discreet, beside=document.beside)
        return documents.pdf_of(version, sheet, kind)


def test_all_are_made_once_keep_others_secrets_and_are_the_same_whenever_they_are_rendered(
    signed, triaged, keyworker, other_agency, agreed_to_share
):
    made = [ask(signed, keyworker, kind, discreet=discreet, to=other_agency) for kind, discreet in SORTS if not KINDS[kind].seals(discreet)]
    again = [
        ask(signed, keyworker, kind, discreet=discreet, to=other_agency) for kind, discreet in SORTS if not KINDS[kind].seals(discreet)
    ]
    assert [each.pk for each in made] == [each.pk for each in again]
    with context.acting(keyworker):
        plan = documents.of_plan(signed)
    for document in (plan, *made):
        assert [do(document) for _ in range(3)] == ["done", "nothing to do", "nothing to do"]
    first = {}
    for document in (plan, *made):
        stands = now(document, keyworker)
        pdf = store.get(stands.file.sha256)
        assert (stands.state, stands.pages) == ("ready", len(texts(pdf)))
        said = " ".join(texts(pdf))
        assert "SECRET" not in said, document.kind
        assert "Harmed or threatened" not in said
        assert not SPEAKS.search(stands.file.original_name)
        assert triaged.last_name not in stands.file.original_name
        first[document.pk] = rendered_again(stands, keyworker)
        assert hashlib.sha256(first[document.pk]).hexdigest() == stands.unsealed_sha256
        assert bool(stands.sealed_sha256) == (document == plan)
    keyworker.person.name = "Somebody New"
    keyworker.person.save()
    Agency.objects.filter(pk=keyworker.agency_id).update(name="Moved Away", complaints="Elsewhere")
    with context.acting(keyworker):
        Client.objects.filter(pk=triaged.pk).update(last_name="Married")
    clock.move_on(40)
    assert all(rendered_again(now(each, keyworker), keyworker) == first[each.pk] for each in (plan, *made))


def test_one_job_and_one_document_however_often_it_is_asked_for(signed, keyworker):
    for _ in range(4):
        ask(signed, keyworker, "map")
    with context.acting(keyworker):
        assert Document.objects.filter(kind="map").count() == 1
        assert Event.objects.filter(verb="document.asked").count() == 1
    assert Job.objects.filter(kind=documents.MAKE_DOCUMENT).count() == 1


@pytest.mark.parametrize("kind", ["short-version", "large-print", "summary", "map", "care-plan"])
def test_a_copy_says_that_it_was_agreed_by_word_and_signed_since(kind, triaged, keyworker, other_agency, agreed_to_share):
    word = plans.word(how="verbal", name="", follow_up_on=clock.today() + timedelta(days=7))
    version = plans.signed(triaged, keyworker, client=word)
    before = ask(version, keyworker, kind, discreet=kind == "care-plan", to=other_agency)
    clock.move_on(2)
    with context.acting(keyworker):
        sign_later(version=version, signed_on=clock.today(), scan=None, by=keyworker)
    after = ask(version, keyworker, kind, discreet=kind == "care-plan", to=other_agency)
    assert before.pk != after.pk, "the one made before says what is no longer so"
    said = []
    for document in (before, after):
        assert do(document) == "done"
        said.append(" ".join(texts(store.get(now(document, keyworker).file.sha256))))
    assert "by word" in said[0].lower()
    assert re.search("still to sign", said[0], re.I)
    assert "by word" in said[1].lower()
    assert re.search("signed (it )?since", said[1], re.I)
    assert not re.search("still to sign", said[1], re.I)


def test_an_agency_that_changed_its_hours_has_another_leaflet(signed, keyworker):
    first = ask(signed, keyworker, "rights")
    Agency.objects.filter(pk=keyworker.agency_id).update(opening_hours="Nights")
    assert ask(signed, keyworker, "rights").pk != first.pk


def test_only_of_the_plan_in_force_and_by_who_wrote_it(triaged, signed, keyworker, other_agency, agreed_to_share):
    reader = factories.actor(agency=other_agency)
    with pytest.raises(NotAllowed, match="Only the agency that wrote"):
        ask(signed, reader, "map")
    with context.acting(keyworker):
        draft = revising.start_revision(plan=signed.plan, by=keyworker)
    with pytest.raises(Refused, match="not signed yet"):
        ask(draft, keyworker, "map")
    with context.acting(keyworker):
        agreed = agreeing.agree(version=draft, by=keyworker, seen_text=content.of(draft).fingerprint())
    plans.signed(triaged, keyworker, version=agreed)
    with pytest.raises(Refused, match="no longer in force"):
        ask(signed, keyworker, "map")


# --- For other agencies ----------------------------------------------------------------------------------------------------------


def summary(version, by, to, *, discreet=False) -> str:
    document = ask(version, by, "summary", discreet=discreet, to=to)
    assert do(document) == "done"
    return " ".join(texts(store.get(now(document, by).file.sha256)))


def test_a_summary_says_what_they_agreed_to_and_no_more(signed, triaged, keyworker, other_agency):
    with pytest.raises(Refused, match="has not agreed"):
        ask(signed, keyworker, "summary", to=other_agency)
    given = consent(triaged, keyworker, other_agency, ["record"])
    with context.acting(keyworker):
        SafeContact.objects.filter(client=triaged).update(who_must_not_know="")
    said = summary(signed, keyworker, other_agency)
    assert keyworker.person.name in said
    assert "Some parts are left out, as I wish" in said
    assert "sleep" not in said
    assert "Some parts" not in summary(signed, keyworker, other_agency, discreet=True)
    with context.acting(keyworker):
        SafeContact.objects.filter(client=triaged).update(who_must_not_know="My brother")
    assert "Some parts" not in summary(signed, keyworker, other_agency)
    with context.acting(keyworker):
        withdraw_consent(by=keyworker, client=triaged, consent=given, why="no-reason", client_told=True)
    consent(triaged, keyworker, other_agency, ["plans", "record"], until=clock.today() + timedelta(days=30))
    said = summary(signed, keyworker, other_agency)
    assert "I want to sleep through" in said
    assert "I have agreed until" in said


def test_a_summary_is_not_opened_once_consent_has_changed_nor_by_another_agency(
    signed, triaged, keyworker, other_agency, agreed_to_share, signed_in
):
    third = factories.agency(keyworker.partnership)
    document = ask(signed, keyworker, "summary", to=other_agency)
    do(document)
    address = reverse("document-open", args=[document.pk])
    assert signed_in(keyworker).get(address)["Content-Type"] == "application/pdf"
    assert signed_in(factories.actor(agency=other_agency)).get(address).status_code == 200
    factories.access(triaged, agency=third, basis="consent", parts=["plans", "record"])
    assert signed_in(factories.actor(agency=third)).get(address).status_code == 404
    with context.acting(keyworker):
        withdraw_consent(by=keyworker, client=triaged, consent=agreed_to_share, why="no-reason", client_told=True)
    answer = signed_in(keyworker).get(address)
    assert answer.url == reverse("plan-print", args=[triaged.pk, signed.pk])


# --- The page --------------------------------------------------------------------------------------------------------------------


def test_discreet_comes_first_where_somebody_might_find_it(triaged, keyworker):
    with context.acting(keyworker):
        SafeContact.objects.filter(client=triaged).update(by_post=True, who_must_not_know="")
        assert not discreet_first(Client.objects.get(pk=triaged.pk))
        SafeContact.objects.filter(client=triaged).update(who_must_not_know="My brother")
        assert discreet_first(Client.objects.get(pk=triaged.pk))
        SafeContact.objects.filter(client=triaged).update(by_post=False, who_must_not_know="")
        assert discreet_first(Client.objects.get(pk=triaged.pk))


def test_print_and_give_from_asking_to_opening(signed, keyworker, signed_in):
    browser = signed_in(keyworker)
    address = reverse("plan-print", args=[signed.client_id, signed.pk])
    page = browser.get(address).content.decode()
    assert all(str(kind.title) in page for kind in KINDS.values() if not kind.for_agency)
    assert "can be printed once the client has agreed" in page
    ask_it = reverse("document-make", args=[signed.client_id, signed.pk])
    assert browser.post(ask_it, {"kind": "map", "sort": "named"}).url == address
    assert "Asked for at" in browser.get(address).content.decode()
    with context.acting(keyworker):
        document = Document.objects.get(kind="map")
        Document.objects.filter(pk=document.pk).update(state="failed")
    Job.objects.filter(subject_id=document.pk).update(state="failed", ended_at=clock.now())
    assert "It could not be made" in browser.get(address).content.decode()
    assert browser.post(reverse("document-again", args=[document.pk]), {"page": "print"}).url == address
    assert now(document, keyworker).state == "waiting"
    do(document)
    page = browser.get(address).content.decode()
    assert reverse("document-open", args=[document.pk]) in page
    assert keyworker.person.name in page
    for nothing in ({"kind": "nothing"}, {"kind": "care-plan", "sort": "named"}):
        assert "no such document" in browser.post(ask_it, nothing, follow=True).content.decode()


# --- What fails is seen, and made when it can be ---------------------------------------------------------------------------------


@contextmanager
def without_a_font(monkeypatch, settings, tmp_path, partnership):
    static = tmp_path / "static"
    shutil.copytree(Path(settings.BASE_DIR) / "static", static)
    next(static.glob("vendor/atkinson*/*latin-400-normal.woff2")).unlink()
    with monkeypatch.context() as broken:
        broken.setattr("carehub.documents.render._static", lambda: static)
        yield


@contextmanager
def dead_certificate(monkeypatch, settings, tmp_path, partnership):
    folder = seal_folder(str(partnership.pk))
    make_certificate(folder, partnership.name, clock.now() - LASTS - timedelta(days=9))
    yield
    make_certificate(folder, partnership.name, clock.now(), replace=True)


@contextmanager
def full_disk(monkeypatch, settings, tmp_path, partnership):
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr("carehub.files.store.os.fsync", full)
        yield


@pytest.mark.parametrize(
    ("kind", "trouble"),
    [
        ("care-plan", without_a_font),
        ("care-plan", dead_certificate),
        ("care-plan", full_disk),
        ("map", without_a_font),
        ("map", full_disk),
    ],
)
def test_trouble_is_seen_the_plan_stays_signed_and_it_is_made_again(kind, trouble, signed, keyworker, settings, tmp_path, monkeypatch):
    settings.VAR = tmp_path
    with context.acting(keyworker):
        document = Document.objects.get(kind="care-plan") if kind == "care-plan" else None
    document = document or ask(signed, keyworker, kind)
    unfinished = set(settings.FILES_ROOT.rglob(f"{store.UNFINISHED}*"))
    with trouble(monkeypatch, settings, tmp_path, keyworker.partnership):
        assert [do(document) for _ in range(jobs.MOST_ATTEMPTS)][-1] == "failed"
    assert now(document, keyworker).state == "failed"
    assert set(settings.FILES_ROOT.rglob(f"{store.UNFINISHED}*")) <= unfinished, "a half-written file lies about"
    with context.acting(keyworker):
        assert PlanVersion.objects.get(pk=signed.pk).state == "signed"
        make_again(document=document, by=keyworker)
        with pytest.raises(Refused, match="being made"):
            make_again(document=document, by=keyworker)
    assert do(document) == "done"
    assert now(document, keyworker).state == "ready"
