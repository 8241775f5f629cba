"""Local settings on their page: read, changed within their bounds, with every earlier number kept."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from carehub import clock, context, local_settings
from carehub.actions.local_settings import change_setting
from carehub.actors import NotAllowed
from carehub.local_settings import ABOUT, GROUPS, SOURCES
from carehub.models import Partnership, SettingChange
from carehub.rules import Refused
from tests import factories
from tests.carehub.administering import on_record

SENT = {"number": "10", "decided": "Board, 3 May", "seen": "14"}


@pytest.fixture
def administrator(keyworker):
    return factories.actor(role="administrator", partnership=keyworker.partnership)


@pytest.fixture
def browser(signed_in, administrator):
    return signed_in(administrator)


def holds(by, name: str) -> int:
    return getattr(local_settings.of(Partnership.objects.get(pk=by.partnership_id)), name)


def change(by, name: str, number: int, *, seen: int | None = None, decided: str = "Board, 3 May") -> SettingChange:
    with context.acting(by):
        return change_setting(by=by, name=name, number=number, decided=decided, seen=holds(by, name) if seen is None else seen)


def url(name: str) -> str:
    return reverse("local-setting-change", args=[name])


def test_every_setting_stands_on_the_page_with_its_bounds_and_its_source(browser):
    page = browser.get(reverse("local-settings")).content.decode()
    for about in ABOUT:
        assert about.group in GROUPS
        assert about.source in SOURCES
        assert about.says(about.default) in page
        assert about.bounds in page
        assert url(about.name) in page


def test_changed_it_holds_at_once_and_what_it_was_stays_readable(browser, administrator):
    answer = browser.post(url("plan_within_days"), SENT, follow=True).content.decode()
    assert "the initial care plan is signed within 10 days" in answer
    assert "Board, 3 May" in answer
    assert administrator.person.name in answer
    assert holds(administrator, "plan_within_days") == 10
    browser.post(url("plan_within_days"), {"number": "12", "decided": "Board, 7 June", "seen": "10"})
    page = browser.get(url("plan_within_days")).content.decode()
    for words in ("within 14 days", "within 10 days", "within 12 days", "Board, 3 May", "Board, 7 June"):
        assert words in page
    assert [each.reason for each in on_record(administrator, "setting.changed")] == [
        "plan_within_days: 14 → 10",
        "plan_within_days: 10 → 12",
    ]


@pytest.mark.parametrize(
    ("name", "sent", "reason"),
    [
        ("first_review_months", {"number": "4", "seen": "3"}, "1 to 3, the most that guidance allows"),
        ("later_review_months", {"number": "7", "seen": "6"}, "1 to 6, the most that guidance allows"),
        ("plan_within_days", {"number": "0"}, "Enter a whole number from 1 to 366"),
        ("plan_within_days", {"number": "367"}, "Enter a whole number from 1 to 366"),
        ("plan_within_days", {"number": "7.5"}, "must be a whole number"),
        ("plan_within_days", {"number": "-7"}, "must be a whole number"),
        ("plan_within_days", {"number": "٧"}, "must be a whole number"),
        ("plan_within_days", {"number": ""}, "Enter the new number"),
        ("plan_within_days", {"number": "14"}, "It says 14 already"),
        ("plan_within_days", {"decided": " "}, "Say who decided it, and when"),
        ("outcome_interval_weeks", {"number": "26", "seen": "13"}, "change the days of the exception first"),
        ("outcome_exception_days", {"number": "104", "seen": "120"}, "cannot be an exception"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(browser, administrator, name, sent, reason):
    page = browser.post(url(name), SENT | sent)
    assert page.status_code == 200
    assert reason in page.content.decode()
    assert holds(administrator, name) == local_settings.about(name).default
    assert not on_record(administrator, "setting.changed")


def test_at_odds_ends_exactly_where_the_two_agree(administrator):
    """13 weeks and 14 days are 105 days."""
    change(administrator, "outcome_exception_days", 105)
    with pytest.raises(Refused, match="cannot be an exception"):
        change(administrator, "outcome_window_days", 15)


def test_whoever_is_second_is_told_and_can_save_again(browser, administrator):
    change(administrator, "plan_within_days", 9)
    page = browser.post(url("plan_within_days"), SENT).content.decode()
    assert "A colleague changed this meanwhile: it says 9 now" in page
    assert 'name="seen" value="9"' in page
    assert 'value="10"' in page
    assert browser.post(url("plan_within_days"), SENT | {"seen": "9"}).status_code == 302
    assert holds(administrator, "plan_within_days") == 10


def test_changing_one_leaves_the_others(administrator):
    change(administrator, "plan_within_days", 9)
    change(administrator, "triage_within_days", 3)
    assert (holds(administrator, "plan_within_days"), holds(administrator, "triage_within_days")) == (9, 3)


def test_nobody_else_changes_one_and_another_partnership_has_its_own(administrator, keyworker, signed_in):
    change(administrator, "plan_within_days", 9)
    with pytest.raises(NotAllowed):
        change(keyworker, "plan_within_days", 8)
    assert signed_in(keyworker).get(reverse("local-settings")).status_code == 403
    abroad = factories.actor(role="administrator", partnership=factories.partnership())
    assert holds(abroad, "plan_within_days") == 14
    with context.acting(abroad):
        assert not SettingChange.objects.exists()


def test_there_is_no_page_for_a_setting_that_is_none(browser):
    assert browser.get(url("anything_else")).status_code == 404


def test_the_database_keeps_every_change_as_it_was(administrator, keyworker):
    row = change(administrator, "plan_within_days", 9)
    fields = {"partnership_id": keyworker.partnership_id, "setting": "plan_within_days", "before": 9, "after": 8, "decided": "Me"}
    with pytest.raises(DatabaseError), context.acting(keyworker), transaction.atomic():
        SettingChange.objects.create(changed_at=clock.now(), changed_by=keyworker.person, **fields)
    for act in (lambda rows: rows.update(decided="Nobody"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), context.acting(administrator), transaction.atomic():
            act(SettingChange.objects.filter(pk=row.pk))
