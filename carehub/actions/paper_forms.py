"""Forms that are not CareHub's: which items of best practice each asks, as somebody who has read it ticked."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.actors import Actor, NotAllowed
from carehub.form_audit import items
from carehub.models import Agency, PaperForm
from carehub.rules import Refused


def add_paper_form(*, by: Actor, name: str, agency: Agency | None, dated: date, asks: Collection[str]) -> PaperForm:
    _may(by, agency)
    _fits(by, name, agency, dated)
    with transaction.atomic():
        made = PaperForm.objects.create(
            partnership_id=by.partnership_id,
            agency=agency,
            name=name,
            dated=dated,
            items=_known(asks),
            looked_at=clock.now(),
            looked_by=by.person,
        )
        events.record("paper-form.added", by=by, subject=made, reason=name)
    return made


def change_paper_form(
    *, by: Actor, paper_form: PaperForm, opened_at: int, name: str, agency: Agency | None, dated: date, asks: Collection[str]
) -> None:
    """Raises StaleSave where somebody was first."""
    may_change(by, paper_form)
    _may(by, agency)
    _fits(by, name, agency, dated, but=paper_form)
    with transaction.atomic():
        said = {"name": name, "agency": agency, "dated": dated, "items": _known(asks)}
        paper_form.save_over(opened_at, **said, looked_at=clock.now(), looked_by=by.person)
        events.record("paper-form.changed", by=by, subject=paper_form, reason=name)


def remove_paper_form(*, by: Actor, paper_form: PaperForm) -> None:
    may_change(by, paper_form)
    with transaction.atomic():
        events.record("paper-form.removed", by=by, subject=paper_form, reason=paper_form.name)
        paper_form.delete()


def may_change(by: Actor, paper_form: PaperForm) -> None:
    """Raises NotAllowed."""
    if paper_form.partnership_id != by.partnership_id:
        raise NotAllowed(_("This form is not one of your partnership’s."))
    _may(by, paper_form.agency)


def _may(by: Actor, agency: Agency | None) -> None:
    by.must("form.audit")
    if agency is not None and agency.partnership_id != by.partnership_id:
        raise NotAllowed(_("This agency is not one of your partnership’s."))
    if by.agency_id is not None and (agency is None or agency.pk != by.agency_id):
        raise NotAllowed(_("You look after the forms of your own agency."))


def _fits(by: Actor, name: str, agency: Agency | None, dated: date, but: PaperForm | None = None) -> None:
    same = PaperForm.objects.filter(partnership_id=by.partnership_id, agency=agency, name__iexact=name, dated=dated)
    if (same.exclude(pk=but.pk) if but else same).exists():
        sentence = _("This form of this date is here already")
        raise Refused(sentence, fields={"name": [sentence]})


def _known(asks: Collection[str]) -> list[str]:
    return [code.value for code in items().codes if code.value in asks]
