"""A partnership lays down from which difference on a change counts: entered, replaced, ended. What was shown before is not judged again."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.actors import Actor
from carehub.definitions import weeks
from carehub.definitions.schema import Question
from carehub.rules import Refused
from clients.models import ChangeRule
from clients.outcomes.change import SCALE_MOST, is_scale, items_with_rules


@dataclass(frozen=True)
class Laid:
    """What a rule says. ``least_difference``: days of 28 or points of 20; ``source_on``: when the source was published."""

    least_difference: Decimal
    source: str
    kind: str = ChangeRule.Kind.DIFFERENCE
    source_on: date | None = None


@transaction.atomic
def enter_rule(*, by: Actor, item: str, laid: Laid) -> ChangeRule:
    """Raises Refused where the item has a rule already, where it cannot have one, or where the difference can never be reached."""
    by.must("configure")
    _can_hold(item, laid)
    if ChangeRule.objects.visible_to(by).in_force().filter(item=item).exists():
        raise _wrong("item", _("This item has a rule already: change that one"))
    return _enter(by, item, laid, "change-rule.entered")


@transaction.atomic
def replace_rule(*, by: Actor, rule: ChangeRule, laid: Laid) -> ChangeRule:
    """Ends the rule and enters the next in its place."""
    by.must("configure")
    _can_hold(rule.item, laid)
    _end(by, rule)
    return _enter(by, rule.item, laid, "change-rule.replaced")


@transaction.atomic
def end_rule(*, by: Actor, rule: ChangeRule) -> None:
    """From now on nothing is said about this item but its numbers."""
    by.must("configure")
    _end(by, rule)
    events.record("change-rule.ended", by=by, subject=rule, reason=rule.item)


def most_of(question: Question) -> int:
    """The greatest difference that there can be."""
    return SCALE_MOST if is_scale(question) else weeks.MOST


def _can_hold(item: str, laid: Laid) -> None:
    question = next((each for each in items_with_rules() if each.id == item), None)
    if question is None:
        raise _wrong("item", _("Choose one of the items listed"))
    least, most = laid.least_difference, most_of(question)
    if laid.kind == ChangeRule.Kind.DIFFERENCE and not (1 <= least <= most and least == int(least)):
        raise _wrong("least_difference", _("Enter a whole number from 1 to %(most)s") % {"most": most})
    if not (0 < least <= most and least == round(least, 2)):
        raise _wrong("least_difference", _("Enter a number above 0 and up to %(most)s, with at most two decimals") % {"most": most})
    if not laid.source.strip():
        raise _wrong("source", _("Say where the rule comes from"))
    if laid.kind == ChangeRule.Kind.RELIABLE and laid.source_on is None:
        raise _wrong("source_on", _("Enter the day on which the source of the index was published"))
    if laid.source_on and laid.source_on > clock.today():
        raise _wrong("source_on", _("The source must have been published by today"))


def _enter(by: Actor, item: str, laid: Laid, verb: str) -> ChangeRule:
    made = ChangeRule.objects.create(
        partnership=by.partnership,
        item=item,
        kind=laid.kind,
        least_difference=laid.least_difference,
        source=laid.source.strip(),
        source_on=laid.source_on,
        entered_at=clock.now(),
        entered_by=by.person,
    )
    events.record(verb, by=by, subject=made, reason=f"{item}: {made.kind} {made.least}")
    return made


def _end(by: Actor, rule: ChangeRule) -> None:
    ended = ChangeRule.objects.visible_to(by).in_force().filter(pk=rule.pk).update(ended_at=clock.now(), ended_by=by.person)
    if not ended:
        raise Refused(_("Somebody has ended this rule meanwhile. Look at the list again."))


def _wrong(field: str, sentence: str) -> Refused:
    return Refused(sentence, fields={field: [sentence]})
