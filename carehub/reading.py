"""How fast one person may open records. A script reads on and on; a person who does is asked once whether it is them.

Counted from the log, over all of their sign-ins, by the statement that writes the event: it costs no query. Stopped is the next record
that they had not open yet; what they are working on stays open, and a save is never lost to it. A list is not a record.
"""

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _

from carehub import clock, local_settings, mail
from carehub.actors import Actor
from carehub.events import Pace
from carehub.models import Membership, Notice

#: The event's word, and the notice's kind.
STOPPED = "reading.stopped"
#: Session key: since when it is counted, after the password was typed.
GOES_ON = "reading-goes-on"


def since(request: HttpRequest) -> datetime | None:
    """From when on the opened records count; None where nobody acts."""
    if request.actor is None:
        return None
    began = clock.now() - timedelta(minutes=local_settings.of(request.actor.partnership).opened_within_minutes)
    proven = request.session.get(GOES_ON)
    return max(began, datetime.fromisoformat(proven)) if proven else began


def too_fast(request: HttpRequest, pace: Pace) -> bool:
    """This would be one record more than a person opens in that time."""
    return not pace.again and request.actor is not None and pace.others >= local_settings.of(request.actor.partnership).opened_records


def goes_on(request: HttpRequest) -> None:
    """Whoever calls this has seen the password, or the second factor, of the person who was stopped."""
    request.session[GOES_ON] = clock.now().isoformat()


def tell(actor: Actor) -> None:
    """The managers, once a day for each person: a notice, and a mail that names nobody."""
    today, now = clock.today(), clock.now()
    managers = {each.person for each in Membership.objects.overseers_of(actor.membership, today).select_related("person")}
    about = {"partnership_id": actor.partnership_id, "kind": STOPPED, "subject_id": actor.membership.pk, "about_day": today, "made_at": now}
    Notice.objects.bulk_create((Notice(**about, person=each) for each in managers), ignore_conflicts=True)
    for each in sorted(managers, key=lambda person: person.pk):
        mail.leave(
            person=each,
            partnership_id=actor.partnership_id,
            kind=STOPPED,
            subject=_("Somebody was asked for their password after many records"),
            body=_("Sign in to CareHub and open ‘Unusual access’: it says who it was."),
        )
