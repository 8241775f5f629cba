"""What the gallery shows its parts with. Every person and every number is invented."""

from datetime import date, timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from carehub import clock
from carehub.charts import Area, Figure, Line, lines_over_time, score_profile, stacked_bars
from carehub.formfields import BirthDateField, DateField, DrawingField, LongText, OneFromList, OneOf, Several, Text, YesNo
from carehub.forms import CareHubForm, Section, rows_of
from carehub.pages import Banner, Risk
from carehub.states import STATES


class SampleForm(CareHubForm):
    name = Text(label=_("Full name"), missing=_("Enter the client’s full name"), help_text=_("As on their papers."))
    born = BirthDateField(missing=_("Enter the client’s date of birth"), help_text=_("For example, 27 3 1981"))
    seen = DateField(label=_("When were they last seen?"), latest="today", required=False)
    telephone = Text(label=_("Telephone"), width=20, required=False)
    injects = OneOf(
        [
            ("now", _("Yes, in the last 28 days")),
            ("before", _("Yes, but not in the last 28 days")),
            ("never", _("Never")),
            ("declined", _("Asked, and they would not say"), _("Counts as asked, not as ‘never’.")),
        ],
        label=_("Do they inject?"),
        shows={"now": ["where"]},
        missing=_("Say whether they inject, or that they would not say"),
    )
    where = Text(label=_("Where on the body?"), required=False)
    children = YesNo(label=_("Do children live in the home?"), missing=_("Say whether children live in the home"))
    contact = Several(
        [
            ("phone", _("Telephone")),
            ("voicemail", _("Voicemail")),
            ("text", _("Text message")),
            ("post", _("Post"), _("In a plain envelope.")),
        ],
        label=_("How may we reach them?"),
        required=False,
    )
    source = OneFromList(
        [("gp", _("General practice")), ("self", _("Came by themselves")), ("probation", _("Probation"))], label=_("Who sent them?")
    )
    spend = Text(label=_("Spent on drugs in a week"), prefix="£", width=5, required=False)
    wants = LongText(label=_("What do they want to change?"), word_limit=500, rows=4, required=False, help_text=_("In their own words."))

    def layout(self) -> list[Any]:
        return [
            Section(_("Who they are"), "name", "born", "telephone"),
            Section(
                _("What they use"),
                "injects",
                "children",
                "source",
                "spend",
                hint=_("Ask everybody; leave nothing out because it seems unlikely."),
            ),
            Section(_("Contact"), "contact", "seen", "wants"),
        ]


class SampleGoalForm(CareHubForm):
    words = LongText(label=_("Goal, in the client’s words"), rows=2, missing=_("Write the goal in the client’s own words"))
    by = DateField(label=_("By when?"), earliest="today", required=False)


SampleGoals = rows_of(SampleGoalForm, extra=1, most=5)


class SampleSignatureForm(CareHubForm):
    name = Text(label=_("Your full name"), help_text=_("Typing your name here signs the plan."))
    drawing = DrawingField()


def sample_data() -> QueryDict:
    """What somebody tired might submit."""
    data = QueryDict(mutable=True)
    data.update(
        {"name": "", "born_day": "31", "born_month": "feb", "born_year": "1981", "injects": "now", "where": "<b>left arm</b> & groin"}
    )
    data.update({"seen_day": "3", "seen_month": "", "seen_year": str(clock.today().year), "source": "astronaut"})
    return data


def banner() -> Banner:
    today = clock.today()
    return Banner(
        name="Dana Whitlock",
        reference="NV-4417-K",
        born=date(1984, 6, 2),
        keyworker="Owen Tarrant",
        agency="Northvale Open Door",
        risks=(
            Risk("risk-high", _("Overdose: high"), today - timedelta(days=12)),
            Risk("risk-medium", _("Self-harm: medium"), today - timedelta(days=12)),
        ),
        facts=((_("Children"), _("two at home")),),
        shared_with="Northvale Community Drug Service",
        url="#main",
    )


def tabs() -> list[dict[str, str]]:
    words = [_("Summary"), _("Assessments"), _("Plan"), _("Contacts"), _("Documents"), _("Sharing"), _("History")]
    return [
        {"name": str(index), "text": word, "url": "#main", "note": _("1 draft") if index == 1 else ""} for index, word in enumerate(words)
    ]


def work() -> list[dict[str, Any]]:
    today = clock.today()
    rows = [
        ("Dana Whitlock", _("Review the care plan"), 23, "overdue", "risk-high", 2, _("Start review")),
        ("Marek Ostrow", _("Sign the care plan"), 4, "due", "risk-medium", None, _("Open plan")),
        ("Shanice Obuya-Reid", _("Finish the triage"), 1, "draft", "risk-unknown", 6, _("Go on")),
        ("Tobias Fenwright", _("Returned by the manager: name who supports the wait"), 0, "returned", "risk-low", 9, _("Mend plan")),
    ]
    return [
        {
            "name": name,
            "what": what,
            "since": today - timedelta(days=since),
            "state": state,
            "risk": risk,
            "next": None if ahead is None else today + timedelta(days=ahead),
            "button": button,
        }
        for name, what, since, state, risk, ahead, button in rows
    ]


def counts() -> list[dict[str, Any]]:
    return [
        {"number": 3, "words": _("overdue"), "url": "#main", "state": "overdue"},
        {"number": 7, "words": _("due this week"), "url": "#main", "state": "due-soon"},
        {"number": 2, "words": _("to be signed"), "url": "#main", "state": "to-do"},
        {"number": 0, "words": _("returned"), "url": "#main", "state": "returned"},
    ]


