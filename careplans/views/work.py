"""All work on plans: what waits, with whom, since when; and the same as a table to take along."""

import csv
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from carehub import clock, events
from carehub.guards import requires
from careplans.forms.work import WorkFilter
from careplans.work.kinds import KINDS
from careplans.work.rows import numbers, of_kind, page_of, reached, row_of

#: A spreadsheet takes a cell that begins so for a formula; a quote before it makes it text (OWASP, 'CSV Injection').
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@require_safe
@requires("caseload.view")
def work(request: HttpRequest) -> HttpResponse:
    """The first kind that has anything in it, where none is chosen."""
    actor, today = request.actor, clock.today()
    form = WorkFilter(actor, request.GET)
    said = {name: value for name, value in form.cleaned_data.items() if value}
    episodes = reached(actor, form.cleaned_data)
    found = numbers(episodes, actor)
    shown = request.GET.get("show", "")
    if shown not in KINDS:
        shown = next((name for name in KINDS if found[f"n_{name}"]), next(iter(KINDS)))
    rows, further = page_of(of_kind(episodes, shown, actor), shown, today, actor, request.GET.get("after", ""))
    events.saw(*(row.episode.client_id for row in rows))
    here = f"{request.path}?{urlencode({**said, 'show': shown})}"
    context = {
        "form": form,
        "shown": shown,
        "kind": KINDS[shown],
        "rows": rows,
        "further": further and f"{here}&{urlencode({'after': further})}",
        "total": sum(found.values()),
        "counts": [
            {
                "number": found[f"n_{name}"],
                "words": kind.words,
                "state": kind.look,
                "url": f"{request.path}?{urlencode({**said, 'show': name})}",
            }
            for name, kind in KINDS.items()
        ],
        "export_url": f"{reverse('worklist-export')}?{urlencode({**said, 'show': shown})}" if actor.may("worklist.export") else "",
    }
    return render(request, "careplans/work.html", context)


@require_safe
@requires("worklist.export")
def export(request: HttpRequest) -> HttpResponse:
    """Every row of what is shown, as CSV. On record with how many, and who they are."""
    actor, today = request.actor, clock.today()
    form, shown = WorkFilter(actor, request.GET), request.GET.get("show", "")
    shown = shown if shown in KINDS else next(iter(KINDS))
    rows = [row_of(each, shown, today, actor) for each in of_kind(reached(actor, form.cleaned_data), shown, actor)]
    events.saw(*(row.episode.client_id for row in rows))
    events.record("worklist.exported", by=actor, reason=f"{shown}: {len(rows)}")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="work-{shown}-{today:%Y-%m-%d}.csv"'
    response["Cache-Control"] = "private, no-store"
    response.write("\ufeff")  # a spreadsheet reads it as UTF-8
    table = csv.writer(response)
    head = [_("Reference"), _("Client"), _("Date of birth"), _("What"), _("State"), _("Day"), _("Keyworker"), _("Risk"), _("Put off")]
    table.writerow(head)
    for row in rows:
        keyworker = row.episode.keyworker
        cells = [row.client.reference, row.client.full_name, row.client.date_of_birth, row.what, row.kind.words, row.at]
        cells += [keyworker.name if keyworker else "", row.episode.get_risk_display(), row.review.put_off_words if row.review else ""]
        table.writerow(_plain(each) for each in cells)
    return response


def _plain(cell: object) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
