"""Assessing a client, section by section: answer, check, complete."""

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from carehub import conflicts, events, stale
from carehub.actors import NotAllowed
from carehub.definitions import show as as_asked
from carehub.definitions import typed
from carehub.definitions.answers import Answers
from carehub.definitions.conditions import shown
from carehub.definitions.contradictions import Contradiction, contradictions
from carehub.definitions.fields import DefinitionForm, build
from carehub.definitions.schema import Form
from carehub.guards import requires
from carehub.keeping import Keeping
from carehub.lifecycle import WrongState
from carehub.rules import Refused
from carehub.signing_in.turned_screen import for_the_client, turned_away, turned_to
from carehub.templatetags.form_tags import anchor
from carehub.views.screen import given_back
from clients.actions import assessing
from clients.assessed.findings import what_answers_say
from clients.assessed.going_on import CHECK, draft_kind, goes_on_at, unsaved
from clients.assessed.proposed import after_completing
from clients.assessed.recorded import asked_sections, earlier_answers, form_of, part_asked, stamps_of, with_assumed
from clients.assessed.says_before import is_decided_in, says_before
from clients.banner import banner
from clients.client_tabs import client_tabs
from clients.models import Assessment
from clients.policies import records as policies
from clients.views.answers_in_conflict import as_fields, conflict_page, marks_of, text_fields
from clients.views.turning import not_for_client, turn_to


def assessment_of(request: HttpRequest, client_id: UUID, pk: UUID) -> Assessment:
    """With all that the banner needs. Another client's assessment under this client's address does not exist."""
    related = ("client__safe_contact", "episode__keyworker", "episode__agency", "agency", "started_by", "completed_by")
    mine = Assessment.objects.visible_to(request.actor).select_related(*related)
    assessment = get_object_or_404(mine, pk=pk, client_id=client_id)
    events.saw(assessment.client_id)
    return assessment


def assessment_context(request: HttpRequest, assessment: Assessment, form: Form) -> dict[str, Any]:
    return {
        "assessment": assessment,
        "client": assessment.client,
        "definition": form,
        "part": part_asked(form, assessment.only),
        "banner": banner(assessment.client, assessment.episode, request.actor, on=assessment.pk),
        "tabs": client_tabs(request.actor, assessment.client_id),
        "tab": "assessments",
        "client_url": reverse("client", args=[assessment.client_id]),
    }


@for_the_client
@requires("assessment.write")
def edit(request: HttpRequest, client_id: UUID, pk: UUID, section: str = "") -> HttpResponse:
    assessment = assessment_of(request, client_id, pk)
    if assessment.state == Assessment.State.COMPLETE:
        return redirect("assessment-show", client_id, pk)
    try:
        policies.may_write(request.actor, assessment)
    except NotAllowed:
        return redirect("assessment-show", client_id, pk)
    form = form_of(assessment)
    if section == CHECK:
        if turned_to(request):
            return turned_away(request.path)
        return _check(request, assessment, form)
    if not section:
        return redirect("assessment-edit", client_id, pk, goes_on_at(request.actor, assessment, form))
    if section not in [each.id for each in asked_sections(assessment, form)]:
        raise Http404
    return _section(request, assessment, form, section)


