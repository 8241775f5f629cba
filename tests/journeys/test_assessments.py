"""Triage, comprehensive assessment and risk with the keyboard alone; the web dies in mid-sentence. And a group without script."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from playwright.sync_api import Locator, Page, expect

from carehub.definitions.catalogue import catalogue
from tests.journeys import steps
from tests.journeys.browser import Window
from tests.journeys.form_keys import FormKeys, Said
from tests.journeys.keyboard import Keyboard
from tests.journeys.server import CareHub

Report = Callable[[str], None]
AT_MOST_LOST = 5.0
NOBODY_ANSWERS = "Not saved: CareHub does not answer. We keep trying."
HEROIN, CRACK = "1011", "3201"

#: What is said where it is not what a form of this kind usually hears. A mother of one, an overdose last year.
LIFE: Mapping[str, Said] = {
    "main-route": "3",
    "main-days": "28",
    "main-age": "19",
    "main-drug": HEROIN,
    "second-drug": CRACK,
    "third-drug": "none",
    "overdose": "year",
    "suicide": "past",
    "self-harm": "year",
    "self-neglect": "some-days",
    "home-others": ["children"],
    "children": "11",
    "pregnant": "no",
}
TRIAGE = LIFE | {"how-soon": "usual", "comprehensive": "yes"}
COMPREHENSIVE = LIFE | {
    "prescription-wanted": "yes",
    "child-name": "Wren",
    "child-age": "7",
    "risk-plan": "to-write",
}
RISK = LIFE | {
    "suicide-severity": "serious",
    "suicide-likelihood": "likely",
    "substance-severity": "serious",
    "substance-likelihood": "likely",
    "risk-plan": "to-write",
}


def test_triage_comprehensive_assessment_and_risk_with_the_keyboard_alone(window, carehub: CareHub, request):
    def report(line: str) -> None:
        request.node.user_properties.append(("report", line))

    # Given a keyworker on whose caseload somebody new stands
    who, desk = steps.newcomer(), window()
    page: Page = desk.page
    steps.sign_in(desk, steps.KEYWORKER)
    client = steps.register(desk, who, carehub)
    page.goto("/caseload/?show=all")

    # When the triage is done from there, section by section
    keys = FormKeys(page, catalogue().form("triage"), TRIAGE)
    keys.press(page.get_by_role("row").filter(has_text=who.name).get_by_role("link", name="Do triage"))
    start(desk, keys)
    sections(desk, keys)
    complete(desk, keys)
    report(f"triage{figures(keys)}")

    # And the comprehensive assessment from the client's assessments, the web dying in mid-sentence
    keys = FormKeys(page, catalogue().form("comprehensive"), COMPREHENSIVE)
    begin(desk, keys)
    sections(desk, keys, dies_in="drugs", carehub=carehub, report=report)
    assert {"child-name-1", "child-worries-1"} <= keys.answered
    assert "child-name-2" not in keys.answered, "there is no other child"
    assert keys.stood, "what the triage has heard already stands with one key"
    complete(desk, keys)
    report(f"comprehensive assessment{figures(keys)}, {len(keys.stood)} of them still true")

    # And the risk assessment
    keys = FormKeys(page, catalogue().form("risk"), RISK)
    begin(desk, keys)
    sections(desk, keys)
    complete(desk, keys)
    report(f"risk assessment{figures(keys)}")

    # Then the levels stand in the banner
    warnings = page.get_by_role("list", name="Warnings")
    expect(warnings).to_contain_text("Suicide or self-harm: likely, or could be grave")
    expect(warnings).to_contain_text("Overdose and injecting: likely, or could be grave")

    # When the risk management plan is written and agreed
    keys.press(page.get_by_role("link", name="Assessments", exact=True))
    keys.press(page.get_by_role("link", name="Risk management plan"))
    desk.look("none yet")
    keys.press(page.get_by_role("button", name="Write the plan"))
    write_risk_plan(desk, keys, carehub.today() + timedelta(days=14))

    # Then it is in force, and the nine areas stand on the page of the assessments
    expect(page.get_by_text("Version 1, agreed by")).to_be_visible()
    desk.look("in force")
    keys.press(page.get_by_role("link", name="Assessments", exact=True))
    desk.look("the nine areas")
    for question in catalogue().form("comprehensive").questions:
        if question.kind == "score-1-5":
            expect(page.locator("#main")).to_contain_text(question.short.removeprefix("Score: "), ignore_case=True)
    found = carehub.ask("SELECT count(*) FROM clients_assessment WHERE client_id = %(client)s AND state = 'complete'", {"client": client})
    assert found == [(3,)]
    assert not desk.problems, desk.problems


# --- From section to section -----------------------------------------------------------------------------------------------


def figures(keys: FormKeys) -> str:
    return f" with the keyboard: {keys.presses} keys, {keys.spent / 60:.1f} minutes on its sections, {len(keys.answered)} answers"


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text().strip()


def begin(desk: Window, keys: FormKeys) -> None:
    """From a page about the client, by its tab."""
    keys.press(desk.page.get_by_role("link", name="Assessments", exact=True))
    desk.look(f"before ‘{keys.form.title}’")
    keys.press(desk.page.get_by_role("row").filter(has_text=keys.form.title).get_by_role("link", name="Start"))
    start(desk, keys)


def start(desk: Window, keys: FormKeys) -> None:
    expect(desk.page.get_by_role("heading", level=1)).to_have_text(keys.form.title)
    desk.look(keys.form.title)
    keys.press(desk.page.get_by_role("button", name="Start", exact=True))


def sections(desk: Window, keys: FormKeys, *, dies_in: str = "", carehub: CareHub | None = None, report: Report = print) -> None:
    """All of them, each looked at; what is for a prescriber is passed over."""
    page = desk.page
    for number, section in enumerate(keys.form.sections):
        expect(page.get_by_role("heading", level=1)).to_have_text(section.title)
        desk.look(f"section ‘{section.title}’")
        if section.competence:
            expect(page.get_by_text("For others to answer")).to_be_visible()
            following = keys.form.sections[number + 1].title
            keys.press(page.get_by_role("navigation", name="Sections").get_by_role("link", name=following))
            continue
        if section.id == dies_in and carehub and carehub.is_ours:
            keys.answer_up_to("main-does")
            report(broken_off(desk, keys, carehub))
        keys.section()


def complete(desk: Window, keys: FormKeys) -> None:
    """The check page has nothing to say; where something is to be decided, that page follows."""
    page = desk.page
    assert heading(page) == "Check and complete", heading(page)
    missing = page.locator("main").inner_text()
    assert "Missing before it can be completed" not in missing, missing
    desk.look(f"‘{keys.form.title}’, nothing missing")
    keys.press(page.get_by_role("button", name="Complete and lock"))
    expect(page.get_by_text(f"{keys.form.title} completed and locked.")).to_be_visible()
    desk.look(f"after ‘{keys.form.title}’")
    assert ("/proposals/" in page.url) == (heading(page) == "To decide")


# --- In mid-sentence -----------------------------------------------------------------------------------------------------


class Sentence:
    """Words that no other run types, each with the time at which all of it stood in the page."""

    def __init__(self, keys: Keyboard) -> None:
        self.keys, self.text = keys, ""
        self.stood: list[tuple[int, float]] = []
        self._words = self._each()

    def _each(self) -> Iterator[str]:
        chance, number = random.Random(), 0
        while True:
            number += 1
            yield f"{chance.choice(('sleep', 'pain', 'nerves', 'company', 'forgetting'))}{number} "

    def go_on(self, seconds: float) -> None:
        """As fast as a good typist."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            word = next(self._words)
            self.keys.write(word)
            self.text += word
            self.stood.append((len(self.text), time.monotonic()))
            self.keys.page.wait_for_timeout(400)

    def lost(self, kept: str, until: float) -> tuple[int, float]:
        """How many characters are missing in what was kept, and how old the oldest of them was, in seconds."""
        assert self.text.startswith(kept), f"{kept[-60:]!r} was not typed so"
        missing = [at for length, at in self.stood if length > len(kept) + 1]
        return len(self.text.rstrip()) - len(kept.rstrip()), until - missing[0] if missing else 0.0


