"""What a manager says who sends a plan back, and what is said when it is mended."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from carehub.formfields import LongText, OneOf
from carehub.forms import CareHubForm
from careplans.models import PlanReturn
from careplans.policies.returning import LONGEST


class ReturnForm(CareHubForm):
    words: Any = LongText(
        label=_("What is to be mended?"), help_text=_("The keyworker reads this beside the plan. It is on no paper."), max_length=LONGEST
    )
    mend: Any = OneOf(
        label=_("When?"),
        help_text=_("Nobody calls a client in to sign a correction: what can wait, waits for the next review."),
        choices=PlanReturn.Mend.choices,
    )


class MendedForm(CareHubForm):
    words: Any = LongText(label=_("How was it mended?"), help_text=_("In a sentence or two."), max_length=LONGEST)
