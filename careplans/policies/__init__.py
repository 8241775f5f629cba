"""What may be done with a care plan, and when. The rules about content come from the definition 'plan-kinds'; a partnership's own,
shorter intervals from its local settings.
"""

from carehub.offering import allows, why_not
from careplans.policies.asking import check_ask, check_asked, check_in_force, check_put_off, check_put_off_until, put_off_days
from careplans.policies.missing import RISKS_FOUND, Missing, first_standing, kind_of, latest_review, missing_before_agreed
from careplans.policies.returning import check_mend, check_return
from careplans.policies.reviewing import Held, check_held, check_review
from careplans.policies.signing import Word, check_words
from careplans.policies.steps import (
    check_add,
    check_agree,
    check_close,
    check_lead,
    check_note_copy,
    check_reopen,
    check_revise,
    check_sign,
    check_sign_later,
    check_start,
    earlier_versions,
    may_edit,
    same_client,
)

__all__ = [
    "RISKS_FOUND",
    "Held",
    "Missing",
    "Word",
    "allows",
    "check_add",
    "check_agree",
    "check_ask",
    "check_asked",
    "check_close",
    "check_held",
    "check_in_force",
    "check_lead",
    "check_mend",
    "check_note_copy",
    "check_put_off",
    "check_put_off_until",
    "check_reopen",
    "check_return",
    "check_review",
    "check_revise",
    "check_sign",
    "check_sign_later",
    "check_start",
    "check_words",
    "earlier_versions",
    "first_standing",
    "kind_of",
    "latest_review",
    "may_edit",
    "missing_before_agreed",
    "put_off_days",
    "same_client",
    "why_not",
]
