"""Who should be seen first among those who wait: how soon it was said to be, risk, how much is needed, how long they have waited."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, IntegerField, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carehub.actors import Actor
from clients.models import Episode

#: The order, first to last. Somebody about whom nothing has been said yet stands before those who can wait.
URGENCIES = (Episode.Urgency.TODAY, Episode.Urgency.WEEK, Episode.Urgency.NOT_SAID, Episode.Urgency.USUAL)
RISKS = (Episode.Risk.HIGH, Episode.Risk.NOT_ASSESSED, Episode.Risk.MEDIUM, Episode.Risk.LOW, Episode.Risk.NONE)
PAGE = 25
#: Days. A wait of six weeks or more is reviewed (Models of Care: Update 2006, 2.7.1).
REVIEWED_FROM = 42


@dataclass(frozen=True)
class Waiting:
    episode: Episode
    today: date

    @property
    def days(self) -> int:
        """Since the referral."""
        return (self.today - self.episode.referred_on).days

    @property
    def is_late(self) -> bool:
        """Longer than what was said, or than the usual three weeks. The day that was said is counted from the referral."""
        return self.days > Episode.Urgency(self.episode.urgency).days

    @property
    def urgency_look(self) -> str:
        """Of carehub.states. The tick stands only where somebody is within what was said."""
        usual = "due" if self.is_late else "on-time"
        return {"today": "overdue", "week": "due", "usual": usual}.get(self.episode.urgency, "risk-unknown")

    @property
    def wait_look(self) -> tuple[str, Promise] | None:
        """Look and words of a wait that is too long."""
        if self.days >= REVIEWED_FROM:
            return "overdue", _("Six weeks or more: wait to be reviewed")
        if self.days > Episode.Urgency.USUAL.days:
            return "overdue", _("Longer than three weeks")
        if self.is_late:
            return "due", _("Longer than said")
        return None


def _rank(field: str, order: tuple[str, ...]) -> Case:
    places = [When(**{field: value}, then=Value(place)) for place, value in enumerate(order)]
    return Case(*places, default=Value(len(order)), output_field=IntegerField())


def waiting(actor: Actor, *, today: date, page: int = 1) -> tuple[list[Waiting], bool]:
    """25 people of the actor's agency who are not in treatment yet, the most urgent first; and whether more follow. One query."""
    held = Episode.objects.visible_to(actor).of_agency(actor.agency_id)
    held = held.filter(state__in=[Episode.State.REFERRAL, Episode.State.TRIAGE]).select_related("client", "keyworker")
    held = held.annotate(how_soon=_rank("urgency", URGENCIES), how_risky=_rank("risk", RISKS))
    held = held.order_by("how_soon", "how_risky", F("score_sum").desc(nulls_last=True), "referred_on", "pk")
    first = (max(page, 1) - 1) * PAGE
    rows = list(held[first : first + PAGE + 1])
    return [Waiting(each, today) for each in rows[:PAGE]], len(rows) > PAGE
