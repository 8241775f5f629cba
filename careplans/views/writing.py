"""Writing a plan: begin, write, agree, open again, begin the next version."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from carehub import conflicts, events, stale
from carehub.actors import NotAllowed
from carehub.guards import requires
from carehub.keeping import Keeping
from carehub.lifecycle import WrongState
from carehub.models import Agency
from carehub.rules import Refused
from carehub.signing_in.turned_screen import for_the_client, turned_to
from carehub.views.screen import given_back
from careplans import content, offers, policies, returns, sheets
from careplans.actions import agreeing, revising, starting, writing
from careplans.changes import changes_since
from careplans.content import Content
from careplans.for_client import for_client, not_for_client, stands
from careplans.forms import posted
from careplans.forms.starting import StartForm
from careplans.forms.writing import PlanPage
from careplans.known_parts import PART, known_parts, put_part_in
from careplans.models import CarePlan, PlanReview, PlanVersion
from careplans.scored_since import scored_since
from careplans.views.plan_conflict import conflict_page, settled
from careplans.views.plan_page import address, plan_context, plan_version, takes_up_scores
from clients.assessed.coming_back import coming_back
from clients.banner import banner, stays_of
from clients.client_tabs import client_tabs
from clients.models import Client
from clients.views.turning import turn_to

NO = (Refused, WrongState, NotAllowed)


@requires("plan.write")
def start(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Which kind of plan; or straight on to the one that is being written."""
    actor = request.actor
    client = get_object_or_404(Client.objects.visible_to(actor).select_related("safe_contact"), pk=client_id)
    events.saw(client.pk)
    stays = stays_of(client, actor)
    episode = next(iter(stays), None)
    if episode is None:
        raise Http404
    open_versions = PlanVersion.objects.filter(plan__episode=episode, locked_at__isnull=True).exclude(plan__state=CarePlan.State.CLOSED)
    begun = open_versions.order_by("-begun_at").first()
    if begun is not None:
        return redirect("plan-edit", client.pk, begun.pk)
    form = StartForm(policies.earlier_versions(episode, actor).select_related("plan")[:3], request.POST or None)
    refused = ""
    if form.is_bound and form.is_valid():
        try:
            version = starting.start_plan(episode=episode, kind=form.cleaned_data["kind"], by=actor, again=form.again)
        except NO as reason:
            refused = str(reason)
        else:
            return redirect("plan-edit", client.pk, version.pk)
    context = {
        "client": client,
        "banner": banner(client, episode, actor),
        "tabs": client_tabs(request.actor, client.pk),
        "tab": "plan",
        "form": form,
        "refused": refused,
        "back": coming_back(actor, client, episode, stays),
        "back_url": reverse("client", args=[client.pk]),
    }
    return render(request, "careplans/plan_start.html", context)


