"""What people do in CareHub, step by step, as they would say it. Each step ends on the page it leads to, looked at."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import SystemRandom

from playwright.sync_api import Locator, Page, expect

from carehub.demo.place import PASSWORD
from tests.journeys.browser import Window
from tests.journeys.server import PATIENCE, CareHub, until

KEYWORKER, MANAGER = "Imogen Pebblestow", "Rosalind Gorsefen"
_FIRST = ("Perran", "Ottoline", "Jago", "Merryn", "Cadoc", "Eluned", "Tamsyn", "Brychan", "Senara", "Gwithian")
_LAST = ("Larkmere", "Sedgewath", "Brackenhythe", "Flintrigg", "Ottermoor", "Hazelfen", "Kelpstow", "Mossgill", "Tarnhollow", "Reedness")


@dataclass(frozen=True)
class Newcomer:
    """Somebody who has just come: invented, and unlike anybody who came before."""

    first_name: str
    last_name: str
    born: date

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def newcomer() -> Newcomer:
    chance = SystemRandom()
    letters = "".join(chance.choices("bdfghklmnprstvw", k=4)).capitalize()
    return Newcomer(chance.choice(_FIRST), f"{letters}{chance.choice(_LAST).lower()}", date(1970, 1, 1) + timedelta(chance.randrange(9000)))


def mail_of(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@carehub.example"


# --- Fields ---------------------------------------------------------------------------------------------------------------


def boxes(day: date) -> list[str]:
    """A date as it is typed: day, month, year."""
    return [str(day.day), str(day.month), str(day.year)]


def type_date(within: Page | Locator, question: str | re.Pattern[str], day: date | Sequence[str]) -> None:
    parts = boxes(day) if isinstance(day, date) else day
    group = within.get_by_role("group", name=question)
    for box, typed in zip(("Day", "Month", "Year"), parts, strict=True):
        group.get_by_label(box, exact=True).fill(typed)


def typed_date(within: Page | Locator, question: str | re.Pattern[str]) -> list[str]:
    group = within.get_by_role("group", name=question)
    return [group.get_by_label(box, exact=True).input_value() for box in ("Day", "Month", "Year")]


def choose(within: Page | Locator, question: str | re.Pattern[str], answer: str) -> None:
    """One answer of those under a question."""
    within.get_by_role("group", name=question).get_by_label(answer, exact=True).check()


def press(page: Page, button: str | re.Pattern[str], *, exact: bool = True) -> None:
    """A button or a link, and wait for where it leads."""
    target = page.get_by_role("button", name=button, exact=exact).or_(page.get_by_role("link", name=button, exact=exact))
    with page.expect_navigation():
        target.first.click()


def unlock(page: Page) -> None:
    """Whoever works here, after a lock or from the client."""
    page.get_by_label("Your password, or the 6 digits from your app").fill(PASSWORD)
    press(page, "Unlock")


# --- Signing in, finding ------------------------------------------------------------------------------------------------


def sign_in(window: Window, name: str, page: Page | None = None, *, go: bool = True) -> None:
    page = page or window.page
    if go:
        page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(mail_of(name))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
    expect(page.get_by_text(name).first).to_be_visible()


def open_client(window: Window, who: Newcomer) -> None:
    """By the search at the top of every page."""
    page = window.page
    page.goto("/")
    page.get_by_label("Find a client by name or reference").fill(f"{who.last_name} {who.born.day} {who.born.month} {who.born.year}")
    with page.expect_navigation():
        page.get_by_role("search").get_by_role("button", name="Find").click()
    window.look("somebody found")
    press(page, who.name)


# --- Registering ----------------------------------------------------------------------------------------------------------


def fill_in_registration(page: Page, who: Newcomer, carehub: CareHub) -> None:
    page.get_by_label("First name").fill(who.first_name)
    page.get_by_label("Last name").fill(who.last_name)
    type_date(page, "Date of birth", who.born)
    choose(page, "Sex", "Female")
    page.get_by_label("Telephone (optional)").fill("07700 900142")
    page.get_by_label("Address (optional)").fill("2 Saltpan Row\nTansybridge")
    choose(page, "May we telephone?", "Yes")
    choose(page, "May we leave a voicemail?", "No")
    choose(page, "May we send a text message?", "Yes")
    choose(page, "May we write by post?", "No")
    choose(page, "May we visit at home?", "No")
    page.get_by_label("What we may say (optional)").fill("It is Sam, about Tuesday")
    page.get_by_label("Who must not know (optional)").fill("Her brother, who lives with her")
    page.get_by_label("Staff-safety warning (optional)").fill("A dog at home")
    type_date(page, "Date of referral", carehub.today())
    page.get_by_label("Who referred them").select_option(label="Self")


def register(window: Window, who: Newcomer, carehub: CareHub) -> str:
    """Somebody nobody here resembles. Returns the client's key."""
    page = window.page
    page.goto("/clients/register/")
    fill_in_registration(page, who, carehub)
    press(page, "Register")
    return arrived(page, who)


