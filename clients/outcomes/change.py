"""The outcome profile: what there is, and what has changed since the start of treatment. When it is due: clients/outcomes/due.py.

What is called improved or worse is said only where the partnership has entered a rule for it (ChangeRule): no thresholds are built in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from carehub.actors import Actor
from carehub.definitions import weeks
from carehub.definitions.answers import Answer
from carehub.definitions.catalogue import catalogue
from carehub.definitions.conditions import holds
from carehub.definitions.schema import Form, Question
from carehub.definitions.show import answer_words
from clients.assessed.recorded import form_of
from clients.models import Assessment, ChangeRule
from clients.outcomes.due import FORM, STAGE, START

#: Of these 0 days now, after more at the start, is called abstinent.
SUBSTANCES = tuple(f"outcome-{name}" for name in ("alcohol", "opiates", "crack", "cocaine", "amphetamines", "cannabis", "other"))
#: Days of which more are better.
MORE_IS_BETTER = ("outcome-work", "outcome-education")
#: The scales from 0, worst, to 20, best.
SCALE_MOST = 20


# --- What there is ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Profile:
    """One completed outcome profile, in the version of the form that it was asked on."""

    on: date
    stage: str
    form: Form
    answers: Mapping[str, Answer]
    assessment: Assessment

    @property
    def stage_words(self) -> str:
        choice = self.form.question(STAGE).choice(self.stage)
        return choice.text if choice else ""


def profiles_of(client_id: object, actor: Actor) -> list[Profile]:
    """Every one that counts, the oldest first: complete, and not put right by a later one."""
    found = Assessment.objects.visible_to(actor).filter(client_id=client_id, form=FORM).standing()
    return [profile(each) for each in reversed(found)]


def profile(assessment: Assessment) -> Profile:
    stage = assessment.answers.get(STAGE, {}).get("value", "")
    return Profile(assessment.took_place_on, str(stage), form_of(assessment), assessment.answers, assessment)


def from_start(profiles: Sequence[Profile]) -> tuple[Profile, ...]:
    """From the newest 'start' on; all of them where none is from a start. Oldest first, as given."""
    starts = [place for place, each in enumerate(profiles) if each.stage == START]
    return tuple(profiles[starts[-1] if starts else 0 :])


# --- What has changed -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """What one profile says of one item. ``number`` is None where there is no answer: never 0 for that. Yes is 1, no is 0."""

    number: float | None
    words: str


#: As a person reads it; '' where no rule has been entered.
CLASSES: dict[str, str | Promise] = {
    "improved": gettext_lazy("Improved"),
    "unchanged": gettext_lazy("Unchanged"),
    "deteriorated": gettext_lazy("Deteriorated"),
}
#: Where the rule is a reliable change index.
RELIABLY: dict[str, str | Promise] = {
    "improved": gettext_lazy("Reliably improved"),
    "unchanged": gettext_lazy("No reliable change"),
    "deteriorated": gettext_lazy("Reliably deteriorated"),
}


@dataclass(frozen=True)
class Change:
    """One item: at the start, now, and what lies between."""

    question: Question
    first: Reading
    latest: Reading
    #: Latest less first; None where either has no answer.
    difference: float | None
    #: A substance used at the start and on no day now.
    abstinent: bool
    rule: ChangeRule | None
    #: A key of CLASSES; '' without a rule, or where either has no answer.
    named: str

    @property
    def name(self) -> str:
        return item_name(self.question)

    @property
    def class_words(self) -> str | Promise:
        words = RELIABLY if self.rule and self.rule.is_reliable else CLASSES
        return words.get(self.named, "")

    @property
    def words(self) -> str:
        """'16 days fewer', 'no change', 'cannot be told'."""
        if self.difference is None:
            return _("cannot be told: not answered")
        if not self.difference:
            return _("no change")
        if self.question.kind == "yes-no":
            return _("from %(first)s to %(latest)s") % {"first": self.first.words.lower(), "latest": self.latest.words.lower()}
        number = f"{abs(self.difference):g}"
        if self.question.kind == "weeks":
            days = ngettext("%(number)s day", "%(number)s days", int(abs(self.difference))) % {"number": number}
            return _("%(days)s fewer") % {"days": days} if self.difference < 0 else _("%(days)s more") % {"days": days}
        return _("%(number)s lower") % {"number": number} if self.difference < 0 else _("%(number)s higher") % {"number": number}


def items(form: Form) -> list[Question]:
    """What can be compared: days, the three scales, yes and no."""
    return [each for each in form.questions if each.kind in ("weeks", "yes-no") or is_scale(each)]


def item_name(question: Question) -> str:
    """As it stands in a table where the numbers say that they are days: 'Crack'."""
    return question.name.removesuffix(": days")


def is_scale(question: Question) -> bool:
    return question.kind == "number" and question.most == SCALE_MOST


def more_is_better(question: Question) -> bool:
    return is_scale(question) or question.id in MORE_IS_BETTER


def items_with_rules() -> list[Question]:
    """For which a partnership may say how much is a change: what is counted, in the newest version of the form."""
    return [each for each in items(catalogue().form(FORM)) if each.kind != "yes-no"]


def reading(profile: Profile, question: str) -> Reading:
    """Only what was asked this time: what is carried over from before is no measurement."""
    if not profile.form.has(question):
        return Reading(None, _("Not on this form"))
    asked = profile.form.question(question)
    reached = holds(profile.form, asked.shown_if, profile.answers)
    if reached is False and asked.kind == "yes-no":
        # Whoever injected on no day shared nothing: that is known, and it is a no.
        return Reading(0, _("No: does not apply"))
    if not reached:
        return Reading(None, _("Not asked"))
    answer = profile.answers.get(question)
    if answer is None:
        return Reading(None, _("Not answered"))
    if "value" not in answer or "still" in answer:
        return Reading(None, "; ".join(answer_words(profile.form, asked, answer)) if "none" in answer else _("Not asked again"))
    value = answer["value"]
    if asked.kind == "weeks" and isinstance(value, list):
        days = weeks.total([int(day) for day in value])
        return Reading(days, _("%(days)s of %(most)s days") % {"days": days, "most": weeks.MOST})
    if asked.kind == "yes-no":
        return Reading(int(value == "yes"), _("Yes") if value == "yes" else _("No"))
    if is_scale(asked) and isinstance(value, int | float):
        return Reading(value, _("%(value)s of %(most)s") % {"value": f"{value:g}", "most": SCALE_MOST})
    return Reading(None, "; ".join(answer_words(profile.form, asked, answer)))


def change(first: Profile, latest: Profile, question: Question, rule: ChangeRule | None) -> Change:
    then, now = reading(first, question.id), reading(latest, question.id)
    difference = now.number - then.number if then.number is not None and now.number is not None else None
    abstinent = question.id in SUBSTANCES and now.number == 0 and bool(then.number)
    return Change(question, then, now, difference, abstinent, rule, _class(question, difference, rule))


def _class(question: Question, difference: float | None, rule: ChangeRule | None) -> str:
    if rule is None or difference is None:
        return ""
    # As it is written, in hundredths: 0.3 less 0.1 of a float is less than 0.2.
    exact = round(Decimal(str(difference)), 2)
    better = exact if more_is_better(question) else -exact
    if better >= rule.least_difference:
        return "improved"
    return "deteriorated" if -better >= rule.least_difference else "unchanged"


def changes(first: Profile, latest: Profile, rules: Mapping[str, ChangeRule]) -> list[Change]:
    """Every item of the newer form. ``rules``: those in force, by item."""
    return [change(first, latest, each, rules.get(each.id)) for each in items(latest.form)]
