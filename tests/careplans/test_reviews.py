"""The scheduled pass over reviews: everybody concerned is told, once, and nobody else."""

import json
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from carehub import clock, context
from carehub.models import Event, Job, Membership, Notice, OutgoingMail
from careplans import notices
from careplans.actions.reviews import tell_of_reviews
from careplans.tasks import find_due_reviews
from clients.models import Episode
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.django_db

REVIEW = Episode.NextDue.REVIEW


def due_in(keyworker, days: int, what: str = REVIEW, **more):
    return factories.client_of(keyworker.agency, keyworker=keyworker, next_due=(what, clock.today() + timedelta(days=days)), **more)


def told(partnership) -> list[tuple[str, object, object]]:
    """Kind, person and client of every notice there is."""
    with context.on_duty(partnership.pk, "reviews"):
        return sorted(Notice.objects.values_list("kind", "person__name", "client_id"))


def test_the_keyworker_is_told_soon_and_at_once_the_manager_after_the_grace_days(partnership, keyworker, manager, stranger):
    soon, today, late, very_late = (due_in(keyworker, days) for days in (7, 0, -1, -8))
    due_in(keyworker, 8)

    tell_of_reviews(partnership)

    assert told(partnership) == sorted(
        [
            (notices.REVIEW_SOON, keyworker.person.name, soon.pk),
            (notices.REVIEW_SOON, keyworker.person.name, today.pk),
            (notices.REVIEW_OVERDUE, keyworker.person.name, late.pk),
            (notices.REVIEW_OVERDUE, keyworker.person.name, very_late.pk),
            (notices.REVIEW_OVERDUE_IN_SERVICE, manager.person.name, very_late.pk),
        ]
    )


def test_on_the_last_day_of_grace_the_manager_is_not_told_yet(partnership, keyworker, manager):
    due_in(keyworker, -7)
    tell_of_reviews(partnership)
    assert [kind for kind, _, _ in told(partnership)] == [notices.REVIEW_OVERDUE]


def test_what_is_not_a_review_or_is_discharged_tells_nobody(partnership, keyworker):
    due_in(keyworker, -30, what=Episode.NextDue.PLAN)
    ended = {"discharged_on": clock.today(), "discharge_reason": "1", "ending": "planned"}
    due_in(keyworker, -30, state="discharged", episode=ended)
    assert tell_of_reviews(partnership) == 0


def test_where_nobody_is_keyworker_the_manager_hears_at_once(partnership, agency, manager):
    factories.client_of(agency, next_due=(REVIEW, clock.today() - timedelta(days=1)))
    tell_of_reviews(partnership)
    assert [(kind, name) for kind, name, _ in told(partnership)] == [(notices.REVIEW_OVERDUE_IN_SERVICE, manager.person.name)]


def test_where_the_keyworker_has_left_the_manager_hears_at_once(partnership, keyworker, manager):
    client = due_in(keyworker, -1)
    due_in(keyworker, 3)
    Membership.objects.filter(pk=keyworker.membership.pk).update(ends_on=clock.today() - timedelta(days=1))
    tell_of_reviews(partnership)
    assert told(partnership) == [(notices.REVIEW_OVERDUE_IN_SERVICE, manager.person.name, client.pk)]


def test_a_manager_who_has_left_is_not_told(partnership, agency, keyworker):
    factories.actor(role="service-manager", agency=agency, ends_on=clock.today() - timedelta(days=1))
    due_in(keyworker, -30)
    tell_of_reviews(partnership)
    assert [kind for kind, _, _ in told(partnership)] == [notices.REVIEW_OVERDUE]


def test_a_second_pass_tells_nobody_twice_a_new_due_day_is_new(partnership, keyworker, manager):
    client = due_in(keyworker, -20)
    assert tell_of_reviews(partnership) == 2
    assert tell_of_reviews(partnership) == 0
    with context.on_duty(partnership.pk, "load"):
        Episode.objects.filter(client=client).update(next_due_on=clock.today() - timedelta(days=2))
    assert tell_of_reviews(partnership) == 1


