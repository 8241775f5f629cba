"""Who may take which step with a care plan, and from where. Each raises with a sentence for the person who asked.

A button is offered where the policy does not raise; the action calls the same function.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from carehub import clock
from carehub.actors import Actor, NotAllowed
from carehub.definitions.catalogue import catalogue
from carehub.definitions.plans import PlanKind
from carehub.lifecycle import WrongState
from carehub.models import Document
from carehub.rules import Refused
from careplans.models import HEAD_LIFECYCLE, PLAN_LIFECYCLE, CarePlan, PlanVersion, Signature
from careplans.policies.missing import PARTS_HELD, missing_before_agreed
from careplans.policies.returning import check_nothing_to_mend
from careplans.policies.whose import of_own_agency
from clients.models import Episode

# --- Who may write ------------------------------------------------------------------------------------------------------


def _own_plan(plan: CarePlan, actor: Actor) -> None:
    of_own_agency(plan.agency_id, actor)
    if plan.state == CarePlan.State.CLOSED:
        raise Refused(_("This plan is closed. Start a new one."))
    if plan.episode.state == Episode.State.DISCHARGED:
        raise Refused(_("This episode has ended: its plan can be read, not changed."))


def may_edit(version: PlanVersion, actor: Actor) -> None:
    """A draft of one's own agency. An agreed plan is opened again first; a signed one gets a new version."""
    actor.must("plan.write")
    _own_plan(version.plan, actor)
    if version.state == PlanVersion.State.AGREED:
        raise WrongState(_("This plan has been agreed. Choose ‘Change it again’ before you write in it."))
    if version.state == PlanVersion.State.SIGNED:
        raise WrongState(_("This version is signed and locked. A change to it is a new version."))


def check_start(episode: Episode, kind: str, actor: Actor, *, open_kinds: Iterable[str], assessed: Iterable[str]) -> PlanKind:
    """``open_kinds``: of the episode's plans that are not closed; ``assessed``: forms completed in the episode."""
    actor.must("plan.write")
    if episode.agency_id != actor.agency_id:
        raise NotAllowed(_("Only the agency that treats the client writes a plan in this episode."))
    if episode.state == Episode.State.DISCHARGED:
        raise Refused(_("This episode has ended. Register the client again before you write a plan."))
    kinds = catalogue().plan_kinds().kinds
    wanted = next((each for each in kinds if each.id == kind and kind in CarePlan.Kind.values), None)
    if wanted is None or any(part not in PARTS_HELD for part in wanted.required):
        raise Refused(_("Choose what kind of plan this is."), fields={"kind": [_("Choose what kind of plan this is")]})
    if wanted.follows and wanted.follows not in set(assessed):
        words = {"form": catalogue().form(wanted.follows).title}
        raise Refused(_("A plan of this kind rests on an assessment. Complete this first: %(form)s.") % words)
    for other in open_kinds:
        if other == kind:
            raise Refused(_("There is one already: %(kind)s. Go on with that one.") % {"kind": wanted.title})
        if title_of_follower := next((each.title for each in kinds if each.id == other and kind in each.replaces), ""):
            raise Refused(_("There is already a plan that takes the place of this kind: %(kind)s.") % {"kind": title_of_follower})
    return wanted


def earlier_versions(episode: Episode, actor: Actor) -> QuerySet[PlanVersion]:
    """What a new stay may begin from: the last signed version of each plan of earlier stays with the same agency, the newest first."""
    mine = PlanVersion.objects.visible_to(actor).filter(client_id=episode.client_id, pk=F("plan__current_id"))
    return mine.filter(plan__agency_id=actor.agency_id).exclude(plan__episode_id=episode.pk).order_by("-signed_on", "-pk")


def check_revise(plan: CarePlan, actor: Actor) -> None:
    """A new version begins from the signed one."""
    actor.must("plan.write")
    _own_plan(plan, actor)
    if plan.state != CarePlan.State.CURRENT:
        raise WrongState(_("The first version of this plan is not signed yet: write in that one."))


