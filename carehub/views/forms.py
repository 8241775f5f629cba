"""The forms of a partnership: which there are, what is asked in each, what an edition changes, and publishing it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from carehub import form_editions, form_rows
from carehub.actions import editions as actions
from carehub.asking import Asking
from carehub.definitions import show
from carehub.definitions.catalogue import catalogue
from carehub.definitions.edition import Edition
from carehub.definitions.edition_forward import differences
from carehub.definitions.errors import UnknownDefinition
from carehub.definitions.fields import build
from carehub.edition_forms import PublishForm
from carehub.form_editions import Working, form_as_recorded
from carehub.guards import requires
from carehub.models import FormEdition
from carehub.stale import StaleSave


def found(request: HttpRequest, form: str) -> Working:
    """The form by its name, or 404."""
    try:
        return form_editions.working(request.actor.partnership_id, form)
    except UnknownDefinition:
        raise Http404 from None


def colleague_was_first() -> str:
    return _("A colleague changed this form meanwhile. Look at it again; nothing was changed by you.")


@requires("configure")
def forms(request: HttpRequest) -> HttpResponse:
    """Every form there is, with its version and what the partnership has laid over it."""
    editions: dict[str, list[FormEdition]] = {}
    mine = FormEdition.objects.filter(partnership_id=request.actor.partnership_id).select_related("published_by", "changed_by")
    for each in mine.defer("content").order_by("-number"):
        editions.setdefault(each.form, []).append(each)
    rows = []
    for form in catalogue().forms():
        of_form = editions.get(form.name, [])
        published = next((each for each in of_form if each.state == FormEdition.State.PUBLISHED), None)
        rows.append(
            {
                "form": form,
                "level": form_rows.LEVELS[form.level],
                "published": published,
                "older": published is not None and published.form_version != form.version,
                "draft": next((each for each in of_form if each.state == FormEdition.State.DRAFT), None),
            }
        )
    return render(request, "forms/list.html", {"rows": rows})


@requires("configure")
def show_form(request: HttpRequest, form: str) -> HttpResponse:
    working = found(request, form)
    context = {
        "working": working,
        "form": working.form,
        "level": form_rows.LEVELS[working.form.level],
        "sections": form_rows.sections(working),
        "retired": form_rows.retired(working),
        "changes": differences(working.form, working.standing, working.edition),
        "back_url": reverse("forms"),
    }
    return render(request, "forms/form.html", context)


@requires("configure")
def preview(request: HttpRequest, form: str) -> HttpResponse:
    """As it will be asked. Whatever is typed there goes nowhere."""
    working = found(request, form)
    context = {"working": working, "page": build(working.laid), "back_url": reverse("form-show", args=[form])}
    return render(request, "forms/preview.html", context)


@requires("configure")
def blank(request: HttpRequest, form: str) -> HttpResponse:
    working = found(request, form)
    context = {"form": working.laid, "sections": show.blank(working.laid), "back_url": reverse("form-show", args=[form])}
    return render(request, "forms/blank.html", context | {"about": _about(working.form.version, working.number, draft=working.changed)})


def _about(version: int, edition: int, *, draft: bool = False) -> str:
    words = {"version": version, "edition": edition}
    if draft:
        return _("Version %(version)s with your changes, not published yet: this is how it would look on paper.") % words
    return _("Version %(version)s, edition %(edition)s.") % words


@requires("configure")
def publish(request: HttpRequest, form: str) -> HttpResponse:
    working = found(request, form)
    back_url = reverse("form-show", args=[form])
    stands = {"opened_at": working.opened_at}
    asking = Asking(request, PublishForm, kind=f"publish.{form}"[:40], back_url=back_url, stands=stands)
    if (answered := asking.answered()) and asking.does(
        lambda: actions.publish(by=request.actor, form=form, opened_at=answered.cleaned_data["opened_at"]),
        said=_("Published: new assessments are asked so from now on."),
    ):
        return redirect("form-show", form)
    open_drafts = form_editions.open_on_others(working.laid)
    context = {
        "working": working,
        "changes": differences(working.form, working.standing, working.edition),
        "open_drafts": ngettext(
            "%(number)s assessment is open on what is asked now. It stays on it.",
            "%(number)s assessments are open on what is asked now. They stay on it.",
            open_drafts,
        )
        % {"number": open_drafts},
    }
    heading = _("Publish edition %(number)s") % {"number": working.number}
    return asking.page("forms/publish.html", heading=heading, caption=working.form.title, submit_text=_("Publish"), **context)


@require_POST
@requires("configure")
def discard(request: HttpRequest, form: str) -> HttpResponse:
    found(request, form)
    try:
        actions.discard(by=request.actor, form=form, opened_at=opened_at(request))
    except StaleSave:
        messages.error(request, colleague_was_first())
    else:
        messages.success(request, _("The draft is gone. What is published stays as it is."))
    return redirect("form-show", form)


def opened_at(request: HttpRequest) -> int:
    """Of a button that carries it; 0 where it is no number."""
    typed = request.POST.get("opened_at", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0


@requires("configure")
def history(request: HttpRequest, form: str) -> HttpResponse:
    """Every edition that was published, the newest first, and what it changed."""
    working = found(request, form)
    rows, before = [], dict[int, Edition]()
    published = FormEdition.objects.of_form(request.actor.partnership_id, form).published().select_related("published_by")
    for each in reversed(published):
        now = Edition.from_json(each.content)
        of_version = catalogue().form(form, each.form_version)
        rows.append({"edition": each, "changes": differences(of_version, before.get(each.form_version, Edition()), now)})
        before[each.form_version] = now
    context = {"working": working, "rows": rows[::-1], "back_url": reverse("form-show", args=[form])}
    return render(request, "forms/history.html", context)


@requires("configure")
def edition(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One edition as it was asked."""
    of_ours = FormEdition.objects.filter(partnership_id=request.actor.partnership_id).published()
    row = get_object_or_404(of_ours.select_related("published_by"), pk=pk)
    form = form_as_recorded(row.partnership_id, row.form, row.form_version, row.number)
    context = {"form": form, "sections": show.blank(form), "about": _about(row.form_version, row.number)}
    return render(request, "forms/blank.html", context | {"back_url": reverse("form-history", args=[row.form])})
