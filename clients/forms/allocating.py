"""What is asked when a client gets another keyworker."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from carehub import clock
from carehub.actors import Actor
from carehub.formfields import DateField, OneFromList, OneOf
from carehub.forms import CareHubForm, Opened
from carehub.models import Person
from carehub.personfield import PersonField
from clients.models import Episode
from clients.policies import allocating as rules

Reason = Episode.Handover
_OF_SOMEBODY = {Reason.LEAVES, Reason.ABSENT, Reason.ASKED}


def with_number(name: str, number: int) -> str:
    return ngettext("%(name)s: %(number)d person", "%(name)s: %(number)d people", number) % {"name": name, "number": number}


class CaseloadField(PersonField):
    """Who could be the keyworker, each with how many people they have now. ``held`` and ``now`` are given before the people."""

    held: Mapping[UUID | None, int] = {}
    #: Who it is now.
    now: UUID | None = None

    def label_from_instance(self, person: Any) -> str:
        if person.pk == self.now:
            return _now("%(name)s: the keyworker now") % {"name": person.name}
        return with_number(person.name, self.held.get(person.pk, 0))


class KeyworkerForm(Opened):
    keyworker = CaseloadField(label=_("Who is the keyworker?"), missing=_("Choose the keyworker"))
    since = DateField(label=_("From which day?"), latest="today")
    reason = OneOf(Reason.choices, label=_("Why?"), missing=_("Choose why they get another keyworker"), small=True)

    def __init__(self, *args: Any, actor: Actor, episode: Episode, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["keyworker"].held = rules.held_by(actor)
        self.fields["keyworker"].now = episode.keyworker_id
        self.fields["keyworker"].queryset = rules.keyworkers(actor)
        self.initial.setdefault("since", clock.today())
        self.initial.setdefault("opened_at", episode.row_version)
        unfit = _OF_SOMEBODY if episode.keyworker_id is None else {Reason.NOBODY}
        self.fields["reason"].choices = [(value, label) for value, label in Reason.choices if value not in unfit]


class ShareOutForm(CareHubForm):
    """A row a client; whoever has no choice of their own goes to ``everybody``, if that is chosen."""

    mark_optional = False
    everybody = OneFromList(label=_("Give everybody without a choice of their own to"), required=False)
    reason = OneFromList(label=_("Why?"), missing=_("Choose why they get another keyworker"))

    def __init__(self, *args: Any, actor: Actor, leaver: Person, episodes: Collection[Episode], **more: Any) -> None:
        super().__init__(*args, **more)
        held = rules.held_by(actor)
        self.people = {str(each.pk): each for each in rules.keyworkers(actor).exclude(pk=leaver.pk)}
        offered = [(key, with_number(each.name, held.get(each.pk, 0))) for key, each in self.people.items()]
        self.episodes = list(episodes)
        for each in self.episodes:
            label = _now("Keyworker of %(name)s") % {"name": each.client.full_name}
            self.fields[f"to-{each.pk}"] = OneFromList(
                offered, label=label, required=False, error_messages={"invalid_choice": _now("Choose one of the people given")}
            )
        self.fields["everybody"].choices = [("", _("Nobody")), *offered]
        self.fields["reason"].choices = [("", _("Choose")), *(each for each in Reason.choices if each[0] != Reason.NOBODY)]

    @property
    def gone(self) -> int:
        """How many were chosen for that the leaver does not have any more."""
        everybody = self.data.get("everybody")
        return sum(name.startswith("to-") and name not in self.fields and bool(self.data[name] or everybody) for name in self.data)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [{"episode": each, "field": self[f"to-{each.pk}"]} for each in self.episodes]

    @property
    def given(self) -> dict[UUID, Person]:
        """Key of the episode → who has it from now on. After ``is_valid()``."""
        chosen = {each.pk: self.cleaned_data[f"to-{each.pk}"] or self.cleaned_data["everybody"] for each in self.episodes}
        return {key: self.people[person] for key, person in chosen.items() if person}