def check_reopen(version: PlanVersion, actor: Actor) -> None:
    actor.must("plan.write")
    _own_plan(version.plan, actor)
    PLAN_LIFECYCLE.check("plan.reopen", version.state)


def check_close(plan: CarePlan, actor: Actor) -> None:
    """With a reason; its versions stay, and can be read."""
    actor.must("plan.write")
    of_own_agency(plan.agency_id, actor)
    HEAD_LIFECYCLE.check("plan.close", plan.state)


def check_note_copy(version: PlanVersion, actor: Actor, document: Document | None) -> None:
    """Once there is something to hand over. ``document``: the signed plan's, careplans.documents.of_plan."""
    check_add(version, actor)
    if document is None or document.state != Document.State.READY:
        raise WrongState(_("The document is not made yet. Print it and hand it over, then say whether the client took it."))


def check_add(version: PlanVersion, actor: Actor) -> None:
    """A note beside a signed version, by the agency that writes the plan; of a closed one too."""
    actor.must("plan.write")
    of_own_agency(version.plan.agency_id, actor)
    if version.state != PlanVersion.State.SIGNED:
        raise WrongState(_("This version is not signed yet: write in the plan itself."))


def check_sign_later(version: PlanVersion, actor: Actor, word: Signature | None) -> None:
    """``word``: how the client agreed to this version, where that was by word (careplans.who_signed.word_of_client)."""
    check_add(version, actor)
    if word is None:
        raise WrongState(_("The client did not agree to this version by word alone."))
    if word.signed_since:  # type: ignore[attr-defined]  # annotated
        raise WrongState(_("The client has signed this version since."))


def check_lead(plan: CarePlan, actor: Actor, *, other_leads: bool) -> None:
    """A linked local plan becomes the lead plan once nobody leads: one plan of the client in the partnership that somebody answers for."""
    actor.must("plan.write")
    _own_plan(plan, actor)
    if plan.lead:
        raise WrongState(_("This is the lead plan already."))
    if other_leads:
        raise Refused(_("Another plan leads. It is closed, or ends, before this one can."))


# --- Agreeing, signing ---------------------------------------------------------------------------------------------------


def check_agree(version: PlanVersion, actor: Actor) -> None:
    """Nothing is missing; else :class:`Refused` with each sentence at its field."""
    actor.must("plan.write")
    _own_plan(version.plan, actor)
    PLAN_LIFECYCLE.check("plan.agree", version.state)
    if missing := missing_before_agreed(version):
        fields: dict[str, list[str]] = {}
        for address, sentence in missing:
            fields.setdefault(address, []).append(sentence)
        raise Refused(_("The plan cannot be agreed yet: %(sentence)s") % {"sentence": missing[0][1]}, fields=fields)


def check_sign(version: PlanVersion, actor: Actor, *, seen_text: str | None = None) -> None:
    """Agreed, not returned to be mended first, still to be reviewed in future, and word for word what the signer has seen."""
    actor.must("plan.sign")
    _own_plan(version.plan, actor)
    PLAN_LIFECYCLE.check("plan.sign", version.state)
    check_nothing_to_mend(version)
    if version.next_review_on is None or version.next_review_on <= clock.today():
        raise Refused(_("The day of the next review has come before the plan was signed. Choose ‘Change it again’ and set a later one."))
    if seen_text is not None and seen_text != version.agreed_text:
        raise Refused(_("The plan was changed after this page was opened. Nothing was signed. Read it again, then sign."))


def same_client(version: PlanVersion, client_id: UUID) -> None:
    """What is to be changed belongs to the client whose page it was: two tabs, one copied address."""
    if version.client_id != client_id:
        raise Refused(_("This page is about another client than the plan it would change. Nothing was saved. Open the client again."))
