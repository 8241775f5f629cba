"""An invented client's plan, as long as a usual one, and a long one; nobody in it exists."""

import io
from dataclasses import replace
from datetime import date

from django.template.loader import render_to_string
from PIL import Image, ImageDraw

from carehub.documents.picture import Picture
from carehub.documents.qr import qr_code
from careplans.sheet import (
    Sheet,
    SheetAction,
    SheetAgency,
    SheetClient,
    SheetGoal,
    SheetKeyworker,
    SheetNeed,
    SheetPart,
    SheetRiskStep,
    SheetSignature,
)


def a_signature(seed: int = 1) -> Picture:
    """A scribble as a signature pad gives it."""
    picture = Image.new("RGB", (600, 200), "white")
    points = [(30 + at * 18, 100 + ((at * 37 * seed) % 90) - 45) for at in range(30)]
    ImageDraw.Draw(picture).line(points, fill="black", width=5, joint="curve")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return Picture(out.getvalue(), "image/png")


GOALS = (
    SheetGoal(
        "I want to stop using heroin and not feel ill while I do it",
        "Stabilise on a substitute prescription and stop using heroin on top within twelve weeks.",
        "Drug and alcohol use",
        (
            SheetAction("Go to the first appointment with the doctor", "Danny; Priya books it", date(2026, 3, 9)),
            SheetAction(
                "Pick up at the pharmacy every day, supervised at first", "Danny", date(2026, 3, 10), "no missed days in two weeks"
            ),
            SheetAction("Weekly keywork session about what sets off using", "Danny and Priya Nair", "every Tuesday"),
        ),
    ),
    SheetGoal(
        "A place of my own where I can sleep",
        "Settled accommodation; priority application made and supported.",
        "Social functioning",
        (
            SheetAction("Fill in the housing application together", "Danny and Priya Nair", date(2026, 3, 17)),
            SheetAction("Letter of support to the housing team", "Priya Nair", date(2026, 3, 20)),
        ),
    ),
    SheetGoal(
        "Get my teeth seen to and find out about hepatitis",
        "Dental registration; hepatitis C test and hepatitis B vaccination offered.",
        "Physical and psychological health",
        (
            SheetAction("Blood test at the nurse's clinic", "Danny; nurse Tom Abara", date(2026, 3, 12)),
            SheetAction("Register with a dentist", "Danny, with help from his sister", date(2026, 9, 28)),
        ),
    ),
)

