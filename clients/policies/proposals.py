"""Who decides about what an assessment proposed, and when. Each raises with a sentence for the person who asked."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from carehub import clock
from carehub.actors import Actor, NotAllowed
from carehub.definitions.catalogue import catalogue
from carehub.models import Membership, Person
from carehub.rules import Refused
from carehub.templatetags.carehub import uk_datetime
from clients.models import Proposal

#: Nothing is put off for longer than this.
AT_MOST = timedelta(days=366)


def may_decide(actor: Actor, proposal: Proposal) -> None:
    """Somebody of the agency that assessed, once: whoever comes second is told what the first decided."""
    actor.must("assessment.write")
    if proposal.agency_id != actor.agency_id:
        raise NotAllowed(_("Another agency assessed this: it decides."))
    if not proposal.is_open:
        raise Refused(decided_meanwhile(proposal))


def decided_meanwhile(proposal: Proposal) -> str:
    said = {
        "words": proposal.words,
        "name": proposal.decided_by.name if proposal.decided_by else "",
        "at": uk_datetime(proposal.decided_at),
    }
    if proposal.state == Proposal.State.ACCEPTED:
        return _("‘%(words)s’ was accepted by %(name)s, %(at)s.") % said
    return _("‘%(words)s’ was declined by %(name)s, %(at)s.") % said


def can_be_done_on(proposal: Proposal, day: date) -> None:
    """From today on. What cannot wait keeps its day."""
    if proposal.same_day and proposal.task is not None and day > max(proposal.task.due_on, clock.today()):
        raise _beside("due_on", _("This cannot wait: it is for today"))
    if day < clock.today():
        raise _beside("due_on", _("The day must be today or later"))
    if day > clock.today() + AT_MOST:
        raise _beside("due_on", _("The day must be within a year"))


def may_be_given_to(actor: Actor, person: Person) -> None:
    """Somebody who works in the agency today."""
    if not Membership.objects.open_on(clock.today()).filter(person=person, agency_id=actor.agency_id).exists():
        raise _beside("person", _("%(name)s does not work in this agency") % {"name": person.name})


def declined_because(proposal: Proposal, reason: str, words: str) -> str:
    """The words of the code ``reason``. Safeguarding and imminent risk want words of one's own besides."""
    code = catalogue().codes_on("decline-reasons", clock.today()).code(reason)
    if code is None:
        raise _beside("reason", _("Choose why"))
    if proposal.countersign and not words.strip():
        raise _beside("words", _("Say why in your own words: somebody’s safety rests on it"))
    return code.text


def _beside(field: str, sentence: str) -> Refused:
    return Refused(sentence, fields={field: [sentence]})
