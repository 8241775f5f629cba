"""What a notice says. Kinds and their sentences stand here, so that page and mail say the same."""

from django.utils.translation import gettext_lazy as _

REVIEW_SOON = "review.soon"
REVIEW_OVERDUE = "review.overdue"
REVIEW_OVERDUE_IN_SERVICE = "review.overdue-in-service"

SENTENCES = {
    REVIEW_SOON: _("The care plan is to be reviewed by %(day)s."),
    REVIEW_OVERDUE: _("The review of the care plan was due on %(day)s and is overdue."),
    REVIEW_OVERDUE_IN_SERVICE: _("In your service: the review was due on %(day)s and is still overdue. Keyworker: %(keyworker)s."),
}
LOOKS = {REVIEW_SOON: "due-soon", REVIEW_OVERDUE: "overdue", REVIEW_OVERDUE_IN_SERVICE: "overdue"}
