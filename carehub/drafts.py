"""What is typed is kept: as it is typed (a message every few seconds), and when a submitted form cannot be taken.

A form carries a signed ticket: whose draft, which form, about which client. With it even a session that has ended may still
write (and only write) its owner's draft; nothing is read without signing in.
"""

import json
import secrets
from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from django.core import signing
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import connection, transaction
from django.db.models import Q
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from carehub import clock, context
from carehub.actors import Actor
from carehub.models import Draft, Membership

TICKET = "draft_ticket"
FORM_ADDRESS = "draft_form"
SEQUENCE = "draft_sequence"
#: Among the kept fields: their names as they stood on the page. jsonb sorts keys its own way, and in a plan rows stand as their fields do.
ORDER = "draft_order"
_NOT_CONTENT = frozenset({"csrfmiddlewaretoken", TICKET, FORM_ADDRESS, SEQUENCE, ORDER})
_SALT = "carehub.drafts"
#: A page may lie open over a weekend; what is typed into it is still its writer's.
TICKET_LIVES_SECONDS = 7 * 24 * 60 * 60
_UPSERT = """
INSERT INTO carehub_draft (id, partnership_id, person_id, client_id, kind, subject, page, fields, sequence, saved_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s)
ON CONFLICT (person_id, kind, subject, page)
DO UPDATE SET fields = excluded.fields, sequence = excluded.sequence, saved_at = excluded.saved_at
WHERE carehub_draft.sequence <= excluded.sequence
"""


def ticket(actor: Actor, *, kind: str, subject: object = "new", client_id: UUID | None = None) -> str:
    """The hidden field ``draft_ticket`` of a form that is to lose nothing."""
    whose = {
        "membership": str(actor.membership.pk),
        "kind": kind,
        "subject": str(subject),
        "client": str(client_id or ""),
        # Each opened page keeps its own text: two tabs of one form do not write over each other.
        "page": secrets.token_urlsafe(9),
        "opened": clock.now().isoformat(),
    }
    return signing.dumps(whose, salt=_SALT)


def read_ticket(text: str) -> dict[str, str] | None:
    try:
        return signing.loads(text, salt=_SALT, max_age=TICKET_LIVES_SECONDS)
    except signing.BadSignature:
        return None


def _storable(text: str) -> str:
    """PostgreSQL's text knows no NUL; nobody types one, programs send it."""
    return text.replace("\x00", "")


def write(*, partnership_id: UUID, person_id: UUID, about: dict[str, str], data: QueryDict) -> datetime:
    """Keep ``data`` as the person's draft. One statement; an older message of the same page that comes late changes nothing."""
    fields = {_storable(name): [_storable(value) for value in values] for name, values in data.lists() if name not in _NOT_CONTENT}
    sequence = data.get(SEQUENCE, "")
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            _UPSERT,
            [
                uuid4(),
                partnership_id,
                person_id,
                about["client"] or None,
                about["kind"],
                about["subject"],
                about["page"],
                json.dumps(fields | {ORDER: list(fields)}),
                int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) < 16 else 0,
                now,
            ],
        )
    return now


def kept(actor: Actor, *, kind: str, subject: object = "new") -> list[Draft]:
    """What this person left unfinished in this form, newest first: more than one where it was open in two windows."""
    return list(Draft.objects.visible_to(actor).filter(kind=kind, subject=str(subject)).order_by("-saved_at")[:10])


def discard(actor: Actor, about: dict[str, str], *, but: Collection[UUID] = ()) -> None:
    """The form behind a ticket was submitted, or its writer does not want the text any more.

    Gone is what that page showed: its own text and what was left before it was opened. What another window typed since, stays.
    """
    shown = Q(page=about["page"]) | Q(saved_at__lte=datetime.fromisoformat(about["opened"]))
    Draft.objects.visible_to(actor).filter(shown, kind=about["kind"], subject=about["subject"]).exclude(pk__in=but).delete()


def as_data(draft: Draft) -> QueryDict:
    """The draft as a browser would have submitted it, for filling the form again."""
    data = QueryDict(mutable=True)
    for name in draft.fields.get(ORDER, sorted(draft.fields)):
        data.setlist(name, draft.fields[name])
    return data


def write_as_begun(about: dict[str, str], *, acting: Actor, data: QueryDict) -> datetime | None:
    """Keep what ``acting`` began in another of their own roles: its page is still open, and its words are theirs. None for a stranger's."""
    begun_in = Membership.objects.with_all().filter(pk=about["membership"], person_id=acting.person_id).first()
    return _write_in(begun_in, about, data, then=acting) if begun_in else None


def _write_in(membership: Membership, about: dict[str, str], data: QueryDict, *, then: Actor | None) -> datetime:
    with transaction.atomic():
        context.acting_as(Actor(membership.person, membership))
        saved_at = write(partnership_id=membership.partnership_id, person_id=membership.person_id, about=about, data=data)
        if then is None:
            context.clear()
        else:
            context.acting_as(then)
    return saved_at


def _ticket_of(request: HttpRequest) -> dict[str, str] | None:
    """The ticket of a submitted form."""
    try:
        return read_ticket(request.POST.get(TICKET, "")) if request.method == "POST" else None
    except (BadRequest, SuspiciousOperation, UnreadablePostError):
        # Too large, too many fields, or cut off on the way: that is why it was refused, and asking again says so again.
        return None


def must_be_in_its_role(request: HttpRequest, acting: Actor) -> None:
    """Raise PermissionDenied where the form was opened in another role: it would be done in another agency, and said of that role.

    The role may have been changed in another tab, or have ended since. What was typed is kept where the form was opened.
    """
    about = _ticket_of(request)
    if about is None or about["membership"] == str(acting.membership.pk):
        return
    begun_in = Membership.objects.with_all().filter(pk=about["membership"], person_id=acting.person_id).first()
    if begun_in is None:
        raise PermissionDenied(_("Somebody else opened this page. Open it again."))
    words = {"then": begun_in.title, "there": begun_in.where, "now": acting.membership.title, "here": acting.membership.where}
    raise PermissionDenied(
        _("You opened this page as %(then)s, %(there)s, and act as %(now)s, %(here)s, now. Change your role back to go on with it.") % words
    )


def keep_what_was_typed(request: HttpRequest) -> bool:
    """A submitted form was refused (no session, no permission, an error): keep its text as its writer's draft.

    Runs in the request's transaction; the caller sees to it that this one commits.
    """
    if (about := _ticket_of(request)) is None:
        return False
    membership = Membership.objects.with_all().filter(pk=about["membership"]).first()
    signed_in_as = getattr(request, "actor", None)
    if membership is None or (signed_in_as is not None and signed_in_as.person_id != membership.person_id):
        return False
    _write_in(membership, about, _submitted(request.POST), then=signed_in_as)
    request.draft_kept = True
    return True


def _submitted(data: QueryDict) -> QueryDict:
    """A submitted form is its page's last word: it counts one more than the last automatic save."""
    newest = data.copy()
    sequence = data.get(SEQUENCE, "")
    newest[SEQUENCE] = str(int(sequence) + 1) if sequence.isascii() and sequence.isdigit() and len(sequence) < 15 else "1"
    return newest


def form_address(request: HttpRequest) -> str:
    """Where the form stands that was submitted, so that its writer is brought back to it; '' where it does not say."""
    address = request.POST.get(FORM_ADDRESS, "") if request.method == "POST" else ""
    return address if address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""
