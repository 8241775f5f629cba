"""The mail with which somebody sets their password. The link is made as the mail goes out: no table and no copy of one holds it.

It says nothing of what CareHub is for, and where nobody works: it may be read over a shoulder, or reach the wrong person.
"""

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from carehub import jobs
from carehub.models import Job, Person
from carehub.signing_in import password_links

KIND = "carehub.send_invitation"


def ask(*, person: Person, partnership_id: UUID) -> None:
    """Have a link sent, in the transaction of what it belongs to; ``person`` is locked. One that still waits is not sent any more."""
    version = Job.objects.filter(kind=KIND, subject_id=person.pk).count() + 1
    # Not for whoever asked: it goes out even if they have left meanwhile.
    jobs.enqueue(kind=KIND, subject=person.pk, partnership_id=partnership_id, version=version)


def asked(person: Person) -> Job | None:
    """The newest: when it was asked for, and whether it went out."""
    return Job.objects.filter(kind=KIND, subject_id=person.pk).order_by("-version").first()


@jobs.handler(KIND)
def send(job: Job) -> dict:
    person = Person.objects.get(pk=job.subject_id)
    newest = asked(person)
    if newest is None or newest.pk != job.pk:
        return {"sent": False}
    message = EmailMessage(
        _("Set your CareHub password"),
        _text(person),
        settings.DEFAULT_FROM_EMAIL,
        [person.email],
        headers={"Message-ID": f"<{job.pk}@carehub>"},
    )
    message.send()
    return {"sent": True}


def _text(person: Person) -> str:
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    first = (
        _("You can set a new password for CareHub here:")
        if person.has_usable_password()
        else _("There is an account for you in CareHub. Set your password here:")
    )
    words = [
        _("Dear %(name)s,") % {"name": person.name},
        first,
        password_links.link(person),
        _("This works once, and within %(hours)d hours. Then ask for a new link.") % {"hours": hours},
        _("Nobody will ever ask you for this link or your password. If you did not expect this mail, do nothing."),
    ]
    return "\n\n".join(words) + "\n"
