"""What I have been told, newest first."""

from django.contrib import messages
from django.db.models import BooleanField, ExpressionWrapper
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from carehub import clock, events
from carehub.guards import requires
from carehub.keys import key_of
from carehub.models import Notice
from careplans.actions.noticing import mark_read
from careplans.notice_standing import standings
from careplans.notices import ABOUT_REFERRALS, ABOUT_STAFF, SENTENCES, read_together
from clients.models import Client, Episode

SHOWN = 50
_WORDS = SENTENCES | ABOUT_STAFF | ABOUT_REFERRALS


@requires("tasks.view")
def notices(request: HttpRequest) -> HttpResponse:
    """The newest fifty; a notice about a client who is out of reach is not shown."""
    together = ExpressionWrapper(read_together(request.actor), output_field=BooleanField())
    mine = list(Notice.objects.visible_to(request.actor).annotate(together=together).order_by("-made_at", "pk")[:SHOWN])
    clients = Client.objects.visible_to(request.actor).in_bulk({notice.client_id for notice in mine} - {None})
    episodes = Episode.objects.visible_to(request.actor).select_related("keyworker").in_bulk([notice.subject_id for notice in mine])
    stands = standings(request.actor, mine)
    rows = []
    for notice in mine:
        client, episode = clients.get(notice.client_id), episodes.get(notice.subject_id)
        keyworker = episode.keyworker.name if episode and episode.keyworker else "–"
        words = _WORDS[notice.kind] % {"day": date_format(notice.about_day, "j F Y"), "keyworker": keyworker}
        of_link = notice.kind in ABOUT_REFERRALS
        rows.append({"notice": notice, "client": client, "words": words, "stands": stands[notice.pk], "of_link": of_link})
    events.saw(*clients)
    return render(request, "careplans/notices.html", {"rows": rows, "together": [each.pk for each in mine if each.together]})


@require_POST
@requires("tasks.view")
def notices_read(request: HttpRequest) -> HttpResponse:
    """All that stood on the page, but for what is grave."""
    read = mark_read(by=request.actor, notices=[key for each in request.POST.getlist("notice")[:SHOWN] if (key := key_of(each))])
    if read:
        said = ngettext("%(number)s notice marked as read.", "%(number)s notices marked as read.", read)
        messages.success(request, said % {"number": read})
    return redirect("notices")


@require_POST
@requires("tasks.view")
def notice_read(request: HttpRequest, pk) -> HttpResponse:
    """Seen; and on to the client, or the referral, that it is about."""
    notice = get_object_or_404(Notice.objects.visible_to(request.actor), pk=pk)
    if Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=clock.now()):
        events.record("notice.read", by=request.actor, client=notice.client_id, subject=notice)
    if notice.kind in ABOUT_REFERRALS:
        return redirect("referral-show", notice.subject_id)
    return redirect("client", notice.client_id) if notice.client_id else redirect("unusual")
