"""What may be done with a client's record up to the end of triage, and when. Each raises with a sentence for the person who asked.

A button is offered where the policy does not raise; the action calls the same function.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub import clock
from carehub.actors import Actor, NotAllowed
from carehub.definitions.answers import Answers, Missing, missing
from carehub.definitions.schema import Form, Section
from carehub.models import Membership, Person
from carehub.permissions import roles_with
from carehub.rules import Refused
from clients.models import Assessment, Client, Episode
from clients.models.assessments import ASSESSMENT_LIFECYCLE
from clients.models.base import AboutClient
from clients.models.clients import BORN_AFTER


class LikelyDuplicates(Refused):
    """The client to be registered looks like people who are on record already. Carries them, the likeliest first."""

    def __init__(self, clients: list[Client]):
        super().__init__(_("There is somebody like this on record already. Look at them before you register a new person."))
        self.clients = clients


class Incomplete(Refused):
    """The assessment cannot be completed yet. Carries what is missing, in the order of the form."""

    def __init__(self, lacking: list[Missing]):
        super().__init__(
            _("%(number)s answers are still missing.") % {"number": len(lacking)},
            fields={one.question: [one.reason] for one in lacking},
        )
        self.missing = lacking


class WrongClient(Refused):
    """A page about one client sent something about another: two tabs, one copied address."""

    def __init__(self) -> None:
        super().__init__(_("This page is about another client than the record it would change. Nothing was saved. Open the client again."))


def _wrong(field: str, sentence: str) -> Refused:
    return Refused(sentence, fields={field: [sentence]})


def may_register(actor: Actor) -> UUID:
    """Returns the key of the agency that registers."""
    actor.must("client.register")
    if actor.agency_id is None:
        raise NotAllowed(_("Clients are registered by an agency. Change to your role at an agency first."))
    return actor.agency_id


def may_begin_episode(actor: Actor, stays: Iterable[Episode]) -> None:
    """``stays``: the client's episodes that the actor reaches. One at a time in an agency."""
    agency_id = may_register(actor)
    if any(stay.agency_id == agency_id and stay.state != Episode.State.DISCHARGED for stay in stays):
        raise Refused(_("They are with your agency already: their episode is open."))


def not_before_the_last_ended(referred_on: date, stays: Iterable[Episode]) -> None:
    """``stays``: the client's earlier episodes with the agency; two of them do not overlap."""
    last = max((stay.discharged_on for stay in stays if stay.discharged_on), default=None)
    if last and referred_on < last:
        words = _("‘Date of referral’ lies before %(day)s, the day on which they left") % {"day": date_format(last, "j F Y")}
        raise Refused(words, fields={"referred_on": [words]})


def dates_fit(*, date_of_birth: date, referred_on: date) -> None:
    """Born, then referred, and neither tomorrow."""
    today = clock.today()
    fields = {}
    if date_of_birth > today:
        fields["date_of_birth"] = [_("‘Date of birth’ must be today or in the past")]
    elif date_of_birth <= BORN_AFTER:
        fields["date_of_birth"] = [_("‘Date of birth’ must be 1903 or later")]
    if referred_on > today:
        fields["referred_on"] = [_("‘Date of referral’ must be today or in the past")]
    elif not fields and referred_on < date_of_birth:
        fields["referred_on"] = [_("‘Date of referral’ lies before the date of birth")]
    if fields:
        raise Refused(next(iter(fields.values()))[0], fields=fields)


def nobody_overlooked(resembling: Iterable[Client], looked_at: Iterable[UUID]) -> None:
    """Whoever is likely to be the same person has been looked at before a second record is made."""
    seen = set(looked_at)
    if overlooked := [client for client in resembling if client.pk not in seen]:
        raise LikelyDuplicates(overlooked)


def may_choose_keyworker(actor: Actor, keyworker: Person) -> None:
    """Oneself, always; anybody else of the agency is the manager's decision."""
    if keyworker.pk == actor.person_id:
        return
    actor.must("case.allocate")
    if not Membership.objects.open_on(clock.today()).filter(person=keyworker, agency_id=actor.agency_id).exists():
        raise _wrong("keyworker", _("%(name)s does not work in this agency") % {"name": keyworker.name})


def may_assess(actor: Actor, episode: Episode) -> None:
    """A member of the agency that treats the client, while it does."""
    actor.must("assessment.write")
    if episode.agency_id != actor.agency_id:
        raise NotAllowed(_("Only the agency that treats the client assesses them in this episode."))
    if episode.state == Episode.State.DISCHARGED:
        raise Refused(_("This episode has ended. Register the client again before you assess them."))


