"""A partnership lays down from which difference on a change counts: entered, replaced, ended. What was shown before is not judged again."""

from django.db import transaction
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.actors import Actor
from carehub.definitions import weeks
from carehub.definitions.schema import Question
from carehub.rules import Refused
from clients.models import ChangeRule
from clients.outcome import SCALE_MOST, is_scale, items_with_rules


@transaction.atomic
def enter_rule(*, by: Actor, item: str, least_difference: int, source: str) -> ChangeRule:
    """Raises Refused where the item has a rule already, where it cannot have one, or where the difference can never be reached."""
    by.must("configure")
    _can_hold(item, least_difference, source)
    if ChangeRule.objects.visible_to(by).in_force().filter(item=item).exists():
        raise _wrong("item", _("This item has a rule already: change that one"))
    return _enter(by, item, least_difference, source, "change-rule.entered")


@transaction.atomic
def replace_rule(*, by: Actor, rule: ChangeRule, least_difference: int, source: str) -> ChangeRule:
    """Ends the rule and enters the next in its place."""
    by.must("configure")
    _can_hold(rule.item, least_difference, source)
    _end(by, rule)
    return _enter(by, rule.item, least_difference, source, "change-rule.replaced")


@transaction.atomic
def end_rule(*, by: Actor, rule: ChangeRule) -> None:
    """From now on nothing is said about this item but its numbers."""
    by.must("configure")
    _end(by, rule)
    events.record("change-rule.ended", by=by, subject=rule, reason=rule.item)


def most_of(question: Question) -> int:
    """The greatest difference that there can be."""
    return SCALE_MOST if is_scale(question) else weeks.MOST


def _can_hold(item: str, least_difference: int, source: str) -> None:
    question = next((each for each in items_with_rules() if each.id == item), None)
    if question is None:
        raise _wrong("item", _("Choose one of the items listed"))
    if not 1 <= least_difference <= most_of(question):
        raise _wrong("least_difference", _("Enter a whole number from 1 to %(most)s") % {"most": most_of(question)})
    if not source.strip():
        raise _wrong("source", _("Say where the rule comes from"))


def _enter(by: Actor, item: str, least_difference: int, source: str, verb: str) -> ChangeRule:
    made = ChangeRule.objects.create(
        partnership=by.partnership,
        item=item,
        least_difference=least_difference,
        source=source.strip(),
        entered_at=clock.now(),
        entered_by=by.person,
    )
    events.record(verb, by=by, subject=made, reason=f"{item}: {least_difference}")
    return made


def _end(by: Actor, rule: ChangeRule) -> None:
    ended = ChangeRule.objects.visible_to(by).in_force().filter(pk=rule.pk).update(ended_at=clock.now(), ended_by=by.person)
    if not ended:
        raise Refused(_("Somebody has ended this rule meanwhile. Look at the list again."))


def _wrong(field: str, sentence: str) -> Refused:
    return Refused(sentence, fields={field: [sentence]})
