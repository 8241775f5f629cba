"""What the page on change since the start of treatment shows; other pages about the client may call ``outcomes_of`` too."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub.actors import Actor
from carehub.charts import Figure, Line, lines_over_time
from carehub.definitions import weeks
from carehub.definitions.schema import Question
from clients.models import ChangeRule, Episode
from clients.outcomes.change import (
    SCALE_MOST,
    SUBSTANCES,
    Change,
    Profile,
    changes,
    from_start,
    is_scale,
    item_name,
    profiles_of,
    reading,
)
from clients.outcomes.due import START, ProfileDue, profile_due

#: As many as one picture can show.
LINES = 4


@dataclass(frozen=True)
class Outcomes:
    """One client's outcome profiles, from the start of treatment on."""

    due: ProfileDue | None
    #: From the one that is compared with; the oldest first.
    profiles: tuple[Profile, ...]
    changes: tuple[Change, ...]
    charts: tuple[Figure, ...]

    @property
    def first(self) -> Profile | None:
        return self.profiles[0] if self.profiles else None

    @property
    def latest(self) -> Profile | None:
        return self.profiles[-1] if self.profiles else None

    @property
    def lacks_start(self) -> bool:
        return bool(self.profiles) and self.profiles[0].stage != START

    @property
    def can_compare(self) -> bool:
        return len(self.profiles) > 1

    @property
    def abstinent(self) -> tuple[Change, ...]:
        return tuple(each for each in self.changes if each.abstinent)

    @property
    def changed(self) -> tuple[Change, ...]:
        return tuple(each for each in self.changes if each.difference)

    @property
    def not_told(self) -> tuple[Change, ...]:
        """Where an answer is lacking."""
        return tuple(each for each in self.changes if each.difference is None)


def outcomes_of(client_id: UUID, actor: Actor, episode: Episode | None) -> Outcomes:
    """What ``actor`` may see of it. ``episode``: the one whose treatment is looked at; see clients.outcomes.due."""
    everything = profiles_of(client_id, actor)
    compared = from_start(everything)
    rules = {rule.item: rule for rule in ChangeRule.objects.visible_to(actor).in_force()}
    found = tuple(changes(compared[0], compared[-1], rules)) if len(compared) > 1 else ()
    return Outcomes(profile_due(actor, episode), compared, found, _charts(compared))


def _charts(profiles: Sequence[Profile]) -> tuple[Figure, ...]:
    """Days of use, and the three scales. One profile is no line; two of one day are one point, the later."""
    by_day = list({each.on: each for each in profiles}.values())
    if len(by_day) < 2:
        return ()
    form = by_day[-1].form
    used = [form.question(name) for name in SUBSTANCES if form.has(name) and any(reading(each, name).number for each in by_day)]
    used.sort(key=lambda question: max(reading(each, question.id).number or 0 for each in by_day), reverse=True)
    scales = [question for question in form.questions if is_scale(question)]
    found = []
    if used:
        more = _("Only the %(number)s used most are drawn; the table has all.") % {"number": LINES} if len(used) > LINES else ""
        found.append(_chart("use", _("Days of use in four weeks"), by_day, used[:LINES], weeks.MOST, note=more))
    found.append(_chart("scales", _("Health and quality of life, 20 is best"), by_day, scales, SCALE_MOST))
    return tuple(found)


def _chart(name: str, title: str, profiles: Sequence[Profile], questions: Sequence[Question], most: int, note: str = "") -> Figure:
    lines = [Line(item_name(question), tuple(reading(each, question.id).number for each in profiles)) for question in questions]
    days = [each.on for each in profiles]
    summary = _("From %(first)s to %(last)s. A gap is a profile without an answer.") % {
        "first": date_format(days[0], "j F Y"),
        "last": date_format(days[-1], "j F Y"),
    }
    return lines_over_time(f"outcome-{name}", title=title, summary=summary, days=days, lines=lines, most=most, note=note)
