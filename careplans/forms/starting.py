"""Beginning a plan."""

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from carehub.definitions.catalogue import catalogue
from carehub.formfields import OneOf
from carehub.forms import CareHubForm
from careplans.models import CarePlan, PlanVersion

#: The answer of whoever does not go on from an earlier plan.
ANEW = "anew"


class StartForm(CareHubForm):
    """Which kind of plan, and whether it goes on from an earlier one. What each kind is for stands in the definition 'plan-kinds'."""

    kind = OneOf(label=_("What kind of plan is it?"))
    before = OneOf(
        label=_("Go on from an earlier plan?"),
        help_text=_("Its goals and words come along, to be read through together. What was found since stands beside them."),
        required=False,
    )

    def __init__(self, earlier: Iterable[PlanVersion], *args, **more):
        self.earlier = {str(each.pk): each for each in earlier}
        newest = next(iter(self.earlier), "")
        super().__init__(*args, initial={"kind": CarePlan.Kind.INITIAL.value, "before": newest}, **more)
        offered = [kind for kind in catalogue().plan_kinds().kinds if kind.id in CarePlan.Kind.values]
        field = self.fields["kind"]
        field.choices = [(kind.id, kind.title) for kind in offered]
        field.hints = {kind.id: kind.about for kind in offered}
        if self.earlier:
            said = [(key, _said(each)) for key, each in self.earlier.items()]
            self.fields["before"].choices = [*said, (ANEW, _("No, begin anew"))]
        else:
            del self.fields["before"]

    @property
    def again(self) -> PlanVersion | None:
        return self.earlier.get(self.cleaned_data.get("before", ""))


def _said(version: PlanVersion) -> str:
    words = {"kind": CarePlan.Kind(version.plan.kind).label, "day": date_format(version.signed_on, "j F Y") if version.signed_on else ""}
    return _("Yes, from the plan signed on %(day)s: %(kind)s") % words
