"""A form that loses nothing: its ticket for automatic saves, and what its writer left in it last time."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.forms import BaseForm
from django.forms.utils import ErrorDict
from django.http import HttpRequest, QueryDict
from django.utils.functional import cached_property

from carehub import drafts
from carehub.models import Draft


@dataclass
class Keeping:
    """One opened form.

    In the view, on GET: ``form = as_left(AForm(keeping.data)) if keeping.data else AForm(initial=…)``; on POST, where the form is
    wrong: ``keeping.not_taken()``; after the action has succeeded: ``keeping.done()``. The page's context has ``keeping`` and
    ``draft_ticket``; its template says ``{% include "components/keeping.html" %}`` above the form.
    """

    request: HttpRequest
    kind: str
    subject: object = "new"
    client_id: UUID | None = None
    #: While the client sees the screen: which kept text holds what they must not see. It is left where it is.
    not_now: Callable[[Draft], bool] | None = None

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
        return [each for each in self._all() if not self._stays(each)]

    def _all(self) -> list[Draft]:
        return drafts.kept(self.request.actor, kind=self.kind, subject=self.subject)

    def _stays(self, draft: Draft) -> bool:
        return self.not_now is not None and self.not_now(draft)

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

    def not_taken(self) -> None:
        """The form was submitted and something in it is wrong: its text outlives a browser that is closed on the answer.

        It moves on to the page that is the answer: coming back later, its writer finds one text and not one a try.
        """
        actor, submitted = self.request.actor, drafts.read_ticket(self.request.POST.get(drafts.TICKET, ""))
        if submitted is None or submitted["membership"] != str(actor.membership.pk):
            return
        data = self.request.POST.copy()
        data[drafts.SEQUENCE] = "0"
        drafts.write(
            partnership_id=actor.partnership_id, person_id=actor.person_id, about=drafts.read_ticket(self.ticket) or submitted, data=data
        )
        Draft.objects.visible_to(actor).filter(kind=submitted["kind"], subject=submitted["subject"], page=submitted["page"]).delete()

    def done(self) -> None:
        if about := drafts.read_ticket(self.request.POST.get(drafts.TICKET, "")):
            drafts.discard(self.request.actor, about, but=[each.pk for each in self._all() if self._stays(each)] if self.not_now else ())


def as_left(form: BaseForm) -> BaseForm:
    """A form filled with what was kept: nothing was submitted, so nothing is wrong yet."""
    form._errors = ErrorDict()
    form.cleaned_data = {}
    return form