def arrived(page: Page, who: Newcomer) -> str:
    """On the new client's page; its key."""
    expect(page.get_by_text(f"{who.name} is registered. Their reference is")).to_be_visible()
    found = re.fullmatch(r".*/clients/([0-9a-f-]{36})/", page.url)
    assert found, page.url
    return found[1]


# --- Triage -----------------------------------------------------------------------------------------------------------------

#: Section → question → answer, as it is given. Two risks come out: an overdose in the last year, thoughts of suicide in the past.
TRIAGE: Mapping[str, Mapping[str, str | list[str]]] = {
    "Why you have come": {
        "reason": "I nearly died in March. I want to be there for my girl.",
        "urgent": ["My prescription runs out within days"],
        "previous": "Yes, and I stopped going",
        "others-helping": ["My GP", "Probation, or a worker under a court order"],
        "motivation": "Ready: I want to start",
    },
    "What you use": {
        "main-drug": "Heroin",
        "main-route": "Smoke",
        "main-days": "28",
        "main-age": "19",
        "second-drug": "Crack",
        "third-drug": "Nothing else",
        "prescribed": ["None"],
    },
    "Injecting": {"injecting": "In the past, not now", "sharing": "Never"},
    "Alcohol": {"alcohol-days": "4", "alcohol-units": "6", "alcohol-signs": ["None of these"]},
    "Your health": {
        "overdose": "Yes, in the last year",
        "health-now": ["Pain that does not go away"],
        "mental-health": "In the past",
        "mood": ["None of these"],
        "pregnant": "No",
    },
    "Keeping safe": {
        "suicide": "In the past, not now",
        "self-harm": "Never",
        "harm-to-others": "Never",
        "harm-from-others": "Never",
        "self-neglect": "Most days",
    },
    "Home and children": {
        "housing": "A housing problem",
        "home-others": ["Parents or other family"],
        "children": "None of my children live with me",
        "children-safe": "Nothing suggests it",
    },
    "What would make it easier": {"easier": ["Another time of day, or another place"]},
    "What happens next": {
        "how-soon": "Within the usual three weeks",
        "next-step": "Treatment or support here",
        "treatment": "Specialist prescribing",
        "comprehensive": "Not now: an initial plan, reviewed, is enough",
        "agrees": "Yes",
    },
}


def answer(page: Page, question: str, said: str | list[str]) -> None:
    block = page.locator(f'[data-question="{question}"]')
    field = block.locator(f'[name="{question}"]').first
    kind = field.get_attribute("type")
    if kind in ("radio", "checkbox"):
        for one in [said] if isinstance(said, str) else said:
            block.get_by_label(one, exact=True).check()
    elif isinstance(said, str) and block.locator(f'select[name="{question}"]').count():
        field.select_option(label=said)
    else:
        field.fill(str(said))


