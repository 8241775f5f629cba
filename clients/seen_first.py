"""Who should be seen first among those who wait: the gravest known danger, then what nobody knows, then everybody else."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carehub.actors import Actor
from clients.models import Episode

#: The order, first to last: whom somebody said to see today, or of whom an unfinished assessment reports danger; high risk; within a week;
#: whoever nobody has asked about how soon or about risk. Then everybody else. Danger that is known comes before danger that may be; that
#: before the usual wait of three weeks (Models of Care: Update 2006, 2.7.1).
FIRST = (
    Q(urgency=Episode.Urgency.TODAY) | ~Q(risk_begun=[]),
    Q(risk=Episode.Risk.HIGH),
    Q(urgency=Episode.Urgency.WEEK),
    Q(urgency=Episode.Urgency.NOT_SAID) | Q(risk=Episode.Risk.NOT_ASSESSED),
)
#: Among these.
RISKS = tuple(Q(risk=each) for each in (Episode.Risk.HIGH, Episode.Risk.NOT_ASSESSED, Episode.Risk.MEDIUM, Episode.Risk.LOW))
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


def _rank(order: tuple[Q, ...]) -> Case:
    """The place of the first that holds."""
    places = [When(each, then=Value(place)) for place, each in enumerate(order)]
    return Case(*places, default=Value(len(order)), output_field=IntegerField())


def waiting(actor: Actor, *, today: date, page: int = 1) -> tuple[list[Waiting], bool]:
    """25 people of the actor's agency who are not in treatment yet, the most urgent first; and whether more follow. One query."""
    held = Episode.objects.visible_to(actor).of_agency(actor.agency_id)
    held = held.filter(state__in=[Episode.State.REFERRAL, Episode.State.TRIAGE]).select_related("client", "keyworker")
    held = held.annotate(first=_rank(FIRST), how_risky=_rank(RISKS))
    held = held.order_by("first", "how_risky", F("score_sum").desc(nulls_last=True), "referred_on", "pk")
    first = (max(page, 1) - 1) * PAGE
    rows = list(held[first : first + PAGE + 1])
    return [Waiting(each, today) for each in rows[:PAGE]], len(rows) > PAGE
