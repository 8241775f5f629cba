"""Somebody is back after a break: what stands of what was known, and what is asked again. Decided here and nowhere else.

Which facts, and after how many months, is the definition 'coming-back'. Topics of risk are asked again after any break (practice,
Assessment); the last plan is offered where a plan is begun (careplans.policies.earlier_versions).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carehub import clock
from carehub.actors import Actor
from carehub.definitions.answers import is_asked
from carehub.definitions.catalogue import catalogue
from carehub.definitions.conditions import shown
from carehub.definitions.read_codes import refuse_twice
from carehub.definitions.read_question import Words
from carehub.definitions.schema import Definition, Form
from carehub.definitions.table import Table
from carehub.form_editions import form_for
from clients.assessed.recorded import form_of, newest_answers
from clients.models import Assessment, Client, Consent, Episode

#: Where a fact is asked.
RECORD, CONTACT, SHARING, FORM = "record", "contact", "sharing", "form"


@dataclass(frozen=True)
class Fact:
    """``after_months``: asked again after so many whole months away, 0 after any break; None: it stands."""

    id: str
    title: str
    of: str
    after_months: int | None
    form: str = ""
    questions: tuple[str, ...] = ()

    def is_asked_after(self, months: int) -> bool:
        return self.after_months is not None and months >= self.after_months


@dataclass(frozen=True)
class Facts(Definition):
    facts: tuple[Fact, ...]
    source: str = ""


def read_facts(table: Table, name: str, version: int, title: str, words: Words) -> Facts:
    source = table.text("source", "")
    tables = table.tables("fact", "a fact")
    facts = tuple(_read_fact(each, words) for each in tables)
    table.finish()
    refuse_twice(table, [fact.id for fact in facts], "fact")
    for form in {fact.form for fact in facts} - {""}:
        named = {question for fact in facts if fact.form == form for question in fact.questions}
        forgotten = [question.id for question in words.forms[form].questions if question.re_ask == "always" and question.id not in named]
        if forgotten:
            raise table.wrong(f"'{forgotten[0]}' of the form '{form}' is never 'still true': a fact has to name it.")
    return Facts(name, version, title, facts, source)


def _read_fact(table: Table, words: Words) -> Fact:
    of = table.one_of("of", (RECORD, CONTACT, SHARING, FORM))
    keeps = table.flag("keeps")
    if keeps == ("after_months" in table):
        raise table.wrong("A fact either keeps, or is asked again after_months.")
    after = None if keeps else table.whole("after_months")
    form, questions = "", ()
    if of == FORM:
        form = table.one_of("form", words.forms)
        questions = table.texts("questions")
        for place, each in enumerate(questions):
            table.known(each, [question.id for question in words.forms[form].questions], "questions", place)
            if after != 0 and words.forms[form].question(each).re_ask == "always":
                raise table.wrong(
                    f"'{each}' is never 'still true': it is asked again after any break, after_months = 0.", "questions", place
                )
    fact = Fact(table.identifier(), table.text("title"), of, after, form, questions)
    table.finish()
    return fact


@dataclass(frozen=True)
class FactNow:
    """``asked``: the day on which it was last asked; None: never."""

    fact: Fact
    asked: date | None


@dataclass(frozen=True)
class Place:
    """Where facts are asked again."""

    title: str
    url: str
    facts: tuple[FactNow, ...]


@dataclass(frozen=True)
class ComingBack:
    """``places``: what is still to be asked again, by where; ``stands``: what does not have to be, and what has been since."""

    left_on: date
    back_on: date
    months: int
    places: tuple[Place, ...]
    stands: tuple[FactNow, ...]

    @property
    def away(self) -> str:
        """'7 months', '12 days'."""
        if self.months:
            return ngettext("%(number)s month", "%(number)s months", self.months) % {"number": self.months}
        days = (self.back_on - self.left_on).days
        return ngettext("%(number)s day", "%(number)s days", days) % {"number": days}


def coming_back(actor: Actor, client: Client, episode: Episode | None, stays: Iterable[Episode]) -> ComingBack | None:
    """None for whoever was never away, or has gone. ``client`` comes with its safe_contact; ``stays``: all of the client's, ``episode``
    among them. No query but after a break; then one for each form asked, one for what was answered and one for consent.
    """
    if episode is None or episode.state == Episode.State.DISCHARGED:
        return None
    if (left_on := _left_on(episode, stays)) is None:
        return None
    months = _months(left_on, episode.referred_on)
    assessments = Assessment.objects.visible_to(actor).filter(client_id=client.pk).that_count()
    since = [each for each in assessments if each.episode_id == episode.pk]
    agreed = Consent.objects.visible_to(actor).filter(client_id=client.pk, kind=Consent.Kind.SHARING).order_by("-from_on").first()
    contact = getattr(client, "safe_contact", None)
    days = {RECORD: clock.day_of(client.registered_at), CONTACT: contact and contact.asked_on, SHARING: agreed and agreed.from_on}
    to_ask: dict[tuple[str, str], list[FactNow]] = {}
    stands: list[FactNow] = []
    forms = {name: form_for(actor.partnership_id, name) for name in {fact.form for fact in _facts()} - {""}}
    known = {name: newest_answers(assessments, into=form) for name, form in forms.items()}
    for fact in _facts():
        if fact.of == FORM:
            # A partnership that has given up a question asks it of nobody.
            questions = [each for each in fact.questions if forms[fact.form].has(each)]
            asked = [date.fromisoformat(known[fact.form][each]["on"]) for each in questions if each in known[fact.form]]
            now, settled = FactNow(fact, max(asked, default=None)), all(_settled(each, since) for each in questions)
        else:
            now = FactNow(fact, days[fact.of])
            settled = now.asked is not None and now.asked >= episode.referred_on
        if fact.is_asked_after(months) and not settled:
            to_ask.setdefault((fact.of, fact.form), []).append(now)
        elif now.asked is not None:
            stands.append(now)
    places = tuple(_place(client, of, forms.get(form), facts) for (of, form), facts in to_ask.items())
    return ComingBack(left_on, episode.referred_on, months, places, tuple(stands))


def _facts() -> tuple[Fact, ...]:
    definition = catalogue().latest("coming-back")
    return definition.facts if isinstance(definition, Facts) else ()


def _left_on(episode: Episode, stays: Iterable[Episode]) -> date | None:
    """The day on which the last stay before this one ended; None where there was none, or another went on meanwhile."""
    ended = [each.discharged_on for each in stays if each.referred_on < episode.referred_on]
    if any(day is None or day >= episode.referred_on for day in ended):
        return None
    return max((day for day in ended if day is not None), default=None)


def _months(left_on: date, back_on: date) -> int:
    """Whole months between the two."""
    return (back_on.year - left_on.year) * 12 + back_on.month - left_on.month - (back_on.day < left_on.day)


def _settled(question: str, since: Sequence[Assessment]) -> bool:
    """Asked since they are back, or not to be asked after what was answered since. ``since``: completed assessments of this stay."""
    for each in since:
        form = form_of(each)
        if form.has(question) and (not shown(form, question, each.answers) or _was_asked(each, question)):
            return True
    return False


def _was_asked(assessment: Assessment, question: str) -> bool:
    """Whoever went through the whole form came by what may be left open; 'not asked' says so itself."""
    answer = assessment.answers.get(question)
    if not answer:
        return not assessment.only
    return is_asked(answer) and answer.get("none") != "not-asked"


def _place(client: Client, of: str, form: Form | None, facts: Sequence[FactNow]) -> Place:
    if form is not None:
        return Place(form.title, reverse("assessment-start", args=[client.pk, form.name]), tuple(facts))
    pages = {CONTACT: ("contact-change", _("Safe contact")), SHARING: ("client-sharing", _("Sharing"))}
    page, title = pages.get(of, ("client", _("Summary")))
    return Place(title, reverse(page, args=[client.pk]), tuple(facts))