def triage(window: Window, *, look: bool = True) -> None:
    """From the client's page through every section to 'complete'."""
    page = window.page
    press(page, "Start triage")
    if look:
        window.look()
    press(page, "Start")
    for section, questions in TRIAGE.items():
        expect(page.get_by_role("heading", level=1)).to_have_text(section)
        if look:
            window.look(f"section ‘{section}’")
        for question, said in questions.items():
            answer(page, question, said)
        press(page, "Save and check" if section == "What happens next" else "Save and continue")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check and complete")
    expect(page.get_by_text("Missing before it can be completed")).to_have_count(0)
    if look:
        window.look("nothing missing")
    press(page, "Complete and lock")
    expect(page.get_by_text("completed and locked")).to_be_visible()
    decide(window, look=look)


def decide(window: Window, *, look: bool = True) -> None:
    """Accept the last of what the triage proposed, decline the first with a reason, and the rest later; then the client's page."""
    page = window.page
    expect(page.get_by_role("heading", level=1)).to_have_text("To decide")
    if look:
        window.look("what was proposed")
    questions = page.get_by_role("group", name="What do you decide?")
    questions.last.get_by_label("Accept", exact=True).check()
    questions.first.get_by_label("Decline", exact=True).check()
    questions.first.get_by_label("Why?").select_option(label="It has been arranged already")
    press(page, "Save what I decided")
    expect(page.get_by_text("On record: 1 accepted, 1 declined.")).to_be_visible()
    expect(page.get_by_role("heading", name="For a later day")).to_be_visible()


# --- The plan -----------------------------------------------------------------------------------------------------------------

GOALS = (
    (
        "I want to see my daughter without being ill",
        "Social functioning",
        (
            ("Start a methadone prescription", "Keyworker", "", 7),
            ("Ring the contact centre", "Client", "", 10),
        ),
    ),
    (
        "I want a room with a door that locks",
        "Social functioning",
        (("Write to the council", "Another agency", "Tansybridge housing team", 14),),
    ),
)


def goal(page: Page, number: int) -> Locator:
    return page.locator('[data-part="goal"]').nth(number)


def action(within: Locator, number: int) -> Locator:
    return within.locator('[data-part="action"]').nth(number)


def write_action(place: Locator, what: str, who: str, name: str, by: date) -> None:
    place.get_by_label("What will be done").fill(what)
    place.get_by_label("Who", exact=True).select_option(label=who)
    if name:
        place.get_by_label("Name, if somebody else (optional)").fill(name)
    type_date(place, "By when", by)


def write_risk_steps(page: Page, today: date) -> None:
    """For each risk that was found the page has a step to fill in."""
    for step in page.locator('[data-part="risk"]').all():
        step.get_by_label("What will be done").fill("Carry naloxone; know whom to ring at night")
        step.get_by_label("Who does it").fill(KEYWORKER)
        type_date(step, "By when", today + timedelta(days=5))


def start_plan(window: Window) -> None:
    """From the client's page to an initial plan with what the triage found on it."""
    page = window.page
    press(page, "Write the plan")
    window.look()
    expect(page.get_by_label("Initial care plan", exact=True)).to_be_checked()
    press(page, "Start writing")


def write_plan(page: Page, today: date, *, review_on: date, goals: Sequence = GOALS) -> None:
    """Needs chosen for now, goals with their actions, the risks' steps, the day of the review. Nothing is saved yet with script."""
    needs = page.locator(".desk__needs")
    needs.get_by_label("Now", exact=True).first.check()
    for number, (words, domain, actions) in enumerate(goals):
        if number:
            page.get_by_role("button", name="Add another goal").click()
            expect(page.locator('[data-part="goal"]')).to_have_count(number + 1)
        place = goal(page, number)
        place.get_by_label("What the client wants, in their own words").fill(words)
        place.get_by_label("What this is about").select_option(label=domain)
        for row, (what, who, name, days) in enumerate(actions):
            if row:
                place.get_by_role("button", name="Add an action").click()
                expect(place.locator('[data-part="action"]')).to_have_count(row + 1)
            write_action(action(place, row), what, who, name, today + timedelta(days=days))
    write_risk_steps(page, today)
    page.get_by_label("Who supports the client while they wait (optional)").fill("Her sister Wendy; the open-access service on Saturdays")
    type_date(page, "Next review", review_on)


