"""Any version of a plan, whole: who signed and when, who still has to, its document, and the versions before and after it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from carehub.actors import Actor
from carehub.definitions.catalogue import catalogue
from carehub.guards import requires
from carehub.models import Document, Task
from careplans import content, documents, offers, policies, returns, sheets
from careplans.giving import COPIES, copy_in
from careplans.models import Addendum, CarePlan, PlanVersion, Signature
from careplans.review_standing import standing
from careplans.views.plan_page import plan_context, plan_version, takes_up_scores
from careplans.who_signed import signatures_of, signers, word_of_client
from clients.banner import episode_for_banner
from clients.models import Client, RiskFound

#: A page that waits for its document looks again this often, then leaves it to the reader.
LOOKS = 5


@requires("plan.view")
def current(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """The tab: to the plan that is in force, else to the one being written, else to where one begins."""
    actor = request.actor
    client = get_object_or_404(Client.objects.visible_to(actor), pk=client_id)
    episode = episode_for_banner(client, actor)
    mine = PlanVersion.objects.visible_to(actor)
    found = mine.at_hand(episode).order_by(F("locked_at").desc(nulls_last=True)).first() if episode else None
    if found is not None:
        return redirect("plan-show", client_id, found.pk)
    if episode is not None and episode.agency_id == actor.agency_id and actor.may("plan.write"):
        return redirect("plan-start", client_id)
    messages.info(request, _("There is no plan yet."))
    return redirect("client", client_id)


@requires("plan.view")
def show(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    version, actor = plan_version(request, client_id, pk), request.actor
    if takes_up_scores(request, version):
        version = plan_version(request, client_id, pk)
    signatures = signatures_of(version)
    document = documents.of_plan(version)
    looks = int(request.GET["look"]) if request.GET.get("look", "").isascii() and request.GET.get("look", "").isdigit() else 0
    context = plan_context(request, version) | {
        "sheet": sheets.sheet_of(version, signatures=signatures),
        "parties": signers(version, signatures),
        "document": document,
        "look_again": looks + 1 if document and document.state == Document.State.WAITING and looks < LOOKS else 0,
        "versions": list(PlanVersion.objects.filter(plan_id=version.plan_id).order_by("-number")),
        "off_paper": _off_paper(version),
        "tasks": _tasks(version, actor),
        "may_edit": policies.allows(policies.may_edit, version, actor),
        "may_sign": policies.allows(policies.check_sign, version, actor),
        "may_reopen": policies.allows(policies.check_reopen, version, actor),
        "may_revise": version.pk == version.plan.current_id and policies.allows(policies.check_revise, version.plan, actor),
        "returns": returns.of_plan(version, actor),
        "may_return": policies.allows(policies.check_return, version, actor),
        "is_current": version.pk == version.plan.current_id,
        **_beside(version, actor, signatures, document),
    }
    return render(request, "careplans/plan_show.html", context)


def _beside(version: PlanVersion, actor: Actor, signatures: list[Signature], document: Document | None) -> dict[str, Any]:
    """What stands beside the locked text, as it is today: notes, and the client's other plans as far as they are shared."""
    plan = version.plan
    others = CarePlan.objects.visible_to(actor).filter(client_id=plan.client_id, state=CarePlan.State.CURRENT).exclude(pk=plan.pk)
    open_plans = list(others.select_related("agency"))
    review = standing(version, version.partnership)
    leads = any(each.lead for each in open_plans)
    endings = {code.value: code.text for code in catalogue().codes("plan-endings").codes}
    # Before the lock there is none, and the page has better things to ask.
    notes = list(Addendum.objects.filter(version=version).select_related("written_by")) if version.locked_at else []
    return {
        "notes": [each for each in notes if each.kind not in COPIES],
        "copy": copy_in(notes),
        "may_note_copy": policies.allows(policies.check_note_copy, version, actor, document),
        "standing": review,
        "may_ask": policies.allows(policies.check_ask, review, actor),
        "may_put_off": policies.allows(policies.check_put_off, review, actor),
        "other_plans": open_plans,
        "closed_words": endings.get(plan.closed_why, ""),
        "may_add": policies.allows(policies.check_add, version, actor),
        "may_sign_later": policies.allows(policies.check_sign_later, version, actor, word_of_client(signatures)),
        "may_close": policies.allows(policies.check_close, plan, actor),
        "may_lead": policies.allows(policies.check_lead, plan, actor, other_leads=leads),
    }


def _tasks(version: PlanVersion, actor: Actor) -> list[tuple[str, Task]]:
    """What of the plan was put in from a task: its words there, and what has become of it."""
    said = content.of(version)
    tasks = offers.tasks_in(actor, said)
    return [(row["what"], tasks[row["task_id"]]) for row in offers.rows_from_tasks(said) if row["task_id"] in tasks]


def _off_paper(version: PlanVersion) -> list[tuple[str, str]]:
    """What is said by or about others: for those who work with the client, on this page only."""
    said = content.of(version)
    areas = dict(RiskFound.Area.choices)
    found = [(str(_("Came up")), need["words"]) for need in said.rows["need"].values() if need["third_party"]]
    for step in said.rows["risk"].values():
        if step["third_party"]:
            day = sheets.day_of(step["by_when"])
            when = date_format(day, "j F Y") if isinstance(day, date) else day
            found.append((str(areas.get(step["area"], "")), f"{step['what']} ({step['who_name']}, {when})"))
    return found
