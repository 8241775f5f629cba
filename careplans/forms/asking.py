"""A review is asked for before its day, or put off: why, and a day."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from carehub.definitions.catalogue import catalogue
from carehub.formfields import DateField, LongText, OneOf
from carehub.forms import CareHubForm
from careplans.policies.asking import LONGEST
from careplans.review_standing import PUT_OFF_REASONS, REASONS


class AskForm(CareHubForm):
    reason = OneOf(label=_("What calls for it?"), missing=_("Say what calls for it"))
    words = LongText(
        label=_("What happened"),
        help_text=_("In a sentence; it stands beside the plan, on no paper."),
        max_length=LONGEST,
        rows=2,
        required=False,
    )
    by_when = DateField(label=_("By when is the review to be held?"))

    def __init__(self, *args, said: Iterable[str] = (), **more):
        """``said``: reasons that were said already."""
        super().__init__(*args, **more)
        self.fields["reason"].choices = [
            (code.value, code.text) for code in catalogue().codes(REASONS).codes if code.value not in set(said)
        ]


class PutOffForm(CareHubForm):
    reason = OneOf(label=_("Why?"), missing=_("Say why"))
    words = LongText(label=_("What is to be known about it"), max_length=LONGEST, rows=2, required=False)
    until = DateField(label=_("Until"), help_text=_("You are reminded again on this day."))

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.fields["reason"].choices = [(code.value, code.text) for code in catalogue().codes(PUT_OFF_REASONS).codes]