USUAL = Sheet(
    title="Initial care plan",
    partnership="Northmere Partnership",
    agency=SheetAgency(
        "Northmere Community Service", "01632 960 114", "Monday to Friday 9 to 5, Wednesday until 8", "4 Mill Lane, Northmere NM0 0XX"
    ),
    client=SheetClient("Daniel Okonkwo-Reeves", "NM-20417-7", date(1984, 11, 2), "Danny"),
    keyworker=SheetKeyworker("Priya Nair", "07700 900 217"),
    version=3,
    dated=date(2026, 3, 3),
    goals=GOALS,
    needs=(SheetNeed("Drug and alcohol use", "Daily heroin, smoked"),),
    later_needs=(
        SheetNeed("Offending", "Unpaid fines"),
        SheetNeed("Social functioning", "Contact with his children"),
        SheetNeed("Offending", "A court date in May"),
        SheetNeed("Social functioning", "Work: would like to finish the forklift ticket"),
        SheetNeed("Physical and psychological health", "Low mood, mostly in the evenings"),
    ),
    risk_plan=(
        SheetRiskStep("Overdose", "Naloxone kit given and shown to Danny and his sister", "Priya Nair", date(2026, 3, 3)),
        SheetRiskStep("Using alone", "Ring a friend first, or the helpline on 01632 960 115", "Danny", "from today"),
    ),
    harm_reduction=("Never use alone, start with a small amount after a break", "Where to get clean equipment and naloxone"),
    if_difficult="If I miss an appointment, Priya texts me the same day and rings the next morning.\nIf I use on top, I say so. "
    "The prescription is looked at, it is not stopped for saying so.",
    way_back="If I have dropped out I can walk in any weekday between 10 and 4, or ring 01632 960 114 and say I am coming back. "
    "I do not have to start again from the beginning.",
    involved=(
        SheetPart("Northmere Community Service", "keywork and the plan", "01632 960 114"),
        SheetPart("Harbour Practice", "the prescription", "01632 960 131"),
    ),
    sharing=(
        "Northmere Community Service, who wrote it with me",
        "Harbour Practice (my doctor): the whole plan, until 3 March 2027",
        "Probation: only whether I attend, until 1 September 2026",
    ),
    responsibilities="Appointments start on time. If I cannot come I ring before; two missed in a row and we talk about what "
    "gets in the way.",
    complaints="If I am not happy with the service I can tell the manager, Ruth Calder, on 01632 960 118, or the advocacy "
    "project on 01632 960 140.",
    next_review_on=date(2026, 4, 14),
    review_rule="An initial plan is reviewed within six weeks.",
    disagreement="I do not think I need to be supervised at the pharmacy for the whole three months.",
    strengths="His sister; four months without using two years ago; good with his hands",
    signatures=(
        SheetSignature("Client", "Daniel Okonkwo-Reeves", "signed on screen", date(2026, 3, 3), picture=a_signature(1)),
        SheetSignature("Keyworker", "Priya Nair", "signed on screen", date(2026, 3, 3), picture=a_signature(2)),
    ),
    check_url="https://check.northmere.example/c/7QK4M2XW9D",
)

LONG = replace(
    USUAL,
    title="Care plan",
    supports_the_wait="Drop-in on Thursdays, the nurse on Mondays",
    client=SheetClient("Wilhelmina Anastasia Featherstonehaugh-Szczepańska", "NM-20999-0", date(1979, 1, 31), "Mina"),
    goals=tuple(
        SheetGoal(
            f"{goal.client_words}, and after that I would like to see how far I can get with it because it has been a long time",
            goal.service_words + " " + "This is looked at again at every session and written down as it changes. " * 3,
            goal.domain,
            goal.actions * 2
            + (
                SheetAction(
                    "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle" * 2, "Priya Nair", "at six month intervals"
                ),
            ),
        )
        for goal in (GOALS * 3)[:8]
    ),
    if_difficult=USUAL.if_difficult + "\n\n" + "And then we sit down together and talk about it. " * 40,
    signatures=(
        *USUAL.signatures,
        SheetSignature("Carer", "Łucja Żółkiewska", "signed on paper", date(2026, 3, 4)),
        SheetSignature(
            "Client", "Mina", "declined to sign", date(2026, 3, 4), "She wants to read it at home first and talk to her sister about it."
        ),
    ),
)

LANGUAGES = replace(
    USUAL,
    client=SheetClient("Żaneta Świętochłowska-Błażejczyk", "NM-30001-2", date(1990, 6, 1)),
    goals=(
        SheetGoal(
            "Chcę przestać pić i odzyskać spokój w domu", "Zmniejszyć picie; grupa wsparcia.", "Drug and alcohol use", GOALS[0].actions[:1]
        ),
        SheetGoal(
            "میں نشہ چھوڑنا چاہتا ہوں اور اپنے بچوں کے ساتھ رہنا چاہتا ہوں",
            "Stop using; family contact 🙂 → weekly.",
            "Social functioning",
            GOALS[1].actions,
        ),
        SheetGoal("Хочу жить спокойно · Θέλω να ζήσω ήρεμα · मैं ठीक होना चाहता हूँ", "", "", GOALS[2].actions[:1]),
    ),
)


def page_of(sheet: Sheet) -> tuple[str, dict[str, Picture]]:
    """The page and its pictures, as the plan's job hands them to ``render``."""
    return render_to_string("print/care_plan.html", {"sheet": sheet}), {"qr": qr_code(sheet.check_url), **sheet.pictures}
