"""The client page: who is this, what is agreed, what next?"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carehub import clock, events
from carehub.actors import Actor
from carehub.definitions.errors import UnknownDefinition
from carehub.guards import requires
from carehub.models import Document
from carehub.offering import allows
from careplans import content, documents, policies, returns
from careplans.content import Content
from careplans.models import PlanReturn, PlanVersion
from careplans.offers import tasks_of
from careplans.review_standing import standing, told
from careplans.views.plan_page import address
from careplans.who_signed import signatures_in, signers, with_signatures
from clients.assessed.coming_back import coming_back
from clients.assessed.recorded import form_of, part_asked
from clients.banner import banner, stays_of
from clients.client_tabs import client_tabs
from clients.models import Assessment, Client, Episode, Proposal
from clients.open_tasks import OpenTask, of_client
from clients.outcomes.due import FORM, STAGE, profile_due
from clients.policies.allocating import allocates
from clients.policies.records import may_assess, may_begin_episode

#: The plan in five lines.
LINES = 5
NEWEST = 10


@dataclass(frozen=True)
class Button:
    """The one thing to do next. ``posts``: it changes something at once."""

    text: str | Promise
    url: str
    posts: bool = False


@dataclass(frozen=True)
class GoalLine:
    """A goal on the client page: its words, how many steps, and the next day one of them is due."""

    words: str
    actions: int
    next_by: date | None
    late: bool


@requires("client.view")
def client(request: HttpRequest, client_id: UUID) -> HttpResponse:
    actor = request.actor
    waits = Proposal.objects.visible_to(actor).filter(client=OuterRef("pk")).open()
    found = Client.objects.visible_to(actor).select_related("safe_contact").annotate(is_to_decide=Exists(waits))
    person = get_object_or_404(found, pk=client_id)
    events.saw(person.pk)
    stays = stays_of(person, actor)
    episode = next(iter(stays), None)
    versions = _versions(episode, actor)
    current = next((each for each in versions if each.pk == each.plan.current_id), None)
    draft = next((each for each in versions if each.locked_at is None), None)
    shown = current or draft
    said = content.goals_of(shown) if shown else None
    tasks = of_client(actor, person.pk, today=clock.today())
    assessed = _assessments(person, actor)
    context: dict[str, Any] = {
        "client": person,
        "episode": episode,
        "banner": banner(person, episode, actor),
        "tabs": client_tabs(actor, person.pk),
        "tab": "summary",
        "due": episode.due if episode and episode.next_due_on else None,
        "due_what": episode.get_next_due_what_display() if episode else "",
        "returns": returns.of_plan(shown, actor) if shown and shown.is_returned else None,  # type: ignore[attr-defined]  # of _versions
        "standing": standing(current, current.partnership) if current else None,
        "button": next_step(actor, episode, current, draft, triage_begun=_triage_begun(assessed, episode)),
        "may_begin": allows(may_begin_episode, actor, stays),
        "current": current,
        "signers": signers(current, signatures_in(current)) if current else [],
        "to_sign": signers(draft, []) if draft and draft.state == PlanVersion.State.AGREED else [],
        "draft": draft,
        "goals": _lines(said) if said else [],
        "more_goals": max(0, len(said.rows["goal"]) - LINES) if said else 0,
        "assessments": _listed(assessed, actor),
        "documents": _documents(person, actor),
        "contact": getattr(person, "safe_contact", None),
        "may_change_contact": bool(episode) and episode.agency_id == actor.agency_id and actor.may("contact.change"),
        "may_allocate": allocates(actor, episode),
        "tasks": tasks.now,
        "later": tasks.later,
        "done": tasks.done,
        "in_plan": tasks_of(said) if said else (),
        "proposals": _to_decide(person, actor, shown=[*tasks.now, *tasks.later]) if person.is_to_decide else [],
        "may_decide": bool(episode) and episode.agency_id == actor.agency_id and actor.may("assessment.write"),
        "may_assess": (assesses := episode is not None and allows(may_assess, actor, episode)),
        "back": coming_back(actor, person, episode, stays) if assesses else None,
        "profile_due": profile_due(actor, episode, _profiles(assessed, episode)),
        "form": None,
    }
    return render(request, "careplans/client.html", context)


def _to_decide(person: Client, actor: Actor, shown: list[OpenTask]) -> list[Proposal]:
    """What stands among the tasks already is decided there: each stands in one place."""
    found = Proposal.objects.visible_to(actor).filter(client=person).open().select_related("again").gravest_first()
    above = {each.task.pk for each in shown}
    return [each for each in found if each.task_id not in above]


def _versions(episode: Episode | None, actor: Actor) -> list[PlanVersion]:
    """The plan that is in force and the one being written, with their goals, where the review stands and ``is_returned``. One query."""
    if episode is None:
        return []
    wanted = PlanVersion.objects.visible_to(actor).at_hand(episode).select_related("plan__episode__keyworker", "client", "partnership")
    waits = PlanReturn.objects.open().filter(version__plan=OuterRef("plan_id"))
    return list(told(content.loaded(with_signatures(wanted), content.GOALS)).annotate(is_returned=Exists(waits)).order_by("-begun_at"))


def next_step(
    actor: Actor, episode: Episode | None, current: PlanVersion | None, draft: PlanVersion | None, *, triage_begun: bool = False
) -> Button | None:
    """What the role may do, of what the episode waits for; nothing where another agency does it."""
    if episode is None or episode.agency_id != actor.agency_id:
        return None
    if episode.state == Episode.State.DISCHARGED:
        again = Button(_("Begin a new episode"), reverse("episode-begin", args=[episode.client_id]))
        return again if actor.may("client.register") else None
    if draft is not None:
        if policies.allows(policies.check_sign, draft, actor):
            return Button(_("Sign the plan"), address("plan-sign", draft))
        if policies.allows(policies.may_edit, draft, actor):
            return Button(_("Go on with the plan"), address("plan-edit", draft))
        return Button(_("Open the plan"), address("plan-show", draft))
    if current is not None:
        if policies.allows(policies.check_revise, current.plan, actor):
            return Button(_("Review the plan"), address("plan-review", current))
        return None
    if episode.next_due_what == Episode.NextDue.TRIAGE or episode.state == Episode.State.REFERRAL:
        text = _("Go on with the triage") if triage_begun else _("Start triage")
        return Button(text, reverse("assessment-start", args=[episode.client_id])) if actor.may("assessment.write") else None
    return Button(_("Write the plan"), reverse("plan-start", args=[episode.client_id])) if actor.may("plan.write") else None


def _triage_begun(assessments: list[Assessment], episode: Episode | None) -> bool:
    return any(
        each.form == "triage" and each.state == Assessment.State.DRAFT and each.episode_id == episode.pk for each in assessments if episode
    )


def _lines(said: Content) -> list[GoalLine]:
    today, found = clock.today(), []
    for key, goal in list(said.rows["goal"].items())[:LINES]:
        actions = said.actions_of(key)
        days = sorted(day for action in actions.values() if (day := _date(action["by_when"])))
        coming = next((day for day in days if day >= today), days[-1] if days else None)
        found.append(GoalLine(goal["client_words"], len(actions), coming, bool(coming and coming < today)))
    return found


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _assessments(person: Client, actor: Actor) -> list[Assessment]:
    """All of them, without their answers: the newest are listed, outcome profiles say when the next is due. One query."""
    found = Assessment.objects.visible_to(actor).filter(client=person).select_related("completed_by", "started_by")
    return list(found.defer("answers").annotate(stage=F(f"answers__{STAGE}__value")).order_by("-took_place_on", "-started_at"))


def _profiles(assessments: list[Assessment], episode: Episode | None) -> list[tuple[date, str]]:
    """Day and stage of this stay's outcome profiles, as clients.outcomes.due.asked_of reads them."""
    corrected = {each.corrects_id for each in assessments if each.state == Assessment.State.COMPLETE}
    return [
        (each.took_place_on, each.stage or "")
        for each in assessments
        if episode
        and each.form == FORM
        and each.state == Assessment.State.COMPLETE
        and each.pk not in corrected
        and each.took_place_on >= episode.referred_on
    ]


def _listed(assessments: list[Assessment], actor: Actor) -> list[dict[str, Any]]:
    listed, corrected = [], {each.corrects_id for each in assessments if each.state == Assessment.State.COMPLETE}
    for each in assessments[:NEWEST]:
        try:
            form = form_of(each)
        except UnknownDefinition:
            title, part = each.form, ""
        else:
            title, part = form.title, part_asked(form, each.only)
        writing = each.state == Assessment.State.DRAFT and each.agency_id == actor.agency_id and actor.may("assessment.write")
        page = "assessment-edit" if writing else "assessment-show"
        listed.append(
            {
                "title": title,
                "part": part,
                "corrected": each.pk in corrected,
                "assessment": each,
                "url": reverse(page, args=[each.client_id, each.pk]),
            }
        )
    return listed


def _documents(person: Client, actor: Actor) -> list[Document]:
    """Each with the ``number`` of the version that it prints."""
    found = documents.sealed_plans().visible_to(actor).filter(client_id=person.pk)
    number = PlanVersion.objects.filter(pk=OuterRef("subject_id")).values("number")
    return list(found.annotate(number=Subquery(number)).order_by("-asked_at")[:NEWEST])