def _section(request: HttpRequest, assessment: Assessment, form: Form, section: str) -> HttpResponse:
    try:
        policies.may_answer_section(request.actor, form.section(section))
    except NotAllowed as no:
        if turned_to(request):
            return turned_away(request.path)
        return _for_others(request, assessment, form, section, str(no))
    keeping = Keeping(request, kind=draft_kind(section), subject=assessment.pk, client_id=assessment.client_id)
    if turned := turned_to(request) is not None:
        keeping.not_now = not_for_client(form.section(section))
    last = earlier_answers(by=request.actor, assessment=assessment, form=form)
    saved = typed.from_answers(form, assessment.answers)
    page_of = partial(build, form, section=section, last=last, for_client=turned)
    data = request.POST if request.method == "POST" else keeping.data
    if data is None:
        page = page_of(draft=saved)
        return _section_page(request, assessment, page, keeping, marks=marks_of(form, section, assessment.answers))
    # The choices of a conflict page are applied first: from there on it is a form like any other.
    data = conflicts.settled(data, theirs=as_fields(form, section, assessment.answers), texts=text_fields(form, section))
    if request.method != "POST":
        page = page_of(draft=typed.merge(saved, typed.from_post(form, data)))
        return _section_page(request, assessment, page, keeping, marks=conflicts.opened(data))
    page = page_of(draft=saved, data=data)
    if not page.is_valid():
        keeping.not_taken()
        return _section_page(request, assessment, page, keeping, marks=conflicts.opened(data))
    before = _told_at_once(form, assessment)
    asked = [name for name in data.get(typed.ASKED, "").split() if form.has(name) and form.section_of(name).id == section]
    try:
        assessing.save_answers(
            by=request.actor,
            client_id=assessment.client_id,
            assessment=assessment,
            answers=page.answers,
            questions=asked,
            opened=conflicts.opened(data),
        )
    except stale.Conflict as conflict:
        assessment.refresh_from_db(fields=["answers", "row_version"])
        context = assessment_context(request, assessment, form)
        return conflict_page(request, assessment, form, section, merge=conflict.merge, submitted=data, keeping=keeping, **context)
    keeping.done()
    assessment.refresh_from_db(fields=["answers"])
    for level, sentence in [each for each in _told_at_once(form, assessment) if each not in before]:
        messages.add_message(request, level, sentence)
    if not request.POST.get("then") and _opened_an_entry(form, section, set(asked), assessment.answers):
        messages.success(request, _("Saved. The next one stands at the end of this page."))
        return redirect("assessment-edit", assessment.client_id, assessment.pk, section)
    return _go_on(request, assessment, form, section)


def _whole(request: HttpRequest, assessment: Assessment, form: Form) -> DefinitionForm:
    """All sections as they are saved; without the earlier answers what is 'still true' would not count as answered."""
    last = earlier_answers(by=request.actor, assessment=assessment, form=form)
    return build(form, draft=typed.from_answers(form, assessment.answers), last=last)


def _opened_an_entry(form: Form, section: str, on_page: set[str], answers: Answers) -> bool:
    """'Is there another child?' was answered yes, and the page did not hold that child yet."""
    return any(
        question.entry and question.id not in on_page and shown(form, question, answers) for question in form.section(section).questions
    )


def _for_others(request: HttpRequest, assessment: Assessment, form: Form, section: str, why: str) -> HttpResponse:
    """A section that is locked to competence, to read."""
    if request.method == "POST":
        raise PermissionDenied(why)
    page = _whole(request, assessment, form)
    shown_so_far = as_asked.show(form, assessment.answers, sections=stamps_of(assessment))
    context = assessment_context(request, assessment, form) | {
        "section": form.section(section),
        "sections": [each for each in shown_so_far if each.id == section],
        "items": _items(request, assessment, page, section),
        "why": why,
        "form": None,
    }
    return render(request, "clients/assessment_for_others.html", context)


def _told_at_once(form: Form, assessment: Assessment) -> list[tuple[int, str]]:
    """What the worker reads before going on: what the answers so far ask for at once, and which do not go together.

    (level of message, sentence); nothing that the client must not see beside them.
    """
    today = what_answers_say(form, assessment.answers).today
    found = [(messages.ERROR, each.trigger.text) for each in today if each.trigger.countersign and not each.third_party]
    against = contradictions(form, assessment.answers)
    return found + [(messages.WARNING, f"{each.check.text} {each.answers}") for each in against if not each.third_party]


def _go_on(request: HttpRequest, assessment: Assessment, form: Form, section: str) -> HttpResponse:
    """To where the pressed button leads: a section, the check, the client; otherwise the next section."""
    names = [each.id for each in asked_sections(assessment, form)] + [CHECK]
    wanted = request.POST.get("then", "")
    if wanted == "client":
        messages.success(request, _("Saved. The assessment is still a draft."))
        return redirect("client", assessment.client_id)
    if wanted == "turn":
        turn_to(request, assessment.client)
        return redirect("assessment-edit", assessment.client_id, assessment.pk, section)
    if wanted == "back":
        return given_back(request, reverse("assessment-edit", args=[assessment.client_id, assessment.pk, section]))
    following = wanted if wanted in names else names[names.index(section) + 1]
    return redirect("assessment-edit", assessment.client_id, assessment.pk, following)


