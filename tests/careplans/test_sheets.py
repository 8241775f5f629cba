"""The sheet: what it says, what it never says, and the same bytes whenever it is made."""

import hashlib
import io
from datetime import timedelta

import pikepdf
import pytest
from django.test import override_settings

from carehub import clock, context, jobs
from carehub.documents.verify import verify
from carehub.files import store
from carehub.models import Agency, Document, DocumentCheck, Job
from carehub.rules import Refused
from careplans import content, documents, sheets
from careplans.actions.documents import make_again
from careplans.discreet import discreetly
from careplans.models import PlanVersion
from clients.models import Consent, ConsentAgency
from tests import factories
from tests.careplans import plans

RELATED = ("plan__episode__keyworker", "plan__agency", "client", "partnership")


def sheet_of(version, by, **more):
    with context.acting(by):
        return sheets.sheet_of(PlanVersion.objects.select_related(*RELATED).get(pk=version.pk), **more)


def unsealed(version, by) -> bytes:
    with context.acting(by):
        now = content.loaded(PlanVersion.objects.select_related(*RELATED)).get(pk=version.pk)
        return documents.pdf_of(now, documents.signed_sheet(now))


@pytest.fixture
def signed(triaged, keyworker):
    """With a step and a need that are not for paper."""
    version = plans.written(triaged, keyworker)
    said = plans.said_of(version, keyworker)
    by_when = plans.soon()
    said.rows["risk"] = {
        "shown": {"area": "substance", "what": "Carry naloxone", "who_name": "Nurse", "by_when": by_when},
        "hidden": {"area": "harm-from-others", "what": "SECRET refuge", "who_name": "Ruth", "by_when": by_when, "third_party": "yes"},
    }
    said.rows["need"]["n"] = {"words": "SECRET said by her sister", "domain": "social", "third_party": "yes"}
    plans.save(version, said, keyworker)
    with context.acting(keyworker):
        version = plans.agree(version=version, by=keyworker, seen_text=plans.said_of(version, keyworker).fingerprint())
    return plans.signed(triaged, keyworker, version=version, client=plans.word(name="Sorrel M", strokes="M10 20L30 40"))


def test_what_the_sheet_says(signed, keyworker, triaged):
    sheet = sheet_of(signed, keyworker)
    assert (sheet.title, sheet.version, sheet.client.reference) == ("Initial care plan", 1, triaged.reference)
    (goal,) = sheet.goals
    assert (goal.client_words, goal.domain) == ("I want to sleep through", "Physical and psychological health")
    (action,) = goal.actions
    assert (action.what, action.who, action.by_when) == ("Keep a sleep diary", triaged.known_as, clock.today() + timedelta(days=7))
    assert sheet.review_rule == "Reviewed again within 4 weeks."
    assert "/check/" in sheet.check_url
    assert "drug" not in sheet.check_url.lower()


def test_a_treatment_stands_there_as_it_was_called_then_and_never_where_somebody_may_find_it(triaged, keyworker, monkeypatch):
    version = plans.written(triaged, keyworker, intervention="2", milestone="The dose holds")
    with context.acting(keyworker):
        version = plans.agree(version=version, by=keyworker, seen_text=plans.said_of(version, keyworker).fingerprint())
    version = plans.signed(triaged, keyworker, version=version)
    monkeypatch.setattr("careplans.sheets.words_of", lambda _code: "Called otherwise since")
    sheet = sheet_of(version, keyworker)
    (action,) = sheet.goals[0].actions
    assert (action.treatment, action.milestone) == ("Specialist prescribing (tier 3)", "The dose holds")
    found = repr(discreetly(sheet, title="My plan", names={}))
    assert "prescribing" not in found
    assert "The dose holds" in found


def test_what_others_said_is_on_no_paper(signed, keyworker):
    everything = repr(sheet_of(signed, keyworker))
    assert "naloxone" in everything
    assert "SECRET" not in everything
    assert "Harmed or threatened" not in everything
    with pikepdf.open(io.BytesIO(unsealed(signed, keyworker))) as pdf:
        assert len(pdf.pages) >= 1


def test_the_unsealed_file_is_the_same_whenever_it_is_made_and_whatever_has_changed_since(signed, keyworker, triaged):
    first = unsealed(signed, keyworker)
    keyworker.person.name, keyworker.person.telephone = "Somebody New", "01632 960999"
    keyworker.person.save()
    Agency.objects.filter(pk=keyworker.agency_id).update(name="Moved Away", telephone="01632 960998")
    with context.acting(keyworker):
        type(triaged).objects.filter(pk=triaged.pk).update(last_name="Married")
    clock.move_on(90)
    with override_settings(PUBLIC_ADDRESS="https://elsewhere.example"):
        assert unsealed(signed, keyworker) == first


