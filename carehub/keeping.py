"""A form that loses nothing: its ticket for automatic saves, and what its writer left in it last time."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.utils.functional import cached_property

from carehub import drafts
from carehub.models import Draft


@dataclass
class Keeping:
    """One opened form. In the view: ``data = request.POST or keeping.data``; in the template, inside <form {% keeping_form %}>:
    ``{% include "components/keeping.html" %}``; after the action has succeeded: ``keeping.done()``.
    """

    request: HttpRequest
    kind: str
    subject: object = "new"
    client_id: UUID | None = None

    @cached_property
    def ticket(self) -> str:
        return drafts.ticket(self.request.actor, kind=self.kind, subject=self.subject, client_id=self.client_id)

    @property
    def form_address(self) -> str:
        return self.request.path

    @cached_property
    def kept(self) -> list[Draft]:
        if self.request.method == "POST":
            return []
        return drafts.kept(self.request.actor, kind=self.kind, subject=self.subject)

    @property
    def restored(self) -> Draft | None:
        """The text shown: the newest, or the one chosen by ``?kept=``."""
        chosen = self.request.GET.get("kept", "")
        return next((each for each in self.kept if str(each.pk) == chosen), self.kept[0] if self.kept else None)

    @property
    def others(self) -> list[Draft]:
        return [each for each in self.kept if each != self.restored]

    @property
    def data(self) -> QueryDict | None:
        """What to fill the form with again; None where nothing was left."""
        return drafts.as_data(self.restored) if self.restored else None

    def done(self) -> None:
        drafts.discard(self.request.actor, kind=self.kind, subject=self.subject)
