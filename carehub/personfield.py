"""Choosing somebody of the staff, among five or among five thousand."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _


class PersonField(forms.ModelChoiceField):
    """Somebody of the staff. A few stand there as radios, some as a list; where there are more, the name is typed and matches are offered.

    ``named`` is the field that is searched. The people are given when the form is made: ``form.fields["keyworker"].queryset = …``.
    """

    RADIOS, LIST, OFFERED = 7, 60, 6

    def __init__(self, queryset: QuerySet | None = None, *, named: str = "name", missing: Any = "", **more: Any) -> None:
        if missing:
            more.setdefault("error_messages", {})["required"] = missing
        more.setdefault("empty_label", _("Choose"))
        self.named = named
        super().__init__(queryset=queryset, **more)

    def label_from_instance(self, person: Model) -> str:
        return str(getattr(person, self.named.split("__")[-1], person))

    def _set_queryset(self, queryset: QuerySet | None) -> None:
        self._queryset = queryset
        if queryset is None:
            self.searched = False
            return
        # At most one query, and never more rows than a page can show.
        people = list(queryset[: self.LIST + 1])
        self.searched = len(people) > self.LIST
        if self.searched:
            self.widget = forms.TextInput(attrs={"autocomplete": "off"})
            return
        self._listed = {str(person.pk): person for person in people}
        self.widget = forms.RadioSelect() if len(people) <= self.RADIOS else forms.Select()
        self._offer(people, blank=len(people) > self.RADIOS)

    queryset = property(lambda self: self._queryset, _set_queryset)

    def _offer(self, people: Iterable[Model], *, blank: bool) -> None:
        offered = [(str(person.pk), self.label_from_instance(person)) for person in people]
        self.widget.choices = ([("", self.empty_label)] if blank else []) + offered

    def to_python(self, value: Any) -> Model | None:
        if value in self.empty_values:
            return None
        if not self.searched:
            if (person := self._listed.get(str(getattr(value, "pk", value)))) is None:
                raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value})
            return person
        try:
            return super().to_python(value)  # chosen from the matches that were offered before
        except ValidationError:
            pass
        matches = list(self.queryset.filter(**{f"{self.named}__icontains": str(value).strip()[:100]})[: self.OFFERED + 1])
        if len(matches) == 1:
            return matches[0]
        if not matches:
            raise ValidationError(_("Nobody here has a name like ‘%(typed)s’"), code="nobody", params={"typed": value})
        if len(matches) > self.OFFERED:
            raise ValidationError(_("More than %(number)d names fit: type more of the name"), code="many", params={"number": self.OFFERED})
        self.widget = forms.RadioSelect()
        self._offer(matches, blank=False)
        raise ValidationError(_("Several people fit: choose one"), code="several")

    def prepare_value(self, value: Any) -> Any:
        prepared = super().prepare_value(value)
        return str(prepared) if prepared is not None and not isinstance(prepared, str) else prepared
