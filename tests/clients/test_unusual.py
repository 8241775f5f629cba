"""Unusual access: each rule at its edge, found once however often the pass runs, told once a day, looked into by somebody else."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse

from carehub import clock, context
from carehub.models import Event, EventClient, Notice, OutgoingMail, Task
from carehub.rules import Refused
from clients.actions.unusual import find_unusual_access, look_into
from clients.looked.unusual import RULES, VERSION
from clients.models import UnusualAccess
from clients.tasks import find_unusual
from tests import factories
from tests.queries import at_most

pytestmark = pytest.mark.usefixtures("committed")
NOON = time(12)


@pytest.fixture
def keyworker():
    return factories.actor(name="Anna Thornfield-Reed")


@pytest.fixture
def manager(keyworker):
    return factories.actor(role="service-manager", agency=keyworker.agency)


def at(day: date, hour: time = NOON) -> datetime:
    return datetime.combine(day, hour, clock.LONDON)


def opened(by, clients, *, when: datetime, every: timedelta = timedelta(minutes=1), verb="viewed", page="client", shown=1, status=200):
    """On record as if ``by`` had opened the clients' pages one after the other."""
    with context.acting(by):
        for number, client in enumerate(clients):
            event = Event.objects.create(
                at=when + number * every, partnership=by.partnership, person=by.person, membership=by.membership, verb=verb, page=page,
                method="GET", status=status, shown=shown,
            )  # fmt: skip
            EventClient.objects.create(event=event, partnership=by.partnership, client_id=client.pk)


def clients_of(keyworker, number: int, *, theirs: bool = True, **fields):
    return [
        factories.client_of(keyworker.agency, keyworker=keyworker if theirs else None, **{"last_name": f"Quill{n}stone"} | fields)
        for n in range(number)
    ]


def found(partnership) -> dict[str, tuple[int, date]]:
    find_unusual_access(partnership)
    return {each.rule: (each.times, each.day) for each in UnusualAccess.objects.using("owner").all()}


def decide(keyworker, **chosen: int) -> None:
    keyworker.partnership.local_settings = chosen
    keyworker.partnership.save()


@pytest.mark.parametrize(("number", "every", "times"), [(6, 10, 6), (5, 10, None), (6, 12, None), (8, 11, 6)])
def test_many_in_an_hour(keyworker, number, every, times):
    """More than five within any hour, not within one that begins when the clock strikes."""
    decide(keyworker, records_an_hour=5)
    today = clock.today()
    opened(keyworker, clients_of(keyworker, number), when=at(today, time(0, 25)) + timedelta(hours=8), every=timedelta(minutes=every))
    assert found(keyworker.partnership).get("many") == ((times, today) if times else None)


def test_the_same_record_many_times_is_one(keyworker):
    decide(keyworker, records_an_hour=5)
    opened(keyworker, clients_of(keyworker, 5) * 4, when=at(clock.today()))
    assert "many" not in found(keyworker.partnership)


@pytest.mark.parametrize(
    ("last_name", "theirs", "holds"),
    [("Thornfield", False, True), ("van REED", False, True), ("Thorn", False, False), ("Thornfield", True, False), ("Anna", False, False)],
)
def test_same_surname(keyworker, last_name, theirs, holds):
    opened(keyworker, clients_of(keyworker, 1, theirs=theirs, last_name=last_name), when=at(clock.today()))
    assert ("same-name" in found(keyworker.partnership)) is holds


def test_not_their_own_clients(keyworker):
    decide(keyworker, others_records_a_day=2)
    others = clients_of(keyworker, 3, theirs=False)
    opened(keyworker, [*others, *clients_of(keyworker, 5)], when=at(clock.today()))
    assert found(keyworker.partnership)["others"] == (3, clock.today())


