"""What is asked about a form: a question of the partnership's own, other words, a section; and about one that is not CareHub's."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from carehub.administration_forms import WHOLE_PARTNERSHIP
from carehub.definitions.edition import KINDS, WITH_CHOICES, LocalQuestion, OnlyIf, base_id
from carehub.definitions.edition_forward import KIND_WORDS
from carehub.definitions.schema import CodeList, Form
from carehub.formfields import DateField, LongText, OneFromList, OneOf, Several, Text
from carehub.forms import Opened, Section
from carehub.models import Agency

#: A question with more answers than this is not offered as a condition: the list would be nothing but its choices.
_MOST_ANSWERS = 12


class SectionForm(Opened):
    title = Text(label=_("What is the section called?"), max_length=80, missing=_("Enter what the section is called"))


class RewordForm(Opened):
    text = LongText(label=_("The question, as it is read out"), rows=3, missing=_("Enter the question, as it is read out"))
    hint = LongText(label=_("Hint"), rows=2, required=False)


class PublishForm(Opened):
    """Nothing is asked but the version that was looked at."""


class QuestionForm(Opened):
    text = LongText(
        label=_("The question, as it is read out"),
        rows=3,
        help_text=_("As one would ask it of somebody: ‘How are your teeth?’"),
        missing=_("Enter the question, as it is read out"),
    )
    hint = LongText(label=_("Hint"), rows=2, required=False, help_text=_("Stands under the question, smaller."))
    kind = OneOf(label=_("How is it answered?"), shows={"number": ["least", "most", "unit"]}, missing=_("Choose how it is answered"))
    least = forms.IntegerField(label=_("The least"), required=False)
    most = forms.IntegerField(label=_("The most"), required=False)
    unit = Text(label=_("Unit"), max_length=30, width=10, required=False, help_text=_("‘a week’, ‘cigarettes a day’"))
    choices = LongText(
        label=_("The answers, one a line"),
        rows=5,
        required=False,
        help_text=_("For ‘one of several’ and ‘any of several’. An answer whose words you change later is another answer."),
    )
    last_alone = forms.BooleanField(label=_("The last answer goes with no other, like ‘None of these’"), required=False)
    mandatory = forms.BooleanField(
        label=_("A key question: answered, or ‘declined’, ‘not known’ and their like, before the assessment is completed"), required=False
    )
    third_party = forms.BooleanField(
        label=_("From or about somebody else: asked in private, and kept off everything that is shown or given to the client"),
        required=False,
    )
    only_if = OneFromList(
        label=_("Only where another question is answered so"), required=False, help_text=_("Leave it open to ask everybody.")
    )
    expectations = Several(
        label=_("Does it ask what best practice expects?"),
        small=True,
        required=False,
        help_text=_("It then counts in the form audit, has a reason where there is no answer, and cannot be retired."),
    )

    def __init__(self, *args: Any, definition: Form, items: CodeList, question: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = [(kind, str(KIND_WORDS[kind]()).capitalize()) for kind in KINDS]
        self.fields["expectations"].choices = [(code.value, code.text) for code in items.codes]
        self.fields["only_if"].choices = [("", _("Everybody is asked")), *conditions(definition, question)]
        for name in ("least", "most"):
            self.fields[name].width = 5
            self.fields[name].error_messages["invalid"] = _("‘%(label)s’ must be a whole number, like 14") % {
                "label": self.fields[name].label
            }

    def layout(self) -> Sequence[Any]:
        return (
            Section(_("The question"), "text", "hint"),
            Section(_("The answer"), "kind", "choices", "last_alone"),
            Section(_("Who is asked, and what counts"), "only_if", "mandatory", "third_party", "expectations"),
        )

    @property
    def said(self) -> dict[str, Any]:
        """For the action: what belongs to the kind that was chosen."""
        given = {name: self.cleaned_data[name] for name in ("text", "hint", "kind", "mandatory", "third_party")}
        given["text"] = " ".join(given["text"].split())
        lines = [" ".join(line.split()) for line in self.cleaned_data["choices"].splitlines()]
        choosing, number = given["kind"] in WITH_CHOICES, given["kind"] == "number"
        question, _blank, answer = self.cleaned_data["only_if"].partition(" ")
        return given | {
            "choices": tuple(filter(None, lines)) if choosing else (),
            "last_alone": choosing and self.cleaned_data["last_alone"],
            "least": self.cleaned_data["least"] if number else None,
            "most": self.cleaned_data["most"] if number else None,
            "unit": self.cleaned_data["unit"] if number else "",
            "only_if": OnlyIf(question, answer) if question else None,
            "expectations": tuple(self.cleaned_data["expectations"]),
        }


def as_typed(question: LocalQuestion) -> dict[str, Any]:
    """What stands in the form for a question that is there."""
    names = ("text", "hint", "kind", "least", "most", "unit", "last_alone", "mandatory", "third_party")
    return {name: getattr(question, name) for name in names} | {
        "choices": "\n".join(question.choices),
        "expectations": list(question.expectations),
        "only_if": f"{question.only_if.question} {question.only_if.answer}" if question.only_if else "",
    }


def conditions(form: Form, but: str = "") -> Iterable[tuple[str, list[tuple[str, str]]]]:
    """Each question that can be waited for, with its answers. Not those of a group: there it would be said of which entry."""
    for question in form.questions:
        if base_id(question) != but and not question.group and 0 < len(question.choices) <= _MOST_ANSWERS:
            yield question.name, [(f"{question.id} {choice.value}", choice.text) for choice in question.choices]


class PaperFormForm(Opened):
    name = Text(label=_("What is the form called?"), max_length=120, missing=_("Enter what the form is called"))
    agency = OneFromList(label=_("Whose form is it?"), missing=_("Choose whose form it is"))
    dated = DateField(
        label=_("The date on it"),
        help_text=_("Or the day since when it has been in use."),
        earliest=date(1990, 1, 1),
        latest="today",
        missing=_("Enter the date on it, or the day since when it has been in use"),
    )
    asks = Several(
        label=_("Which of these does it ask?"),
        required=False,
        help_text=_("Tick what stands on the form itself, as a question or a box. What a good worker would ask anyway does not count."),
    )

    def __init__(self, *args: Any, agencies: Sequence[Agency], whole: bool, items: CodeList, **more: Any) -> None:
        super().__init__(*args, **more)
        self.agencies: dict[str, Agency | None] = {str(each.pk): each for each in agencies}
        named = [(key, each.name) for key, each in self.agencies.items() if each]
        if whole:
            self.agencies[WHOLE_PARTNERSHIP] = None
            named.insert(0, (WHOLE_PARTNERSHIP, _("The whole partnership’s")))
        self.fields["agency"].choices = [("", _("Choose")), *named]
        self.fields["asks"].choices = [(code.value, code.text) for code in items.codes]

    @property
    def said(self) -> dict[str, Any]:
        """For the action."""
        given = {name: self.cleaned_data[name] for name in ("name", "dated", "asks")}
        return given | {"agency": self.agencies[self.cleaned_data["agency"]]}
