"""What may be done with referral links and with what is sent through them. Each raises with a sentence for the person who asked."""

from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub import clock, local_settings
from carehub.actors import Actor, NotAllowed
from carehub.definitions.answers import Answers
from carehub.definitions.catalogue import catalogue
from carehub.definitions.conditions import last_known
from carehub.definitions.schema import Form
from carehub.models import Agency, Membership
from carehub.permissions import roles_with
from carehub.rules import Refused
from clients.models import Assessment, Client, Episode, ReceivedReferral, ReferralLink

#: The form that stands on the page behind a link.
FORM = "screening"
#: A link that is forgotten stops by itself (local).
LONGEST = timedelta(days=731)


def _wrong(field: str, sentence: str) -> Refused:
    return Refused(sentence, fields={field: [sentence]})


def may_make_link(actor: Actor, agency: Agency) -> None:
    """For one's own agency; in a role of the whole partnership, for any of its agencies."""
    actor.must("referral.link")
    if agency.partnership_id != actor.partnership_id or (actor.agency_id and agency.pk != actor.agency_id):
        raise NotAllowed(_("You make links for your own agency."))


def link_fits(*, for_whom: str, referral_source: str, runs_out_on: date) -> None:
    if not for_whom.strip():
        raise _wrong("for_whom", _("Say who refers with it"))
    if catalogue().codes_on("referral-source", clock.today()).code(referral_source) is None:
        raise _wrong("referral_source", _("Choose one of the answers given"))
    if not clock.today() <= runs_out_on <= clock.today() + LONGEST:
        raise _wrong("runs_out_on", _("The last day must be today or later, within two years"))


def may_stop_link(actor: Actor, link: ReferralLink) -> None:
    actor.must("referral.link")
    if link.partnership_id != actor.partnership_id or (actor.agency_id and link.agency_id != actor.agency_id):
        raise NotAllowed(_("This link leads to another agency."))
    if link.stopped_at is not None:
        raise Refused(_("This link is stopped already."))


def may_send(link: ReferralLink) -> None:
    """One link is one service: it does not refer by the hundred, from however many addresses."""
    if link.sent_on(clock.today()) >= local_settings.of(link.partnership).referrals_a_day:
        raise Refused(_("No more can be sent by this link today. Ring instead: this referral has not been sent."))


def who_hears(agency_id: UUID, day: date) -> QuerySet[Membership]:
    """Who allocates at the service; where nobody does, whoever may accept a referral there."""
    here = Membership.objects.open_on(day).filter(agency_id=agency_id, person__is_active=True)
    allocate = here.filter(role__in=roles_with("case.allocate"))
    return allocate if allocate.exists() else here.filter(role__in=roles_with("client.register"))


def may_decide(actor: Actor, referral: ReceivedReferral) -> None:
    """Whoever may register a client, in the agency that it was sent to, once."""
    actor.must("client.register")
    if referral.agency_id != actor.agency_id:
        raise NotAllowed(_("This referral was sent to another agency."))
    if not referral.is_waiting:
        by = referral.decided_by.name if referral.decided_by else ""
        day = date_format(clock.day_of(referral.decided_at), "j F Y") if referral.decided_at else ""
        words = {"state": referral.get_state_display().lower(), "day": day, "by": by}
        raise Refused(_("Somebody was first: it was %(state)s on %(day)s by %(by)s.") % words)


def referred_in_time(referral: ReceivedReferral, referred_on: date) -> None:
    """Somebody was referred on the day on which it was sent, or before."""
    if referred_on > clock.day_of(referral.received_at):
        raise _wrong("referred_on", _("‘Date of referral’ lies after the day on which the referral was sent"))


def is_the_same_person(found: Client | None) -> None:
    """``found``: who was chosen, among those within reach who resemble the person that was referred."""
    if found is None:
        raise Refused(_("This person does not resemble the one who was referred. Look at both again."))


def no_screening_begun(episode: Episode) -> None:
    """Two drafts of one form would be answered side by side."""
    if Assessment.objects.filter(episode=episode, form=FORM, state=Assessment.State.DRAFT).exists():
        raise Refused(_("A screening of this person is being written. Complete it first, then accept the referral."))


def says_why_not(*, why: str, words: str, told: bool | None) -> None:
    if why not in ReceivedReferral.Why.values:
        raise _wrong("why", _("Choose why it is declined"))
    if why == ReceivedReferral.Why.OTHER and not words.strip():
        raise _wrong("why_words", _("Say why"))
    if told is None:
        raise _wrong("referrer_told", _("Say whether whoever sent it has been told"))


def has_agreed(form: Form, answers: Answers) -> None:
    """The person has said yes to being referred. A form that does not ask lets nothing through."""
    asked = [question.id for question in form.questions if question.fills == "agreement"]
    if not asked or any(last_known(answers.get(name)) != "yes" for name in asked):
        raise Refused(_("Nothing is sent unless the person agrees to be referred. If somebody is in danger, ring instead."))