def charts() -> list[Figure]:
    this = clock.today().replace(day=1)
    months = [date(this.year - 2 + (this.month - 1 + ahead) // 12, (this.month - 1 + ahead) % 12 + 1, 1) for ahead in range(0, 25, 2)]
    reviewed = (58, 61, 60, 66, 69, None, 74, 73, 78, 82, 84, 85, 89)
    written = (71, 72, 75, 78, 80, 84, 85, 88, 90, 90, 91, 92, 91)
    return [
        score_profile(
            "gallery-scores",
            title=_("Nine areas, now against before"),
            summary=_("Four areas are better than in the first assessment, one is worse."),
            areas=[
                Area(_("Drug and alcohol"), 3, 5),
                Area(_("Injecting"), 2, 4),
                Area(_("Risk behaviour"), 3, 3),
                Area(_("Physical health"), 2, 3),
                Area(_("Mental health"), 4, 3),
                Area(_("Social: family, carers, children"), 3, 3),
                Area(_("Housing"), 1, 4),
                Area(_("Employment and benefits"), 4, None),
                Area(_("Criminal and legal"), None, 2),
            ],
            now_words=_("Review, 3 March 2026"),
            before_words=_("First, 9 September 2025"),
        ),
        lines_over_time(
            "gallery-reviews",
            title=_("Plans written and reviewed"),
            summary=_("412 of 455 people have a written plan: 91%, target 95%, 21 short."),
            days=months,
            lines=[Line(_("with a written plan"), written), Line(_("reviewed in 3 months"), reviewed)],
            unit="%",
            target=95,
            least=50,
            most=100,
            note=_("No figure where fewer than five people are counted."),
        ),
        stacked_bars(
            "gallery-ends",
            title=_("How treatment ended, by agency"),
            summary=_("Planned ends are more than half everywhere but in the criminal justice team."),
            about=_("Agency"),
            parts=[_("Planned"), _("Unplanned"), _("Transferred")],
            rows=[
                (_("Northvale Community Drug Service"), (64, 31, 9)),
                (_("Northvale Open Door"), (41, 22, 4)),
                (_("Shared care in general practice"), (28, 7, 3)),
                (_("Criminal justice team"), (19, 33, 12)),
            ],
        ),
    ]  # fmt: skip


def goals() -> list[dict[str, Any]]:
    today = clock.today()
    return [
        {
            "words": _("I want to wake up without needing it, and take my daughter to school myself."),
            "service_words": _("Stable on maintenance, no use on top, by the summer review."),
            "state": "now",
            "actions": [
                {"what": _("Collect every day, supervised"), "who": "Dana", "by": today + timedelta(days=84), "state": ""},
                {
                    "what": _("See the prescriber about the evening dose"),
                    "who": "Owen Tarrant",
                    "by": today + timedelta(days=9),
                    "state": "done",
                },
            ],
        },
        {"words": _("A flat with a door that locks."), "service_words": "", "state": "later", "actions": []},
    ]


def parts(*, wrong: bool) -> dict[str, Any]:
    today = clock.today()
    form = SampleForm(sample_data()) if wrong else SampleForm(initial={"born": date(1984, 6, 2), "children": True, "contact": ["text"]})
    form.fields["telephone"].last_answer = _("Last time: 07700 900123 (Owen Tarrant, 9 September 2025)")
    moment = clock.now()
    return {
        "states": STATES,
        "form": form,
        "goals_rows": SampleGoals(prefix="goals"),
        "signature_form": SampleSignatureForm(prefix="sign"),
        "banner": banner(),
        "tabs": tabs(),
        "work": work(),
        "counts": counts(),
        "charts": charts(),
        "goals": goals(),
        "sections": [
            {"text": _("Drug and alcohol use"), "url": "#sections", "answered": 14, "of": 14, "current": False},
            {"text": _("Health"), "url": "#sections", "answered": 6, "of": 11, "current": True},
            {"text": _("Offending"), "url": "#sections", "answered": 0, "of": 5, "current": False},
        ],
        "missing": [
            {"text": _("The date of the next review"), "url": "#missing"},
            {"text": _("Who supports them while they wait"), "url": "#missing"},
        ],
        "timeline": [
            {
                "at": today - timedelta(days=2), "title": _("Keywork session"), "text": _("Attended. Talked about the evenings."),
                "who": "Owen Tarrant", "url": "#timeline",
            },
            {"at": today - timedelta(days=16), "title": _("Did not attend"), "who": "Owen Tarrant"},
            {"at": today - timedelta(days=41), "title": _("Care plan signed, version 2"), "who": "Dana Whitlock", "url": "#timeline"},
        ],
        "facts": [
            {"key": _("Main drug"), "value": _("Heroin, smoked, daily"), "change_url": "#facts", "change_what": _("main drug")},
            {"key": _("Age first used"), "value": "19", "change_url": "#facts", "change_what": _("age first used")},
            {"key": _("Drinks alcohol"), "value": "", "change_url": "#facts", "change_what": _("alcohol")},
        ],
        "filters": [
            {"text": _("All"), "url": "#filters", "count": 38, "current": True},
            {"text": _("Overdue"), "url": "#filters", "count": 3, "current": False},
            {"text": _("New"), "url": "#filters", "count": 5, "current": False},
        ],
        "conflict": [{"label": _("Goal 1"), "mine": _("Take my daughter to school"), "theirs": _("Take my daughter to school by myself")}],
        "yesterday": today - timedelta(days=1),
        "moment": moment,
    }  # fmt: skip