def may_decline_comprehensive(actor: Actor, episode: Episode) -> None:
    """Whoever may assess, while one is waited for."""
    may_assess(actor, episode)
    if episode.comprehensive_due_on is None:
        raise Refused(_("No comprehensive assessment is waited for."))


def took_place(on: date, episode: Episode) -> None:
    """The day of an assessment: neither tomorrow nor before the referral."""
    if on > clock.today():
        raise _wrong("took_place_on", _("‘When it took place’ must be today or in the past"))
    if on < episode.referred_on:
        raise _wrong("took_place_on", _("‘When it took place’ lies before the referral"))


def may_write(actor: Actor, assessment: Assessment) -> None:
    """Still a draft, and of one's own agency."""
    actor.must("assessment.write")
    if assessment.agency_id != actor.agency_id:
        raise NotAllowed(_("Another agency is writing this assessment. You can read it once it is complete."))
    ASSESSMENT_LIFECYCLE.check("assessment.complete", assessment.state)


def still_missing(form: Form, answers: Answers, only: Sequence[str] = ()) -> list[Missing]:
    """What stands between an assessment and its completion. A section that is locked to competence (MoC 4.6) is asked once begun."""
    wanted = {section.id for section in form.sections if (not only or section.id in only) and not _left_to_others(section, answers)}
    return [each for each in missing(form, answers) if each.section in wanted]


def _left_to_others(section: Section, answers: Answers) -> bool:
    return bool(section.competence) and not any(question.id in answers for question in section.questions)


def can_complete(form: Form, answers: Answers, only: Sequence[str] = ()) -> None:
    """Every key question of what was asked is answered, or says why it is not."""
    if lacking := still_missing(form, answers, only):
        raise Incomplete(lacking)


#: Who may answer a section that is locked to competence.
COMPETENT = {"prescriber": "assessment.medical"}


def may_answer_section(actor: Actor, section: Section) -> None:
    """A prescribing assessment is made by a doctor or a suitable prescriber (MoC 4.4, 4.6)."""
    if section.competence and not actor.may(COMPETENT[section.competence]):
        raise NotAllowed(_("‘%(section)s’ is for a doctor or a prescriber. You can read it here.") % {"section": section.title})


def may_answer(actor: Actor, form: Form, only: Sequence[str], questions: Iterable[str]) -> None:
    """The questions stand in sections that are asked in this assessment, and that this person may answer."""
    for section in {form.section_of(name).id for name in questions}:
        if only and section not in only:
            raise Refused(_("This section is not part of this update. Start an assessment of it instead."))
        may_answer_section(actor, form.section(section))


def may_ask_alone(form: Form, only: Sequence[str]) -> None:
    """Sections of the form, and not all of them: then it is a whole assessment."""
    known = {section.id for section in form.sections}
    if not set(only) <= known:
        raise _wrong("only", _("This form has no such section"))


def has_been_asked(form: Form, last: Mapping[str, object]) -> None:
    """One section alone is an update of something: what was never asked as a whole begins as a whole."""
    if not last:
        raise _wrong("only", _("Nothing of this form has been asked yet: start the whole assessment first"))


def may_correct(actor: Actor, assessment: Assessment) -> None:
    """A locked assessment of one's own agency, corrected once: what corrects it can be corrected itself."""
    actor.must("assessment.write")
    if assessment.agency_id != actor.agency_id:
        raise NotAllowed(_("Only the agency that wrote this assessment corrects it."))
    if assessment.state != Assessment.State.COMPLETE:
        raise Refused(_("It is not complete yet: change it where it stands."))
    if Assessment.objects.filter(corrects=assessment).exists():
        raise Refused(_("It is corrected already, or being corrected: open the newer one."))
    if Assessment.objects.filter(episode_id=assessment.episode_id, form=assessment.form, state=Assessment.State.DRAFT).exists():
        raise Refused(_("One of this form is being written. Complete it first."))


def says_why(why: str) -> None:
    if not why.strip():
        raise _wrong("why", _("Say why"))


def may_be_handed(assessment: Assessment, to: Person) -> None:
    """To somebody who may go on with it: a member of the agency today, in a role that assesses."""
    roles = roles_with("assessment.write")
    there = Membership.objects.open_on(clock.today()).filter(person=to, agency_id=assessment.agency_id, role__in=roles)
    if not to.is_active or not there.exists():
        raise _wrong("to", _("%(name)s does not assess in this agency") % {"name": to.name})


def about(client_id: UUID, record: AboutClient) -> None:
    """What is to be changed belongs to the client whose page it was."""
    if record.client_id != client_id:
        raise WrongClient
