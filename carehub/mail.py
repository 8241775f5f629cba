"""Mail to staff: left in the database beside what it is about, sent by a job. A mail server that is down for a weekend only delays it."""

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage

from carehub import clock, jobs
from carehub.models import Job, OutgoingMail, Person

#: Half an hour of growing pauses, then every hour: a little over three days.
MOST_ATTEMPTS = 80


def leave(*, person: Person, partnership_id: UUID, kind: str, subject: str, body: str, about: UUID | None = None) -> None:
    """Have ``person`` told in the background. Of one kind one mail a day: the second would say what the first said.

    ``about``: of one kind *and thing* one a day, where the second would say something else.
    """
    mail, made = OutgoingMail.objects.get_or_create(
        person=person,
        kind=f"{kind}.{about}" if about else kind,
        about_day=clock.today(),
        defaults={"partnership_id": partnership_id, "subject": subject, "body": body, "made_at": clock.now()},
    )
    if made:
        jobs.enqueue(kind="carehub.send_mail", subject=mail.pk, partnership_id=partnership_id)


@jobs.handler("carehub.send_mail", most_attempts=MOST_ATTEMPTS)
def send(job: Job) -> dict:
    mail = OutgoingMail.objects.select_related("person").select_for_update(of=("self",)).get(pk=job.subject_id)
    if mail.sent_at is None:
        message = EmailMessage(
            mail.subject,
            mail.body,
            settings.DEFAULT_FROM_EMAIL,
            [mail.person.email],
            # The same mail sent twice (a crash between sending and noting it) is one mail to the reader's program.
            headers={"Message-ID": f"<{mail.pk}@carehub>"},
        )
        message.send()
        mail.sent_at = clock.now()
        mail.save(update_fields=["sent_at"])
    return {}
