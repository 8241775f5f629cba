"""A record opened without consent: from the reason to the judgement."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from carehub import again, clock, events
from carehub.definitions.catalogue import catalogue
from carehub.guards import requires
from carehub.rules import Refused
from carehub.signing_in import second_factor
from clients.actions import opening as opened
from clients.forms.sharing import JudgeForm, OpenRecordForm
from clients.models import Client, Opening
from clients.policies import sharing as rules
from clients.views.of_client import client_page

#: Session key: what this person has opened, for the banner over every page: key, client's key, until when.
OPENED = "opened"
SHOWN = 50


@sensitive_post_parameters("password")
@requires("record.open")
def open_record(request: HttpRequest) -> HttpResponse:
    form = OpenRecordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_them(request, form):
        said = form.cleaned_data
        about = {name: said[name] for name in ("reference", "first_name", "last_name", "date_of_birth")}
        try:
            rules.may_open(request.actor, reason=said["reason"], words=said["words"])
            if (key := opened.find_to_open(**about)) is None:
                events.record("record.not-found", by=request.actor, reason=said["reason"])
                form.add_error("reference", _("Nobody is found by exactly this. Check the reference, or the name and the date of birth"))
            elif Client.objects.visible_to(request.actor).filter(pk=key).exists():
                messages.info(request, _("You reach this record already: nothing had to be opened."))
                return redirect("client", key)
            else:
                made = opened.open_record(by=request.actor, client_id=key, reason=said["reason"], words=said["words"])
                held = request.session.get(OPENED, [])
                request.session[OPENED] = [*held, [str(made.pk), str(key), made.until.isoformat()]]
                messages.warning(request, _("Open for 60 minutes. The keyworker and the manager have been told."))
                return redirect("client", key)
        except Refused as refused:
            for name, sentences in refused.fields.items():
                form.add_error(name if name in form.fields else None, sentences)
    return render(
        request, "clients/open_record.html", {"form": form, "key_question": second_factor.key_question(request.signed_in_as.person)}
    )


def _is_them(request: HttpRequest, form: OpenRecordForm) -> bool:
    """The password, or the code of the app, typed now, or a security key touched; counted like the sign-in."""
    said, instead = form.cleaned_data, _("ring the person’s keyworker")
    about = {"action": "open-record", "on_record": "record.password-wrong", "instead": instead}
    try:
        again.shown(request, said["password"], key_said=said["credential"], **about)
    except again.NotThem as no:
        form.add_error("password", str(no))
        return False
    return True


@require_POST
@requires("record.open")
def close(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    opening = get_object_or_404(Opening.objects.visible_to(request.actor), pk=pk, client_id=client_id)
    try:
        opened.close_record(by=request.actor, opening=opening)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Closed. You do not reach this record any more."))
    request.session[OPENED] = [each for each in request.session.get(OPENED, []) if each[0] != str(pk)]
    return redirect("home")


@requires("record.judge")
def to_judge(request: HttpRequest) -> HttpResponse:
    """What was opened of one's own service, those first that nobody has judged."""
    treated = rules.treated_by(request.actor).filter(client_id=OuterRef("client_id"), since__lte=OuterRef("opened_at"))
    found = Opening.objects.visible_to(request.actor).filter(Exists(treated))
    found = found.select_related("client", "membership__person", "membership__agency", "judged_by").order_by("judged_at", "-opened_at")
    rows = list(found.filter(judged_at__isnull=True)[:SHOWN]) + list(found.filter(judged_at__isnull=False).order_by("-judged_at")[:SHOWN])
    events.saw(*(row.client_id for row in rows))
    reasons = {str(code.value): str(code.text) for code in catalogue().codes_on("opening-reasons", clock.today()).codes}
    listed = [{"opening": row, "reason": reasons.get(row.reason, row.reason)} for row in rows]
    return render(request, "clients/openings.html", {"rows": listed, "unjudged": sum(row.judged_at is None for row in rows)})


@requires("record.judge")
def judge(request: HttpRequest, client_id: UUID, pk: UUID) -> HttpResponse:
    client, context = client_page(request, client_id, tab="sharing")
    opening = get_object_or_404(
        Opening.objects.visible_to(request.actor).select_related("membership__person", "membership__agency"), pk=pk, client=client
    )
    form = JudgeForm(request.POST or None)
    try:
        rules.may_judge(request.actor, opening, client)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            opened.judge_opening(
                by=request.actor, client=client, opening=opening, justified=said["justified"] == "yes", words=said["words"]
            )
            messages.success(request, _("On record."))
            return redirect("openings")
    except Refused as refused:
        if not refused.fields:
            messages.error(request, refused.message)
            return redirect("openings")
        for name, sentences in refused.fields.items():
            form.add_error(name, sentences)
    reason = catalogue().codes_on("opening-reasons", clock.today()).code(opening.reason)
    back = {"back_url": reverse("openings"), "opening": opening, "reason": reason.text if reason else opening.reason}
    return render(request, "clients/opening_judge.html", context | back | {"form": form})