@pytest.mark.parametrize(
    "reason", ["task of the person", "task of the service", "wrote", "opened with a reason", "list", "manager", "refused"]
)
def test_with_a_reason_it_is_not_unusual(keyworker, manager, reason):
    decide(keyworker, others_records_a_day=2)
    others, about = clients_of(keyworker, 3, theirs=False), {}
    who = manager if reason == "manager" else keyworker
    if reason.startswith("task"):
        with factories.loading(keyworker.partnership_id):
            Task.objects.create(
                partnership_id=keyworker.partnership_id, client_id=others[0].pk, kind="handover", subject_id=others[0].pk,
                due_on=clock.today(), agency=keyworker.agency, made_at=clock.now(),
                person=who.person if reason.endswith("person") else None,
            )  # fmt: skip
    if reason == "wrote":
        opened(who, others[:1], when=at(clock.today(), time(13)), verb="assessment.saved")
    if reason == "opened with a reason":
        opened(who, others[:1], when=at(clock.today(), time(11)), verb="record.opened")
    if reason == "list":
        about = {"page": "caseload"}
    if reason == "refused":
        about = {"status": 404, "verb": "refused"}
    opened(who, others, when=at(clock.today()), **about)
    assert "others" not in found(keyworker.partnership)


def test_a_deputy_has_the_absent_colleagues_caseload(keyworker):
    decide(keyworker, others_records_a_day=0)
    deputy = factories.actor(agency=keyworker.agency, ends_on=clock.today())
    deputy.membership.stands_in_for = keyworker.membership
    deputy.membership.save()
    opened(deputy, clients_of(keyworker, 2), when=at(clock.today()))
    assert found(keyworker.partnership) == {}


@pytest.mark.parametrize(("hour", "holds"), [(time(21, 59), False), (time(22), True), (time(5, 59), True), (time(6), False)])
@pytest.mark.parametrize("day", [date(2026, 1, 14), date(2026, 7, 15)])
def test_at_night_in_london_summer_and_winter(keyworker, hour, holds, day):
    opened(keyworker, clients_of(keyworker, 1), when=at(day, hour))
    find_unusual_access(keyworker.partnership, today=day)
    assert [(each.rule, each.day) for each in UnusualAccess.objects.using("owner").all()] == ([("night", day)] if holds else [])


def test_stopped_by_the_question_for_the_password(keyworker):
    opened(keyworker, clients_of(keyworker, 2), when=at(clock.today()), verb="reading.stopped", status=429)
    assert found(keyworker.partnership) == {"stopped": (2, clock.today())}


def test_found_once_however_often_and_it_grows(keyworker, manager):
    today = clock.today()
    opened(keyworker, clients_of(keyworker, 2), when=at(today, time(22, 30)) - timedelta(days=1))
    for _ in range(3):
        find_unusual()
    (one,) = UnusualAccess.objects.using("owner").all()
    assert (one.times, one.version, one.limit, one.agency_id) == (2, VERSION, 0, keyworker.agency_id)
    opened(keyworker, clients_of(keyworker, 1), when=at(today, time(23, 30)) - timedelta(days=1))
    assert find_unusual() == 1
    assert find_unusual() == 0
    assert UnusualAccess.objects.using("owner").get().times == 3


def test_what_stood_still_over_a_week_is_caught_up_with(keyworker):
    opened(keyworker, clients_of(keyworker, 1), when=at(clock.today(), time(23)) - timedelta(days=10))
    assert len(found(keyworker.partnership)) == 1


def test_the_manager_is_told_of_the_gravest_once_a_day(keyworker, manager):
    day = clock.today() - timedelta(days=1)
    opened(keyworker, clients_of(keyworker, 1), when=at(day, time(23)))
    find_unusual()
    assert not Notice.objects.using("owner").exists(), "at night alone tells nobody"
    for _ in range(2):
        opened(factories.actor(agency=keyworker.agency, name="Ann Underhay"), clients_of(keyworker, 1, last_name="Underhay"), when=at(day))
        find_unusual()
        find_unusual()
    (notice,), (mail,) = Notice.objects.using("owner").all(), OutgoingMail.objects.using("owner").all()
    assert notice.person == mail.person == manager.person
    assert "Underhay" not in mail.subject + mail.body
    clock.move_on(1)
    find_unusual()
    find_unusual()
    assert Notice.objects.using("owner").count() == 2, "the second one was kept for the next day"
    assert not UnusualAccess.objects.using("owner").filter(rule="same-name", told_at__isnull=True).exists()


