"""Signing: one text, every party's word, the lock, what lists read, and the paper."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from carehub import clock, context
from carehub.files import pipeline, store
from carehub.lifecycle import WrongState
from carehub.models import Document, DocumentCheck, Event, Job
from carehub.rules import Refused
from careplans import content, sheets
from careplans.actions import agreeing, revising, signing
from careplans.models import PARTS, CarePlan, PlanVersion, Signature
from clients.models import Episode
from tests import factories
from tests.careplans import plans
from tests.queries import at_most


def attempt(version, by, **words):
    words = {"client": plans.word(), "keyworker": {"how": "screen", "name": by.person.name}, **words}
    with context.acting(by):
        return signing.sign(version=version, by=by, **{"seen_text": version.agreed_text, **words})


def nothing_signed(version, by) -> None:
    with context.acting(by):
        assert not Signature.objects.filter(version=version).exists()
        assert PlanVersion.objects.get(pk=version.pk).locked_at is None
        assert not Document.objects.filter(subject_id=version.pk).exists()
        assert not Job.objects.filter(subject_id=version.pk).exists()


# --- Agree ------------------------------------------------------------------------------------------------------------------------


def test_agreeing_freezes_the_text_and_waits_for_signatures(triaged, keyworker):
    version = plans.agreed(triaged, keyworker)
    with context.acting(keyworker):
        assert version.agreed_text == content.of(PlanVersion.objects.get(pk=version.pk)).fingerprint()
        assert version.agreed_by_id == keyworker.person_id
        assert Episode.objects.get(client=triaged).next_due_what == "signature"


def test_what_was_not_seen_is_not_agreed(triaged, keyworker):
    version = plans.written(triaged, keyworker)
    seen = plans.said_of(version, keyworker).fingerprint()
    said = plans.said_of(version, keyworker)
    said.texts["way_back"] = "Walk in"
    plans.save(version, said, keyworker)
    with context.acting(keyworker), pytest.raises(Refused, match="changed the plan"):
        agreeing.agree(version=version, by=keyworker, seen_text=seen)


def test_an_unfinished_plan_is_not_agreed(triaged, keyworker):
    version = plans.written(triaged, keyworker, by_when="31\n2\n2027")
    with context.acting(keyworker), pytest.raises(Refused) as no:
        agreeing.agree(version=version, by=keyworker, seen_text=content.of(version).fingerprint())
    assert list(no.value.fields) == [f"action.{content.own_key(version.pk, 'a')}.by_when"]


def test_opened_again_it_is_a_draft_and_its_text_is_signed_by_nobody(triaged, keyworker):
    version = plans.agreed(triaged, keyworker)
    old = version.agreed_text
    with context.acting(keyworker):
        agreeing.reopen(version=version, by=keyworker)
        now = PlanVersion.objects.get(pk=version.pk)
        assert (now.state, now.agreed_text, now.agreed_at) == ("draft", "", None)
        assert Episode.objects.get(client=triaged).next_due_what == "plan"
    said = plans.said_of(version, keyworker)
    said.texts["way_back"] = "Walk in"
    plans.save(version, said, keyworker)
    with context.acting(keyworker):
        again = agreeing.agree(version=version, by=keyworker, seen_text=plans.said_of(version, keyworker).fingerprint())
    assert again.agreed_text != old


# --- Sign -------------------------------------------------------------------------------------------------------------------------


def test_signed_on_screen(triaged, keyworker):
    strokes = "M10 20L30 40L50 20"
    version = plans.signed(triaged, keyworker, client=plans.word(name="Sorrel M", strokes=strokes))
    with context.acting(keyworker):
        by_party = {each.party: each for each in Signature.objects.filter(version=version)}
        client, own = by_party["client"], by_party["keyworker"]
        assert (client.name, client.how, client.strokes) == ("Sorrel M", "screen", strokes)
        assert (own.name, own.how, own.signed_on) == (keyworker.person.name, "screen", clock.today())
        assert {each.agreed_text for each in by_party.values()} == {version.agreed_text}
        assert all(each.locked_at for each in by_party.values())


def test_signing_locks_everything_and_writes_down_what_lists_read(triaged, keyworker):
    version = plans.signed(triaged, keyworker)
    with context.acting(keyworker):
        now = PlanVersion.objects.select_related("plan").get(pk=version.pk)
        assert (now.state, now.signed_on) == ("signed", clock.today())
        for part in PARTS.values():
            assert not part.objects.filter(version=now, locked_at__isnull=True).exists()
        assert (now.plan.state, now.plan.current_id, now.plan.review_due_on) == ("current", now.pk, now.next_review_on)
        episode = Episode.objects.get(client=triaged)
        assert (episode.state, episode.next_due_what, episode.next_due_on) == ("treatment", "review", now.next_review_on)
        document = Document.objects.get(subject_id=now.pk)
        assert (document.kind, document.state) == ("care-plan", "waiting")
        assert document.check_entry.standing == "current"
        job = Job.objects.get(subject_id=now.pk)
        assert (job.kind, job.membership_id) == ("careplans.seal_plan", keyworker.membership.pk)
        assert Event.objects.filter(clients__client_id=triaged.pk, verb="plan.signed", subject_id=now.pk).count() == 1


def a_scan() -> pipeline.CleanFile:
    out = BytesIO()
    Image.new("RGB", (600, 800), "white").save(out, "PNG")
    return pipeline.accept(SimpleUploadedFile("Scan of plan.png", out.getvalue()), purpose="scan")


def test_signed_on_paper_with_a_scan(triaged, keyworker):
    scan = a_scan()
    paper = {"how": "paper", "signed_on": clock.today(), "scan": scan, "strokes": "M1 1L2 2"}
    version = plans.signed(triaged, keyworker, client=paper)
    with context.acting(keyworker):
        client = Signature.objects.select_related("scan").get(version=version, party="client")
        assert (client.name, client.how, client.strokes) == (triaged.full_name, "paper", "")
        assert client.scan.original_name == "Scan of plan.png"
        assert store.get(client.scan.sha256) == scan.bytes


def test_declined(triaged, keyworker):
    version = plans.signed(triaged, keyworker, client={"how": "declined", "reason": "Wants to read it at home first"})
    with context.acting(keyworker):
        client = Signature.objects.get(version=version, party="client")
        assert (client.how, client.reason, client.name) == ("declined", "Wants to read it at home first", triaged.full_name)
        assert PlanVersion.objects.get(pk=version.pk).state == "signed"
        assert Event.objects.get(verb="plan.signed", subject_id=version.pk).reason == "Wants to read it at home first"


def test_a_witness(triaged, keyworker):
    version = plans.signed(triaged, keyworker, witness={"how": "screen", "name": "Her sister"})
    with context.acting(keyworker):
        assert Signature.objects.get(version=version, party="witness").name == "Her sister"


def tomorrow():
    return clock.today() + timedelta(days=1)


@pytest.mark.parametrize(
    ("party", "wrong", "field"),
    [
        ("client", {"how": ""}, "client_how"),
        ("client", {"how": "by-heart"}, "client_how"),
        ("client", {"how": "screen", "name": "  "}, "client_name"),
        ("client", {"how": "screen", "name": "x" * 121}, "client_name"),
        ("client", {"how": "screen", "name": "X", "strokes": "M1 1<script>"}, "client_strokes"),
        ("client", {"how": "paper", "signed_on": None}, "client_signed_on"),
        ("client", {"how": "paper", "signed_on": "tomorrow"}, "client_signed_on"),
        ("client", {"how": "paper", "signed_on": "before"}, "client_signed_on"),
        ("client", {"how": "declined", "reason": " "}, "client_reason"),
        ("client", {"how": "declined", "reason": "x" * 301}, "client_reason"),
        ("keyworker", {"how": "declined", "reason": "No"}, "keyworker_how"),
        ("keyworker", {"how": "screen", "name": "Somebody else"}, "keyworker_name"),
        ("keyworker", {"how": "paper", "name": "", "signed_on": "today"}, "keyworker_name"),
        ("witness", {"how": "screen", "name": ""}, "witness_name"),
        ("witness", {"how": "declined", "name": "X"}, "witness_how"),
    ],
)
def test_what_a_word_lacks_is_said_at_its_field_and_nothing_is_signed(triaged, keyworker, party, wrong, field):
    days = {"tomorrow": tomorrow(), "before": clock.today() - timedelta(days=1), "today": clock.today()}
    wrong = {name: days.get(value, value) if name == "signed_on" else value for name, value in wrong.items()}
    version = plans.agreed(triaged, keyworker)
    with pytest.raises(Refused) as no:
        attempt(version, keyworker, **{party: wrong})
    assert list(no.value.fields) == [field]
    nothing_signed(version, keyworker)


def test_the_keyworkers_own_name_however_it_is_typed(triaged, keyworker):
    version = plans.signed(triaged, keyworker, keyworker={"how": "screen", "name": f"  {keyworker.person.name.upper()} "})
    with context.acting(keyworker):
        assert Signature.objects.get(version=version, party="keyworker").name == keyworker.person.name


def test_an_old_tab_signs_nothing(triaged, keyworker):
    version = plans.agreed(triaged, keyworker)
    old = version.agreed_text
    with context.acting(keyworker):
        agreeing.reopen(version=version, by=keyworker)
    said = plans.said_of(version, keyworker)
    said.texts["way_back"] = "Walk in"
    plans.save(version, said, keyworker)
    with pytest.raises(WrongState):
        attempt(version, keyworker, seen_text=old)
    with context.acting(keyworker):
        agreeing.agree(version=version, by=keyworker, seen_text=plans.said_of(version, keyworker).fingerprint())
    with pytest.raises(Refused, match="changed after this page was opened"):
        attempt(version, keyworker, seen_text=old)
    nothing_signed(version, keyworker)


def test_text_changed_behind_our_back_is_not_signed(triaged, keyworker):
    version = plans.agreed(triaged, keyworker)
    with context.acting(keyworker):
        PARTS["goal"].objects.filter(version=version).update(client_words="Something else")
    with pytest.raises(Refused, match="no longer word for word"):
        attempt(version, keyworker)
    nothing_signed(version, keyworker)


def test_twice_is_once(triaged, keyworker):
    version = plans.signed(triaged, keyworker)
    with pytest.raises(WrongState, match="is signed"):
        attempt(version, keyworker)
    with context.acting(keyworker):
        assert Signature.objects.filter(version=version).count() == 2


def test_a_review_whose_day_has_come_is_set_anew_before_signing(triaged, keyworker):
    version = plans.agreed(triaged, keyworker)
    clock.move_on(40)
    with pytest.raises(Refused, match="next review has come"):
        attempt(version, keyworker)
    nothing_signed(version, keyworker)


def test_another_client_is_not_signed_for(triaged, keyworker):
    version = plans.agreed(triaged, keyworker)
    version.client_id = plans.triaged(keyworker).pk
    with pytest.raises(Refused, match="another client"):
        attempt(version, keyworker)


def test_the_version_before_is_superseded_and_kept_whole(triaged, keyworker):
    first = plans.signed(triaged, keyworker)
    before = plans.said_of(first, keyworker)
    with context.acting(keyworker):
        draft = revising.start_revision(plan=first.plan, by=keyworker)
        agreed = agreeing.agree(version=draft, by=keyworker, seen_text=content.of(draft).fingerprint())
        assert Episode.objects.get(client=triaged).next_due_what == "review"
    second = plans.signed(triaged, keyworker, version=agreed)
    with context.acting(keyworker):
        checks = {each.subject_id: each.check_entry.standing for each in Document.objects.filter(client_id=triaged.pk)}
        assert checks == {first.pk: "superseded", second.pk: "current"}
        assert CarePlan.objects.get(pk=first.plan_id).current_id == second.pk
    assert plans.said_of(first, keyworker) == before


def test_nobody_adds_a_signature_later(triaged, keyworker):
    version = plans.signed(triaged, keyworker)
    late = Signature(
        partnership_id=version.partnership_id, client_id=version.client_id, version=version, party="witness", name="Late", how="screen",
        signed_on=clock.today(), agreed_text=version.agreed_text, recorded_at=clock.now(), recorded_by=keyworker.person,
    )  # fmt: skip
    with context.acting(keyworker), pytest.raises(IntegrityError, match="locked"), transaction.atomic():
        late.save(force_insert=True)


def test_the_code_on_the_sheet_belongs_to_one_text(triaged, keyworker):
    version = plans.agreed(triaged, keyworker)
    token = sheets.check_token(version)
    assert token == sheets.check_token(version)
    assert len(token) == 26
    with context.acting(keyworker):
        assert not DocumentCheck.objects.filter(token=token).exists()
    plans.signed(triaged, keyworker, version=version)
    assert DocumentCheck.objects.filter(token=token, standing="current").exists()
    version.agreed_text = "0" * 64
    assert sheets.check_token(version) != token


def test_signing_takes_few_statements(triaged, keyworker):
    version = plans.agreed(triaged, keyworker)
    with context.acting(keyworker), at_most(15):
        signing.sign(
            version=version, by=keyworker, client=plans.word(), keyworker={"how": "screen", "name": keyworker.person.name},
            seen_text=version.agreed_text,
        )  # fmt: skip


def test_signing_needs_both(triaged, keyworker):
    version = plans.agreed(triaged, keyworker)
    with pytest.raises(Refused) as no:
        attempt(version, keyworker, keyworker={})
    assert list(no.value.fields) == ["keyworker_how"]
    nothing_signed(version, keyworker)


def test_a_manager_signs_under_their_own_name(triaged, keyworker, manager):
    version = plans.signed(triaged, manager, version=plans.agreed(triaged, keyworker))
    with context.acting(keyworker):
        assert Signature.objects.get(version=version, party="keyworker").name == manager.person.name


def test_out_of_reach_is_not_signed(triaged, keyworker):
    version = plans.agreed(triaged, keyworker)
    with pytest.raises(PlanVersion.DoesNotExist):
        attempt(version, factories.actor(role="keyworker"))
