"""The scheduled pass: finds reviews that are due soon or overdue, and asks for those that something calls for.

What calls for one is a risen risk, or the end of a stay. Each person is told once.

Set-based (clients.telling). Of a review that is put off the keyworker is reminded on the day until which it was; the manager is told as
if it were not.
"""

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carehub import clock, context, jobs, local_settings
from carehub.models import Membership, Notice, OutgoingMail, Partnership
from careplans import notices
from careplans.actions.asking import ask_where_a_stay_ended, ask_where_risk_rose
from careplans.models import ReviewPutOff
from clients import due
from clients.models import Episode
from clients.telling import Whom, tell

MAIL_KIND = "reviews"


def tell_of_reviews(partnership: Partnership, *, today: date | None = None) -> int:
    """One pass over one partnership. Returns how many new notices were written."""
    today = today or clock.today()
    grace_days = local_settings.of(partnership).review_grace_days
    open_reviews = Episode.objects.open().filter(partnership_id=partnership.pk, next_due_what=Episode.NextDue.REVIEW)
    with context.on_duty(partnership.pk, "reviews"):
        began = clock.now()
        told = ask_where_risk_rose(partnership, today=today) + ask_where_a_stay_ended(partnership, today=today)
        put_off = ReviewPutOff.objects.open().newest().filter(plan__episode=OuterRef("pk"))
        plain = open_reviews.filter(~Exists(put_off))
        over = open_reviews.annotate(over_on=Subquery(put_off.filter(until__lte=today).values("until")[:1])).filter(over_on__isnull=False)
        late = open_reviews.review_overdue(today, grace_days)
        # Nobody's client waits for nobody: where there is no keyworker, or none who still works there, the manager hears at once.
        at_work = Membership.objects.at_work_on(today).filter(agency_id=OuterRef("agency_id"), person_id=OuterRef("keyworker_id"))
        unheld = open_reviews.review_overdue(today).filter(~Exists(at_work))
        for whom, kind, rows, day in (
            (Whom.KEYWORKER, notices.REVIEW_SOON, plain.filter(due.due_within("next_due_on", today=today)), "next_due_on"),
            (Whom.KEYWORKER, notices.REVIEW_OVERDUE, plain.review_overdue(today), "next_due_on"),
            (Whom.KEYWORKER, notices.PUT_OFF_OVER, over, "over_on"),
            (Whom.MANAGERS, notices.REVIEW_OVERDUE_IN_SERVICE, late, "next_due_on"),
            (Whom.MANAGERS, notices.REVIEW_OVERDUE_IN_SERVICE, unheld, "next_due_on"),
        ):
            told += tell(whom, kind, rows, day=day, at=began, today=today)
        _write_mails(partnership, today=today)
    return told


def _write_mails(partnership: Partnership, *, today: date) -> None:
    """One digest a person and day: how many, and where to look; nobody's name. Whoever was told after today's mail gets it tomorrow."""
    yesterday = clock.now() - timedelta(days=1)
    told = Notice.objects.filter(partnership_id=partnership.pk, kind__in=notices.SENTENCES, made_at__gt=yesterday, read_at__isnull=True)
    counted = {"count": Count("pk"), "of_reviews": Count("pk", filter=Q(kind__in=notices.REVIEWS))}
    counts = {person_id: rest for person_id, *rest in told.order_by().values_list("person_id").annotate(**counted)}
    have = set(OutgoingMail.objects.filter(kind=MAIL_KIND, about_day=today, person_id__in=counts).values_list("person_id", flat=True))
    mails = [_mail(partnership, person_id, *count, today=today) for person_id, count in counts.items() if person_id not in have]
    OutgoingMail.objects.bulk_create(mails, batch_size=1000)
    jobs.enqueue_many(kind="carehub.send_mail", subjects=[mail.pk for mail in mails], partnership_id=partnership.pk)


def _mail(partnership: Partnership, person_id: UUID, count: int, of_reviews: int, *, today: date) -> OutgoingMail:
    if count == of_reviews:
        subject = ngettext("%(count)s review needs you", "%(count)s reviews need you", count) % {"count": count}
    else:
        subject = ngettext("%(count)s notice waits for you", "%(count)s notices wait for you", count) % {"count": count}
    body = _("On %(day)s: %(subject)s. Sign in to CareHub and open 'Notices'.") % {"day": date_format(today, "j F Y"), "subject": subject}
    return OutgoingMail(
        partnership=partnership, person_id=person_id, kind=MAIL_KIND, about_day=today, subject=subject, body=body, made_at=clock.now()
    )
