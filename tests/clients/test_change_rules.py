"""Rules of change: entered, changed and ended by administrators, with their source; what was in force stays on record."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from carehub import clock, context
from carehub.actors import NotAllowed
from carehub.rules import Refused
from clients.actions.change_rules import end_rule, enter_rule, replace_rule
from clients.models import ChangeRule
from tests import factories
from tests.carehub.administering import on_record


@pytest.fixture
def administrator(keyworker):
    return factories.actor(role="administrator", partnership=keyworker.partnership)


@pytest.fixture
def browser(signed_in, administrator):
    return signed_in(administrator)


def in_force(by) -> dict[str, int]:
    with context.acting(by):
        return {each.item: each.least_difference for each in ChangeRule.objects.visible_to(by).in_force()}


def enter(by, **other) -> ChangeRule:
    with context.acting(by):
        return enter_rule(by=by, **{"item": "outcome-opiates", "least_difference": 4, "source": "Board, 3 May"} | other)


def test_none_comes_with_carehub(browser):
    page = browser.get(reverse("change-rules")).content.decode()
    assert "No rule entered" in page


def test_entered_changed_and_ended_on_the_pages(browser, administrator):
    sent = {"item": "outcome-opiates", "least_difference": "4", "source": "Board, 3 May"}
    answer = browser.post(reverse("change-rule-add"), sent, follow=True)
    assert "Board, 3 May" in answer.content.decode()
    assert in_force(administrator) == {"outcome-opiates": 4}
    with context.acting(administrator):
        first = ChangeRule.objects.get()
    browser.post(reverse("change-rule-change", args=[first.pk]), {"least_difference": "5", "source": "Board, 7 June"})
    assert in_force(administrator) == {"outcome-opiates": 5}
    with context.acting(administrator):
        second = ChangeRule.objects.in_force().get()
        assert ChangeRule.objects.get(pk=first.pk).ended_by == administrator.person
    assert browser.get(reverse("change-rule-change", args=[first.pk])).status_code == 404
    assert "nothing is said about this item" in browser.get(reverse("change-rule-end", args=[second.pk])).content.decode()
    answer = browser.post(reverse("change-rule-end", args=[second.pk]), follow=True)
    assert in_force(administrator) == {}
    assert "Ended" in answer.content.decode()
    assert [len(on_record(administrator, f"change-rule.{verb}")) for verb in ("entered", "replaced", "ended")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"least_difference": "29"}, "Enter a whole number from 1 to 28"),
        ({"least_difference": "0"}, "Enter a whole number from 1 to 28"),
        ({"least_difference": "2.5"}, "must be a whole number, such as 4"),
        ({"item": "outcome-quality", "least_difference": "21"}, "Enter a whole number from 1 to 20"),
        ({"source": ""}, "Say where the rule comes from"),
        ({"item": "outcome-assault"}, "Choose"),
    ],
)
def test_what_is_wrong_is_said_beside_it(browser, administrator, sent, reason):
    page = browser.post(reverse("change-rule-add"), {"item": "outcome-opiates", "least_difference": "4", "source": "Board"} | sent)
    assert page.status_code == 200
    assert reason in page.content.decode()
    assert in_force(administrator) == {}


def test_one_rule_an_item(administrator):
    enter(administrator)
    with pytest.raises(Refused, match="has a rule already"):
        enter(administrator)
    enter(administrator, item="outcome-quality")


def test_two_who_change_one_rule_the_second_is_told(administrator):
    rule = enter(administrator)
    with context.acting(administrator):
        replace_rule(by=administrator, rule=rule, least_difference=5, source="Board")
    with pytest.raises(Refused, match="ended this rule meanwhile"), context.acting(administrator):
        replace_rule(by=administrator, rule=rule, least_difference=6, source="Board")
    with pytest.raises(Refused, match="ended this rule meanwhile"), context.acting(administrator):
        end_rule(by=administrator, rule=rule)
    assert in_force(administrator) == {"outcome-opiates": 5}


def test_only_who_configures_may(keyworker):
    with pytest.raises(NotAllowed), context.acting(keyworker):
        enter_rule(by=keyworker, item="outcome-opiates", least_difference=4, source="Me")


def test_the_database_refuses_a_keyworker_and_any_change(administrator, keyworker):
    rule = enter(administrator)
    about = {"partnership_id": keyworker.partnership_id, "least_difference": 1, "source": "Me", "entered_at": clock.now()}
    with pytest.raises(DatabaseError), context.acting(keyworker), transaction.atomic():
        ChangeRule.objects.create(item="outcome-crack", entered_by=keyworker.person, **about)
    with context.acting(keyworker):
        assert ChangeRule.objects.filter(pk=rule.pk).update(ended_at=clock.now(), ended_by=keyworker.person) == 0
    with pytest.raises(DatabaseError), context.acting(administrator), transaction.atomic():
        ChangeRule.objects.filter(pk=rule.pk).update(least_difference=1)
    with pytest.raises(DatabaseError), context.acting(administrator), transaction.atomic():
        ChangeRule.objects.filter(pk=rule.pk).delete()


def test_another_partnership_has_its_own(administrator):
    rule = enter(administrator)
    abroad = factories.actor(role="administrator", partnership=factories.partnership())
    assert in_force(abroad) == {}
    with context.acting(abroad):
        assert not ChangeRule.objects.filter(pk=rule.pk).exists()
