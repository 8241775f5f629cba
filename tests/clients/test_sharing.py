"""What a client agrees to opens exactly that, and what they withdraw is closed at the next request."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from carehub import clock, context
from carehub.actors import NotAllowed
from carehub.models import Access, Event, StoredFile, Task
from carehub.models.access import ALL_PARTS
from carehub.rules import Refused
from careplans.models import CarePlan, Goal, PlanVersion
from clients.actions.consenting import record_consent, withdraw_consent
from clients.models import Assessment, Client, Consent, Episode, RiskFound, SafeContact
from tests import factories


@pytest.fixture
def someone(keyworker):
    client = factories.client_of(keyworker.agency, keyworker=keyworker)
    factories.assessment(client, by=keyworker, state="complete")
    factories.plan_version(client, by=keyworker, state="signed")
    return client


def agree(someone, keyworker, stranger, **said) -> Consent:
    values = {"kind": "sharing", "agencies": [stranger.agency], "parts": ["plans"], "how": "said"} | said
    with context.acting(keyworker):
        return record_consent(by=keyworker, client=someone, **values)


#: Table → the part that opens it to another agency.
WRITTEN = {Episode: "record", RiskFound: "record", Assessment: "assessments", CarePlan: "plans", PlanVersion: "plans", Goal: "plans"}


def seen_by(actor) -> set[str]:
    """Asked of the database alone and of visible_to: both walls give the same."""
    with context.acting(actor):
        by_policy = {model.__name__ for model in (Client, SafeContact, *WRITTEN) if model.objects.exists()}
        by_python = {model.__name__ for model in (Client, SafeContact, *WRITTEN) if model.objects.visible_to(actor).exists()}
        many = {model.__name__ for model in (Client, SafeContact, *WRITTEN) if model.objects.visible_to(actor, many=True).exists()}
    assert by_policy == by_python == many
    return by_policy


@pytest.mark.parametrize("parts", [["plans"], ["assessments"], ["assessments", "plans"]])
def test_what_they_agreed_to_opens_and_nothing_else(someone, keyworker, stranger, parts):
    assert seen_by(stranger) == set()
    agree(someone, keyworker, stranger, parts=parts)
    opened = {model.__name__ for model, part in WRITTEN.items() if part in {*parts, "record"}}
    assert seen_by(stranger) == {"Client", "SafeContact"} | opened


def test_withdrawn_nobody_reads_under_it(someone, keyworker, stranger):
    consent = agree(someone, keyworker, stranger)
    with context.acting(keyworker):
        assert withdraw_consent(by=keyworker, client=someone, consent=consent, client_told=True) == []
    assert seen_by(stranger) == set()
    assert "PlanVersion" in seen_by(keyworker)
    with context.acting(keyworker):
        assert Consent.objects.get(pk=consent.pk).state == "withdrawn"


def test_what_an_agency_wrote_stays_theirs(someone, keyworker, stranger):
    """The other agency treats them too: it keeps its own stay and loses ours, and we lose theirs."""
    with factories.loading(someone.partnership_id):
        theirs = factories.episode_of(someone, stranger.agency, keyworker=stranger)
    factories.access(someone, agency=stranger.agency, rests_on=theirs.pk)
    factories.assessment(someone, by=stranger, state="complete")
    consent = agree(someone, keyworker, stranger, parts=list(ALL_PARTS))
    for actor in (keyworker, stranger):
        with context.acting(actor):
            assert Episode.objects.count() == Assessment.objects.count() == 2
    with context.acting(keyworker):
        (task,) = withdraw_consent(by=keyworker, client=someone, consent=consent, client_told=True)
        assert stranger.agency.name in task.words
        assert Task.objects.get(pk=task.pk).person_id == keyworker.person_id
    for actor in (keyworker, stranger):
        with context.acting(actor):
            assert list(Episode.objects.values_list("agency_id", flat=True)) == [actor.agency_id]
            assert list(Assessment.objects.values_list("agency_id", flat=True)) == [actor.agency_id]


def test_the_other_agency_may_take_the_withdrawal_down(someone, keyworker, stranger):
    with factories.loading(someone.partnership_id):
        theirs = factories.episode_of(someone, stranger.agency, keyworker=stranger)
    factories.access(someone, agency=stranger.agency, rests_on=theirs.pk)
    consent = agree(someone, keyworker, stranger)
    with context.acting(stranger):
        withdraw_consent(by=stranger, client=someone, consent=consent)
    with context.acting(stranger):
        assert list(Episode.objects.values_list("agency_id", flat=True)) == [stranger.agency_id]


@pytest.mark.parametrize("where", ["under Sharing", "at the task"])
def test_not_told_stays_a_task_until_somebody_has(someone, keyworker, stranger, signed_in, where):
    """The client was not there: that they are told what stops is asked of the keyworker, and stands in the row with who and when."""
    consent = agree(someone, keyworker, stranger)
    window, sharing = signed_in(keyworker), f"/clients/{someone.pk}/sharing/"
    told = f"{sharing}{consent.pk}/told/"
    assert "nothing stops" in window.post(told, follow=True).content.decode()
    answer = window.post(f"{sharing}{consent.pk}/withdraw/", {"why": "no-reason", "client_told": "no"}, follow=True).content.decode()
    assert "Not told yet what stops" in answer
    assert f'action="{told}"' in answer
    with context.acting(keyworker):
        task = Task.objects.open().get(kind="consent.tell", subject_id=consent.pk)
        assert (task.person_id, task.due_on) == (keyworker.person_id, clock.today())
    window.post(told if where == "under Sharing" else f"/clients/{someone.pk}/tasks/{task.pk}/done/")
    page = window.get(sharing).content.decode()
    assert f"Told what stops: {keyworker.person.name}" in page
    assert f'action="{told}"' not in page
    with context.acting(keyworker):
        task.refresh_from_db()
        assert task.done_by_id == keyworker.person_id
        assert Consent.objects.get(pk=consent.pk).client_told_on == clock.today()
        assert Event.objects.filter(verb="consent.client-told").count() == 1
    assert "They have been told already" in window.post(told, follow=True).content.decode()
    assert "stands under Sharing" in window.post(f"/clients/{someone.pk}/tasks/{task.pk}/not-done/", follow=True).content.decode()


def test_the_same_answer_is_not_recorded_twice(someone, keyworker, stranger):
    """A form that is sent twice: withdrawing the one would leave the other open."""
    consent = agree(someone, keyworker, stranger)
    with pytest.raises(Refused, match="on record already"):
        agree(someone, keyworker, stranger)
    agree(someone, keyworker, stranger, parts=["plans", "assessments"])
    with context.acting(keyworker):
        assert Consent.objects.count() == 2
        withdraw_consent(by=keyworker, client=someone, consent=consent)
    agree(someone, keyworker, stranger)


def test_what_another_consent_still_opens_is_said(someone, keyworker, stranger, signed_in):
    consent = agree(someone, keyworker, stranger)
    agree(someone, keyworker, stranger, parts=["assessments"])
    address = reverse("consent-withdraw", args=[someone.pk, consent.pk])
    page = signed_in(keyworker).post(address, {"why": "no-reason", "client_told": "yes"}, follow=True).content.decode()
    assert f"Another consent is still in force for {stranger.agency.name}" in page
    assert "PlanVersion" not in seen_by(stranger)
    assert "Assessment" in seen_by(stranger)


def test_a_scan_of_what_was_refused_is_not_filed(someone, keyworker, stranger, signed_in):
    picture = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(picture, "PNG")
    today = clock.today()
    typed = {"kind": "sharing", "agencies": [str(stranger.agency_id)], "answer": "given", "how": "signed"}
    typed |= {f"from_on_{part}": str(getattr(today, part)) for part in ("day", "month", "year")}
    scan = SimpleUploadedFile("signed.png", picture.getvalue(), "image/png")
    answer = signed_in(keyworker).post(reverse("consent-record", args=[someone.pk]), typed | {"scan": scan})
    assert "Choose what may be shared" in answer.content.decode()
    with context.acting(keyworker):
        assert not StoredFile.objects.exists()


def test_refused_opens_nothing(someone, keyworker, stranger):
    consent = agree(someone, keyworker, stranger, answer="refused", parts=[])
    assert seen_by(stranger) == set()
    assert consent.state == "declined"


def test_from_a_day_to_a_day(someone, keyworker, stranger, monkeypatch):
    today, now = clock.today(), clock.now()
    agree(someone, keyworker, stranger, from_on=today + timedelta(days=2), until=today + timedelta(days=3))
    assert seen_by(stranger) == set()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=2))
    assert "PlanVersion" in seen_by(stranger)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=4))
    assert seen_by(stranger) == set()


def test_consent_can_change_after_the_end_of_treatment(someone, keyworker, stranger):
    with factories.loading(someone.partnership_id):
        Episode.objects.filter(client=someone).update(
            state="discharged", discharged_on=clock.today(), discharge_reason="85", ending="unplanned", next_due_what="", next_due_on=None
        )
    consent = agree(someone, keyworker, stranger)
    assert "PlanVersion" in seen_by(stranger)
    with context.acting(keyworker):
        withdraw_consent(by=keyworker, client=someone, consent=consent)
    assert seen_by(stranger) == set()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"agencies": []}, "agencies"),
        ({"agencies": "own"}, "agencies"),
        ({"agencies": "elsewhere"}, "agencies"),
        ({"parts": []}, "parts"),
        ({"parts": ["everything"]}, "parts"),
        ({"until": -3, "from_on": 0}, "until"),
        ({"until": -3, "from_on": -9}, "until"),
        ({"kind": "exception", "how": "", "ground": "", "told": "The social worker"}, "ground"),
        ({"kind": "exception", "how": "", "ground": "because", "told": "The social worker"}, "ground"),
        ({"kind": "exception", "how": "", "ground": "court", "told": " "}, "told"),
    ],
)
def test_what_cannot_be_says_so_at_its_field(someone, keyworker, stranger, said, field):
    places = {"own": [keyworker.agency], "elsewhere": [factories.agency()]}
    said = {name: clock.today() + timedelta(days=value) if name in ("until", "from_on") else value for name, value in said.items()}
    if isinstance(said.get("agencies"), str):
        said["agencies"] = places[said["agencies"]]
    with pytest.raises(Refused) as no:
        agree(someone, keyworker, stranger, **said)
    assert list(no.value.fields) == [field]
    assert seen_by(stranger) == set()


def test_who_only_reads_under_consent_records_none(someone, keyworker, stranger):
    consent = agree(someone, keyworker, stranger)
    third = factories.agency(someone.partnership)
    with context.acting(stranger):
        with pytest.raises(NotAllowed, match="treats the client"):
            record_consent(by=stranger, client=someone, kind="sharing", agencies=[third], parts=["plans"], how="said")
        with pytest.raises(NotAllowed, match="treats the client"):
            withdraw_consent(by=stranger, client=someone, consent=consent)


def test_what_is_on_record_is_not_rewritten(someone, keyworker, stranger):
    consent = agree(someone, keyworker, stranger)
    with context.acting(keyworker):
        for change in ({"parts": list(ALL_PARTS)}, {"until": clock.today()}, {"answer": "refused"}, {"kind": "treatment"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Consent.objects.filter(pk=consent.pk).update(**change)
        withdraw_consent(by=keyworker, client=someone, consent=consent)
        with pytest.raises(Refused, match="not in force"):
            withdraw_consent(by=keyworker, client=someone, consent=Consent.objects.get(pk=consent.pk))
        with pytest.raises(IntegrityError), transaction.atomic():
            Consent.objects.filter(pk=consent.pk).update(withdrawn_at=None, withdrawn_by=None, withdrawn_why="")


def test_an_exception_opens_nothing_by_itself(someone, keyworker, stranger):
    consent = agree(someone, keyworker, stranger, kind="exception", how="", ground="child-protection", told="The duty social worker")
    assert seen_by(stranger) == set()
    with context.acting(keyworker), pytest.raises(Refused, match="nothing to withdraw"):
        withdraw_consent(by=keyworker, client=someone, consent=consent)


def test_a_row_goes_from_no_agencys_hands_into_anothers(someone, keyworker, stranger):
    agree(someone, keyworker, stranger, parts=list(ALL_PARTS))
    with context.acting(keyworker):
        for model in (Episode, CarePlan):
            with pytest.raises(IntegrityError, match="belongs to the agency that wrote it"), transaction.atomic():
                model.objects.update(agency=stranger.agency)


def test_others_grants_are_seen_by_who_treats_and_by_nobody_else(someone, keyworker, stranger):
    agree(someone, keyworker, stranger)
    with context.acting(keyworker):
        assert Access.objects.about(someone.pk).filter(agency=stranger.agency).exists()
    with context.acting(stranger):
        assert not Access.objects.about(someone.pk).exclude(agency=stranger.agency).exists()
        assert not Access.objects.about(someone.pk).exclude(agency=stranger.agency).end()
