"""What the form pack under templates/carehub/ asks of a field: its kind, its choices, its ids. Works with any Django form."""

from collections.abc import Iterator
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from carehub.definitions import weeks
from carehub.widgets import DateInput, WeeksInput

register = template.Library()

#: The first that fits, by the widget's class.
_KINDS: list[tuple[type[forms.Widget], str]] = [
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (DateInput, "date"),
    (WeeksInput, "weeks"),
    (forms.FileInput, "file"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.PasswordInput, "password"),
    (forms.MultiWidget, "parts"),
]
_CLASSES = {"file": "govuk-file-upload", "select": "govuk-select", "textarea": "govuk-textarea", "checkbox": "govuk-checkboxes__input"}


@register.filter
def field_kind(field: BoundField) -> str:
    if field.is_hidden:
        return "hidden"
    return next((kind for widget, kind in _KINDS if isinstance(field.field.widget, widget)), "input")


@register.filter
def label_size(field: BoundField) -> str:
    """'s', 'm' or 'l'; 's' unless the field says otherwise."""
    return getattr(field.field, "label_size", "s")


@register.filter
def is_optional(field: BoundField) -> bool:
    return getattr(field.form, "mark_optional", False) and not field.field.required


@register.filter
def is_revealed(field: BoundField) -> bool:
    """Whether it stands inside an answer of another question, and not by itself."""
    return field.name in getattr(field.form, "revealed_names", ())


def _describing_ids(field: BoundField) -> list[str]:
    ids = []
    if field.help_text:
        ids.append(f"{field.auto_id}_hint")
    if getattr(field.field, "last_answer", ""):
        ids.append(f"{field.auto_id}_last")
    if field.errors:
        ids.append(f"{field.auto_id}_errors")
    return ids


@register.simple_tag
def described_by(field: BoundField) -> SafeString | str:
    ids = _describing_ids(field)
    return format_html(' aria-describedby="{}"', " ".join(ids)) if ids else ""


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The input itself, with its classes, and tied to its hint and errors."""
    kind = field_kind(field)
    block = _CLASSES.get(kind, "govuk-input")
    classes = [field.field.widget.attrs.get("class", ""), block]
    if field.errors:
        classes.append(f"{block}--error")
    if width := getattr(field.field, "width", None):
        classes.append(f"{block}--width-{width}")
    ids = _describing_ids(field)
    # A browser that honours maxlength cuts pasted text without a word; the form says it instead. A placeholder is no label.
    attrs: dict[str, Any] = {"maxlength": False, "placeholder": False}
    if getattr(field.field, "word_limit", None):
        classes.append("govuk-js-character-count")
        ids.append(f"{field.auto_id}-info")
    if kind == "password":
        classes.append("govuk-password-input__input govuk-js-password-input-input")
        attrs |= {"spellcheck": "false", "autocapitalize": "none"}
    if ids:
        attrs["aria-describedby"] = " ".join(ids)
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs | {"class": " ".join(filter(None, classes))})


@register.filter
def choices_of(field: BoundField) -> Iterator[dict[str, Any]]:
    """The choices of radios or checkboxes, each with its hint and with the questions it opens."""
    hints = getattr(field.field, "hints", {})
    shows = getattr(field.field, "shows", {})
    dividers = getattr(field.field, "dividers", {})
    for option in field.subwidgets:
        data = option.data
        value = str(data["value"])
        if value == "" and field_kind(field) == "radios":
            continue  # 'nothing chosen' is what radios show by themselves
        yield {
            "name": data["name"],
            "value": value,
            "label": data["label"],
            "selected": data["selected"],
            "disabled": data["attrs"].get("disabled", False),
            "id": data["attrs"]["id"],
            "hint": hints.get(value, ""),
            "divider": dividers.get(value, ""),
            "shows": [field.form[name] for name in shows.get(value, ())],
        }


@register.filter
def date_parts(field: BoundField) -> list[dict[str, Any]]:
    """Day, month and year of a date question; those that the error is about are marked wrong."""
    wrong = _wrong_parts(field)
    words = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
    widget = field.field.widget
    drawn = widget.get_context(field.html_name, field.value(), {"id": field.auto_id})["widget"]["subwidgets"]
    birth = getattr(field.field, "autocomplete_birth", False)
    return [
        {
            "label": words[part],
            "name": each["name"],
            "id": f"{field.auto_id}_{part}",
            "value": "" if each["value"] is None else each["value"],
            "width": 4 if part == "year" else 2,
            "inputmode": "numeric",
            "autocomplete": f"bday-{part}" if birth else "off",
            "wrong": part in wrong,
        }
        for part, each in zip(DateInput.PARTS, drawn, strict=True)
    ]


@register.filter
def weeks_parts(field: BoundField) -> list[dict[str, Any]]:
    """The four weeks of a question; those that are empty or no number of days are marked wrong where the question has an error."""
    widget = field.field.widget
    drawn = widget.get_context(field.html_name, field.value(), {"id": field.auto_id})["widget"]["subwidgets"]
    return [
        {
            "label": weeks.LABELS[week],
            "name": each["name"],
            "id": f"{field.auto_id}_week{week}",
            "value": "" if each["value"] is None else each["value"],
            "wrong": bool(field.errors) and not weeks.is_days(str(each["value"] or "")),
        }
        for week, each in zip(weeks.WEEKS, drawn, strict=True)
    ]


@register.filter
def weeks_total(field: BoundField) -> str:
    """Under the four weeks, once they are there."""
    return "" if field.errors else weeks.total_of_typed([str(part or "") for part in field.value() or ()])


def _wrong_parts(field: BoundField) -> frozenset[str]:
    if not field.errors:
        return frozenset()
    named = [part for error in field.errors.as_data() for part in (error.params or {}).get("parts", ())]
    return frozenset(named or DateInput.PARTS)


def anchor(field: BoundField) -> str:
    """The id that the error summary's link goes to: the first thing that can be typed into or chosen."""
    kind = field_kind(field)
    if kind in ("radios", "checkboxes"):
        return f"{field.auto_id}_0"
    if kind == "date":
        wrong = _wrong_parts(field)
        return f"{field.auto_id}_{next(part for part in DateInput.PARTS if part in wrong)}"
    if kind == "weeks":
        return next((part["id"] for part in weeks_parts(field) if part["wrong"]), field.id_for_label)
    if kind == "parts":
        return f"{field.auto_id}_0"
    return field.id_for_label