def test_what_a_manager_did_is_for_another_one_or_the_partnership(keyworker, manager):
    above = factories.actor(role="partnership-manager", partnership=keyworker.partnership)
    opened(manager, clients_of(keyworker, 1), when=at(clock.today(), time(23)) - timedelta(days=1))
    opened(manager, clients_of(keyworker, 1), when=at(clock.today()), verb="reading.stopped", status=429)
    find_unusual()
    assert [each.person for each in Notice.objects.using("owner").all()] == [above.person]
    finding = UnusualAccess.objects.using("owner").get(rule="night")
    assert factories.signed_in(manager).get(reverse("unusual-look", args=[finding.pk])).status_code == 403
    html = factories.signed_in(manager).get(reverse("unusual")).content.decode()
    assert "About yourself" in html
    assert factories.signed_in(above).get(reverse("unusual-look", args=[finding.pk])).status_code == 200


# --- The page -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def finding(keyworker):
    opened(keyworker, clients_of(keyworker, 1), when=at(clock.today(), time(23)) - timedelta(days=1))
    find_unusual()
    return UnusualAccess.objects.using("owner").get()


def test_looked_into_with_words_and_more_of_it_asks_again(keyworker, manager, finding):
    browser = factories.signed_in(manager)
    assert "1 to look into" in browser.get(reverse("unusual")).content.decode()
    page = reverse("unusual-look", args=[finding.pk])
    assert "‘What was it?’ needs an answer" in browser.post(page, {"words": "  "}).content.decode()
    assert browser.post(page, {"words": "On call that night; I rang them."}).headers["Location"] == reverse("unusual")
    html = browser.get(reverse("unusual")).content.decode()
    assert "Nothing unusual to look into" in html
    assert "On call that night" in html
    assert Event.objects.using("owner").get(verb="staff.looked-into").reason == "On call that night; I rang them."
    again = browser.post(page, {"words": "Another answer"}, follow=True).content.decode()
    assert "Somebody has looked into this already." in again
    clock.move_on(1)
    opened(keyworker, clients_of(keyworker, 1), when=clock.now())
    with factories.loading(keyworker.partnership_id):
        UnusualAccess.objects.update(last_at=clock.now() + timedelta(minutes=1))
    assert "There was more of it since." in browser.get(reverse("unusual")).content.decode()


def test_two_managers_at_once_one_answer(keyworker, manager, finding):
    second = factories.actor(role="service-manager", agency=keyworker.agency)
    with context.acting(manager):
        mine = UnusualAccess.objects.visible_to(manager).select_related("membership").get()
        look_into(by=manager, finding=mine, words="First")
    with context.acting(second), pytest.raises(Refused, match="already"):
        mine.looked_at = None
        look_into(by=second, finding=mine, words="Second")


def test_who_may(keyworker, manager, finding):
    page = reverse("unusual-look", args=[finding.pk])
    for who, status in (
        (keyworker, 403),
        (factories.actor(role="service-manager", agency=factories.agency(keyworker.partnership)), 404),
        (factories.actor(role="service-manager"), 404),
        (factories.actor(role="partnership-manager", partnership=keyworker.partnership), 200),
        (factories.actor(role="commissioner", partnership=keyworker.partnership), 403),
    ):
        browser = factories.signed_in(who)
        answer = browser.get(page)
        assert answer.status_code == status, who
        if status == 403:
            assert "needs a role that may see what a member of staff has looked at" in answer.content.decode()
        listed = browser.get(reverse("unusual"))
        assert (keyworker.person.name in listed.content.decode().split("<main")[1]) == (status == 200)


def test_the_database_says_the_same(keyworker, manager, finding):
    for who, number in (
        (manager, 1),
        (keyworker, 1),
        (factories.actor(agency=factories.agency(keyworker.partnership)), 0),
        (factories.actor(), 0),
    ):
        with context.acting(who):
            assert UnusualAccess.objects.count() == number
    assert UnusualAccess.objects.count() == 0


def test_it_asks_little(keyworker, manager):
    for number in range(30):
        day = clock.today() - timedelta(days=1 + number % 13)
        who = factories.actor(agency=keyworker.agency)
        opened(who, clients_of(keyworker, 1), when=at(day, time(23)))
    find_unusual()
    browser = factories.signed_in(manager)
    with at_most(12):
        assert browser.get(reverse("unusual")).content.decode().count("<tr") > 25


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_each_rule_says_itself_with_its_numbers(rule):
    said = rule.says(41, 40)
    assert said.endswith(".")
    assert "41" in said
