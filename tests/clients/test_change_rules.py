"""Rules of change: entered, changed and ended by administrators, with their source; what was in force stays on record."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from carehub import clock, context
from carehub.actors import NotAllowed
from carehub.rules import Refused
from clients.actions.change_rules import Laid, end_rule, enter_rule, replace_rule
from clients.models import ChangeRule
from tests import factories
from tests.carehub.administering import on_record

INDEX = {"kind": "reliable", "source_on_day": "2", "source_on_month": "3", "source_on_year": "2009"}


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
        item = other.pop("item", "outcome-opiates")
        return enter_rule(by=by, item=item, laid=laid(**other))


def laid(**other) -> Laid:
    return Laid(**{"least_difference": Decimal(4), "source": "Board, 3 May"} | other)


def test_none_comes_with_carehub(browser):
    page = browser.get(reverse("change-rules")).content.decode()
    assert "No rule entered" in page


def test_entered_changed_and_ended_on_the_pages(browser, administrator):
    sent = {"item": "outcome-opiates", "kind": "difference", "least_difference": "4", "source": "Board, 3 May"}
    answer = browser.post(reverse("change-rule-add"), sent, follow=True)
    assert "Board, 3 May" in answer.content.decode()
    assert in_force(administrator) == {"outcome-opiates": 4}
    with context.acting(administrator):
        first = ChangeRule.objects.get()
    browser.post(reverse("change-rule-change", args=[first.pk]), {"kind": "difference", "least_difference": "5", "source": "Board, 7 June"})
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
        ({"least_difference": "2.5"}, "Enter a whole number from 1 to 28"),
        ({"least_difference": "four"}, "must be a number, such as 4 or 4.25"),
        (INDEX | {"least_difference": "2.505"}, "must be a number, such as 4 or 4.25"),
        (INDEX | {"least_difference": "0"}, "Enter a number above 0 and up to 28"),
        (INDEX | {"least_difference": "28.01"}, "Enter a number above 0 and up to 28"),
        ({"kind": "reliable"}, "Enter the day on which the source of the index was published"),
        (INDEX | {"source_on_year": "2999"}, "must be today or in the past"),
        ({"kind": ""}, "Choose what kind of rule it is"),
        ({"item": "outcome-quality", "least_difference": "21"}, "Enter a whole number from 1 to 20"),
        ({"source": ""}, "Say where the rule comes from"),
        ({"item": "outcome-assault"}, "Choose"),
    ],
)
def test_what_is_wrong_is_said_beside_it(browser, administrator, sent, reason):
    page = browser.post(
        reverse("change-rule-add"), {"item": "outcome-opiates", "kind": "difference", "least_difference": "4", "source": "Board"} | sent
    )
    assert page.status_code == 200
    assert reason in page.content.decode()
    assert in_force(administrator) == {}


def test_a_reliable_change_index_has_decimals_and_the_day_of_its_source(browser, administrator):
    sent = {"item": "outcome-quality", "least_difference": "4.25", "source": "A paper"} | INDEX
    page = browser.post(reverse("change-rule-add"), sent, follow=True).content.decode()
    assert "4.25" in page
    assert "A paper (2 March 2009)" in page
    with context.acting(administrator):
        rule = ChangeRule.objects.get()
        assert (rule.kind, rule.least_difference, rule.source_on) == ("reliable", Decimal("4.25"), date(2009, 3, 2))
    page = browser.get(reverse("change-rule-change", args=[rule.pk])).content.decode()
    assert 'value="4.25"' in page
    assert 'value="2009"' in page
    with pytest.raises(IntegrityError), context.acting(administrator), transaction.atomic():
        about = {"item": "outcome-crack", "partnership": administrator.partnership, "entered_by": administrator.person}
        ChangeRule.objects.create(kind="reliable", least_difference=4, source="A paper", entered_at=clock.now(), **about)


def test_one_rule_an_item(administrator):
    enter(administrator)
    with pytest.raises(Refused, match="has a rule already"):
        enter(administrator)
    enter(administrator, item="outcome-quality")


def test_two_who_change_one_rule_the_second_is_told(administrator):
    rule = enter(administrator)
    with context.acting(administrator):
        replace_rule(by=administrator, rule=rule, laid=laid(least_difference=Decimal(5)))
    with pytest.raises(Refused, match="ended this rule meanwhile"), context.acting(administrator):
        replace_rule(by=administrator, rule=rule, laid=laid(least_difference=Decimal(6)))
    with pytest.raises(Refused, match="ended this rule meanwhile"), context.acting(administrator):
        end_rule(by=administrator, rule=rule)
    assert in_force(administrator) == {"outcome-opiates": 5}


def test_only_who_configures_may(keyworker):
    with pytest.raises(NotAllowed), context.acting(keyworker):
        enter_rule(by=keyworker, item="outcome-opiates", laid=laid())


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
