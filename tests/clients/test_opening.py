"""A record opened without consent: it asks, it tells, it ends, and somebody judges."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from carehub import clock, context
from carehub.actors import NotAllowed
from carehub.models import Event, Notice, OutgoingMail
from carehub.rules import Refused
from careplans.models import PlanVersion
from clients.actions.opening import close_record, find_to_open, judge_opening, open_record
from clients.actions.registering import begin_episode
from clients.models import Episode, Opening
from tests import factories
from tests.carehub.security_key import SecurityKey, asked_on
from tests.carehub.signing_in import code, moves, recovery_codes, with_app

PASSWORD = "a-long-password-of-a-test"
WHY = {"reason": "life-at-risk", "words": "Found unconscious at the drop-in, breathing badly"}


@pytest.fixture
def someone(keyworker):
    client = factories.client_of(keyworker.agency, keyworker=keyworker, last_name="Underwillow")
    factories.plan_version(client, by=keyworker, state="signed")
    return client


@pytest.fixture
def manager(keyworker):
    return factories.actor(role="service-manager", agency=keyworker.agency)


@pytest.fixture
def worker(stranger):
    stranger.person.set_password(PASSWORD)
    stranger.person.save()
    return stranger


def opened(worker, someone, **more) -> Opening:
    with context.acting(worker):
        return open_record(by=worker, client_id=someone.pk, **WHY | more)


def told(person) -> list[str]:
    with context.acting(person):
        return sorted(Notice.objects.filter(person=person.person).values_list("kind", flat=True))


def test_whose_agency_came_later_does_not_judge(worker, someone, manager):
    """Otherwise they would begin an episode, and their own manager would call it right."""
    opening = opened(worker, someone)
    their_manager = factories.actor(role="service-manager", agency=worker.agency)
    with context.acting(worker):
        begin_episode(by=worker, client=someone, referred_on=clock.today(), referral_source="1")
    with context.acting(their_manager), pytest.raises(NotAllowed, match="only since"):
        judge_opening(by=their_manager, client=someone, opening=opening, justified=True, words="It had to be done at once")
    with context.acting(manager):
        judge_opening(by=manager, client=someone, opening=opening, justified=True, words="It had to be done at once")


def test_where_nobody_leads_the_service_the_partnership_is_told(worker, someone, keyworker, partnership):
    """No manager, and nobody who holds the client: it would open and nobody would hear of it."""
    above = factories.actor(role="partnership-manager", partnership=partnership)
    with factories.loading(someone.partnership_id):
        Episode.objects.filter(client=someone).update(keyworker=None)
    opened(worker, someone)
    mail = OutgoingMail.objects.get()
    assert mail.person == above.person
    assert someone.last_name not in mail.subject + mail.body


def test_it_opens_for_an_hour_and_tells_at_once(worker, someone, keyworker, manager):
    opened(worker, someone)
    assert factories.reaches(worker, someone)
    with context.acting(worker):
        assert PlanVersion.objects.exists()
    assert told(keyworker) == ["record.opened"]
    assert told(manager) == ["record.opened-in-service"]
    assert OutgoingMail.objects.count() == 2
    assert someone.full_name not in " ".join(OutgoingMail.objects.values_list("body", flat=True))
    assert not factories.reaches(factories.actor(agency=worker.agency), someone), "one person's, not the agency's"


def test_each_time_they_are_told_again(worker, someone, manager):
    for _turn in range(3):
        with context.acting(worker):
            close_record(by=worker, opening=open_record(by=worker, client_id=someone.pk, **WHY))
    assert told(manager) == ["record.opened-in-service"] * 3
    assert OutgoingMail.objects.filter(person=manager.person).count() == 3


def test_after_an_hour_it_is_closed(worker, someone, monkeypatch):
    opened(worker, someone)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=59))
    assert factories.reaches(worker, someone)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=60, seconds=1))
    assert not factories.reaches(worker, someone)


def test_closed_by_hand(worker, someone):
    opening = opened(worker, someone)
    with context.acting(worker):
        close_record(by=worker, opening=opening)
    assert not factories.reaches(worker, someone)
    with context.acting(worker):
        assert Event.objects.filter(verb="record.closed").exists()


@pytest.mark.parametrize("said", [{"reason": ""}, {"reason": "curious"}, {"words": ""}, {"words": "x"}, {"words": "         .        "}])
def test_without_a_reason_nothing_opens(worker, someone, manager, said):
    with pytest.raises(Refused):
        opened(worker, someone, **said)
    assert not factories.reaches(worker, someone)
    assert told(manager) == []


@pytest.mark.parametrize("role", ["reception", "peer-auditor"])
def test_roles_without_a_duty_of_care(role, someone, worker):
    other = factories.actor(role=role, agency=worker.agency)
    with pytest.raises(NotAllowed):
        opened(other, someone)
    assert not factories.reaches(other, someone)


def test_found_by_exactly_the_reference_or_the_name_and_date_of_birth(worker, someone):
    elsewhere = factories.client_of(factories.agency())
    name = {"first_name": someone.first_name, "last_name": someone.last_name, "date_of_birth": someone.date_of_birth}
    with context.acting(worker):
        assert find_to_open(reference=someone.reference.lower()) == someone.pk
        assert find_to_open(**name) == find_to_open(**name | {"last_name": someone.last_name.upper()}) == someone.pk
        for wrong in ({"last_name": someone.last_name[:-1]}, {"date_of_birth": None}, {"first_name": ""}, {"first_name": "%"}):
            assert find_to_open(**name | wrong) is None
        assert find_to_open(reference=elsewhere.reference) is None, "another partnership"
        assert find_to_open() is None
    with transaction.atomic():
        context.clear()
        assert find_to_open(reference=someone.reference) is None, "nobody acts"


def test_a_manager_of_who_treats_them_judges_once(worker, someone, keyworker, manager):
    opening = opened(worker, someone)
    for actor in (keyworker, factories.actor(role="service-manager", agency=worker.agency)):
        with context.acting(actor), pytest.raises(NotAllowed):
            judge_opening(by=actor, client=someone, opening=opening, justified=True, words="It was right to look")
    with context.acting(manager):
        with pytest.raises(Refused):
            judge_opening(by=manager, client=someone, opening=opening, justified=True, words="ok")
        judge_opening(by=manager, client=someone, opening=opening, justified=False, words="Nobody was in danger that day")
        again = Opening.objects.get(pk=opening.pk)
        with pytest.raises(Refused, match="already"):
            judge_opening(by=manager, client=someone, opening=again, justified=True, words="On second thoughts it was")
        for change in ({"justified": True}, {"words": "Something else"}, {"until": clock.now() + timedelta(days=9)}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Opening.objects.filter(pk=opening.pk).update(**change)


# --- The pages ------------------------------------------------------------------------------------------------------------


def posted(someone, **more) -> dict:
    return {"reference": someone.reference, "password": PASSWORD, **WHY} | more


def test_from_reason_to_judgement_in_a_browser(signed_in, worker, someone, manager):
    browser, page = signed_in(worker), reverse("record-open")
    client_page = reverse("client", args=[someone.pk])
    assert browser.get(client_page).status_code == 404
    assert browser.post(page, posted(someone)).headers["location"] == client_page
    html = browser.get(client_page).content.decode()
    assert "Opened without consent" in html
    assert someone.full_name in html
    assert "60 minutes left" in browser.get(reverse("caseload")).content.decode(), "over every page"
    judging = signed_in(manager)
    assert "1 opened record to judge" in judging.get(reverse("openings")).content.decode()
    with context.acting(manager):
        opening = Opening.objects.get()
    verdict = {"justified": "yes", "words": "The ambulance needed to know"}
    assert judging.post(reverse("opening-judge", args=[someone.pk, opening.pk]), verdict).status_code == 302
    assert "No opened record to judge" in judging.get(reverse("openings")).content.decode()
    assert browser.post(reverse("record-close", args=[someone.pk, opening.pk])).status_code == 302
    assert browser.get(client_page).status_code == 404
    assert "left." not in browser.get(reverse("caseload")).content.decode()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"password": "not-the-password"}, "That is neither your password nor the code of your app"),
        ({"password": ""}, "Enter your password or the code"),
        ({"reason": ""}, "Why do you open it"),
        ({"words": "x"}, "Say in a sentence what happened"),
        ({"reference": ""}, "Give the reference, or first name, last name and date of birth"),
        ({"reference": "AAA-AAAA"}, "Nobody is found by exactly this"),
    ],
)
def test_what_is_wrong_stands_at_its_field(signed_in, worker, someone, said, sentence):
    answer = signed_in(worker).post(reverse("record-open"), posted(someone, **said))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert someone.last_name not in answer.content.decode()
    assert not factories.reaches(worker, someone)


def test_guessing_the_password_is_stopped(signed_in, worker, someone):
    browser = signed_in(worker)
    for _turn in range(10):
        browser.post(reverse("record-open"), posted(someone, password="guess"))
    assert "Too many tries" in browser.post(reverse("record-open"), posted(someone)).content.decode()
    assert not factories.reaches(worker, someone)


def test_the_code_of_the_app_will_do_and_each_is_good_once(signed_in, worker, someone):
    secret = with_app(worker.person)
    browser, now = signed_in(worker), code(secret)
    assert browser.post(reverse("record-open"), posted(someone, password=now)).status_code == 302
    with context.acting(worker):
        close_record(by=worker, opening=Opening.objects.get())
    assert "neither your password" in browser.post(reverse("record-open"), posted(someone, password=now)).content.decode()
    assert not factories.reaches(worker, someone)


def test_a_recovery_code_and_a_colleagues_will_not(signed_in, worker, someone):
    with_app(worker.person)
    colleague = factories.actor(agency=worker.agency)
    browser = signed_in(worker)
    for wrong in (recovery_codes(worker.person)[0], code(with_app(colleague.person)), "000000", "x" * 5000):
        assert browser.post(reverse("record-open"), posted(someone, password=wrong)).status_code == 200
    assert not factories.reaches(worker, someone)


def test_a_security_key_will_do(signed_in, worker, someone):
    key, browser, page = SecurityKey(worker.person), signed_in(worker), reverse("record-open")
    question = asked_on(browser.get(page).content.decode())
    answer = browser.post(page, posted(someone, password="", credential=key.answer(question)))
    assert answer.status_code == 302, answer.content.decode()
    assert factories.reaches(worker, someone)
    with context.acting(worker):
        close_record(by=worker, opening=Opening.objects.get())
    again = browser.post(page, posted(someone, password="", credential=key.answer(question)))
    assert "The key was not recognised" in again.content.decode(), "what was asked once is answered once"
    assert 'name="credential" value' not in again.content.decode()
    assert not factories.reaches(worker, someone)


@pytest.mark.parametrize("what", ["a colleague's key", "another question", "another site", "noise", "{}", "[]", "null"])
def test_what_is_no_touch_of_ones_own_key(signed_in, worker, someone, what):
    key, browser, page = SecurityKey(worker.person), signed_in(worker), reverse("record-open")
    old = asked_on(browser.get(page).content.decode())
    question = asked_on(browser.get(page).content.decode())
    assert question != old
    said = {
        "a colleague's key": lambda: SecurityKey(factories.actor(agency=worker.agency).person).answer(question),
        "another question": lambda: key.answer(old),
        "another site": lambda: key.answer(question, host="carehub.example.net"),
    }.get(what, lambda: what)()
    # The password that is typed beside it does not help: what the key said is what counts.
    answer = browser.post(page, posted(someone, credential=said))
    assert "The key was not recognised" in answer.content.decode()
    assert not factories.reaches(worker, someone)
    with context.acting(worker):
        assert Event.objects.filter(verb="record.password-wrong", person=worker.person).count() == 1


def test_guessing_with_keys_is_stopped_too(signed_in, worker, someone):
    key, browser, page = SecurityKey(worker.person), signed_in(worker), reverse("record-open")
    for _turn in range(10):
        browser.post(page, posted(someone, credential="{}"))
    question = asked_on(browser.get(page).content.decode())
    assert "Too many tries" in browser.post(page, posted(someone, credential=key.answer(question))).content.decode()
    assert not factories.reaches(worker, someone)


def test_without_a_key_there_is_no_button(signed_in, worker):
    assert asked_on(signed_in(worker).get(reverse("record-open")).content.decode()) == ""


def test_guessing_the_code_is_stopped_and_on_record(signed_in, worker, someone):
    secret = with_app(worker.person)
    browser = signed_in(worker)
    for number in range(10):
        browser.post(reverse("record-open"), posted(someone, password=f"00000{number}"))
    assert "Too many tries" in browser.post(reverse("record-open"), posted(someone, password=code(secret))).content.decode()
    assert not factories.reaches(worker, someone)
    with context.acting(worker):
        assert Event.objects.filter(verb="record.password-wrong", person=worker.person).count() == 10


@pytest.mark.parametrize(("minutes", "opens"), [(0, True), (6, False)])
def test_without_password_and_app_a_sign_in_of_the_last_minutes_counts(signed_in, worker, someone, monkeypatch, minutes, opens):
    worker.person.set_unusable_password()
    worker.person.save()
    browser = signed_in(worker)
    moves(monkeypatch)(minutes=minutes)
    answer = browser.post(reverse("record-open"), posted(someone, password=""))
    assert factories.reaches(worker, someone) == opens
    assert opens or "sign out and sign in again" in answer.content.decode()


def test_who_reaches_them_already_opens_nothing(signed_in, keyworker, someone, manager):
    keyworker.person.set_password(PASSWORD)
    keyworker.person.save()
    browser = signed_in(keyworker)
    assert browser.post(reverse("record-open"), posted(someone)).headers["location"] == reverse("client", args=[someone.pk])
    with context.acting(keyworker):
        assert not Opening.objects.exists()
    assert told(manager) == []


def test_a_search_that_finds_nobody_is_on_record(signed_in, worker, someone):
    signed_in(worker).post(reverse("record-open"), posted(someone, reference="AAA-AAAA"))
    with context.acting(worker):
        event = Event.objects.get(verb="record.not-found")
    assert event.person_id == worker.person_id
    assert "AAA" not in event.reason