def _problems(*things: Any) -> Iterator[dict[str, str]]:
    for thing in things:
        if isinstance(thing, dict):
            yield from _problems(*thing.values())
        elif isinstance(thing, list | tuple):
            yield from _problems(*thing)
        elif isinstance(thing, BaseFormSet):
            if thing.is_bound:
                yield from ({"text": str(error), "anchor": ""} for error in thing.non_form_errors())
                yield from _problems(*thing.forms)
        elif isinstance(thing, forms.BaseForm) and thing.is_bound:
            yield from ({"text": str(error), "anchor": ""} for error in thing.non_field_errors())
            for field in thing:
                yield from ({"text": str(error), "anchor": "" if field.is_hidden else anchor(field)} for error in field.errors)


@register.inclusion_tag("components/error_summary.html")
def error_summary(*things: Any) -> dict[str, Any]:
    """Everything that is wrong on the page, each a link to its question. Takes forms, formsets, lists of them, and nothing."""
    return {"problems": list(_problems(*things))}


@register.inclusion_tag("components/form_start.html", takes_context=True)
def form_start(context: template.Context, form: Any = None, draft_ticket: str = "", action: str = "") -> dict[str, Any]:
    """Opens a form of ours: posted here, never checked by the browser, its text kept where there is a ``draft_ticket``."""
    request = context.get("request")
    formsets = context.get("formsets") or []
    # For form_end, which says at its foot whether what is typed is saved.
    context["keeps_draft"] = bool(draft_ticket and context.get("draft_url"))
    every = [form, *(formsets.values() if isinstance(formsets, dict) else formsets)]
    return {
        "action": action or "",
        "multipart": any(thing is not None and hasattr(thing, "is_multipart") and thing.is_multipart() for thing in every),
        "draft_ticket": draft_ticket or "",
        "draft_url": context.get("draft_url", ""),
        "form_address": request.path if request else "",
    }


@register.simple_tag(takes_context=True)
def form_end(context: template.Context) -> SafeString:
    """At the foot: it stays at the lower edge of the window while the form is longer, and moves nothing when it begins to speak."""
    status = render_to_string("components/save_status.html") if context.get("keeps_draft") else ""
    return format_html("{}</form>", SafeString(status))
