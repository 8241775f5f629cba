"""What completed assessments say over time: the nine areas now and before, scores by day, and when each kind is due again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from carehub import charts, local_settings
from carehub.definitions.answers import Answers
from carehub.definitions.catalogue import catalogue
from carehub.definitions.conditions import shown
from carehub.definitions.schema import Form
from carehub.form_editions import forms_for
from carehub.models import Partnership
from clients.assessed.recorded import form_of, part_asked, stamps_of
from clients.due import Due
from clients.models import Assessment
from clients.outcomes.due import FORM as PROFILE
from clients.outcomes.due import ProfileDue

#: Days shown side by side, and lines in one picture.
DAYS, LINES = 6, 3
#: From this score on an area is a concern (GP 5.4.1).
CONCERN = 3


@dataclass(frozen=True)
class Scored:
    """The areas that one assessment scored itself, not what it carried over: {area: (score, the day it was asked)}."""

    assessment: Assessment
    scores: dict[str, tuple[int, date]]


def scored(assessments: Sequence[Assessment]) -> list[Scored]:
    """Of standing assessments, newest first: those that scored anything."""
    found = [Scored(each, _scores_of(each)) for each in assessments]
    return [each for each in found if each.scores]


def _scores_of(assessment: Assessment) -> dict[str, tuple[int, date]]:
    form, stamps = form_of(assessment), stamps_of(assessment)
    return {
        area: (score, stamps[section].on if section in stamps else assessment.took_place_on)
        for area, score, section in _asked_scores(form, assessment.answers)
    }


def _asked_scores(form: Form, answers: Answers) -> list[tuple[str, int, str]]:
    return [
        (question.area, value, section.id)
        for section in form.sections
        for question in section.questions
        if question.kind == "score-1-5"
        and isinstance(value := answers.get(question.id, {}).get("value"), int)
        and shown(form, question, answers)
    ]


@dataclass(frozen=True)
class AreaNow:
    """One of the nine areas: its newest score with the day it was asked, and the one before that."""

    area: str
    name: str
    now: int | None
    asked: date | None
    before: int | None
    before_asked: date | None

    @property
    def change(self) -> str:
        return charts.change_in_words(self.now, self.before)


def areas_now(history: Sequence[Scored]) -> list[AreaNow]:
    found = []
    for area in catalogue().domains().areas:
        told = [each.scores[area.id] for each in history if area.id in each.scores][:2]
        (now, asked), (before, before_asked) = (*told, (None, None), (None, None))[:2]
        found.append(AreaNow(area.id, area.title, now, asked, before, before_asked))
    return found


def profile(areas: Sequence[AreaNow]) -> charts.Figure:
    """The nine areas as a picture and a table."""
    highest = max((each.now or 0) for each in areas)
    worst = [each.name for each in areas if each.now == highest]
    needs_most = _("Needs most: %(areas)s.") % {"areas": ", ".join(worst)}
    summary = needs_most if highest >= CONCERN else _("No area is scored %(number)s or more.") % {"number": CONCERN}
    return charts.score_profile(
        "nine-areas",
        title=_("The nine areas, now and before"),
        summary=summary,
        areas=[charts.Area(each.name, each.now, each.before) for each in areas],
    )


@dataclass(frozen=True)
class OverTime:
    """All scores day by day, the oldest first, and a picture of the areas with the highest scores. ``figure`` is None after one day."""

    days: tuple[date, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]
    figure: charts.Figure | None


def over_time(history: Sequence[Scored], areas: Sequence[AreaNow]) -> OverTime:
    shown_days = list(reversed(history[:DAYS]))
    days = tuple(each.assessment.took_place_on for each in shown_days)
    rows = tuple((each.name, tuple(one.scores[each.area][0] if each.area in one.scores else None for one in shown_days)) for each in areas)
    figure = None
    if len(set(days)) > 1:
        most = sorted((each for each in areas if each.now), key=lambda each: -(each.now or 0))[:LINES]
        told = dict(rows)
        figure = charts.lines_over_time(
            "scores-over-time",
            title=_("Scores over time"),
            summary=_("1 is best, 5 is worst: a line that falls is a life that gets better. The areas with the highest scores now."),
            days=days,
            lines=[charts.Line(each.name, told[each.name]) for each in most],
            least=1,
            most=5,
        )
    return OverTime(days, rows, figure)


@dataclass(frozen=True)
class Kind:
    """One form: when it was last done, what is begun, when it is due again."""

    form: Form
    last: Assessment | None
    draft: Assessment | None
    due: Due | ProfileDue | None
    #: The rule behind the date, as a sentence with its source.
    rule: str | Promise

    @property
    def part_begun(self) -> str:
        """The sections that are asked alone in what is begun; '' where it is all of it."""
        return part_asked(form_of(self.draft), self.draft.only) if self.draft else ""


def kinds(
    standing: Sequence[Assessment],
    drafts: Sequence[Assessment],
    *,
    partnership: Partnership,
    today: date,
    outcome_due: ProfileDue | None = None,
) -> list[Kind]:
    """Every form that can be asked, in the order of a client’s way, each with what there is of it; the profile has a rule of its own."""
    last: dict[str, Assessment] = {}
    for each in standing:
        last.setdefault(each.form, each)
    begun = {each.form: each for each in drafts}
    settings = local_settings.of(partnership)
    again = {
        "risk": (settings.risk_again_weeks, _("Risk is asked again within %(number)s weeks (local).")),
        "comprehensive": (settings.comprehensive_again_weeks, _("Gone through again within %(number)s weeks (local).")),
    }
    found = []
    for form in sorted(
        forms_for(partnership.pk), key=lambda form: (ORDER.index(form.level) if form.level in ORDER else len(ORDER), form.title)
    ):
        done = last.get(form.name)
        if form.name == PROFILE and outcome_due:
            found.append(Kind(form, done, begun.get(form.name), outcome_due, outcome_due.in_time))
            continue
        weeks, sentence = again.get(form.level, (0, ""))
        due = Due(done.took_place_on + timedelta(weeks=weeks), today) if done and weeks else None
        found.append(Kind(form, done, begun.get(form.name), due, sentence % {"number": weeks} if due else ""))
    return found


#: Forms in the order in which a client meets them; tools last.
ORDER = ("screening", "triage", "comprehensive", "risk", "scores", "outcome", "aftercare", "local", "tool")
