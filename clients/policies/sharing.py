"""When a client's answer may be recorded or withdrawn, and when a record may be opened without it. Each raises a sentence for a person."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from carehub import clock
from carehub.actors import Actor, NotAllowed
from carehub.definitions.catalogue import catalogue
from carehub.models import Access, Agency
from carehub.models.access import Part
from carehub.rules import Refused
from clients.models import Client, Consent, Opening

Kind = Consent.Kind
#: Task.kind of what is left to do where the client was not there when it was withdrawn; its subject is the consent.
TELL = "consent.tell"


def _refused(**fields: str) -> Refused:
    return Refused(next(iter(fields.values())), fields={name: [sentence] for name, sentence in fields.items()})


def treats(actor: Actor, client: Client) -> bool:
    """Whether the acting agency treats the client: reading under somebody's consent is not treating."""
    return actor.reaching_agency_id is not None and treated_by(actor).filter(client_id=client.pk).exists()


def treated_by(actor: Actor) -> QuerySet[Access]:
    """The grants by which the acting agency treats its clients."""
    return Access.objects.reached_by(actor).filter(basis=Access.Basis.EPISODE)


def must_treat(actor: Actor, client: Client, permission: str) -> None:
    actor.must(permission)
    if not treats(actor, client):
        raise NotAllowed(_("Only an agency that treats the client does this."))


def may_record(
    actor: Actor,
    client: Client,
    *,
    kind: str,
    answer: str,
    agencies: Collection[Agency],
    parts: Iterable[str],
    from_on: date,
    until: date | None,
    ground: str,
    told: str,
) -> None:
    """An answer that can be put on record: dates in order, agencies of the partnership, not with oneself, on a ground that exists."""
    must_treat(actor, client, "consent.record")
    if until and until < from_on:
        raise _refused(until=_("‘Until’ lies before the day from which they agree"))
    if until and until < clock.today():
        raise _refused(until=_("‘Until’ must be today or in the future"))
    if kind == Kind.EXCEPTION:
        if catalogue().codes_on("sharing-exceptions", clock.today()).code(ground) is None:
            raise _refused(ground=_("Choose on which ground it is passed on"))
        if not told.strip():
            raise _refused(told=_("Say who was told what"))
    if kind != Kind.SHARING:
        return
    if not agencies:
        raise _refused(agencies=_("Choose with whom it may be shared"))
    if any(each.partnership_id != client.partnership_id for each in agencies):
        raise _refused(agencies=_("That agency does not belong to this partnership"))
    if any(each.pk == actor.agency_id for each in agencies):
        raise _refused(agencies=_("Your own agency treats them and needs no consent to share"))
    if unknown := set(parts) - set(Part.values):
        raise _refused(parts=_("There is no such part: %(part)s") % {"part": ", ".join(sorted(unknown))})
    if answer == Consent.Answer.GIVEN and not parts:
        raise _refused(parts=_("Choose what may be shared"))


def not_on_record_already(same: Iterable[Consent], agencies: Collection[Agency]) -> None:
    """``same``: answers in force that say the same as the new one. Two of one kind, and withdrawing the one would leave the other open."""
    named = {each.pk for each in agencies}
    if any({to.to_id for to in each.named.all()} == named for each in same):
        raise _refused(kind=_("This answer is on record already, from the same day"))


def may_withdraw(actor: Actor, consent: Consent, client: Client, *, why: str = "no-reason") -> None:
    """Any agency that treats the client takes the withdrawal down, whoever recorded the consent."""
    must_treat(actor, client, "consent.record")
    if consent.kind == Kind.EXCEPTION:
        raise Refused(_("What was passed on as the law requires was not consented to: there is nothing to withdraw."))
    if consent.withdrawn_at or consent.answer != Consent.Answer.GIVEN:
        raise Refused(_("This consent is not in force any more."))
    if catalogue().codes_on("withdrawal-reasons", clock.today()).code(why) is None:
        raise _refused(why=_("Choose why it was withdrawn"))


def may_note_told(actor: Actor, consent: Consent, client: Client) -> None:
    """That the client was told what stops: once, by any agency that treats them."""
    must_treat(actor, client, "consent.record")
    if not consent.withdrawn_at:
        raise Refused(_("This has not been withdrawn: nothing stops."))
    if consent.client_told_by:
        name = {"name": consent.client_told_by.name}
        raise Refused(_("They have been told already, by %(name)s.") % name)


def may_open(actor: Actor, *, reason: str, words: str) -> None:
    """A role with a duty of care, a reason from the list, and what happened in words."""
    actor.must("record.open")
    if catalogue().codes_on("opening-reasons", clock.today()).code(reason) is None:
        raise _refused(reason=_("Choose why you open this record"))
    if len(words.strip()) < LEAST_WORDS:
        raise _refused(words=_("Say in a sentence what happened and why it cannot wait"))


#: Letters: 'x' is no reason.
LEAST_WORDS = 10


def may_judge(actor: Actor, opening: Opening, client: Client, *, words: str | None = None) -> None:
    """A manager of an agency that treats the client and did so then; never who opened it."""
    must_treat(actor, client, "record.judge")
    if not treated_by(actor).filter(client_id=client.pk, since__lte=opening.opened_at).exists():
        raise NotAllowed(_("Your agency has treated the client only since: a manager of who treated them then judges it."))
    if opening.membership.person_id == actor.person_id:
        raise NotAllowed(_("You opened this record yourself: another manager judges it."))
    if opening.judged_at:
        raise Refused(_("Somebody has judged this already."))
    if words is not None and len(words.strip()) < LEAST_WORDS:
        raise _refused(words=_("Say in a sentence why"))