def test_a_pass_that_comes_after_days_of_silence_misses_nobody(partnership, keyworker, manager):
    due_in(keyworker, 3)
    later = clock.today() + timedelta(days=40)
    assert tell_of_reviews(partnership, today=later) == 2


def test_one_mail_a_day_says_how_many_and_nobodys_name(partnership, keyworker, manager):
    client = due_in(keyworker, -20)
    due_in(keyworker, -21)
    tell_of_reviews(partnership)
    tell_of_reviews(partnership)
    mails = list(OutgoingMail.objects.order_by("person__name"))
    assert {mail.person_id for mail in mails} == {keyworker.person_id, manager.person_id}
    assert len(mails) == 2
    for mail in mails:
        words = mail.subject + mail.body
        assert "2 reviews" in words
        assert not any(name in words for name in (client.first_name, client.last_name, client.reference))
    assert Job.objects.filter(kind="carehub.send_mail").count() == 2


def test_every_partnership_is_passed_over_and_none_hears_of_another(partnership, keyworker):
    elsewhere = factories.partnership()
    colleague = factories.actor(role="keyworker", agency=factories.agency(elsewhere))
    due_in(keyworker, -1)
    due_in(colleague, -1)
    assert find_due_reviews() == 2
    assert {name for _, name, _ in told(partnership)} == {keyworker.person.name}
    assert {name for _, name, _ in told(elsewhere)} == {colleague.person.name}


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 28, 23, 59, tzinfo=ZoneInfo("Europe/London")), date(2026, 3, 28)),
        (datetime(2026, 3, 29, 23, 30, tzinfo=ZoneInfo("Europe/London")), date(2026, 3, 29)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=ZoneInfo("Europe/London")), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 30, tzinfo=ZoneInfo("Europe/London")), date(2026, 10, 25)),
    ],
)
def test_a_day_is_a_day_in_london_when_the_clocks_change(moment, day):
    assert clock.day_of(moment.astimezone(ZoneInfo("UTC"))) == day


# --- The pages --------------------------------------------------------------------------------------------------------


def test_the_caseload_shows_mine_first_due_first(keyworker, signed_in):
    later, first = due_in(keyworker, 5), due_in(keyworker, -5)
    colleague = factories.actor(role="keyworker", agency=keyworker.agency)
    theirs = due_in(colleague, -9)
    page = signed_in(keyworker).get("/caseload/").content.decode()
    assert page.index(first.reference) < page.index(later.reference)
    assert theirs.reference not in page
    assert "Overdue" in page


@pytest.mark.parametrize("what", ["triage", "plan"])
def test_what_was_begun_does_not_look_untouched(keyworker, signed_in, what):
    untouched = due_in(keyworker, 5, what=what, state="triage")
    begun = due_in(keyworker, 6, what=what, state="triage")
    if what == "triage":
        factories.assessment(begun, by=keyworker)
    else:
        factories.plan_version(begun, by=keyworker)
    first, second = signed_in(keyworker).get("/caseload/").context["rows"]
    assert (first.client, first.begun_on) == (untouched, None)
    assert (second.client, second.begun_on) == (begun, clock.today())
    assert [str(row.button) for row in (first, second)] == [{"triage": "Do triage", "plan": "Write plan"}[what], "Go on"]
    page = signed_in(keyworker).get("/caseload/").content.decode()
    assert page.count("· begun") == 1


def test_the_caseload_narrows_to_what_is_overdue(keyworker, signed_in):
    late, soon = due_in(keyworker, -5), due_in(keyworker, 5)
    page = signed_in(keyworker).get("/caseload/?show=overdue").content.decode()
    assert late.reference in page
    assert soon.reference not in page


