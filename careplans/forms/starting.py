"""Beginning a plan."""

from django.utils.translation import gettext_lazy as _

from carehub.definitions.catalogue import catalogue
from carehub.formfields import OneOf
from carehub.forms import CareHubForm
from careplans.models import CarePlan


class StartForm(CareHubForm):
    """Which kind of plan. What each is for stands in the definition 'plan-kinds'."""

    kind = OneOf(label=_("What kind of plan is it?"))

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        offered = [kind for kind in catalogue().plan_kinds().kinds if kind.id in CarePlan.Kind.values]
        field = self.fields["kind"]
        field.choices = [(kind.id, kind.title) for kind in offered]
        field.hints = {kind.id: kind.about for kind in offered}