def _section_page(
    request: HttpRequest, assessment: Assessment, page: DefinitionForm, keeping: Keeping, *, marks: dict[str, str]
) -> HttpResponse:
    form, section = page.definition, page.section
    context = assessment_context(request, assessment, form)
    context |= {
        "form": page,
        "section": form.section(section),
        "items": _items(request, assessment, page, section),
        "keeping": keeping,
        "draft_ticket": keeping.ticket,
        "marks": conflicts.as_text(marks),
        "is_last": asked_sections(assessment, form)[-1].id == section,
    }
    if turned_to(request):
        return render(request, "clients/assessment_edit.html", context)
    against = contradictions(form, page.answers)
    context["contradictions"] = [each for each in against if each.stands_in(form, section) and not each.third_party]
    decides = is_decided_in(form.section(section))
    if context["is_last"] or decides:
        says = what_answers_say(form, with_assumed(request.actor, assessment, form, page.last))
        # What is for today stands above the questions; what others have said is not there, where a client beside the screen looks first.
        context["today"] = [each for each in says.today if not each.third_party]
        if decides:
            page.above = says_before(form.section(section), says)
        else:
            context["says"] = replace(says, today=tuple(each for each in says.today if each.third_party))
    return render(request, "clients/assessment_edit.html", context)


def _items(request: HttpRequest, assessment: Assessment, page: DefinitionForm, current: str) -> list[dict[str, Any]]:
    """The sections beside the form, with how much of each is answered."""
    left = unsaved(request.actor, assessment, page.definition)
    counts = left.counted(page)
    found = [
        {
            "name": section.id,
            "text": section.title,
            "url": reverse("assessment-edit", args=[assessment.client_id, assessment.pk, section.id]),
            "answered": counts[section.id][0],
            "of": counts[section.id][1],
            "unsaved": section.id in left.sections,
            "by": ", ".join(assessment.sections.get(section.id, {}).get("by", [])),
            "for_others": bool(section.competence),
            "current": section.id == current,
        }
        for section in asked_sections(assessment, page.definition)
    ]
    url = reverse("assessment-edit", args=[assessment.client_id, assessment.pk, CHECK])
    return [*found, {"name": CHECK, "text": _("Check and complete"), "url": url, "current": current == CHECK}]


def _check(request: HttpRequest, assessment: Assessment, form: Form) -> HttpResponse:
    """What is missing, what the answers say; complete."""
    problem = ""
    if request.method == "POST":
        try:
            version = int(request.POST.get("row_version", "") or 0)
            assessing.complete_assessment(by=request.actor, client_id=assessment.client_id, assessment=assessment, row_version=version)
        except (stale.StaleSave, ValueError):
            problem = _("Somebody has changed an answer since you opened this page. Look at it again, then complete it.")
        except (Refused, WrongState) as reason:
            problem = str(reason)
        else:
            messages.success(request, _("%(form)s completed and locked.") % {"form": form.title})
            return redirect(after_completing(assessment))
        assessment.refresh_from_db(fields=["answers", "row_version"])
    page = _whole(request, assessment, form)
    items = _items(request, assessment, page, CHECK)
    places = {item["name"]: item["url"] for item in items}
    answers = with_assumed(request.actor, assessment, form, page.last)
    context = assessment_context(request, assessment, form)
    context |= {
        "form": None,
        "problem": problem,
        "items": items,
        "missing": [
            {"text": typed.words_of(form.question(one.question)), "url": f"{places[one.section]}#{anchor(page[one.question])}"}
            for one in policies.still_missing(form, answers, assessment.only)
        ],
        # Completing without what was typed and not saved would leave somebody's words behind.
        "contradictions": [
            {"text": f"{each.check.text} {each.answers}", "url": _place_of(each, form, places, page)}
            for each in contradictions(form, assessment.answers)
        ],
        "unsaved": [item for item in items if item.get("unsaved")],
        "says": what_answers_say(form, answers),
    }
    return render(request, "clients/assessment_check.html", context)


def _place_of(found: Contradiction, form: Form, places: dict[str, str], page: DefinitionForm) -> str:
    """Where the first of its answers that is asked here can be changed."""
    asked = [each.question for each in found.because if form.section_of(each.question).id in places]
    return f"{places[form.section_of(asked[0]).id]}#{anchor(page[asked[0]])}" if asked else ""
