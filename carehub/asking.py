"""A page that asks: what was typed is kept, a refusal stands beside its field, a second save goes over nothing unseen."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.forms import Field
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from carehub.forms import CareHubForm
from carehub.keeping import Keeping, as_left
from carehub.rules import Refused
from carehub.stale import StaleSave


class Asking:
    """One opened form. In the view::

        asking = Asking(request, AForm, kind="agency", back_url=…, stands={…})
        if (form := asking.answered()) and asking.does(lambda: action(by=request.actor, **form.cleaned_data), said=_("Saved.")):
            return redirect(…)
        return asking.page("…/form.html", heading=_("…"))

    ``stands``: what stands in the record now, field by field; with ``opened_at``, its version, a form that was opened on an older one
    comes back as typed, beside what stands there by now.
    """

    def __init__(
        self,
        request: HttpRequest,
        form: type[CareHubForm],
        *,
        kind: str,
        back_url: str,
        subject: object = "new",
        client_id: UUID | None = None,
        stands: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        self.request, self.back_url, self.stands = request, back_url, dict(stands or {})
        self.keeping = Keeping(request, kind=kind, subject=subject, client_id=client_id)
        if request.method == "POST":
            self.form = form(request.POST, initial=self.stands, **more)
        elif self.keeping.data:
            self.form = as_left(form(self.keeping.data, initial=self.stands, **more))
        else:
            self.form = form(initial=self.stands, **more)

    def answered(self) -> Any:
        """The form, where it was submitted and nothing in it is wrong by itself."""
        return self.form if self.request.method == "POST" and self.form.is_valid() else None

    def does(self, action: Callable[[], object], *, said: str = "") -> bool:
        """Whether the action could be done; otherwise its reason stands in the form, or is the page's 403."""
        try:
            with transaction.atomic():
                action()
        except Refused as refused:
            placed = {name: sentences for name, sentences in refused.fields.items() if name in self.form.fields}
            for name, sentences in placed.items():
                self.form.add_error(name, sentences)
            if not placed:
                self.form.add_error(None, refused.message)
            return False
        except StaleSave as stale:
            self._somebody_was_first(stale)
            return False
        self.keeping.done()
        messages.success(self.request, said or _("Saved, and on record."))
        return True

    def _somebody_was_first(self, stale: StaleSave) -> None:
        """What was typed stays; the next save knows of theirs."""
        stale.row.refresh_from_db()  # type: ignore[attr-defined]  # a row
        for name, bound in self.form.fields.items():
            theirs = getattr(stale.row, name, self.stands.get(name))
            if name != "opened_at" and theirs is not None and theirs != self.form.cleaned_data.get(name):
                words = _words(bound, theirs) or _("nothing")
                self.form.add_error(name, _("A colleague saved this meanwhile: it says ‘%(words)s’ now") % {"words": words})
        self.form.add_error(
            None, _("A colleague saved this while you were writing. What you typed stands here: save again to put it in place.")
        )
        data = self.form.data.copy()
        data["opened_at"] = str(stale.row.row_version)  # type: ignore[attr-defined]  # a row
        self.form.data = data

    def page(self, template: str, **context: Any) -> HttpResponse:
        if self.request.method == "POST":
            self.keeping.not_taken()
        shown = {"form": self.form, "keeping": self.keeping, "draft_ticket": self.keeping.ticket, "back_url": self.back_url}
        return render(self.request, template, shown | context)


def _words(field: Field, value: Any) -> str:
    """A value as it reads in the form: the words of what was chosen, in groups too."""
    listed = [pair for each in getattr(field, "choices", ()) for pair in (each[1] if isinstance(each[1], list | tuple) else [each])]
    said = {str(chosen): str(words) for chosen, words in listed}
    values = value if isinstance(value, list | tuple) else [field.prepare_value(value)]
    return ", ".join(said.get(str(each), str(each)) for each in values)
