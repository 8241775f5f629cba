"""One question of a form: added, changed, reworded, retired, asked again. All in the draft, until it is published."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from carehub import form_rows
from carehub.actions import editions as actions
from carehub.asking import Asking
from carehub.definitions import edition_rules as rules
from carehub.edition_forms import PublishForm, QuestionForm, RewordForm, SectionForm, as_typed
from carehub.form_editions import Working
from carehub.guards import requires
from carehub.rules import Refused
from carehub.stale import StaleSave
from carehub.views.forms import colleague_was_first, found, opened_at


def _asking(request: HttpRequest, working: Working, form: type, about: str, *, stands: dict[str, Any], **more: Any) -> Asking:
    stands = stands | {"opened_at": working.opened_at}
    subject, back_url = f"{working.form.name} {about}", reverse("form-show", args=[working.form.name])
    return Asking(request, form, kind="form.question", subject=subject, back_url=back_url, stands=stands, **more)


def _about_questions(working: Working, question: str = "") -> dict[str, Any]:
    return {"definition": working.laid, "items": form_rows.items_of_best_practice(), "question": question}


@requires("configure")
def add(request: HttpRequest, form: str, section: str) -> HttpResponse:
    working = found(request, form)
    titles = {each.id: each.title for each in (*working.form.sections, *working.edition.sections)}
    if section not in titles:
        raise Http404
    asking = _asking(request, working, QuestionForm, f"add {section}", stands={}, **_about_questions(working))
    if (answered := asking.answered()) and asking.does(
        lambda: actions.add_question(by=request.actor, form=form, section=section, **answered.said),
        said=_("Added to the draft. It is asked once you publish."),
    ):
        return redirect("form-show", form)
    caption = _("%(form)s: %(section)s") % {"form": working.form.title, "section": titles[section]}
    return asking.page("forms/question.html", heading=_("Add a question"), caption=caption, submit_text=_("Add question"))


@requires("configure")
def add_section(request: HttpRequest, form: str) -> HttpResponse:
    working = found(request, form)
    asking = _asking(request, working, SectionForm, "section", stands={})
    if (answered := asking.answered()) and asking.does(
        lambda: actions.add_section(by=request.actor, form=form, title=answered.cleaned_data["title"]),
        said=_("Added to the draft. Add a question to it: without one it is not shown."),
    ):
        return redirect("form-show", form)
    return asking.page(
        "administration/form.html", heading=_("Add a section of your own"), caption=working.form.title, submit_text=_("Add section")
    )


@requires("configure")
def change(request: HttpRequest, form: str, question: str) -> HttpResponse:
    """One's own is changed as a whole, the form's in its words."""
    working = found(request, form)
    if (own := working.edition.question(question)) is not None:
        more = _about_questions(working, question)
        asking = _asking(request, working, QuestionForm, question, stands=as_typed(own), **more)
        if answered := asking.answered():
            at = answered.cleaned_data["opened_at"]
            if asking.does(
                lambda: actions.change_question(by=request.actor, form=form, question=question, opened_at=at, **answered.said),
                said=_("Changed in the draft."),
            ):
                return redirect("form-show", form)
        return asking.page("forms/question.html", heading=_("Change your question"), caption=working.form.title, submit_text=_("Save"))
    entries = rules.entries(working.form, question)
    if not entries or rules.cannot_be_reworded(working.form, question):
        raise Http404
    ours, mine = entries[0], working.edition.reworded.get(question)
    stands = {"text": (mine or ours).text, "hint": (mine or ours).hint}
    asking = _asking(request, working, RewordForm, question, stands=stands)
    if (answered := asking.answered()) and asking.does(
        lambda: actions.reword(by=request.actor, form=form, question=question, **answered.cleaned_data), said=_("Reworded in the draft.")
    ):
        return redirect("form-show", form)
    items = form_rows.items_of_best_practice()
    expected = [code.text for value in ours.expectations if (code := items.code(value))]
    context = {"ours": ours, "expected": expected, "risky": bool(ours.raises) or rules.rests_on_risk(working.form, ours.id)}
    return asking.page("forms/reword.html", heading=_("Reword a question"), caption=working.form.title, submit_text=_("Save"), **context)


@requires("configure")
def retire(request: HttpRequest, form: str, question: str) -> HttpResponse:
    working = found(request, form)
    own = working.edition.question(question)
    entries = rules.entries(working.form, question)
    if own is None and not entries:
        raise Http404
    asking = _asking(request, working, PublishForm, f"retire {question}", stands={})
    if (answered := asking.answered()) and asking.does(
        lambda: actions.retire(by=request.actor, form=form, question=question, opened_at=answered.cleaned_data["opened_at"]),
        said=_("Taken out in the draft. It is asked until you publish."),
    ):
        return redirect("form-show", form)
    stays = rules.must_stay(working.laid, question, frozenset()) if question not in working.edition.retired else ""
    context = {"text": own.text if own else entries[0].text, "stays": stays}
    return asking.page("forms/retire.html", heading=_("Retire a question"), caption=working.form.title, **context)


@require_POST
@requires("configure")
def ask_again(request: HttpRequest, form: str, question: str) -> HttpResponse:
    found(request, form)
    try:
        actions.ask_again(by=request.actor, form=form, question=question, opened_at=opened_at(request))
    except StaleSave:
        messages.error(request, colleague_was_first())
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Asked again, in the draft."))
    return redirect("form-show", form)
