"""What every form of ours has in common: plain-English messages, the form pack, rows of which there can be more."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from django import forms
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.renderers import TemplatesSetting
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

#: Django's own sentences → ours, which name the question. 'label' is filled in when the form is made.
_MESSAGES = {
    "required": _("‘%(label)s’ needs an answer"),
    "invalid_choice": _("‘%(label)s’: choose one of the answers given"),
    "invalid_list": _("‘%(label)s’: choose from the answers given"),
    "max_length": _("‘%(label)s’ must be %(most)s characters or fewer"),
    "min_length": _("‘%(label)s’ must be %(least)s characters or more"),
    "invalid": _("‘%(label)s’ is not in the form expected"),
}
#: Django fills these with % once more: a per cent sign in a label must not be read as a place to fill.
_FILLED_AGAIN = frozenset({"max_length", "min_length", "invalid_choice"})


class Section(LayoutObject):
    """Questions under one heading. Unlike crispy's own Fieldset its heading is text and never a template: it may come from a definition."""

    def __init__(self, legend: Any, *fields: Any, hint: Any = "", anchor: str = "") -> None:
        self.legend, self.hint, self.anchor, self.fields = legend, hint, anchor, list(fields)

    def render(self, form: forms.BaseForm, context: Any, template_pack: str = "carehub", **more: Any) -> str:
        content = self.get_rendered_fields(form, context, template_pack, **more)
        return render_to_string(
            "carehub/layout/section.html", {"legend": self.legend, "hint": self.hint, "anchor": self.anchor, "content": content}
        )


class CareHubForm(forms.Form):
    """Questions in our words; what it is laid out as, and what stands inside an answer of another question."""

    use_required_attribute = False
    #: Says '(optional)' beside what need not be answered. Off where nothing has to be (an assessment is saved half done).
    mark_optional = True

    def __init__(self, *args: Any, **more: Any) -> None:
        more.setdefault("label_suffix", "")
        super().__init__(*args, **more)
        for field in self.fields.values():
            _speak_plainly(field)

    def layout(self) -> Sequence[Any]:
        """The order and the sections of the questions, as crispy layout objects; all of them in their order where empty."""
        return ()

    @cached_property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.include_media = False
        if parts := self.layout():
            helper.layout = Layout(*parts)
            helper.render_hidden_fields = True
        return helper

    @property
    def revealed_names(self) -> frozenset[str]:
        """Questions that stand inside an answer of another one, and therefore not by themselves."""
        return frozenset(name for field in self.fields.values() for names in getattr(field, "shows", {}).values() for name in names)


def _speak_plainly(field: forms.Field) -> None:
    defaults: dict[str, Any] = {}
    for base in reversed(type(field).__mro__):
        defaults |= vars(base).get("default_error_messages", {})
    for code, message in _MESSAGES.items():
        given = field.error_messages.get(code)
        if code in ("max_length", "min_length") or (given is not None and str(given) == str(defaults.get(code))):
            values = {"label": field.label or "", "most": getattr(field, "max_length", ""), "least": getattr(field, "min_length", "")}
            if code in _FILLED_AGAIN:
                values["label"] = str(values["label"]).replace("%", "%%")
            field.error_messages[code] = message % values
    for validator in getattr(field, "validators", ()):
        if getattr(validator, "code", "") in ("max_length", "min_length"):
            validator.message = field.error_messages[validator.code]


class RowsFormSet(forms.BaseFormSet):
    """Rows of which there can be more, added by script or, without it, by a submit that comes back with one row more.

    In the view, before validating: ``if formset.more_wanted: formset = formset.with_one_more()`` and show the form again.
    Made by :func:`rows_of`.
    """

    #: What one row is called, for its heading and for messages.
    row_title: Any = ""

    @property
    def more_name(self) -> str:
        """The submit button's name that asks for one more row."""
        return f"{self.prefix}-more"

    @property
    def more_wanted(self) -> bool:
        return self.is_bound and self.more_name in self.data

    def with_one_more(self) -> "RowsFormSet":
        """The same rows as typed, unchecked, and an empty one."""
        data = self.data.copy()
        total = f"{self.prefix}-TOTAL_FORMS"
        count = self.management_form.cleaned_data["TOTAL_FORMS"] if self.management_form.is_valid() else 0
        data[total] = str(min(count + 1, self.absolute_max))
        more = type(self)(data, self.files, prefix=self.prefix, initial=self.initial, form_kwargs=self.form_kwargs)
        # Asking for a row is no submission: nothing is wrong yet.
        more._errors = [{} for _form in more.forms]
        more._non_form_errors = more.error_class(renderer=more.renderer)
        for form in more.forms:
            form._errors = forms.utils.ErrorDict()
        return more

    def add_fields(self, form: forms.BaseForm, index: int | None) -> None:
        super().add_fields(form, index)
        if DELETION_FIELD_NAME in form.fields:
            form.fields[DELETION_FIELD_NAME].label = _("Remove this")
            form.fields[DELETION_FIELD_NAME].small = True

    @property
    def filled(self) -> list[dict[str, Any]]:
        """The cleaned rows that hold something and are not to be removed, in their order. After ``is_valid()``."""
        return [form.cleaned_data for form in self.forms if form.has_changed() and not form.cleaned_data.get(DELETION_FIELD_NAME)]


def rows_of(form: type[forms.BaseForm], *, extra: int = 1, least: int = 0, most: int = 30, **more: Any) -> type[RowsFormSet]:
    """A formset class: ``extra`` empty rows to begin with, ``least`` that must be filled, ``most`` that are taken."""
    return forms.formset_factory(
        form, formset=RowsFormSet, extra=extra, min_num=least, validate_min=bool(least), max_num=most, absolute_max=most,
        validate_max=True, can_delete=True, renderer=TemplatesSetting(), **more
    )  # fmt: skip


class Opened(CareHubForm):
    """A form that is saved over a record: it says which version it was opened with."""

    opened_at = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_opened_at(self) -> int:
        return self.cleaned_data["opened_at"] or 0
