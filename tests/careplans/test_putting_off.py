"""A review that is put off: it stays in every figure of what is overdue, reminders wait, the manager sees who, why and how often."""

import csv
import io
from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse

from carehub import clock, context
from carehub.models import Notice, Task
from carehub.rules import Refused
from careplans import content, notices
from careplans.actions.putting_off import put_off
from careplans.actions.reviewing import review
from careplans.actions.reviews import tell_of_reviews
from careplans.models import CarePlan, PlanVersion
from careplans.review_standing import standing_of
from clients.actions.tasks import close_task
from clients.models import Episode
from clients.re_engaging import RE_ENGAGE
from tests import factories
from tests.careplans import plans
from tests.careplans.test_reviewing import held
from tests.queries import at_most

pytestmark = pytest.mark.django_db
LATE = 12


def day(days: int) -> date:
    return clock.today() + timedelta(days=days)


def due_in(version: PlanVersion, days: int) -> PlanVersion:
    with factories.loading(version.partnership_id):
        CarePlan.objects.filter(pk=version.plan_id).update(review_due_on=day(days))
        Episode.objects.filter(pk=version.plan.episode_id).update(next_due_on=day(days))
    return version


@pytest.fixture
def late(keyworker, triaged):
    """The review of the signed plan is twelve days overdue."""
    return due_in(plans.signed(triaged, keyworker), -LATE)


def off(version: PlanVersion, by, *, reason: str = "not-seen", words: str = "", until: date | None = None):
    with context.acting(by):
        return put_off(version=version, reason=reason, words=words, until=until or day(14), by=by)


def told(partnership) -> list[tuple[str, str, object]]:
    with context.on_duty(partnership.pk, "reviews"):
        return sorted(Notice.objects.values_list("kind", "person__name", "about_day"))


def tasks(version: PlanVersion) -> list[Task]:
    with factories.loading(version.partnership_id):
        return list(Task.objects.filter(kind=RE_ENGAGE, client_id=version.client_id))


def overdue_everywhere(signed_in, keyworker, manager) -> dict[str, object]:
    """What each place that counts or lists what is overdue says."""
    own, service = signed_in(keyworker), signed_in(manager)
    today, mine = own.get("/caseload/?show=overdue"), own.get("/work/?show=overdue")
    all_of_it, work = service.get("/service/?show=overdue"), service.get("/work/?show=overdue&whose=all")
    table = service.get(reverse("worklist-export"), {"show": "overdue", "whose": "all"}).content.decode("utf-8-sig")
    counted = {
        name: next(each["number"] for each in page.context["counts"] if str(each["words"]) == "overdue")
        for name, page in {"today": today, "work": mine, "service": all_of_it, "all work": work}.items()
    }
    listed = {
        name: [row.client.reference for row in page.context["rows"]]
        for name, page in {"today": today, "work": mine, "service": all_of_it, "all work": work}.items()
    }
    exported = [row[0] for row in list(csv.reader(io.StringIO(table)))[1:]]
    with factories.loading(keyworker.partnership_id):
        asked = Episode.objects.review_overdue().count()
    by_keyworker = [(row["name"], row["overdue"]) for row in all_of_it.context["keyworkers"]]
    return {"counted": counted, "listed": listed, "exported": exported, "asked": asked, "by keyworker": by_keyworker}


@pytest.mark.parametrize("reason", ["not-seen", "custody", "worker-away"])
def test_it_is_never_out_of_a_figure_of_what_is_overdue(late, keyworker, manager, signed_in, triaged, reason):
    before = overdue_everywhere(signed_in, keyworker, manager)
    assert before["asked"] == 1
    assert set(before["counted"].values()) == {1}
    assert all(each == [triaged.reference] for each in (*before["listed"].values(), before["exported"]))
    for _ in range(2):
        off(late, keyworker, reason=reason)
        assert overdue_everywhere(signed_in, keyworker, manager) == before
    open_task = "overdue, re-engagement open" if reason == "not-seen" else "put off until"
    for who, address in ((keyworker, "/caseload/"), (manager, "/service/"), (manager, "/work/?show=overdue&whose=all")):
        assert open_task in signed_in(who).get(address).content.decode()
    if reason == "not-seen":
        (task,) = tasks(late)
        with context.acting(keyworker):
            close_task(task=task, by=keyworker)
        assert overdue_everywhere(signed_in, keyworker, manager) == before


