"""What the page of all work can be narrowed to; every choice stands in the address, none is a client's."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from carehub.actors import Actor
from carehub.formfields import OneFromList
from carehub.forms import CareHubForm
from careplans.models import Domain
from careplans.work.rows import ALL, MINE, NOBODY
from clients.models import Episode


class WorkFilter(CareHubForm):
    mark_optional = False

    whose: Any = OneFromList(label=_("Keyworker"), required=False)
    domain: Any = OneFromList(label=_("Works on"), required=False)
    risk: Any = OneFromList(label=_("Risk"), required=False)

    def __init__(self, actor: Actor, data: Mapping[str, Any]):
        first = ALL if actor.may("service.view") else MINE
        super().__init__({"whose": first, **{name: data[name] for name in ("whose", "domain", "risk") if data.get(name)}})
        held = Episode.objects.visible_to(actor, many=True).of_agency(actor.agency_id).open().filter(keyworker__isnull=False)
        people = held.order_by("keyworker__name").values_list("keyworker_id", "keyworker__name").distinct()
        everybody = [(MINE, _("My caseload")), (ALL, _("Everybody in the agency")), (NOBODY, _("Nobody yet"))]
        self._choose("whose", [*everybody, *((str(key), name) for key, name in people)])
        self._choose("domain", [("", _("Any area")), *Domain.choices])
        self._choose("risk", [("", _("Any risk")), *((value or "unknown", words) for value, words in Episode.Risk.choices)])
        if not self.is_valid():  # an address that was typed: as if nothing had been chosen
            self.cleaned_data = {"whose": first, "domain": "", "risk": ""}

    def _choose(self, name: str, choices: list) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
