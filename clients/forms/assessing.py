"""What is asked when an assessment is begun, corrected or handed on."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.actors import Actor
from carehub.definitions.schema import Form
from carehub.formfields import DateField, LongText, OneOf, Several, Text
from carehub.forms import CareHubForm
from carehub.models import Person
from carehub.personfield import PersonField
from clients.forms.registering import keyworkers_of
from clients.models import Assessment

HERE, PAPER = "here", "paper"
WHOLE, PART = "whole", "part"
LONGEST_REASON = Assessment._meta.get_field("corrects_why").max_length


class StartForm(CareHubForm):
    """When it takes place, whether it was asked on paper first and, where it was asked before, whether a part of it alone is asked."""

    mark_optional = False

    took_place_on = DateField(label=_("When it took place"), latest="today")
    how = OneOf(
        [
            (HERE, _("No, I am asking now or typed as I asked")),
            (PAPER, _("Yes, it was asked on paper"), _("Type it in within 24 hours.")),
        ],
        label=_("Was it asked on paper?"),
        shows={PAPER: ["took_place_at"]},
        required=False,
    )
    took_place_at = Text(label=_("At what time, if you know it?"), help_text=_("For example, 14:30"), width=5, required=False)
    part = OneOf(
        [(WHOLE, _("All of it")), (PART, _("One part, because something has changed"), _("The rest stays as it was last asked."))],
        label=_("What do you ask?"),
        shows={PART: ["only"]},
        required=False,
    )
    only = Several(label=_("Which part?"), small=True, required=False)

    def __init__(self, *args: Any, definition: Form, asked_before: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if asked_before and len(definition.sections) > 1:
            self.fields["only"].choices = [(section.id, section.title) for section in definition.sections]
        else:
            del self.fields["part"], self.fields["only"]
        for name, start in (("took_place_on", clock.today()), ("how", HERE), ("part", WHOLE)):
            self.initial.setdefault(name, start)

    def clean_took_place_at(self) -> time | None:
        typed = self.cleaned_data["took_place_at"].strip().replace(".", ":")
        if not typed:
            return None
        try:
            return time.fromisoformat(typed if len(typed) > 4 else f"0{typed}")
        except ValueError:
            raise forms.ValidationError(_("‘At what time, if you know it?’ is written as hours and minutes, such as 14:30")) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("part") == PART and not cleaned.get("only") and "only" not in self.errors:
            self.add_error("only", _("Choose the part that you ask"))
        return cleaned

    @property
    def answered(self) -> dict[str, Any]:
        """For actions.start_assessment, once the form is valid: its arguments by name."""
        said = self.cleaned_data
        on_paper = said.get("how") == PAPER
        return {
            "took_place_on": said["took_place_on"],
            "on_paper": on_paper,
            "took_place_at": said["took_place_at"] if on_paper else None,
            "only": said["only"] if said.get("part") == PART else (),
        }


class CorrectForm(CareHubForm):
    why = LongText(
        label=_("Why is it corrected?"),
        help_text=_("For the record. For example, ‘The overdose was in 2004, not 2006’."),
        max_length=LONGEST_REASON,
        rows=3,
    )


class DeclineComprehensiveForm(CareHubForm):
    why = LongText(
        label=_("Why will it not be done?"),
        help_text=_("For the record. For example, ‘The client is well supported on the initial plan and does not want more questions’."),
        max_length=LONGEST_REASON,
        rows=3,
    )


class HandOnForm(CareHubForm):
    to = PersonField(label=_("Who goes on with it?"))

    def __init__(self, *args: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["to"].queryset = keyworkers_of(actor).exclude(pk=actor.person_id)

    def layout(self) -> Sequence[Any]:
        return ("to",)

    @property
    def person(self) -> Person:
        return self.cleaned_data["to"]
