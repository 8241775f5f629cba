"""Late outcome profiles: said of one client and found among many by the same rule; told once, seen in the work list."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from carehub import clock, context
from carehub.local_settings import LocalSettings
from carehub.models import Notice, Partnership
from clients.actions.late_profiles import PROFILE_LATE, tell_of_late_profiles
from clients.models import Episode
from clients.outcomes.due import AFTER_EXIT, EXIT, REVIEW, START, late_profiles, profile_due
from tests import factories
from tests.clients.outcomes import profile_of

DAY = timedelta(days=1)
PLANNED = {"ending": "planned", "discharge_reason": "1"}
#: Days since triage; days since each profile, by stage; days since a planned discharge (None: in treatment); weeks after the exit that
#: the partnership asks for; which profile is due; whether it is late.
CASES = [
    (14, [], None, 0, START, False),
    (15, [], None, 0, START, True),
    (200, [(START, 105)], None, 0, REVIEW, False),
    (200, [(START, 106)], None, 0, REVIEW, True),
    (200, [(START, 200), (REVIEW, 105)], None, 0, REVIEW, False),
    (200, [(START, 200), (REVIEW, 106)], None, 0, REVIEW, True),
    (1, [(START, 106)], None, 0, REVIEW, True),
    (200, [(START, 200)], 14, 0, EXIT, False),
    (200, [(START, 200)], 15, 0, EXIT, True),
    (300, [(START, 300)], 120, 0, EXIT, True),
    (300, [(START, 300)], 121, 0, None, False),
    (200, [(START, 200), (EXIT, 20)], 20, 0, None, False),
    (200, [(START, 200), (EXIT, 42)], 42, 4, AFTER_EXIT, False),
    (200, [(START, 200), (EXIT, 43)], 43, 4, AFTER_EXIT, True),
    (200, [(START, 200), (EXIT, 43), (AFTER_EXIT, 1)], 43, 4, None, False),
    (200, [(START, 200)], 43, 4, EXIT, True),
]


def somebody(keyworker, triaged: int, profiles=(), ended: int | None = None, *, by=None, **more):
    today = clock.today()
    episode = {"triaged_on": today - triaged * DAY, "referred_on": today - 400 * DAY}
    client = factories.client_of(keyworker.agency, keyworker=by or keyworker, state="treatment", episode=episode)
    for stage, days in profiles:
        profile_of(client, today - days * DAY, stage, by=keyworker)
    if ended is not None:
        with factories.loading(client.partnership_id):
            left = {"state": "discharged", "discharged_on": today - ended * DAY, "next_due_what": "", "next_due_on": None} | PLANNED | more
            Episode.objects.filter(client=client).update(**left)
    return client


def asks_after_exit(actor, weeks: int) -> LocalSettings:
    actor.partnership.local_settings = {"outcome_after_exit_weeks": weeks}
    actor.partnership.save()
    return LocalSettings(outcome_after_exit_weeks=weeks)


def found(actor, settings: LocalSettings, today: date | None = None) -> list[tuple]:
    with context.on_duty(actor.partnership_id, "reviews"):
        late = late_profiles(Episode.objects.filter(partnership_id=actor.partnership_id), settings, today or clock.today())
        return list(late.values_list("client_id", "profile_due_on"))


@pytest.mark.parametrize(("triaged", "profiles", "ended", "weeks", "stage", "late"), CASES)
def test_one_rule_for_one_client_and_for_many(keyworker, triaged, profiles, ended, weeks, stage, late):
    settings = asks_after_exit(keyworker, weeks)
    client = somebody(keyworker, triaged, profiles, ended)
    with context.acting(keyworker):
        due = profile_due(keyworker, Episode.objects.get(client=client))
    assert (due.stage if due else None, bool(due and due.is_late)) == (stage, late)
    assert found(keyworker, settings) == ([(client.pk, due.due_on)] if late else [])


@pytest.mark.parametrize("why", [{"ending": "unplanned"}, {"ending": "neutral"}, {"triaged_on": None}, "came back", "draft"])
def test_nobody_is_looked_for_after_an_end_that_was_not_planned_or_once_they_are_back(keyworker, why):
    client = somebody(keyworker, 200, [(START, 200)], 20, **(why if isinstance(why, dict) else {}))
    if why == "came back":
        with factories.loading(client.partnership_id):
            Episode.objects.create(
                partnership_id=client.partnership_id, client=client, agency=keyworker.agency, referred_on=clock.today(), referral_source="4"
            )
    if why == "draft":
        # Begun is not asked: still late.
        profile_of(client, clock.today(), EXIT, by=keyworker, state="draft")
    assert len(found(keyworker, LocalSettings())) == (why == "draft")
    with context.acting(keyworker):
        due = profile_due(keyworker, Episode.objects.filter(client=client).latest("referred_on"))
    assert bool(due) == (why == "draft")


def told(actor) -> list[tuple]:
    with context.on_duty(actor.partnership_id, "reviews"):
        return sorted(Notice.objects.filter(kind=PROFILE_LATE).values_list("person__name", "client_id", "about_day"))


def test_each_is_told_once_however_often_and_late_the_pass_runs(keyworker, manager, partnership):
    client = somebody(keyworker, 15)
    somebody(keyworker, 14)
    with factories.loading(partnership.pk):
        nobodys = factories.client_of(keyworker.agency, state="treatment", episode={"triaged_on": clock.today() - 30 * DAY})
    expected = [
        (keyworker.person.name, client.pk, clock.today() - 15 * DAY),
        (manager.person.name, nobodys.pk, clock.today() - 30 * DAY),
    ]
    assert tell_of_late_profiles(partnership) == 2
    assert tell_of_late_profiles(partnership) == 0
    assert told(keyworker) == sorted(expected)
    # After days of silence: nobody is missed, nobody is told again of the same day.
    assert tell_of_late_profiles(partnership, today=clock.today() + 60 * DAY) == 1
    # Asked since, and late again: a day of its own.
    profile_of(client, clock.today() - 2 * DAY, START, by=keyworker)
    assert tell_of_late_profiles(partnership, today=clock.today() + 120 * DAY) == 1


def test_a_changed_setting_holds_at_once(keyworker, partnership):
    somebody(keyworker, 20)
    assert found(keyworker, LocalSettings(outcome_window_days=20)) == []
    Partnership.objects.filter(pk=partnership.pk).update(local_settings={"outcome_window_days": 20})
    partnership.refresh_from_db()
    assert tell_of_late_profiles(partnership) == 0


def test_it_stands_on_the_clients_page_in_the_work_list_and_among_the_notices(keyworker, partnership, signed_in):
    client, other = somebody(keyworker, 15), somebody(keyworker, 3)
    with factories.loading(partnership.pk):
        Episode.objects.filter(client__in=(client, other)).update(next_due_what="plan", next_due_on=clock.today() + 5 * DAY)
    tell_of_late_profiles(partnership)
    browser = signed_in(keyworker)
    assert "late since" in browser.get(reverse("client", args=[client.pk])).content.decode()
    page = browser.get(reverse("client", args=[other.pk])).content.decode()
    assert "due by" in page
    assert "late since" not in page
    listed = browser.get(reverse("caseload"), {"show": "profiles"}).content.decode()
    assert "with a late outcome profile" in listed
    assert client.reference in listed
    # The profile and its day, and the button that asks it; what else waits stands below.
    due_on = clock.today() - 15 * DAY
    assert f'<time datetime="{due_on.isoformat()}">' in listed
    assert f'href="{reverse("assessment-start", args=[client.pk, "outcome-profile"])}"' in listed
    assert other.reference not in listed
    assert "The outcome profile was due on" in browser.get(reverse("notices")).content.decode()
    profile_of(client, clock.today(), START, by=keyworker)
    assert f"{keyworker.person.name}, " in browser.get(reverse("notices")).content.decode()
    assert client.reference not in browser.get(reverse("caseload"), {"show": "profiles"}).content.decode()