def broken_off(desk: Window, keys: FormKeys, carehub: CareHub) -> str:
    """The web processes die while somebody types; the launcher starts them again; the page is loaded anew in mid-sentence."""
    page, sentence = desk.page, Sentence(keys)
    status = page.locator("[data-save-status]")
    sentence.go_on(7)
    number = carehub.kill("gunicorn")
    killed_at = time.monotonic()
    sentence.go_on(2)
    # On a quiet machine it is back before the next save: it is killed again until a save has met nobody.
    while status.inner_text() != NOBODY_ANSWERS:
        assert time.monotonic() < killed_at + 60, f"the page says {status.inner_text()!r} while nobody answers"
        number = carehub.kill("gunicorn")
        sentence.go_on(1)
    carehub.is_back("gunicorn", number)
    dead = time.monotonic() - killed_at
    expect(status).to_contain_text("Saved ", timeout=60_000)
    sentence.go_on(7)
    page.once("dialog", lambda dialog: dialog.accept())
    loaded_at = time.monotonic()
    page.reload()
    kept = box(page, "main-does").input_value()
    characters, seconds = sentence.lost(kept, loaded_at)
    assert seconds <= AT_MOST_LOST, f"{characters} characters lost, the oldest {seconds:.1f} s old"
    strange = [problem for problem in desk.problems if "ERR_" not in problem and "answered 50" not in problem]
    assert not strange, strange
    desk.problems.clear()
    lost = f"{characters} of {len(sentence.text)} characters lost, {seconds:.1f} s"
    return f"the web killed in mid-sentence, {dead:.0f} s dead, the page loaded anew: {lost}"


