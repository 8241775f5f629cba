"""Goals as they stand on plans: when they fit, in the client's words and the service's, with their actions.

``{by}`` is a date some weeks on, ``{keyworker}`` and ``{doctor}`` are names of the agency. An action is what, who (as careplans.Action has
it), who by name where that is somebody else, and by when, in days from the plan.
"""

from collections.abc import Callable
from dataclasses import dataclass

from carehub.demo.lives import ALCOHOL, AMPHETAMINES, BENZODIAZEPINES, CANNABIS, COCAINE, CRACK, OPIOIDS, Life

DRUGS, HEALTH, OFFENDING, SOCIAL = "drugs-and-alcohol", "health", "offending", "social"
Step = tuple[str, str, str, int]


@dataclass(frozen=True)
class DemoGoal:
    name: str
    domain: str
    #: The area of need that it answers.
    area: str
    fits: Callable[[Life], bool]
    client_words: tuple[str, ...]
    service_words: tuple[str, ...]
    steps: tuple[Step, ...]
    #: Of the first step: its code in the list 'modality', and how both will see that it is on its way.
    treatment: str = ""
    milestone: str = ""
    #: Comes before others that fit.
    first: bool = False


GOALS: tuple[DemoGoal, ...] = (
    DemoGoal(
        "steady-script", DRUGS, "drug-and-alcohol", lambda life: life.main in OPIOIDS,
        (
            "I want to get on a script and stop running round.", "I want to wake up and not be ill.",
            "I want to be held steady, then come down slowly.",
        ),
        (
            "Stable on a substitute prescription, no heroin on six days out of seven by {by}.",
            "No street opiates for four weeks by {by}, shown by two clear tests.",
        ),
        (
            ("See {doctor} to start or review the prescription", "agency", "{doctor}", 10),
            ("Take it at the pharmacy each day for the first twelve weeks", "client", "", 84),
            ("Meet every two weeks and look at the diary together", "keyworker", "", 56),
        ),
        first=True,
        treatment="2", milestone="The dose holds until the next morning",
    ),
    DemoGoal(
        "less-on-top", DRUGS, "drug-and-alcohol", lambda life: life.second in (CRACK, COCAINE),
        ("I want to stop the stones, they undo everything else.", "I don't want to spend my money on rocks on pay day."),
        ("Crack on no more than two days in four weeks by {by}.", "Four weeks without crack by {by}."),
        (
            ("Six sessions on craving and what sets it off", "keyworker", "", 42),
            ("Hand the bank card to a person of my choice on pay day", "client", "", 14),
        ),
        treatment="4", milestone="Three weeks of the diary filled in",
    ),
    DemoGoal(
        "cut-stimulants", DRUGS, "drug-and-alcohol", lambda life: life.main in (CRACK, COCAINE, AMPHETAMINES),
        ("I want to get through a week without it.", "I want my weekends back.", "I want to be somebody who sleeps at night."),
        ("No use on weekdays by {by}; then two weekends in a row.", "Use on fewer than four days in 28 by {by}."),
        (
            ("Come to the stimulant group on Wednesday evenings", "client", "", 42),
            ("Work out what happens before a binge, and what to do instead", "keyworker", "", 28),
            ("Ring round on Friday afternoon before going out", "client", "", 21),
        ),
        first=True,
        treatment="4", milestone="Two Fridays in a row at home",
    ),
    DemoGoal(
        "cannabis", DRUGS, "drug-and-alcohol", lambda life: life.main == CANNABIS,
        ("I want a clear head before dinner time.", "I want to cut down to weekends."),
        ("First smoke after 6 pm by {by}; then three days a week without.",),
        (("Keep a diary of each one, with when and why", "client", "", 28), ("Four sessions on cutting down", "keyworker", "", 42)),
        first=True,
    ),
    DemoGoal(
        "alcohol", DRUGS, "drug-and-alcohol", lambda life: life.main == ALCOHOL or life.dependent_on_alcohol,
        ("I want to drink less without getting ill.", "I want to stop having a drink to start the day."),
        ("Medical assessment before any change; then down by a quarter by {by}.",),
        (
            ("Arrange a medical assessment for a planned withdrawal", "keyworker", "", 7),
            ("Drink diary every day, no sudden stop", "client", "", 28),
            ("Thiamine from the GP", "agency", "GP", 14),
        ),
        first=True,
        treatment="11", milestone="A day for the assessment is in the diary",
    ),
    DemoGoal(
        "tablets", DRUGS, "drug-and-alcohol", lambda life: BENZODIAZEPINES in (life.main, life.second),
        ("I want to come off the tablets without falling apart.",),
        ("One prescriber only; reduced by a tenth every two weeks from {by}.",),
        (("Agree one prescriber with the GP", "keyworker", "", 14), ("Bring what I have at home to the first session", "client", "", 7)),
    ),
    DemoGoal(
        "safer-injecting", DRUGS, "injecting", lambda life: life.injecting == "C",
        ("I want to give my arms a rest.", "I want to stop injecting before something goes wrong.", "I don't want another abscess."),
        ("No injecting by {by}; until then nothing shared, and sites looked at every fortnight.",),
        (
            ("Clean equipment each week, and a bin", "client", "", 7),
            ("Nurse looks at injecting sites", "agency", "Nurse at Weir House", 14),
            ("Talk through smoking instead", "keyworker", "", 28),
        ),
        treatment="8",
    ),
    DemoGoal(
        "tests", HEALTH, "physical-health", lambda life: life.injecting in ("C", "P"),
        ("I want to know if I've got hep C.", "I want to be tested and get it over with."),
        ("Hepatitis C test result known and hepatitis B vaccination begun by {by}.",),
        (
            ("Dry blood spot test, result given face to face", "agency", "Nurse at Weir House", 21),
            ("First of three hepatitis B vaccinations", "agency", "Nurse at Weir House", 21),
        ),
    ),
    DemoGoal(
        "mood", HEALTH, "mental-health", lambda life: life.mental_health != "never" or life.suicide in ("past", "now"),
        (
            "I want the black days to be fewer.", "I want to stop feeling on edge all the time.",
            "I want to talk about what happened, when I'm ready.",
        ),
        ("Seen by {doctor} or the GP about mood; who leads is agreed with the mental health team by {by}.",),
        (
            ("Book a double appointment with the GP and go along", "keyworker", "", 21),
            ("Go out of the house once a day", "client", "", 28),
            ("Agree with the mental health team who does what", "agency", "Community mental health team", 35),
        ),
    ),
    DemoGoal(
        "sleep", HEALTH, "physical-health", lambda life: True,
        (
            "I want to sleep through.", "I want to be up in the day like other people.",
            "I want to eat proper dinners and put some weight on.",
        ),
        ("Sleeps six hours on five nights a week by {by}.", "Two meals a day, weight up by {by}."),
        (("Sleep diary for two weeks", "client", "", 14), ("Sleep and food: one session, then look at the diary", "keyworker", "", 21)),
    ),
    DemoGoal(
        "doctor", HEALTH, "physical-health", lambda life: True,
        ("I want a doctor who knows me.", "I want my teeth seen to."),
        ("Registered with a GP and a dentist by {by}.",),
        (("Fill in the registration form together", "keyworker", "", 14), ("Take it in, with proof of address", "client", "", 21)),
    ),
    DemoGoal(
        "baby", HEALTH, "physical-health", lambda life: life.pregnant,
        ("I want my baby to be healthy and to come home with me.",),
        ("Booked with the midwife within a week; one meeting of everybody involved by {by}.",),
        (
            ("Ring the specialist midwife today", "keyworker", "", 1),
            ("Go to every antenatal appointment", "client", "", 60),
            ("Meeting of midwife, social worker and us", "agency", "Specialist midwife", 28),
        ),
        first=True,
    ),
    DemoGoal(
        "court", OFFENDING, "criminal-and-legal", lambda life: life.in_trouble,
        ("I want to finish my order and not go back inside.", "I want to stop shoplifting.", "I don't want to see that court again."),
        ("No new offence and every appointment of the order kept by {by}.",),
        (
            ("Keep the probation appointments; they are in the diary", "client", "", 28),
            ("Tell probation about attendance, nothing else", "keyworker", "", 28),
        ),
    ),
    DemoGoal(
        "home", SOCIAL, "housing", lambda life: life.housing in ("1", "2"),
        ("I want my own front door.", "I want to get out of that house.", "I want somewhere they can't find me."),
        ("Housing application in with all papers by {by}; a safe place until then.",),
        (
            ("Housing options: fill in the application together", "keyworker", "", 14),
            ("Get the proof of identity", "client", "", 21),
            ("Supported housing: visit and decide", "agency", "Housing options team", 45),
        ),
        milestone="The application has a number",
    ),
    DemoGoal(
        "children", SOCIAL, "family-and-children", lambda life: life.children in ("12", "13"),
        ("I want to see my kids regular.", "I want my daughter for one weekend a month."),
        ("Contact every fortnight, kept sober, by {by}.",),
        (("Ring the social worker about what they need to see", "keyworker", "", 14), ("Keep every contact visit", "client", "", 42)),
    ),
    DemoGoal(
        "family", SOCIAL, "family-and-children", lambda life: life.children == "11",
        ("I want to be there for the kids in the mornings.", "I want help with the little one."),
        ("Morning routine kept on school days; family support in place by {by}.",),
        (("Refer to the family support worker", "keyworker", "", 14), ("Children to school every day", "client", "", 28)),
    ),
    DemoGoal(
        "money", SOCIAL, "employment-and-benefits", lambda life: life.benefits,
        ("I want to sort my benefits out.", "I want to pay off what I owe, bit by bit."),
        ("Right benefits in payment and a repayment plan for debts by {by}.",),
        (("Welfare rights appointment, papers in a folder", "client", "", 21), ("Go along to the first appointment", "keyworker", "", 21)),
    ),
    DemoGoal(
        "work", SOCIAL, "employment-and-benefits", lambda life: True,
        ("I want to do something with my hands again.", "I want a job, even part time.", "I want to do a course and finish it."),
        ("Enrolled on a course or a placement by {by}.",),
        (("Meet the employment adviser", "client", "", 35), ("Write a CV together", "keyworker", "", 35)),
    ),
)  # fmt: skip

