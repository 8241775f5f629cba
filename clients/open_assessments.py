"""Assessments that somebody has to go on with, or to begin: the block above their work list."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from carehub import clock
from carehub.actors import Actor
from clients.due import Due
from clients.models import Assessment, Client, Episode
from clients.recorded import form_of

#: At most so many stand there; one more is given, so that the page can say that there are more.
SHOWN = 10
_COMPREHENSIVE = "comprehensive"


@dataclass(frozen=True)
class OpenAssessment:
    client: Client
    title: str
    url: str
    #: None where the triage asked for it and nobody has begun.
    begun_on: date | None = None
    #: Who holds it, where that is not the person whose list this is.
    held_by: str = ""
    due: Due | None = None


def open_assessments(actor: Actor, *, today: date, title: str) -> list[OpenAssessment]:
    """What the actor holds (began, or was handed), on whichever caseload; and what their caseload waits for. Two queries.

    ``title``: of the comprehensive assessment. A triage of one's own client stands in the work list itself.
    """
    if not actor.may("assessment.write"):
        return []
    mine = actor.caseload_person_id
    waited = Episode.objects.visible_to(actor).of_keyworker(mine).of_agency(actor.agency_id).open()
    waited = waited.filter(comprehensive_due_on__isnull=False).select_related("client").order_by("comprehensive_due_on", "pk")
    episodes = list(waited[: SHOWN + 1])
    drafts = Assessment.objects.visible_to(actor).filter(state=Assessment.State.DRAFT, agency_id=actor.agency_id)
    drafts = drafts.exclude(episode__state=Episode.State.DISCHARGED).annotate(holder=Coalesce("handed_to_id", "started_by_id"))
    drafts = drafts.filter(Q(holder__in=actor.person_ids) | Q(form=_COMPREHENSIVE, episode__in=[each.pk for each in episodes]))
    drafts = drafts.exclude(form="triage", episode__next_due_what=Episode.NextDue.TRIAGE, episode__keyworker_id=mine)
    drafts = drafts.select_related("client", "episode", "started_by", "handed_to").defer("answers", "sections")
    begun = [_begun(actor, each, today) for each in drafts.order_by(F("episode__comprehensive_due_on").asc(nulls_last=True), "started_at")]
    going = {each.client.pk for each in begun if each.due is not None}
    to_begin = [
        OpenAssessment(
            each.client,
            title,
            reverse("assessment-start", args=[each.client_id, _COMPREHENSIVE]),
            due=Due(each.comprehensive_due_on, today),
        )
        for each in episodes
        if each.client_id not in going
    ]
    found = sorted([*begun, *to_begin], key=lambda each: (each.due is None, each.due.on if each.due and each.due.on else today))
    return found[: SHOWN + 1]


def _begun(actor: Actor, draft: Assessment, today: date) -> OpenAssessment:
    form = form_of(draft)
    holder = draft.handed_to or draft.started_by
    waited = form.level == _COMPREHENSIVE and not draft.only and draft.episode.comprehensive_due_on is not None
    return OpenAssessment(
        draft.client,
        form.title,
        reverse("assessment-edit", args=[draft.client_id, draft.pk]),
        begun_on=clock.day_of(draft.started_at),
        held_by="" if holder.pk in actor.person_ids else holder.name,
        due=Due(draft.episode.comprehensive_due_on, today) if waited else None,
    )
