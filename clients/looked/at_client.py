"""Who has looked at a client, in words: the log, read back for staff and for the client."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Max, Q
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.actors import Actor
from carehub.models import EventClient, Membership

#: The beginning of what was done → what it is called. The first that fits; what was only read says which page.
_DEEDS: tuple[tuple[str, Promise], ...] = (
    ("client.searched", _("Found them in a search")),
    ("client.registered", _("Registered")),
    ("record.opened", _("Opened without consent")),
    ("record.closed", _("Closed again")),
    ("record.judged", _("Judged whether it was right to open it")),
    ("consent.withdrawn", _("Took a withdrawal of consent down")),
    ("consent.form-printed", _("Printed the consent form")),
    ("consent.", _("Recorded what was agreed")),
    ("assessment.urgent-over", _("Assessed: what was asked for today is completed, or asked for no longer")),
    ("assessment.", _("Assessed")),
    ("episode.begun", _("Began an episode")),
    ("episode.discharged", _("Discharged")),
    ("episode.keyworker-changed", _("Gave them to another keyworker")),
    ("plan.printed", _("Printed the care plan")),
    ("plan.signed", _("Signed the care plan")),
    ("plan.copy-", _("Noted whether they took their copy of the care plan")),
    ("plan.reviewed", _("Reviewed the care plan")),
    ("plan.review-asked", _("Asked for a review of the care plan")),
    ("plan.review-put-off", _("Put the review of the care plan off")),
    ("plan.", _("Wrote in the care plan")),
    ("document.asked", _("Had a document made for them")),
    ("document.", _("Opened a document")),
    ("scan.", _("Opened a scan")),
    ("notice.read", _("Read a notice about them")),
    ("staff.", _("Saw that a colleague had looked at them")),
    ("reading.stopped", _("Was asked for the password before it opened")),
    ("task.sent-back", _("Said what is still to be done")),
    ("task.countersigned", _("Countersigned that a task was done")),
    ("task.", _("Said that a task was done")),
    ("proposal.", _("Decided about what an assessment proposed")),
    ("pathway.", _("Put them on a pathway, or ended it")),
    ("looked.printed", _("Printed this list")),
    ("screen.turned-back", _("Turned the screen back")),
    ("screen.turned", _("Turned the screen to them")),
    ("refused", _("Was refused")),
)
_READ: tuple[tuple[str, Promise], ...] = (
    ("caseload", _("Saw them in a list")),
    ("service", _("Saw them in a list")),
    ("client-register", _("Saw them as somebody alike while registering")),
    ("reception", _("Saw them at the front desk")),
    ("notices", _("Saw a notice about them")),
    ("openings", _("Saw that their record had been opened")),
    ("client-contact", _("Read how they may be contacted")),
    ("client-sharing", _("Read who can see them")),
    ("client-looked", _("Read this list")),
    ("assessment-", _("Read an assessment")),
    ("plan-", _("Read the care plan")),
    ("proposals", _("Read what an assessment proposed")),
    ("client", _("Read the record")),
)


@dataclass(frozen=True)
class Look:
    """One line: who, as whom, where, when, what, and why where a reason was given."""

    key: UUID
    at: datetime
    who: str
    role: str
    agency: str
    what: str | Promise
    why: str


def deed(verb: str, page: str) -> str | Promise:
    """What was done, in words."""
    rows, said = (_READ, page) if verb == "viewed" else (_DEEDS, verb)
    otherwise = _("Read the record") if verb == "viewed" else _("Changed something")
    return next((words for begins, words in rows if said.startswith(begins)), otherwise)


@dataclass(frozen=True)
class Visit:
    """All that one person, in one role, did with a record on one day; the newest first."""

    day: date
    looks: tuple[Look, ...]

    @property
    def newest(self) -> Look:
        return self.looks[0]

    @property
    def first_at(self) -> datetime:
        return self.looks[-1].at

    @property
    def deeds(self) -> list[tuple[str, int]]:
        """What was done, and how often."""
        return list(Counter(str(each.what) for each in self.looks).items())

    @property
    def whys(self) -> list[str]:
        return list(dict.fromkeys(each.why for each in self.looks if each.why))


#: After which visit a page goes on: the day, and when its last look was.
Place = tuple[date, datetime]


def visits(actor: Actor, client_id: UUID, *, after: Place | None = None, most: int = 20) -> list[Visit]:
    """The newest ``most``, or those after ``after``. Three queries, however many events there are."""
    mine = EventClient.objects.visible_to(actor).filter(client_id=client_id)
    days = mine.annotate(day=TruncDate("event__at", tzinfo=clock.LONDON)).values("day", "event__membership_id")
    groups = days.annotate(last=Max("event__at")).order_by("-day", "-last", "event__membership_id")
    if after:
        groups = groups.filter(Q(day__lt=after[0]) | Q(day=after[0], last__lt=after[1]))
    wanted = [(each["day"], each["event__membership_id"]) for each in groups[:most]]
    if not wanted:
        return []
    begins, ends = clock.begins(wanted[-1][0]), clock.begins(wanted[0][0] + timedelta(days=1))
    rows = list(mine.filter(event__at__gte=begins, event__at__lt=ends).select_related("event").order_by("-event__at", "-event_id"))
    as_whom = _memberships(row.event.membership_id for row in rows)
    found: dict[tuple[date, UUID | None], list[Look]] = {each: [] for each in wanted}
    for row in rows:
        if (looks := found.get((clock.day_of(row.event.at), row.event.membership_id))) is not None:
            looks.append(_look(row, as_whom.get(row.event.membership_id)))
    return [Visit(day, tuple(looks)) for (day, _whom), looks in found.items()]


def _memberships(keys: Iterable[UUID | None]) -> dict[UUID | None, Membership]:
    wanted = {key for key in keys if key}
    return {each.pk: each for each in Membership.objects.with_all().filter(pk__in=wanted)}


def _look(row: EventClient, membership: Membership | None) -> Look:
    event = row.event
    return Look(
        key=event.pk,
        at=event.at,
        who=membership.person.name if membership else str(_("CareHub itself")),
        role=membership.title if membership else "",
        agency=str(membership.agency or membership.partnership) if membership else "",
        what=deed(event.verb, event.page),
        why=event.reason if event.verb.startswith("record.opened") else "",
    )
