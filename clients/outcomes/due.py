"""When the outcome profile is due: decided here and nowhere else, for one client and, by the same rule, for many episodes in a query.

At the start of treatment; then an interval after the last; at a planned discharge; and where the partnership wants it, some weeks after
that. In time is a window of days either side. Source: reference practice of 2007, every three months, two weeks either side, an
exception after four months; all are local settings. Nobody is looked for after a discharge that was not planned, after death, or once they
have come back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, DateField, Exists, F, Func, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub import clock, local_settings
from carehub.actors import Actor
from carehub.local_settings import LocalSettings
from clients.due import WORDS, Due, DueState
from clients.models import Assessment, Episode

FORM = "outcome-profile"
STAGE = "outcome-stage"
START, REVIEW, EXIT, AFTER_EXIT = "start", "review", "exit", "after-exit"
IN_TREATMENT = (Episode.State.TRIAGE, Episode.State.TREATMENT)


@dataclass(frozen=True)
class ProfileDue:
    """Where one client stands with the outcome profile on one day."""

    #: Which one is to be asked: START, REVIEW, EXIT or AFTER_EXIT.
    stage: str
    #: Of the profile from the start of treatment; None while there is none.
    started_on: date | None
    last_on: date | None
    due_on: date
    #: In time from here to there, both days included.
    opens_on: date
    closes_on: date
    today: date
    #: Too long without one: to be explained.
    is_exception: bool

    @property
    def is_late(self) -> bool:
        return self.today > self.closes_on

    @property
    def late_since(self) -> date:
        return self.closes_on + timedelta(days=1)

    @property
    def is_open(self) -> bool:
        """It counts if it is asked today."""
        return self.opens_on <= self.today <= self.closes_on

    @property
    def may_be_asked(self) -> bool:
        """From when the window opens, late or not."""
        return self.opens_on <= self.today

    @property
    def is_first(self) -> bool:
        return self.last_on is None

    @property
    def state(self) -> DueState:
        """Overdue once the window has closed; due while it is open."""
        if self.is_late:
            return DueState.OVERDUE
        return DueState.TODAY if self.is_open else Due(self.opens_on, self.today).state

    @property
    def word(self) -> str:
        return _("Due") if self.is_open else str(WORDS[self.state])

    @property
    def on(self) -> date:
        return self.due_on

    @property
    def in_time(self) -> str:
        """'In time from 3 March 2026 to 31 March 2026.': the rule behind the day."""
        words = {"first": date_format(self.opens_on, "j F Y"), "last": date_format(self.closes_on, "j F Y")}
        return _("In time from %(first)s to %(last)s.") % words

    @property
    def what(self) -> str:
        if self.stage == EXIT:
            return _("the outcome profile at discharge")
        if self.stage == AFTER_EXIT:
            return _("the outcome profile after discharge")
        return _("the first outcome profile") if self.is_first else _("the next outcome profile")

    @property
    def words(self) -> str:
        if self.is_late:
            days = (self.today - self.closes_on).days
            return _("%(what)s is %(days)s days late") % {"what": self.what, "days": days}
        return self.what


# --- One client -----------------------------------------------------------------------------------------------------------


def when_due(
    treated_from: date | None, asked_on: Sequence[date], today: date, settings: LocalSettings, *, started_on: date | None = None
) -> ProfileDue | None:
    """During treatment. None for whoever is not in treatment.

    ``asked_on``: the days of those there are, in any order; ``started_on``: the day of the one from the start, if there is one. The
    first is due on the day treatment starts, each further one an interval after the last.
    """
    if treated_from is None:
        return None
    last = max(asked_on, default=None)
    due_on = last + timedelta(days=_interval(settings)) if last else treated_from
    window = timedelta(days=settings.outcome_window_days)
    since = (today - (last or treated_from)).days
    stage = REVIEW if last else START
    return ProfileDue(stage, started_on, last, due_on, due_on - window, due_on + window, today, since > settings.outcome_exception_days)


def due_after(discharged_on: date, last_on: date | None, stages: Sequence[str], today: date, settings: LocalSettings) -> ProfileDue | None:
    """After a planned discharge: the one at the exit, then the one after it. ``stages``: of the profiles of this stay.

    Whoever could not be reached for as long as makes an exception is not looked for any more.
    """
    if EXIT not in stages:
        stage, due_on = EXIT, discharged_on
    elif settings.outcome_after_exit_weeks and AFTER_EXIT not in stages:
        stage, due_on = AFTER_EXIT, discharged_on + timedelta(weeks=settings.outcome_after_exit_weeks)
    else:
        return None
    if (today - due_on).days > settings.outcome_exception_days:
        return None
    window = timedelta(days=settings.outcome_window_days)
    return ProfileDue(stage, None, last_on, due_on, due_on - window, due_on + window, today, is_exception=False)


def asked_of(actor: Actor, episode: Episode) -> list[tuple[date, str]]:
    """Day and stage of each profile of this stay that counts, the newest first, by what ``actor`` may see."""
    found = Assessment.objects.visible_to(actor).filter(client_id=episode.client_id, form=FORM, took_place_on__gte=episode.referred_on)
    return [(on, stage or "") for on, stage in found.standing().values_list("took_place_on", f"answers__{STAGE}__value")]


def profile_due(actor: Actor, episode: Episode | None, asked: Sequence[tuple[date, str]] | None = None) -> ProfileDue | None:
    """Of ``episode`` today. ``asked``: see asked_of, where the page has read them already."""
    if episode is None or episode.state == Episode.State.REFERRAL:
        return None
    if episode.state == Episode.State.DISCHARGED and (not asks_after(episode) or _came_back(actor, episode)):
        return None
    asked = asked_of(actor, episode) if asked is None else asked
    days, stages = [on for on, _stage in asked], [stage for _on, stage in asked]
    settings, today = local_settings.of(actor.partnership), clock.today()
    if episode.discharged_on:
        return due_after(episode.discharged_on, max(days, default=None), stages, today, settings)
    started = next((on for on, stage in asked if stage == START), None)
    return when_due(episode.triaged_on, days, today, settings, started_on=started)


def _came_back(actor: Actor, episode: Episode) -> bool:
    return Episode.objects.visible_to(actor).open().filter(client_id=episode.client_id).exists()


def asks_after(episode: Episode) -> bool:
    """Only those who were treated, and whose discharge was planned, are asked at the end."""
    return episode.triaged_on is not None and episode.ending == Episode.Ending.PLANNED


# --- Many episodes ---------------------------------------------------------------------------------------------------------


def late_in_treatment(settings: LocalSettings, today: date) -> Q:
    """For episodes that are not discharged, to count by: the profile is late."""
    late = LessThan(_due_in_treatment(settings), _closed_before(settings, today))
    return Q(late, state__in=IN_TREATMENT, triaged_on__isnull=False)


def late_profiles(episodes, settings: LocalSettings, today: date):
    """Of ``episodes`` those whose profile is late, each with ``profile_due_on``: the same rule, asked of the database."""
    at_exit, after_exit = (Exists(_asked().filter(**{f"answers__{STAGE}__value": stage})) for stage in (EXIT, AFTER_EXIT))
    given_up = today - timedelta(days=settings.outcome_exception_days)
    weeks_after = settings.outcome_after_exit_weeks * 7
    came_back = Exists(Episode.objects.open().filter(client_id=OuterRef("client_id")))
    after = Q(state=Episode.State.DISCHARGED, ending=Episode.Ending.PLANNED, triaged_on__isnull=False) & ~Q(came_back)
    wanted = ~Q(at_exit)
    if weeks_after:
        wanted |= ~Q(after_exit)
    due_after = Case(When(at_exit, then=_days_after(F("discharged_on"), weeks_after)), default=F("discharged_on"))
    late_after = after & wanted & Q(GreaterThanOrEqual(due_after, given_up)) & Q(LessThan(due_after, _closed_before(settings, today)))
    return episodes.annotate(profile_due_on=Case(When(state__in=IN_TREATMENT, then=_due_in_treatment(settings)), default=due_after)).filter(
        late_in_treatment(settings, today) | late_after
    )


def _asked():
    """The profiles of the stay of an episode, for a question within a question about episodes."""
    return Assessment.objects.filter(client_id=OuterRef("client_id"), form=FORM, took_place_on__gte=OuterRef("referred_on")).standing()


def _due_in_treatment(settings: LocalSettings) -> Coalesce:
    last = Subquery(_asked().values("took_place_on")[:1], output_field=DateField())
    return Coalesce(_days_after(last, _interval(settings)), F("triaged_on"))


def _closed_before(settings: LocalSettings, today: date) -> date:
    return today - timedelta(days=settings.outcome_window_days)


def _interval(settings: LocalSettings) -> int:
    return settings.outcome_interval_weeks * 7


def _days_after(day, days: int) -> Func:
    return Func(day, Cast(Value(days), IntegerField()), template="(%(expressions)s)", arg_joiner=" + ", output_field=DateField())