def test_the_manager_sees_each_with_who_why_until_when_and_how_often(late, keyworker, manager, signed_in, triaged):
    off(late, keyworker, reason="hospital", words="St Bride’s, ward 4")
    off(late, keyworker, reason="not-well", until=day(9))
    here = signed_in(manager)
    for address in ("/service/?show=put_off", "/work/?show=put_off&whose=all"):
        answer = here.get(address)
        assert [row.client.reference for row in answer.context["rows"]] == [triaged.reference]
        page = answer.content.decode()
        assert "The client is not well enough" in page
        assert f"2 times, {keyworker.person.name}" in page
        assert clock_words(day(9)) in page
    row = here.get("/work/?show=put_off&whose=all").context["rows"][0]
    assert row.at == day(9)
    assert here.get(row.url).status_code == 200
    assert next(each["number"] for each in here.get("/service/").context["counts"] if str(each["words"]) == "put off") == 1
    table = here.get(reverse("worklist-export"), {"show": "overdue", "whose": "all"}).content.decode("utf-8-sig")
    assert "not well enough" in list(csv.reader(io.StringIO(table)))[1][-1]


def clock_words(of: date) -> str:
    return f"{of.day} {of:%B %Y}"


def test_not_seen_asks_the_keyworker_to_find_them_by_the_ways_that_are_safe(late, keyworker, manager, signed_in):
    first = off(late, manager, words="Did not come, twice")
    (task,) = tasks(late)
    assert (task.pk, task.person_id, task.due_on, task.countersigned) == (first.task_id, keyworker.person_id, day(14), False)
    again = off(late, keyworker, until=day(20))
    assert again.task_id == task.pk, "one search at a time"
    assert "Find the client again" not in signed_in(keyworker).get("/caseload/").content.decode(), "its day has not come"
    page = " ".join(signed_in(keyworker).get(f"/clients/{late.client_id}/").content.decode().split())
    assert "Find the client again: they were not seen for the review." in page
    assert "May be contacted by: <strong>telephone, voicemail, text message</strong>" in page
    assert "What to say: Say it is Sam" in page
    with context.acting(keyworker):
        goals = dict.fromkeys(content.of(late).rows["goal"], ("partly", "It takes time"))
        review(plan=late.plan, version=late, held=held(late, outcomes=goals), by=keyworker)
    (task,) = tasks(late)
    assert (task.done_at is not None, task.done_by_id) == (True, keyworker.person_id)
    with context.acting(keyworker):
        now = standing_of(CarePlan.objects.get(pk=late.plan_id), keyworker.partnership)
        assert (now.put_off, now.due.days_over) == (None, LATE)
    with pytest.raises(Refused, match="has been held"):
        off(late, keyworker)


def test_a_task_for_the_same_day_as_an_earlier_one_can_be_made(late, keyworker):
    off(late, keyworker)
    (task,) = tasks(late)
    with context.acting(keyworker):
        close_task(task=task, by=keyworker)
    off(late, keyworker)
    assert [each.done_at is None for each in sorted(tasks(late), key=lambda each: each.made_at)] == [False, True]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "weather"}, "reason"),
        ({"words": "x" * 301}, "words"),
        ({"until": 0}, "until"),
        ({"until": 29}, "until"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(late, keyworker, said, field):
    if "until" in said:
        said = {"until": day(said["until"])}
    with pytest.raises(Refused) as no:
        off(late, keyworker, **said)
    assert list(no.value.fields) == [field]
    assert tasks(late) == []


@pytest.mark.parametrize(("due", "until", "refused"), [(8, 14, "not due yet"), (7, 7, "must be a day from"), (7, 8, ""), (0, 1, "")])
def test_what_is_due_soon_is_put_off_beyond_its_day_and_nothing_before(late, keyworker, due, until, refused):
    due_in(late, due)
    if refused:
        with pytest.raises(Refused, match=refused):
            off(late, keyworker, until=day(until))
    else:
        off(late, keyworker, until=day(until))


def test_reminders_wait_and_come_again_once_the_manager_is_told_all_the_same(late, keyworker, manager, partnership):
    due_in(late, 3)
    until = day(10)
    off(late, keyworker, reason="client-asks", until=until)

    def new(days: int) -> list[tuple[str, str, object]]:
        before = told(partnership)
        tell_of_reviews(partnership, today=day(days))
        assert tell_of_reviews(partnership, today=day(days)) == 0
        return [each for each in told(partnership) if each not in before]

    assert new(2) == []
    assert new(4) == []
    assert new(9) == []
    assert new(10) == [(notices.PUT_OFF_OVER, keyworker.person.name, until)]
    assert new(11) == [(notices.REVIEW_OVERDUE_IN_SERVICE, manager.person.name, day(3))]
    # After ten days of silence, once each.
    assert new(30) == []


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)], ids=["spring", "autumn"])
def test_on_the_days_on_which_the_clocks_change(partnership, agency, monkeypatch, change):
    """Due on the day of the change, and put off until it: told by the calendar in London, half an hour before and after midnight."""
    moment = at_noon(change - timedelta(days=60))
    monkeypatch.setattr(clock, "now", lambda: moment)
    keyworker, manager = (factories.actor(role=role, agency=agency) for role in ("keyworker", "service-manager"))
    factories.client_of(agency, keyworker=keyworker, next_due=("review", change))
    waits = due_in(plans.signed(plans.triaged(keyworker), keyworker), -9)
    moment = at_noon(change - timedelta(days=20))
    off(waits, keyworker, reason="not-well", until=change)
    expected = [(notices.REVIEW_OVERDUE_IN_SERVICE, manager.person.name, change - timedelta(days=69))]
    new = {
        (-1, "23:30"): [(notices.REVIEW_SOON, keyworker.person.name, change)],
        (0, "00:30"): [(notices.PUT_OFF_OVER, keyworker.person.name, change)],
        (0, "23:30"): [],
        (1, "00:30"): [(notices.REVIEW_OVERDUE, keyworker.person.name, change)],
        (1, "23:30"): [],
    }
    for (days, at), then in new.items():
        hour, minute = map(int, at.split(":"))
        moment = at_noon(change + timedelta(days=days)).replace(hour=hour, minute=minute)
        assert clock.today() == change + timedelta(days=days)
        tell_of_reviews(partnership)
        expected = sorted([*expected, *then])
        assert told(partnership) == expected, (days, at)