def box(page: Page, question: str) -> Locator:
    return page.locator(f'[name="{question}"]').first


# --- The risk management plan ------------------------------------------------------------------------------------------------


def write_risk_plan(desk: Window, keys: Keyboard, by: date) -> None:
    """A step for each area in which a risk stands; the day on which it is looked at again stands there already."""
    page = desk.page
    desk.look("to write")
    said = {"what": "Carries naloxone; rings the night line", "by_whom": steps.KEYWORKER, "told": "Her sister"}
    while True:
        keys.tab()
        name, text = page.evaluate("[document.activeElement.name ?? '', document.activeElement.value ?? '']")
        if name == "then":
            break
        if name == "agreement":
            keys.key("Space")
        line, _, place = name.partition("-")
        if not text and place.split("_")[0].endswith("-1"):
            keys.write(said[line] if line in said else str(getattr(by, place.rpartition("_")[2])))
    with page.expect_navigation():
        keys.key("Enter")
    expect(page.get_by_text("Agreed and locked.")).to_be_visible()


# --- Without script ----------------------------------------------------------------------------------------------------------

CHILDREN: Mapping[str, str | list[str]] = {
    "home-others": ["Children under 18, mine or others'"],
    "children": "All my children live with me",
    "children-services": "Never",
    "childcare": "Somebody I trust",
}


def child(number: int, name: str, age: str) -> Mapping[str, str]:
    answers = {"name": name, "age": age, "lives": "With me", "carer": "I do", "school": "Saltpan Primary", "worries": "nothing"}
    return {f"child-{question}-{number}": said for question, said in answers.items()}


def say(page: Page, answers: Mapping[str, str | list[str]]) -> None:
    for question, said in answers.items():
        steps.answer(page, question, said)


def test_child_after_child_without_script(window, carehub: CareHub):
    # Given the children's section of a comprehensive assessment, in a browser that runs no script
    desk: Window = window(script=False)
    page = desk.page
    steps.sign_in(desk, steps.KEYWORKER)
    client = steps.register(desk, steps.newcomer(), carehub)
    page.goto(f"/clients/{client}/assess/comprehensive/")
    steps.press(page, "Start")
    page.goto(f"{page.url.partition('/edit/')[0]}/edit/children/")
    expect(page.get_by_text("Only if", exact=False).first).to_be_visible()
    desk.look("without script, before the first child")

    # When there are children, and after the first another
    assert page.locator('[data-question="child-name-2"]').count() == 0
    say(page, CHILDREN | child(1, "Wren", "7") | {"child-more-1": "Yes"})
    steps.press(page, "Save and continue")

    # Then the section stays, what was said stands in it, and the next child stands at its end
    expect(page.get_by_role("heading", level=1)).to_have_text("Children")
    expect(page.get_by_text("Saved. The next one stands at the end of this page.")).to_be_visible()
    expect(box(page, "child-name-1")).to_have_value("Wren")
    desk.look("without script, the second child to be asked about")

    # When there is no other after that one
    say(page, child(2, "Robin", "0") | {"child-more-2": "No"})
    steps.press(page, "Save and continue")

    # Then it goes on, and both are recorded
    expect(page.get_by_role("heading", level=1)).to_have_text("Being safe with others")
    sql = "SELECT answers FROM clients_assessment WHERE client_id = %(client)s AND form = 'comprehensive'"
    [(answers,)] = carehub.ask(sql, {"client": client})
    assert [answers[f"child-name-{number}"]["value"] for number in (1, 2)] == ["Wren", "Robin"]
