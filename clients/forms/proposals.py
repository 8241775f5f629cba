"""What is asked when somebody decides about what an assessment proposed: all of it on one page, with one save."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from carehub import clock
from carehub.actors import Actor
from carehub.definitions.catalogue import catalogue
from carehub.formfields import DateField, LongText, OneFromList, OneOf, Several, Text
from carehub.forms import CareHubForm, Section
from carehub.models import Person, Task
from carehub.rules import Refused
from carehub.templatetags.carehub import uk_date
from clients.actions.deciding import usual_day
from clients.forms.registering import keyworkers_of
from clients.models import Proposal
from clients.policies import proposals as rules
from clients.policies import tasks as task_rules

#: What may be said of each.
LATER, ACCEPT, DECLINE = "later", "accept", "decline"
#: Begins the name of the field that says which; the proposal's key follows.
DECISION = "decision"
_PARTS = ("due_on", "person", "reason", "words", "told", "told_words")


@dataclass(frozen=True)
class Decision:
    """What was chosen for one proposal. ``said``: the arguments of actions.deciding.accept or decline."""

    proposal: Proposal
    accepts: bool
    said: dict[str, Any]


class DecideForm(CareHubForm):
    """For each of ``proposals``: later; accept (a day, who); or decline (why; where nobody closes it alone, in words, and who was told)."""

    mark_optional = False

    def __init__(self, *args: Any, proposals: Sequence[Proposal], actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        self.proposals, self.actor = proposals, actor
        self.people: dict[str, Person] = {str(each.pk): each for each in keyworkers_of(actor)} if proposals else {}
        reasons = [(str(each.value), str(each.text)) for each in catalogue().codes_on("decline-reasons", clock.today()).codes]
        for each in proposals:
            self._ask_about(each, reasons)

    def _ask_about(self, proposal: Proposal, reasons: list[tuple[str, str]]) -> None:
        accepting = [self.name("person", proposal)]
        declining = [self.name("reason", proposal), self.name("words", proposal)]
        if not proposal.same_day:
            accepting.insert(0, self.name("due_on", proposal))
            self._add(
                "due_on", proposal, DateField(label=_("By when?"), help_text=asked_for(proposal), required=False), usual_day(proposal)
            )
        whoever = [("", _("Whoever is on duty")), *((key, person.name) for key, person in self.people.items())]
        person = OneFromList(label=_("Who does it?"), required=False)
        person.choices = whoever
        me = str(self.actor.person_id)
        self._add("person", proposal, person, me if me in self.people else "")
        self._add("reason", proposal, OneFromList(reasons, label=_("Why?"), required=False))
        if proposal.countersign:
            hint = _("What was done instead, and by which local protocol. It stays open until another person, a manager, countersigns.")
            self._add("words", proposal, LongText(label=_("In your own words"), help_text=hint, max_length=300, rows=3, required=False))
            declining += [self.name("told", proposal), self.name("told_words", proposal)]
            self._add("told", proposal, Several(Task.Told.choices, label=_("Who was told?"), small=True, required=False))
            self._add("told_words", proposal, Text(label=_("Names, times, references"), max_length=200, required=False))
        else:
            self._add("words", proposal, Text(label=_("Anything else (optional)"), max_length=300, required=False))
        choices = [
            (ACCEPT, _("Accept"), asked_for(proposal) if proposal.same_day else ""),
            (DECLINE, _("Decline")),
            (LATER, _("Decide later"), _("Until then it stands under ‘Before anything else’.") if proposal.same_day else ""),
        ]
        # What cannot wait has no preset: nobody passes over it with a save.
        decision = OneOf(
            choices,
            label=_("What do you decide?"),
            required=proposal.same_day,
            error_messages={"required": _("Choose what you decide: %(words)s") % {"words": proposal.words}},
            small=True,
            shows={ACCEPT: accepting, DECLINE: declining},
        )
        self._add(DECISION, proposal, decision, None if proposal.same_day else LATER)

    def _add(self, part: str, proposal: Proposal, field: Any, initial: Any = None) -> None:
        name = self.name(part, proposal)
        self.fields[name] = field
        if initial is not None:
            self.initial.setdefault(name, initial)

    @staticmethod
    def name(part: str, proposal: Proposal) -> str:
        return f"{part}-{proposal.pk.hex}"

    def layout(self) -> Sequence[Any]:
        return [
            Section(each.words, self.name(DECISION, each), hint=_hint(each), anchor=f"proposal-{each.pk.hex}") for each in self.proposals
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for each in self.proposals:
            said = {part: cleaned.get(self.name(part, each)) for part in _PARTS}
            try:
                match cleaned.get(self.name(DECISION, each)):
                    case "accept":
                        self._accepting(each, said)
                    case "decline":
                        rules.declined_because(each, said["reason"] or "", said["words"] or "")
                        if each.countersign:
                            task_rules.told_fits(said["told"] or ())
            except Refused as refused:
                for part, sentences in refused.fields.items():
                    self.add_error(self.name(part, each), [f"{sentence}: {each.words}" for sentence in sentences])
        return cleaned

    def _accepting(self, proposal: Proposal, said: dict[str, Any]) -> None:
        if not proposal.same_day and self.name("due_on", proposal) not in self.errors:
            if said["due_on"] is None:
                raise Refused("", fields={"due_on": [_("Say by when")]})
            rules.can_be_done_on(proposal, said["due_on"])

    def decisions(self) -> Iterable[Decision]:
        """Once the form is valid: what was decided, without what is left for later."""
        for each in self.proposals:
            chosen = self.cleaned_data.get(self.name(DECISION, each))
            said = {part: self.cleaned_data.get(self.name(part, each)) for part in _PARTS}
            if chosen == ACCEPT:
                due_on: date | None = said["due_on"]
                yield Decision(each, True, {"due_on": due_on, "person": self.people.get(said["person"] or "")})
            elif chosen == DECLINE:
                more = {"told": said["told"], "told_words": said["told_words"] or ""} if each.countersign else {}
                yield Decision(each, False, {"reason": said["reason"], "words": said["words"] or "", **more})


def asked_for(proposal: Proposal) -> str:
    """By when the assessment asked for it, and what has become of that day."""
    made, today = clock.day_of(proposal.made_at), clock.today()
    if proposal.wanted_by == made == today:
        return _("Asked for today.")
    said = {"day": uk_date(proposal.wanted_by), "made": uk_date(made)}
    if proposal.wanted_by == made:
        return _("Asked for on the same day; that was %(day)s: today.") % said
    if proposal.wanted_by < today:
        return _("Asked for by %(day)s, which has passed: today.") % said
    return _("Asked for by %(day)s, in the assessment completed on %(made)s.") % said


def _hint(proposal: Proposal) -> str:
    parts = [proposal.why]
    if proposal.again is not None:
        parts.append(_("Found again in the assessment of %(day)s") % {"day": uk_date(proposal.again.took_place_on)})
    if proposal.countersign:
        parts.append(_("Nobody closes this alone"))
    if proposal.source:
        parts.append(proposal.source)
    return ". ".join(part for part in parts if part)
