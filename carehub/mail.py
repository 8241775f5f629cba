"""Sends the mail that stands in the database. A mail server that is down delays it and loses nothing."""

from django.conf import settings
from django.core.mail import EmailMessage

from carehub import clock, jobs
from carehub.models import Job, OutgoingMail


@jobs.handler("carehub.send_mail")
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