def test_before_it_is_signed_the_sheet_has_lines_to_sign_on(triaged, keyworker):
    version = plans.agreed(triaged, keyworker)
    sheet = sheet_of(version, keyworker, draft=True)
    assert [(each.role, each.name, each.how) for each in sheet.signatures] == [
        ("Client", triaged.full_name, ""),
        ("Keyworker", keyworker.person.name, ""),
    ]
    with context.acting(keyworker):
        now = PlanVersion.objects.select_related(*RELATED).get(pk=version.pk)
        assert documents.paper_to_sign(now).startswith(b"%PDF")


# --- The job -----------------------------------------------------------------------------------------------------------------


def do(version) -> str:
    return jobs.do_job(str(Job.objects.get(subject_id=version.pk).pk))


def test_the_job_makes_one_sealed_document(signed, keyworker):
    assert do(signed) == "done"
    with context.acting(keyworker):
        document = Document.objects.select_related("file", "check_entry").get(subject_id=signed.pk)
    assert (document.state, document.pages) == ("ready", document.pages)
    data = store.get(document.sealed_sha256)
    verdict = verify(data, document.sealed_sha256)
    assert verdict.genuine
    assert verdict.compared
    assert document.unsealed_sha256 == hashlib.sha256(unsealed(signed, keyworker)).hexdigest()
    assert data.startswith(unsealed(signed, keyworker))
    assert document.check_entry.sealed_sha256 == document.sealed_sha256
    assert document.file.original_name == f"plan-{signed.as_signed['client']['reference']}-version-1.pdf"
    assert Job.objects.get(subject_id=signed.pk).result == {"sealed_sha256": document.sealed_sha256, "pages": document.pages}


def test_delivered_three_times_it_is_made_once(signed, keyworker):
    assert [do(signed) for _ in range(3)] == ["done", "nothing to do", "nothing to do"]
    Job.objects.filter(subject_id=signed.pk).update(state="waiting", ended_at=None)
    with context.acting(keyworker):
        before = Document.objects.get(subject_id=signed.pk).sealed_sha256
    assert do(signed) == "done"
    with context.acting(keyworker):
        assert Document.objects.get(subject_id=signed.pk).sealed_sha256 == before


def test_where_it_cannot_be_made_the_page_says_so_and_it_is_asked_for_again(signed, keyworker, monkeypatch):
    def broken(*_args, **_more):
        raise OSError("disk full")

    monkeypatch.setattr("carehub.documents.render.render", broken)
    outcomes = [do(signed) for _ in range(jobs.MOST_ATTEMPTS)]
    assert outcomes[-1] == "failed"
    with context.acting(keyworker):
        document = Document.objects.get(subject_id=signed.pk)
        assert document.state == "failed"
    monkeypatch.undo()
    with context.acting(keyworker):
        make_again(document=document, by=keyworker)
        assert Document.objects.get(pk=document.pk).state == "waiting"
        with pytest.raises(Refused, match="being made"):
            make_again(document=document, by=keyworker)
    assert do(signed) == "done"
    with context.acting(keyworker):
        assert Document.objects.get(pk=document.pk).state == "ready"
        assert DocumentCheck.objects.filter(sealed_sha256=Document.objects.get(pk=document.pk).sealed_sha256).count() == 1


def test_the_paper_says_of_sharing_what_was_asked_and_answered(triaged, keyworker, stranger):
    version, service = plans.written(triaged, keyworker), keyworker.agency.name
    assert sheet_of(version, keyworker).who_sees == f"Only {service} so far. Sharing with others has not been asked about yet."
    about = {"partnership_id": triaged.partnership_id, "client_id": triaged.pk, "agency": keyworker.agency}
    asked = {**about, "kind": "sharing", "how": "said", "from_on": clock.today(), "recorded_by": keyworker.person}
    with factories.loading(triaged.partnership_id):
        Consent.objects.create(**asked, answer="refused", recorded_at=clock.now())
    refused = f"Only {service}. I have not agreed to share it with anybody else."
    assert sheet_of(version, keyworker).who_sees == refused
    with context.acting(keyworker):
        version = plans.agree(version=version, by=keyworker, seen_text=plans.said_of(version, keyworker).fingerprint())
    version = plans.signed(triaged, keyworker, version=version)
    with factories.loading(triaged.partnership_id):
        given = Consent.objects.create(**asked, parts=["plans"], recorded_at=clock.now())
        ConsentAgency.objects.create(**about, consent=given, to=stranger.agency)
    assert sheet_of(version, keyworker).who_sees == refused
    with context.acting(keyworker):
        now = PlanVersion.objects.select_related(*RELATED).get(pk=version.pk)
        assert sheets.facts(now)["sharing"] == "given"
        now.sharing = "My GP"
        assert sheets.facts(now)["sharing"] == ""
