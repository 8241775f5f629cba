"""Assessments that somebody has to go on with, or to begin: the block above their work list."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, FilteredRelation, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from carehub import clock
from carehub.actors import Actor
from carehub.definitions.catalogue import catalogue
from carehub.form_editions import form_as_recorded
from clients.assessed.recorded import part_asked
from clients.due import SOON_DAYS, Due, DueState
from clients.models import Assessment, Client, Episode

#: At most so many stand there; one more is given, so that the page can say that there are more.
SHOWN = 10
#: Rows that are looked at: somebody may have begun several assessments of one client.
AT_MOST = 60
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
    #: The sections that are asked alone; '' where it is all of it.
    part: str = ""
    due: Due | None = None


def open_assessments(actor: Actor, *, today: date) -> list[OpenAssessment]:
    """What the actor holds (began, or was handed), on whichever caseload; and what their caseload waits for, begun or due soon. One query.

    A triage of one's own client stands in the work list itself.
    """
    if not actor.may("assessment.write"):
        return []
    mine = actor.caseload_person_id
    soon = Q(comprehensive_due_on__lte=today + timedelta(days=SOON_DAYS)) | Q(draft__form=_COMPREHENSIVE)
    waited = Q(keyworker_id=mine, comprehensive_due_on__isnull=False) & soon
    held = Q(holder_id__in=actor.person_ids) & ~Q(draft__form="triage", next_due_what=Episode.NextDue.TRIAGE, keyworker_id=mine)
    # Which they may be is asked first: of a large agency's open episodes few are.
    drafts = Assessment.objects.filter(state=Assessment.State.DRAFT)
    of_mine = drafts.filter(Q(handed_to__in=actor.person_ids) | Q(started_by__in=actor.person_ids)).values("episode")
    waiting = Episode.objects.open().of_keyworker(mine).filter(comprehensive_due_on__isnull=False).values("pk")
    rows = (
        Episode.objects.visible_to(actor).of_agency(actor.agency_id).open().filter(pk__in=waiting.union(of_mine)).select_related("client")
    )
    rows = rows.annotate(
        draft=FilteredRelation("assessments", condition=Q(assessments__state=Assessment.State.DRAFT)),
        holder_id=Coalesce("draft__handed_to_id", "draft__started_by_id"),
        holder=Coalesce("draft__handed_to__name", "draft__started_by__name"),
        draft_id=F("draft__pk"),
        form=F("draft__form"),
        version=F("draft__form_version"),
        edition=F("draft__form_edition"),
        begun_at=F("draft__started_at"),
        asked_alone=F("draft__only"),
    )
    found = rows.filter(waited | held).order_by(F("comprehensive_due_on").asc(nulls_last=True), "begun_at", "pk")[:AT_MOST]
    begun = [_begun(actor, row, today) for row in found if row.form == _COMPREHENSIVE or row.holder_id in actor.person_ids]
    going = {each.client.pk for each in begun if each.due is not None}
    to_begin = {row.client_id: _to_begin(row, today) for row in found if row.keyworker_id == mine and row.comprehensive_due_on}
    pressing = [each for client, each in to_begin.items() if client not in going and each.due and each.due.state != DueState.LATER]
    listed = [*begun, *pressing]
    return sorted(listed, key=lambda each: (each.due is None, each.due.on if each.due and each.due.on else today))[: SHOWN + 1]


def _to_begin(episode: Episode, today: date) -> OpenAssessment:
    address = reverse("assessment-start", args=[episode.client_id, _COMPREHENSIVE])
    return OpenAssessment(episode.client, catalogue().form(_COMPREHENSIVE).title, address, due=Due(episode.comprehensive_due_on, today))


def _begun(actor: Actor, row: Any, today: date) -> OpenAssessment:
    """``row``: an episode with a draft of it, as annotated above."""
    waited = row.form == _COMPREHENSIVE and row.comprehensive_due_on is not None
    form = form_as_recorded(row.partnership_id, row.form, row.version, row.edition)
    return OpenAssessment(
        row.client,
        form.title,
        reverse("assessment-edit", args=[row.client_id, row.draft_id]),
        begun_on=clock.day_of(row.begun_at),
        held_by="" if row.holder_id in actor.person_ids else row.holder,
        due=Due(row.comprehensive_due_on, today) if waited else None,
        part=part_asked(form, row.asked_alone),
    )
