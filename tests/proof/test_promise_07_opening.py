"""Promise 7: a record opened without consent asks, tells, and ends."""

import random
from datetime import timedelta

import pytest
from django.urls import reverse

from carehub import clock, context
from carehub.actors import NotAllowed
from carehub.models import Event, Notice
from carehub.permissions import ROLES
from carehub.rules import Refused
from clients.actions.opening import open_record
from clients.models import Opening
from tests import factories

pytestmark = [pytest.mark.promise(7)]
PASSWORD = "a-long-password-of-a-test"
WORDS = "Found unconscious at the drop-in, breathing badly"
REASONS = ("life-at-risk", "no-such-reason", "")


@pytest.fixture
def worker(stranger):
    stranger.person.set_password(PASSWORD)
    stranger.person.save()
    return stranger


def form(client, **said) -> dict:
    return {"reference": client.reference, "reason": "life-at-risk", "words": WORDS, "password": PASSWORD} | said


def test_nothing_opens_without_reason_and_fresh_sign_in(committed, chance: random.Random, how_many, report):
    """Forms with one thing or several wrong, each as somebody without a try behind them; the right one opens."""
    keyworker = factories.actor()
    client = factories.client_of(keyworker.agency, keyworker=keyworker, last_name="Vextarrow")
    wrong = {
        "reason": ("", "no-such-reason", "Life-At-Risk", "life-at-risk "),
        "words": ("", "x", "         ", "emergency"),
        "password": ("", "wrong", PASSWORD.upper(), PASSWORD[:-1], "123456", "000000"),
        "reference": ("", "CH-0000-0000", client.last_name),
    }
    tried = how_many(60, 500)
    for _ in range(tried):
        worker = factories.actor(agency=factories.agency(keyworker.partnership), password=PASSWORD)
        browser = factories.signed_in(worker)
        fields = chance.sample(sorted(wrong), chance.randint(1, len(wrong)))
        answer = browser.post(reverse("record-open"), form(client, **{name: chance.choice(wrong[name]) for name in fields}))
        assert answer.status_code == 200, fields
        assert client.last_name not in answer.content.decode().replace(f'value="{client.last_name}"', "")
        assert not factories.reaches(worker, client)
    assert not Opening.objects.using("owner").exists()
    worker = factories.actor(agency=factories.agency(keyworker.partnership), password=PASSWORD)
    assert factories.signed_in(worker).post(reverse("record-open"), form(client)).status_code == 302
    assert factories.reaches(worker, client)
    report(f"{tried} tries without reason, words, the right record or a fresh sign-in: 0 openings")


def test_every_role_and_every_hole_below_the_page(keyworker, worker, agency, other_agency, report):
    """The action itself, and the database under it: roles without a duty of care, no reason, no words, another person's role."""
    client = factories.client_of(agency, keyworker=keyworker, last_name="Vextarrow")
    refused = 0
    for role, of in ROLES.items():
        actor = factories.actor(role=role, agency=other_agency)
        for reason in REASONS:
            for words in (WORDS, "", "x"):
                right = "record.open" in of.permissions and reason == REASONS[0] and words == WORDS
                with context.acting(actor):
                    if right:
                        continue
                    with pytest.raises((Refused, NotAllowed)):
                        open_record(by=actor, client_id=client.pk, reason=reason, words=words)
                refused += 1
                assert not factories.reaches(actor, client)
    with factories.loading(client.partnership_id):
        assert not Opening.objects.exists()
    report(f"{refused} of {len(ROLES)} roles × reasons × words: 0 openings")


def test_the_manager_is_told_every_time_and_it_ends_by_itself(committed, chance: random.Random, how_many, monkeypatch, report):
    keyworker = factories.actor()
    manager = factories.actor(role="service-manager", agency=keyworker.agency)
    client = factories.client_of(keyworker.agency, keyworker=keyworker, last_name="Vextarrow")
    begun, real = clock.now(), clock.now
    turns = how_many(25, 200)
    for turn in range(turns):
        worker = factories.actor(agency=factories.agency(keyworker.partnership))
        start = real() + timedelta(hours=3 * turn)
        monkeypatch.setattr(clock, "now", lambda start=start: start)
        with context.acting(worker):
            opening = open_record(by=worker, client_id=client.pk, reason="life-at-risk", words=WORDS)
        minutes = chance.uniform(0, 59.9)
        monkeypatch.setattr(clock, "now", lambda start=start, minutes=minutes: start + timedelta(minutes=minutes))
        assert factories.reaches(worker, client)
        assert factories.signed_in(worker).get(reverse("client", args=[client.pk])).status_code == 200
        over = 60 + chance.choice([0, 0.001, 1, 30])
        monkeypatch.setattr(clock, "now", lambda start=start, over=over: start + timedelta(minutes=over))
        assert not factories.reaches(worker, client), f"{over} minutes later"
        assert factories.signed_in(worker).get(reverse("client", args=[client.pk])).status_code == 404
        told = Notice.objects.using("owner").filter(subject_id=opening.pk)
        assert sorted(told.values_list("person_id", "kind")) == sorted(
            [(manager.person_id, "record.opened-in-service"), (keyworker.person_id, "record.opened")]
        )
        assert Event.objects.using("owner").filter(verb="record.opened", subject_id=opening.pk, reason__contains=WORDS).count() == 1
    assert clock.now() > begun
    report(f"{turns} openings: manager and keyworker told {turns} times, 0 reads after 60 minutes")
