"""What a notice says. Kinds and their sentences stand here, so that page and mail say the same."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from carehub.actors import Actor
from carehub.reading import STOPPED
from careplans.actions.asking import REVIEW_ASKED, RISK_HIGH, RISK_ROSE, STAY_ENDED
from careplans.actions.returning import RETURNED, RETURNED_FOR_REVIEW
from clients.actions.allocating import GIVEN, TAKEN
from clients.actions.assessing import HANDED_ON
from clients.actions.deciding import DECLINED
from clients.actions.late_profiles import PROFILE_LATE
from clients.actions.opening import OPENED, OPENED_IN_SERVICE
from clients.actions.referral_links import RECEIVED
from clients.actions.tasks import SENT_BACK, TO_COUNTERSIGN
from clients.actions.unusual import FOUND
from clients.actions.written_down import SAME_DAY

REVIEW_SOON = "review.soon"
REVIEW_OVERDUE = "review.overdue"
REVIEW_OVERDUE_IN_SERVICE = "review.overdue-in-service"
PUT_OFF_OVER = "review.put-off-over"
#: Their subject is the episode, and a version that is signed ends them.
REVIEWS = (REVIEW_SOON, REVIEW_OVERDUE, REVIEW_OVERDUE_IN_SERVICE, PUT_OFF_OVER, REVIEW_ASKED, RISK_ROSE, RISK_HIGH, STAY_ENDED)

#: Somebody may be in danger, or it waits for what only a look at it settles: each is opened by itself.
ONE_BY_ONE = (SAME_DAY, RISK_ROSE, RISK_HIGH, TO_COUNTERSIGN, SENT_BACK, DECLINED, OPENED, OPENED_IN_SERVICE, FOUND, STOPPED, RECEIVED)

SENTENCES = {
    SAME_DAY: _("The triage of %(day)s asked for something on the same day. Keyworker: %(keyworker)s."),
    REVIEW_SOON: _("The care plan is to be reviewed by %(day)s."),
    REVIEW_OVERDUE: _("The review of the care plan was due on %(day)s and is overdue."),
    REVIEW_OVERDUE_IN_SERVICE: _("In your service: the review was due on %(day)s and is still overdue. Keyworker: %(keyworker)s."),
    PUT_OFF_OVER: _("The review was put off until %(day)s. It is still to be held."),
    REVIEW_ASKED: _("Somebody asked for a review of the care plan before its day: it is due by %(day)s. Why stands beside the plan."),
    RISK_ROSE: _("The risk has risen since the care plan was signed: the plan is to be reviewed by %(day)s."),
    RISK_HIGH: _("The risk is high now, and was not when the care plan was signed: the plan is to be reviewed by %(day)s."),
    STAY_ENDED: _("A stay in residential rehabilitation has ended: the care plan is to be reviewed by %(day)s."),
    RETURNED: _("The care plan was returned on %(day)s, to be mended now. What to mend stands beside the plan."),
    RETURNED_FOR_REVIEW: _("The care plan was returned on %(day)s, to be mended at the next review. The client need not come in for it."),
    PROFILE_LATE: _("The outcome profile was due on %(day)s and is late."),
    TO_COUNTERSIGN: _("Somebody says that what could not wait was done, on %(day)s. Countersign it, or send it back."),
    SENT_BACK: _("What you did about something that cannot wait was sent back on %(day)s: see what is still to be done."),
    HANDED_ON: _("An assessment that was begun was handed on to you on %(day)s: go on with it under ‘Assessments’."),
    GIVEN: _("You are the keyworker from %(day)s on."),
    TAKEN: _("Somebody else is the keyworker from %(day)s on: %(keyworker)s."),
    DECLINED: _("Something that cannot wait was declined on %(day)s. Countersign it today, or send it back."),
    OPENED: _("Somebody opened this record without consent on %(day)s, with a reason. Your manager judges it."),
    OPENED_IN_SERVICE: _("Somebody opened this record without consent on %(day)s. Judge it under ‘Opened records’."),
}
#: About a member of staff, and no client: under 'Unusual access' it says who.
ABOUT_STAFF = {
    FOUND: _("There is unusual access to records to look into, found on %(day)s. See who under ‘Unusual access’."),
    STOPPED: _("Somebody was asked for their password after opening many records on %(day)s. See who under ‘Unusual access’."),
}
#: About somebody who is no client yet: the referral says who.
ABOUT_REFERRALS = {RECEIVED: _("A referral by link was received on %(day)s. It waits to be looked at under ‘Referrals received’.")}
LOOKS = {
    RECEIVED: "waiting",
    FOUND: "opened",
    STOPPED: "opened",
    SAME_DAY: "due",
    REVIEW_SOON: "due-soon",
    REVIEW_OVERDUE: "overdue",
    REVIEW_OVERDUE_IN_SERVICE: "overdue",
    PUT_OFF_OVER: "overdue",
    REVIEW_ASKED: "due",
    RISK_ROSE: "due",
    RISK_HIGH: "due",
    STAY_ENDED: "due",
    RETURNED: "returned",
    RETURNED_FOR_REVIEW: "returned",
    PROFILE_LATE: "overdue",
    TO_COUNTERSIGN: "waiting",
    SENT_BACK: "returned",
    HANDED_ON: "to-do",
    GIVEN: "current",
    TAKEN: "superseded",
    DECLINED: "waiting",
    OPENED: "opened",
    OPENED_IN_SERVICE: "opened",
}


def read_together(actor: Actor) -> Q:
    """Unread notices that ``actor`` may mark as read without opening each: their own, and nothing grave. A colleague's stay for them."""
    return Q(read_at__isnull=True, person_id=actor.person_id) & ~Q(kind__in=ONE_BY_ONE)