def at_noon(of: date) -> datetime:
    return datetime.combine(of, time(12), clock.LONDON)


def test_the_page_from_the_plan_the_list_and_the_review(late, keyworker, signed_in):
    here, show = signed_in(keyworker), reverse("plan-show", args=[late.client_id, late.pk])
    address = reverse("plan-put-off", args=[late.client_id, late.pk])
    for page in (show, "/caseload/", "/work/?show=overdue", reverse("plan-review", args=[late.client_id, late.pk])):
        assert address in here.get(page).content.decode()
    page = here.get(address).content.decode()
    assert "first review within 4 weeks of" in page.lower()
    assert "telephone, voicemail, text message" in page
    until = {f"until_{part}": str(getattr(day(14), part)) for part in ("day", "month", "year")}
    assert "Say why" in here.post(address, until).content.decode()
    assert here.post(address, {**until, "reason": "not-seen", "words": "Nobody at the door"}).headers["Location"] == show
    page = here.get(show).content.decode()
    assert "Overdue, re-engagement open" in page
    assert "Nobody at the door" in page
    assert "overdue, re-engagement open" in here.get(reverse("client", args=[late.client_id])).content.decode().lower()


def test_of_an_older_version_nothing_is_asked_or_put_off(late, keyworker, triaged, signed_in):
    from careplans.actions.agreeing import agree
    from careplans.actions.revising import start_revision

    with context.acting(keyworker):
        draft = start_revision(plan=CarePlan.objects.select_related("episode").get(pk=late.plan_id), by=keyworker)
        draft = agree(version=draft, by=keyworker, seen_text=content.of(draft).fingerprint())
    plans.signed(triaged, keyworker, version=draft)
    for page in ("plan-put-off", "plan-ask-review"):
        answer = signed_in(keyworker).get(reverse(page, args=[late.client_id, late.pk]), follow=True)
        assert "A newer version of this plan has been signed" in answer.content.decode()


def test_the_pages_ask_little(late, keyworker, signed_in):
    off(late, keyworker)
    here = signed_in(keyworker)
    for page in ("plan-put-off", "plan-ask-review", "plan-show"):
        address = reverse(page, args=[late.client_id, late.pk])
        here.get(address)
        with at_most(12):
            assert here.get(address).status_code == 200


def test_once_its_day_has_passed_it_was_put_off(late, keyworker, manager, signed_in, triaged, monkeypatch):
    off(late, keyworker, reason="not-well", until=day(5))
    seen = {"on the day": 5, "after it": 6}
    lists = ("/caseload/?show=put_off", "/service/?show=put_off", "/work/?show=put_off&whose=all")
    begun = clock.now()
    for when, days in seen.items():
        monkeypatch.setattr(clock, "now", lambda days=days: begun + timedelta(days=days))
        for address in lists:
            page = signed_in(manager if "caseload" not in address else keyworker).get(address)
            number = next(each["number"] for each in page.context["counts"] if str(each["words"]) == "put off")
            assert (number, len(page.context["rows"])) == ((1, 1) if when == "on the day" else (0, 0)), (when, address)
        page = signed_in(keyworker).get("/caseload/?show=overdue").content.decode()
        assert triaged.reference in page
        assert ("was put off until" in page) is (when == "after it")