@for_the_client
@requires("plan.write")
def edit(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    version = plan_version(request, client_id, pk)
    if takes_up_scores(request, version):
        version = plan_version(request, client_id, pk)
    keeping = Keeping(request, kind="plan", subject=version.pk, client_id=version.client_id)
    if policies.why_not(policies.may_edit, version, request.actor):
        return _not_now(request, version, keeping)
    stored = content.of(version)
    if turned_to(request):
        keeping.not_now = not_for_client(stored)
    if request.method == "POST":
        return _save(request, version, stored, keeping)
    if (left := keeping.data) is not None:
        said, opened, expected = posted.read(left, stored), conflicts.opened(left), _whole(left.get("expected"))
        problems = policies.missing_before_agreed(version, said)
        return _page(request, version, said, problems, keeping, opened=opened, expected=expected)
    problems = policies.missing_before_agreed(version, stored)
    return _page(request, version, stored, problems, keeping, opened=stale.marks(stored.flat()), expected=version.row_version)


def _not_now(request: HttpRequest, version: PlanVersion, keeping: Keeping) -> HttpResponse:
    """Agreed or signed while this page lay open, or another agency's. What was typed is kept; it stands there when writing goes on."""
    if request.method == "POST":
        keeping.not_taken()
        messages.error(request, policies.why_not(policies.may_edit, version, request.actor))
        messages.info(request, _("What you typed is kept, and stands in the plan again when you open it for writing."))
    return redirect("plan-show", version.client_id, version.pk)


def _save(request: HttpRequest, version: PlanVersion, stored: Content, keeping: Keeping) -> HttpResponse:
    keys = posted.keys_of_page(request.POST, stored, version.pk)
    data = settled(request.POST, stored)
    said = posted.read(data, stored)
    if kind_and_key := request.POST.get("up", ""):
        kind, _dash, key = kind_and_key.partition("-")
        said = posted.moved_up(said, kind, key) if kind in content.FIELDS else said
    if request.POST.get("rest") == "later":
        said = posted.rest_later(said)
    said, put_in = _put_in(request, version, said)
    try:
        saved = writing.save_plan(
            version=version,
            expected=_whole(data.get("expected")),
            opened_marks=conflicts.opened(data),
            said=said,
            by=request.actor,
        )
    except writing.PlanConflict as conflict:
        return conflict_page(request, conflict, submitted=data, keys=keys, keeping=keeping, **plan_context(request, version))
    except NO as reason:
        keeping.not_taken()
        messages.error(request, str(reason))
        return redirect("plan-show", version.client_id, version.pk)
    keeping.done()
    if put_in:
        kind, dash, key = put_in.partition("-")
        place = f"{kind}-{content.own_key(saved.pk, key)}" if dash else f"id_{put_in}"
        return HttpResponseRedirect(f"{address('plan-edit', saved)}#{place}")
    return _go_on(request, saved, stored)


def _put_in(request: HttpRequest, version: PlanVersion, said: Content) -> tuple[Content, str]:
    """What was accepted, put where the page says, or who has a part; and the row as the page would call it, '' for none."""
    wanted = request.POST.get("take", "")
    if wanted.startswith(PART) and not turned_to(request):
        part = next((each for each in known_parts(request.actor, version, said) if each.key == wanted), None)
        return put_part_in(said, part) if part else (said, "")
    offer = next((each for each in _offers(request, version, said) if each.key == wanted), None) if wanted else None
    return offers.put_in(version, said, offer, request.POST.get(f"where-{wanted}", "")) if offer else (said, "")


def _offers(request: HttpRequest, version: PlanVersion, said: Content) -> list[offers.Offer]:
    """Of a plan that is written with the client looking on: those that are for their eyes."""
    found = offers.offers(request.actor, version, said)
    return [each for each in found if each.for_client] if turned_to(request) else found


def _go_on(request: HttpRequest, version: PlanVersion, before: Content) -> HttpResponse:
    """To where the pressed button leads."""
    here = address("plan-edit", version)
    if add := _wanted(request.POST.get("add", ""), version, before):
        return HttpResponseRedirect(f"{here}?add={add}#added")
    if request.POST.get("rest"):
        return HttpResponseRedirect(f"{here}#needs")
    if moved := _moved(request.POST.get("up") or request.POST.get("moved") or "", version, before):
        return HttpResponseRedirect(f"{here}?moved={moved}#{moved}")
    if request.POST.get("then") == "turn":
        turn_to(request, version.client)
        return HttpResponseRedirect(here)
    if request.POST.get("then") == "back":
        return given_back(request, here)
    if request.POST.get("then") == "agree":
        return redirect("plan-agree", version.client_id, version.pk)
    messages.success(request, _("Saved. The plan is still a draft."))
    return HttpResponseRedirect(here)


def _wanted(add: str, version: PlanVersion, before: Content) -> str:
    """Which empty row was asked for; '' for none. A goal that was new in this form has a key of its own by now."""
    if add in ("goal", "risk", "involved"):
        return add
    kind, _dash, key = add.partition("-")
    if kind != "action" or not key:
        return ""
    return f"action-{key if key in before.rows['goal'] else content.own_key(version.pk, key)}"


def _moved(anchor: str, version: PlanVersion, before: Content) -> str:
    """Where the goal stands that was put elsewhere in the order; '' for none."""
    kind, _dash, key = anchor.partition("-")
    if kind != "goal" or not key:
        return ""
    return f"goal-{key if key in before.rows['goal'] else content.own_key(version.pk, key)}"


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _page(
    request: HttpRequest,
    version: PlanVersion,
    said: Content,
    problems: policies.Missing,
    keeping: Keeping,
    *,
    opened: dict[str, str],
    expected: int,
) -> HttpResponse:
    risks = version.plan.episode.risk_words if version.plan.episode.risk in policies.RISKS_FOUND else []
    areas = list(dict.fromkeys(each["area"] for each in risks if each.get("level")))
    agencies = [
        (str(key), name) for key, name in Agency.objects.filter(partnership=version.partnership).order_by("name").values_list("pk", "name")
    ]
    shown, tasks = said, offers.tasks_in(request.actor, said)
    if turned_to(request):
        shown, tasks, areas = for_client(said), {}, []
        problems = [each for each in problems if stands(each[0], shown)]
    page = PlanPage(version.plan.kind, shown, problems, add=request.GET.get("add", ""), areas=areas, agencies=agencies, tasks=tasks)
    page.say_newer(scored_since(version))
    kind = policies.kind_of(version.plan)
    held = PlanReview.objects.filter(draft=version).first() if version.copied_from_id else None
    context: dict[str, Any] = plan_context(request, version) | {
        "page": page,
        "offers": _offers(request, version, said),
        "known": [] if turned_to(request) else known_parts(request.actor, version, said),
        "kind": kind,
        "opened": conflicts.as_text(opened),
        "expected": expected,
        "keeping": keeping,
        "draft_ticket": keeping.ticket,
        "latest_review": policies.latest_review(version),
        "returns": [] if turned_to(request) else returns.of_plan(version, request.actor),
        "from_review": held,
        "changes": changes_since(held.of_version_id, version, request.actor) if held else None,
        "moved": next((goal for goal in page.goals if goal.anchor == request.GET.get("moved")), None),
        "too_many": len(said.rows["goal"]) > kind.goals_now.at_most,
        "form": None,
    }
    return render(request, "careplans/plan_edit.html", context)


@for_the_client
@requires("plan.write")
def agree(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """The plan as it would be signed. Is this what we agreed?"""
    version = plan_version(request, client_id, pk)
    if version.state != PlanVersion.State.DRAFT:
        return redirect("plan-sign" if version.state == PlanVersion.State.AGREED else "plan-show", client_id, pk)
    if takes_up_scores(request, version):
        messages.info(request, _("An area was scored again meanwhile: look at what came up, then agree."))
        return redirect("plan-edit", client_id, pk)
    problem = policies.why_not(policies.check_agree, version, request.actor)
    if request.method == "POST":
        try:
            agreeing.agree(version=version, by=request.actor, seen_text=request.POST.get("seen_text", ""))
        except NO as reason:
            problem = str(reason)
        else:
            return redirect("plan-sign", client_id, pk)
        version = plan_version(request, client_id, pk)
    if problem and policies.missing_before_agreed(version):
        messages.warning(request, _("The plan is saved. It can be agreed as soon as nothing is missing."))
        return redirect("plan-edit", client_id, pk)
    context = plan_context(request, version) | {
        "sheet": sheets.sheet_of(version, draft=True),
        "seen_text": content.of(version).fingerprint(),
        "problem": problem,
        "changes": changes_since(version.copied_from_id, version, request.actor) if version.copied_from_id else None,
    }
    return render(request, "careplans/plan_agree.html", context)


@for_the_client
@require_POST
@requires("plan.write")
def reopen(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    version = plan_version(request, client_id, pk)
    try:
        agreeing.reopen(version=version, by=request.actor)
    except NO as reason:
        messages.error(request, str(reason))
        return redirect("plan-show", client_id, pk)
    return redirect("plan-edit", client_id, pk)


@require_POST
@requires("plan.write")
def revise(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    """A change to what is signed: the next version, with everything that stands in this one."""
    version = plan_version(request, client_id, pk)
    try:
        draft = revising.start_revision(plan=version.plan, by=request.actor)
    except NO as reason:
        messages.error(request, str(reason))
        return redirect("plan-show", client_id, pk)
    return redirect("plan-edit", client_id, draft.pk)