def test_a_long_caseload_comes_in_pages_of_25_each_client_once(keyworker, signed_in):
    clients = {due_in(keyworker, days % 7).reference for days in range(30)}
    browser = signed_in(keyworker)
    first = browser.get("/caseload/").content.decode()
    further = first.split("&amp;after=")[1].split('"')[0]
    second = browser.get(f"/caseload/?show=all&after={further}").content.decode()
    on_first = {reference for reference in clients if reference in first}
    on_second = {reference for reference in clients if reference in second}
    assert (len(on_first), len(on_second)) == (25, 5)
    assert on_first | on_second == clients


@pytest.mark.parametrize("after", ["nonsense", "2026-99-99.x", "", "2026-01-01.", "."])
def test_a_bent_page_address_begins_at_the_beginning(keyworker, signed_in, after):
    client = due_in(keyworker, 1)
    response = signed_in(keyworker).get("/caseload/", {"after": after})
    assert response.status_code == 200
    assert client.reference in response.content.decode()


def test_the_service_manager_sees_everybody_overdue_in_the_service_and_nobody_elses(manager, keyworker, stranger, signed_in):
    late, not_late = due_in(keyworker, -5), due_in(keyworker, 30)
    theirs = due_in(stranger, -5)
    page = signed_in(manager).get("/service/").content.decode()
    assert late.reference in page
    assert keyworker.person.name in page
    assert not_late.reference not in page
    assert theirs.reference not in page


def test_the_keyworker_may_not_open_the_service_page(keyworker, signed_in):
    assert signed_in(keyworker).get("/service/").status_code == 403


def test_a_notice_is_read_and_leads_to_the_client(partnership, keyworker, signed_in):
    client = due_in(keyworker, -3)
    tell_of_reviews(partnership)
    browser = signed_in(keyworker)
    page = browser.get("/notices/").content.decode()
    assert client.full_name in page
    assert "is overdue" in page
    with context.on_duty(partnership.pk, "reviews"):
        notice = Notice.objects.get()
    response = browser.post(f"/notices/{notice.pk}/")
    assert response.status_code == 302
    assert str(client.pk) in response["Location"]
    with context.on_duty(partnership.pk, "reviews"):
        assert Notice.objects.get().read_at is not None


def test_a_notice_about_a_client_out_of_reach_is_gone_at_the_next_request(partnership, keyworker, signed_in):
    client = due_in(keyworker, -3)
    tell_of_reviews(partnership)
    factories.end_access(client, agency=keyworker.agency)
    assert client.full_name not in signed_in(keyworker).get("/notices/").content.decode()


def test_somebody_elses_notice_does_not_exist(partnership, keyworker, manager, signed_in):
    due_in(keyworker, -3)
    tell_of_reviews(partnership)
    with context.on_duty(partnership.pk, "reviews"):
        notice = Notice.objects.get()
    assert signed_in(manager).post(f"/notices/{notice.pk}/").status_code == 404


def test_each_list_is_one_event_that_names_the_clients_shown(keyworker, signed_in):
    shown = {due_in(keyworker, -1).pk, due_in(keyworker, 2).pk}
    browser = signed_in(keyworker)
    with context.acting(keyworker):
        before = Event.objects.count()
    browser.get("/caseload/")
    with context.acting(keyworker):
        assert Event.objects.count() == before + 1
        event = Event.objects.latest("at")
        assert set(event.clients.values_list("client_id", flat=True)) == shown
        assert json.dumps(event.also) == "[]"


# Today asks one more than the eight that a list may: the assessments to do or to go on with.
@pytest.mark.parametrize(("address", "most"), [("/caseload/", 9), ("/service/", 8), ("/notices/", 8)])
def test_lists_keep_to_few_queries(address, most, manager, signed_in):
    for days in range(-12, 12):
        due_in(manager, days)
    browser = signed_in(manager)
    browser.get(address)
    with at_most(most):
        browser.get(address)