#: area of risk ('overdose': substance, where opioids are in it) → steps of the risk plan: (what, who, days, who has been told).
RISK_STEPS: dict[str, tuple[tuple[str, str, int, str], ...]] = {
    "suicide": (
        ("Safety plan written together: signs, what helps, whom to ring", "{keyworker}", 7, "GP"),
        ("Asked about at each session; the crisis team's number is in the wallet", "{keyworker}", 14, "GP, with consent"),
    ),
    "overdose": (
        ("Naloxone given and its use shown", "{keyworker}", 7, ""),
        ("Overdose plan: never alone, less after a break, nothing mixed", "{keyworker}", 14, "{carer}"),
    ),
    "substance": (
        ("Signs of withdrawal and what to do about them gone through together; a fit means 999", "{keyworker}", 7, "{carer}"),
        ("Nothing mixed, never alone, less after a break", "{keyworker}", 14, ""),
    ),
    "harm-to-others": (
        ("Seen by two workers at the office, no home visits", "{keyworker}", 7, "Reception, team manager"),
        ("Talk about what comes before a loss of temper; step outside first", "{keyworker}", 28, "Team manager"),
    ),
    "harm-from-others": (("Safe ways of contact agreed; domestic violence service offered", "{keyworker}", 7, "Team manager"),),
    "self-neglect": (("Food parcel and a look in on Mondays until things are steadier", "{keyworker}", 14, ""),),
}
