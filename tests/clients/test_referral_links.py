"""The page behind a referral link: without an account, alike for every link that does not work, and an inbox that can only be written."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.test import Client as Browser
from django.urls import reverse

from carehub import clock, context
from carehub.models import Event, Notice, OutgoingMail
from clients.actions.referral_links import RECEIVED
from clients.models import ReferralLink
from clients.models.referrals import mark_of
from clients.views import referring as page
from tests import factories
from tests.carehub.administering import boxes, in_days
from tests.clients.referring import FORM, TOKEN, address, filled_in, received, send
from tests.everything import everything_about
from tests.queries import Asked

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def keyworker():
    return factories.actor()


@pytest.fixture
def link(keyworker):
    return factories.referral_link(keyworker.agency, by=keyworker, token=TOKEN)


def test_what_is_sent_is_there_once_and_says_nothing_back(keyworker, link):
    browser = Browser()
    typed = filled_in(browser, safety_warning="Two workers")
    answers = [browser.post(address(), typed) for _twice in range(2)]
    (row,) = received(keyworker)
    assert (row.full_name, row.reason, row.sent_by, row.urgency) == (
        "Sorrel Larkrise",
        FORM["reason"],
        "Sage Fennimore, The Elms surgery",
        "week",
    )
    assert row.safe_contact["by_telephone"] is True
    assert row.safe_contact["who_must_not_know"] == "Her brother"
    assert row.answers["danger"] == {"value": ["none"]}
    assert row.safety_warning == "Two workers"
    for answer in answers:
        said = answer.content.decode()
        assert row.reference in said
        assert not any(word in said for word in ("Sorrel", "Larkrise", "Fennimore", keyworker.person.name))
    # The same opened page, sent for somebody else after going back: that is another referral.
    browser.post(address(), typed | {"first_name": "Tamsin"})
    assert [each.first_name for each in received(keyworker)] == ["Sorrel", "Tamsin"]
    assert ReferralLink.objects.using("owner").get().sent == 2
    events = Event.objects.using("owner").filter(verb="referral.received")
    assert {(each.partnership_id, each.person_id) for each in events} == {(link.partnership_id, None)}


def test_the_page_shows_the_form_and_loads_nothing_from_elsewhere(link):
    answer = Browser().get(address())
    said = answer.content.decode()
    assert "drug" not in answer.request["PATH_INFO"]
    assert "drug" not in re.search(r"<title>(.*?)</title>", said)[1].lower()
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', said)
    assert "csrfmiddlewaretoken" in said
    assert Browser(enforce_csrf_checks=True).post(address(), FORM).status_code == 403


def test_any_link_that_does_not_work_is_answered_alike(keyworker, link):
    for token, fields in (("stopped", {"stopped_at": clock.now(), "stopped_by": keyworker.person}), ("over", {"runs_out_on": in_days(-1)})):
        factories.referral_link(keyworker.agency, by=keyworker, token=token, **fields)
    answers = set()
    for token in ("stopped", "over", "never-made", "x", "😀%00", "a" * 2000):
        for method in ("get", "post"):
            with connection.execute_wrapper(asked := Asked(whole=False)):
                answer = getattr(Browser(REMOTE_ADDR="192.0.2.1"), method)(address(token), FORM if method == "post" else {})
            answers.add((method, answer.status_code, answer.content.decode(), asked.number))
    assert len(answers) == 2, [(each[0], each[1], each[3]) for each in answers]
    assert {each[1] for each in answers} == {200}
    assert "This link does not work" in Browser().get(address("never-made")).content.decode()
    assert received(keyworker) == []


WRONG = [
    ({"agrees__referral": "no"}, "unless the person agrees"),
    ({"refer__to": "nothing", "agrees__referral": None}, "unless the person agrees"),
    ({"agrees__referral": None}, "Agrees to the referral"),
    ({"suicide": None}, "Thoughts of suicide"),
    ({"referrer_telephone": " "}, "Your telephone at work"),
    ({"date_of_birth_year": "81"}, "must have 4 numbers"),
    ({"by_visit": None}, "May we visit at home?"),
    ({"reason": "x" * 10_001}, "10000 characters or fewer"),
    ({"reason": "nul \x00"}, "Null characters"),
]


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(keyworker, link):
    for other, says in WRONG:
        answer = send(**other, what_to_say="It is Sam, about Tuesday")
        said = answer.content.decode()
        assert answer.status_code == 200
        for words in (says, "There is a problem", "It is Sam, about Tuesday"):
            assert words in said, (other, words)
    assert received(keyworker) == []


def test_long_right_to_left_and_pictures_come_through_whole(keyworker, link):
    words = "مرحبا بالعالم 🌱 ‏" + "ش" * 9_983
    send(reason=words[:10_000], first_name="زينب", last_name="O’Hare-Ñandú 😀", what_to_say="<b>%s</b> {{ 1 }}")
    (row,) = received(keyworker)
    assert (len(row.reason), row.reason) == (10_000, words[:10_000])
    assert (row.first_name, row.last_name, row.safe_contact["what_to_say"]) == ("زينب", "O’Hare-Ñandú 😀", "<b>%s</b> {{ 1 }}")
    shown = factories.signed_in(keyworker).get(reverse("referral-show", args=[row.pk])).content.decode()
    assert "زينب" in shown
    assert "&lt;b&gt;%s&lt;/b&gt; {{ 1 }}" in shown


def test_more_than_anybody_types_is_refused(keyworker, link):
    answer = Browser(raise_request_exception=False).post(address(), {"reason": "x" * (page.LARGEST + 1)})
    assert answer.status_code == 400
    assert received(keyworker) == []


def test_one_address_sends_ten_in_a_quarter_of_an_hour_and_others_go_on(keyworker, link):
    flood = Browser(REMOTE_ADDR="192.0.2.66")
    statuses = [send(flood, first_name=f"Nobody {number}").status_code for number in range(12)]
    assert statuses == [200] * 10 + [429] * 2
    assert send(Browser(REMOTE_ADDR="192.0.2.67")).status_code == 200
    assert len(received(keyworker)) == 11


def test_from_however_many_addresses_a_link_takes_so_many_a_day(keyworker, link, monkeypatch):
    link.partnership.local_settings = {"referrals_a_day": 2}
    link.partnership.save()
    from_anywhere = (Browser(REMOTE_ADDR=f"192.0.2.{number}") for number in range(1, 9))
    first = next(from_anywhere)
    typed = filled_in(first)
    first.post(address(), typed)
    send(next(from_anywhere), first_name="Tamsin")
    refused = send(next(from_anywhere), first_name="Wanda")
    assert refused.status_code == 200
    assert "No more can be sent by this link today. Ring instead" in refused.content.decode()
    assert "Wanda" in refused.content.decode(), "nothing typed is lost"
    # The same sent twice is the one that is there.
    assert received(keyworker)[0].reference in first.post(address(), typed).content.decode()
    assert [each.first_name for each in received(keyworker)] == ["Sorrel", "Tamsin"]
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    send(next(from_anywhere), first_name="Wanda")
    assert len(received(keyworker)) == 3


def test_whoever_allocates_hears_of_each_once_and_the_mail_names_nobody(keyworker, link):
    manager = factories.actor(role="service-manager", agency=keyworker.agency)
    browser = Browser()
    typed = filled_in(browser, how__soon="today")
    for _twice in range(2):
        browser.post(address(), typed)
    (row,) = received(keyworker)
    told = list(Notice.objects.using("owner").all())
    assert [(each.person_id, each.kind, each.subject_id, each.client_id) for each in told] == [(manager.person_id, RECEIVED, row.pk, None)]
    (mail,) = OutgoingMail.objects.using("owner").filter(kind__startswith=RECEIVED)
    assert (mail.person_id, mail.subject) == (manager.person_id, "A referral that cannot wait was received")
    assert not any(word in mail.subject + mail.body for word in ("Sorrel", "Larkrise", "Elms", "Fennimore"))
    page = factories.signed_in(manager)
    assert "A referral by link was received" in page.get(reverse("notices")).content.decode()
    assert page.post(reverse("notice-read", args=[told[0].pk])).url == reverse("referral-show", args=[row.pk])
    page.post(reverse("referral-decline", args=[row.pk]), {"why": "sent-twice", "referrer_told": "yes"})
    assert f"Done: {manager.person.name}" in page.get(reverse("notices")).content.decode()


def test_where_nobody_allocates_whoever_may_accept_hears(keyworker, link):
    send()
    assert [each.person_id for each in Notice.objects.using("owner").all()] == [keyworker.person_id]


def test_behind_the_link_the_database_takes_in_and_shows_nothing(keyworker, link):
    """Raw SQL as the application, in the context of the page: as if every line of Python above it were wrong."""
    everything_about(factories.client_of(keyworker.agency, keyworker=keyworker), by=keyworker)
    factories.referral(link)
    other = factories.referral_link(factories.agency(link.partnership), by=keyworker)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relforcerowsecurity AND relnamespace = 'public'::regnamespace ORDER BY relname")
        tables = [name for (name,) in cursor.fetchall()]
    with context.through_link(mark_of(TOKEN), link.partnership_id), connection.cursor() as cursor:
        seen = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            if count := cursor.fetchone()[0]:
                seen[table] = count
        # The link itself; besides it only what a partnership has laid down for itself could be there, and no client stands in that.
        assert seen == {"clients_referrallink": 1}
        for statement in ("UPDATE clients_receivedreferral SET state = state", "DELETE FROM clients_receivedreferral"):
            cursor.execute(statement)
            assert cursor.rowcount == 0, statement
        for change in ("token_sha256 = 'x'", "runs_out_on = runs_out_on + 900", "agency_id = agency_id"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                cursor.execute(f"UPDATE clients_referrallink SET {change}")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            cursor.execute("UPDATE clients_referrallink SET stopped_at = now(), stopped_by_id = made_by_id")
    row = _row_of_a_referral()
    decided = {"state": "declined", "why": "other", "referrer_told": True, "decided_at": str(clock.now())}
    for changed in (
        {"link_id": str(other.pk)},
        {"agency_id": str(other.agency_id)},
        decided | {"decided_by_id": str(keyworker.person_id)},
    ):
        with pytest.raises(DatabaseError, match="row-level security"), context.through_link(mark_of(TOKEN), link.partnership_id):
            _insert(row | changed)
    for mark in ("", mark_of("never-made"), link.token_sha256[:-1]):
        with pytest.raises(DatabaseError, match="row-level security"), context.through_link(mark, link.partnership_id):
            _insert(row)
    with context.through_link(mark_of(TOKEN), link.partnership_id):
        _insert(row)
    with context.acting(keyworker):
        ReferralLink.objects.filter(pk=link.pk).update(stopped_at=clock.now(), stopped_by=keyworker.person)
    with pytest.raises(DatabaseError, match="row-level security"), context.through_link(mark_of(TOKEN), link.partnership_id):
        _insert(row | {"id": "00000000-0000-4000-8000-000000000002"})
    with pytest.raises(IntegrityError, match="not rewritten"), context.acting(keyworker):
        ReferralLink.objects.filter(pk=link.pk).update(stopped_at=None, stopped_by=None)


def _row_of_a_referral() -> dict[str, object]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM clients_receivedreferral r WHERE state = ''")
        return json.loads(cursor.fetchone()[0]) | {"id": "00000000-0000-4000-8000-000000000001"}


def _insert(row: dict[str, object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO clients_receivedreferral SELECT * FROM json_populate_record(NULL::clients_receivedreferral, %s)", [json.dumps(row)]
        )


# --- Making and stopping them ---------------------------------------------------------------------------------------------------


def made_by(actor, browser=None, **other):
    values = {"for_whom": "The Elms surgery", "referral_source": "3"} | boxes("runs_out_on", in_days(30))
    return (browser or factories.signed_in(actor)).post(reverse("referral-link-add"), values | other)


@pytest.mark.parametrize("role", ["service-manager", "administrator"])
def test_a_link_is_shown_once_works_and_is_stopped(keyworker, role):
    actor = factories.actor(role=role, agency=keyworker.agency)
    browser = factories.signed_in(actor)
    answer = made_by(actor, browser=browser)
    shown = browser.get(answer.url).content.decode()
    (token,) = re.findall(r"/refer/([0-9a-f]{40})/", shown)
    # Without script the button is hidden, and the address can be selected.
    assert re.search(r'data-copy="address"[^>]* hidden>', shown)
    link = ReferralLink.objects.using("owner").get()
    assert link.token_sha256 == mark_of(token)
    assert token not in str(vars(link))
    opened = Browser().get(address(token))
    assert "Send a referral" in opened.content.decode()
    assert opened.context["form"]["referrer_organisation"].value() == "The Elms surgery"
    again = browser.get(answer.url, follow=True).content.decode()
    assert "shown once" in again
    assert token not in again
    assert ReferralLink.objects.using("owner").count() == 1
    assert browser.get(reverse("referral-link-made", args=[uuid4()])).status_code == 404
    listed = browser.get(reverse("referral-links")).content.decode()
    assert "The Elms surgery" in listed
    assert token not in listed
    browser.post(reverse("referral-link-stop", args=[link.pk]))
    assert "does not work" in Browser().get(address(token)).content.decode()
    said = browser.post(reverse("referral-link-stop", args=[link.pk]), follow=True).content.decode()
    assert "stopped already" in said
    verbs = Event.objects.using("owner").filter(verb__startswith="referral-link.").order_by("at").values_list("verb", "partnership_id")
    assert list(verbs) == [("referral-link.made", actor.partnership_id), ("referral-link.stopped", actor.partnership_id)]


def test_links_that_cannot_be(keyworker):
    manager = factories.actor(role="service-manager", agency=keyworker.agency)
    for other, says in (
        ({"for_whom": " "}, "needs an answer"),
        ({"referral_source": "7"}, "choose one of the answers given"),
        (boxes("runs_out_on", clock.today() - timedelta(days=1)), "today or in the future"),
        (boxes("runs_out_on", clock.today() + timedelta(days=900)), "within two years"),
    ):
        assert says in made_by(manager, **other).content.decode(), other
    assert not ReferralLink.objects.using("owner").exists()


def test_a_manager_makes_none_for_another_agency(keyworker):
    other = factories.agency(keyworker.partnership)
    made_by(factories.actor(role="service-manager", agency=keyworker.agency), agency=str(other.pk))
    assert ReferralLink.objects.using("owner").get().agency_id == keyworker.agency_id