# --- Agreeing and signing --------------------------------------------------------------------------------------------------


def agree(window: Window) -> None:
    """The plan is written; both read it, and say so."""
    page = window.page
    press(page, "Save and agree")
    expect(page.get_by_role("heading", level=1)).to_have_text("Is this what we agreed?")
    window.look()
    press(page, "Yes, we agreed this")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign the plan")


def party(page: Page, heading: str) -> Locator:
    """The part of the page on which one of them signs."""
    return page.get_by_role("region", name=heading, exact=True)


def draw_signature(page: Page, within: Locator) -> None:
    """A few strokes with the mouse."""
    box = within.locator("canvas")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    assert place
    across, down = place["width"], place["height"]
    for stroke in (((0.1, 0.7), (0.2, 0.2), (0.3, 0.7)), ((0.15, 0.5), (0.28, 0.5)), ((0.4, 0.3), (0.5, 0.75), (0.6, 0.3), (0.7, 0.75))):
        (x, y), *others = stroke
        page.mouse.move(place["x"] + x * across, place["y"] + y * down)
        page.mouse.down()
        for x, y in others:
            page.mouse.move(place["x"] + x * across, place["y"] + y * down, steps=12)
        page.mouse.up()


def type_signatures(page: Page, who: Newcomer, keyworker: str = KEYWORKER) -> None:
    """On the screen, which is turned to the client first."""
    press(page, "Turn the screen to the client")
    party(page, "Client").get_by_label("Client: type your name").fill(who.name)
    party(page, "Keyworker").get_by_label("Keyworker: type your name").fill(keyworker)


def sign(window: Window) -> None:
    """What each has said is sent; the plan is locked. A screen turned to the client is given back and unlocked."""
    page = window.page
    press(page, "Sign and lock the plan")
    window.look("signed")
    if page.get_by_role("link", name="Go on to the plan").count():
        press(page, "Go on to the plan")
    else:
        press(page, "Give the screen back to the keyworker")
        expect(page.get_by_text("This screen goes back to the keyworker", exact=False)).to_be_visible()
        window.look("given back")
        unlock(page)
    expect(page.get_by_text("Signed and locked")).to_be_visible()


# --- The review ------------------------------------------------------------------------------------------------------------


def review(window: Window, *, review_on: date, state: str = "") -> None:
    """From the client's page to the draft of the next version: the first goal was achieved, the others go on."""
    page = window.page
    press(page, "Review the plan")
    expect(page.get_by_role("heading", level=1)).to_have_text("Review the plan")
    window.look(state)
    first, *others = page.locator(".review__goal").all()
    choose(first, "What has become of it?", "Achieved")
    for each in others:
        choose(each, "What has become of it?", "Partly")
        each.get_by_label("Why, if it was not achieved").fill("The list is long")
    type_date(page, "Next review", review_on)
    press(page, "Save the review")
    expect(page.get_by_role("heading", level=1)).to_have_text("Write the plan")
    expect(goal(page, 0).get_by_label("What the client wants, in their own words")).to_have_value(GOALS[1][0])
    assert typed_date(page, "Next review") == boxes(review_on)


def new_days(page: Page, today: date) -> None:
    """Of what was to be done by a day that has gone by."""
    for line in page.locator('[data-part="action"]').all():
        type_date(line, "By when", today + timedelta(days=7))
    write_risk_steps(page, today)


# --- The document ------------------------------------------------------------------------------------------------------------


def wait_for_document(page: Page, seconds: float = PATIENCE) -> str:
    """Until the worker has made it. The page looks for itself a few times; afterwards 'Look again' does. Returns its address."""
    ready = page.get_by_role("link", name="Open and print (PDF)").or_(page.get_by_role("button", name="Open and print (PDF)"))

    def is_ready() -> bool:
        if ready.count() == 0:
            page.reload()
        return bool(ready.count())

    until(is_ready, what="the plan's PDF", seconds=seconds, every=1.5)
    address = ready.get_attribute("href")
    assert address
    return address
