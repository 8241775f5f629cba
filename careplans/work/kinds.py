"""The kinds of work on plans: whom each is about, since or by when, and the page where it is done.

Each is a set of rows found by itself and asked of the episodes with IN: PostgreSQL works it out once, however many clients there are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import BaseExpression, Combinable
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.actors import Actor
from carehub.models import Document
from careplans.models import Addendum, CarePlan, PlanReturn, PlanVersion, ReviewPutOff, Signature
from clients import due

#: A draft that was begun so long ago is left (local).
LEFT_DAYS = 14
CLOSED = CarePlan.State.CLOSED
At = BaseExpression | Combinable


@dataclass(frozen=True)
class Kind:
    """``look``: of carehub.states. ``dated``: what its day is. ``page``: a URL name; with ``key`` it takes the client's and that key."""

    words: Promise
    look: str
    dated: Promise
    button: Promise
    page: str
    rule: Callable[[Actor], Q]
    at: Callable[[Actor], At]
    key: Callable[[Actor], At] | None = None
    #: Who has still to sign, where that is what it waits for.
    to_sign: Promise | str = ""


def _of_episode(rows: QuerySet, path: str, value: object, *order: str) -> Subquery:
    """``value`` of the first of ``rows`` that belongs to the episode that is asked about."""
    return Subquery(rows.filter(**{path: OuterRef("pk")}).order_by(*order).values(value)[:1])


def _open(state: str) -> Callable[[Actor], QuerySet]:
    def versions(actor: Actor) -> QuerySet:
        mine = PlanVersion.objects.filter(partnership_id=actor.partnership_id, agency_id=actor.agency_id, locked_at__isnull=True)
        return mine.filter(state=state).exclude(plan__state=CLOSED)

    return versions


_agreed, _drafts = _open(PlanVersion.State.AGREED), _open(PlanVersion.State.DRAFT)


def _left(actor: Actor) -> QuerySet:
    return _drafts(actor).filter(begun_at__lt=clock.now() - timedelta(days=LEFT_DAYS))


def _returned(actor: Actor) -> QuerySet:
    waits = PlanReturn.objects.open().filter(partnership_id=actor.partnership_id, agency_id=actor.agency_id)
    return waits.exclude(version__plan__state=CLOSED)


def _by_word(actor: Actor) -> QuerySet:
    """Agreed by word to the version in force, and not signed since."""
    later = Addendum.objects.filter(version=OuterRef("version"), kind=Addendum.Kind.SIGNED_LATER)
    words = Signature.objects.filter(partnership_id=actor.partnership_id, agency_id=actor.agency_id, how=Signature.How.VERBAL)
    return words.filter(~Exists(later), version=F("version__plan__current")).exclude(version__plan__state=CLOSED)


def _put_off(actor: Actor) -> QuerySet:
    return ReviewPutOff.objects.waiting(clock.today()).filter(partnership_id=actor.partnership_id, agency_id=actor.agency_id)


def _failed(actor: Actor) -> QuerySet:
    """Of versions of plans; what else may fail to be made is no work on a plan."""
    return Document.objects.filter(partnership_id=actor.partnership_id, agency_id=actor.agency_id, state=Document.State.FAILED)


def _failed_versions(actor: Actor) -> QuerySet:
    return PlanVersion.objects.filter(pk__in=_failed(actor).values("subject_id"), agency_id=actor.agency_id).exclude(plan__state=CLOSED)


def _kind(
    words: Promise,
    look: str,
    dated: Promise,
    button: Promise,
    page: str,
    rows: Callable,
    at: object,
    key: str,
    to: str,
    to_sign: Promise | str = "",
) -> Kind:
    """A kind whose ``rows`` lead to the episode by the path ``to``; the row with the earliest ``at`` counts."""
    return Kind(
        words,
        look,
        dated,
        button,
        page,
        rule=lambda actor: Q(pk__in=rows(actor).values(to)),
        at=lambda actor: _of_episode(rows(actor).annotate(day=at), to, "day", "day"),
        key=lambda actor: _of_episode(rows(actor).annotate(day=at), to, key, "day"),
        to_sign=to_sign,
    )


def _dated(words: Promise, look: str, button: Promise, rule: Callable[[], Q]) -> Kind:
    return Kind(words, look, _("by"), button, "client", rule=lambda actor: rule(), at=lambda actor: F("next_due_on"))


OF_VERSION, OF_WHAT_HANGS_ON_IT = "plan__episode", "version__plan__episode"
KINDS: dict[str, Kind] = {
    "returned": _kind(
        _("returned"),
        "returned",
        _("since"),
        _("See what to mend"),
        "plan-show",
        _returned,
        TruncDate("returned_at"),
        "version",
        OF_WHAT_HANGS_ON_IT,
    ),
    "unsigned": _kind(
        _("agreed, not signed"),
        "agreed",
        _("since"),
        _("Sign plan"),
        "plan-sign",
        _agreed,
        TruncDate("agreed_at"),
        "pk",
        OF_VERSION,
        _("client and keyworker have still to sign"),
    ),
    "word": _kind(
        _("agreed by word, to be signed"),
        "to-do",
        _("by"),
        _("Open plan"),
        "plan-show",
        _by_word,
        F("follow_up_on"),
        "version",
        OF_WHAT_HANGS_ON_IT,
        _("the client has still to sign"),
    ),
    "overdue": _dated(_("overdue"), "overdue", _("Open"), lambda: due.overdue("next_due_on", today=clock.today())),
    "today": _dated(_("due today"), "due", _("Open"), lambda: due.due_within("next_due_on", today=clock.today(), days=0)),
    "soon": _dated(
        _("due soon"),
        "due-soon",
        _("Open"),
        lambda: due.due_within("next_due_on", today=clock.today() + timedelta(days=1), days=due.SOON_DAYS - 1),
    ),
    "put_off": _kind(_("put off"), "waiting", _("until"), _("Open plan"), "plan-show", _put_off, F("until"), "plan__current", OF_VERSION),
    "left": _kind(_("drafts left"), "draft", _("begun"), _("Go on"), "plan-edit", _left, TruncDate("begun_at"), "pk", OF_VERSION),
    "failed": _kind(
        _("documents failed"),
        "not-saved",
        _("signed"),
        _("See documents"),
        "plan-print",
        _failed_versions,
        F("signed_on"),
        "pk",
        OF_VERSION,
    ),
}
