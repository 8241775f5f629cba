"""Promise 11 in a browser: whatever happens in mid-typing, at most the last five seconds are missing; without script, nothing submitted."""

import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Error, Page, expect

from tests.journeys import steps
from tests.journeys.browser import Window
from tests.journeys.server import CareHub, until

pytestmark = [pytest.mark.journey, pytest.mark.promise(11)]

AT_MOST_LOST = 5.0
OFFLINE = "Not saved: you are offline. We keep trying."
SIGNED_OUT = re.compile("you are no longer signed in")


@dataclass
class Place:
    """A form in which somebody types: where it stands, the box, and the button that submits it."""

    window: Window
    who: str
    what: str
    address: str
    box: str
    button: str


@dataclass
class Typing:
    """One tab and what was typed in it, word by word, each with the time at which it stood in the page."""

    place: Place
    page: Page
    words: list[tuple[float, str]] = field(default_factory=list)
    #: When the tab was closed, or its connection cut; what was typed up to five seconds before must be there again.
    ended_at: float | None = None
    asked_whether_to_leave: int = 0

    def type(self, word: str) -> None:
        self.page.keyboard.type(f"{word} ")
        self.words.append((time.monotonic(), word))

    def close(self, *, politely: bool) -> None:
        """``politely``: the page is asked first and told; otherwise it is gone, as in a crash."""
        self.ended_at = time.monotonic()
        if politely:
            self.page.once("dialog", lambda dialog: dialog.accept())
        self.page.close(run_before_unload=politely)
        until(lambda: self.page.is_closed() or self.place.window.page.wait_for_timeout(50), what="the tab is closed", seconds=20)

    def status(self):
        return self.page.locator("[data-save-status]")

    def lost(self, text: str) -> float:
        """Seconds of typing that are missing in ``text``. Fails where a word is missing that must not be."""
        kept = set(text.split())
        missing = [(at, word) for at, word in self.words if word not in kept]
        must = [word for at, word in missing if self.ended_at is None or at < self.ended_at - AT_MOST_LOST]
        assert not must, f"{self.place.what}: {len(must)} words lost that were typed in time, the first {must[0]}; there is {text[-60:]!r}"
        before = [at for at, _word in missing if self.ended_at is None or at <= self.ended_at]
        return (self.ended_at or 0) - before[0] if before else 0.0


# --- Forms to type in -------------------------------------------------------------------------------------------------------

IN_FORCE = (
    "FROM clients_episode e JOIN carehub_person k ON k.id = e.keyworker_id JOIN careplans_careplan p ON p.episode_id = e.id "
    "WHERE p.state = 'current' AND e.state <> 'discharged' "
    "AND NOT EXISTS (SELECT 1 FROM careplans_planversion v WHERE v.plan_id = p.id AND v.locked_at IS NULL)"
)


def two_keyworkers(carehub: CareHub) -> list[str]:
    """Those with the most plans that can be written anew."""
    return [who for (who,) in carehub.ask(f"SELECT k.name {IN_FORCE} GROUP BY k.name ORDER BY count(*) DESC, k.name LIMIT 2")]


def start_triage(window: Window, carehub: CareHub) -> str:
    page = window.page
    client = steps.register(window, steps.newcomer(), carehub)
    page.goto(f"/clients/{client}/assess/")
    steps.press(page, "Start")
    return f"{page.url.removeprefix(carehub.url).partition('/edit/')[0]}/edit/reason/"


def start_plan(window: Window, who: str, carehub: CareHub) -> str:
    """The next version of somebody's plan."""
    sql = f"SELECT e.client_id, p.current_id {IN_FORCE} AND k.name = %(who)s ORDER BY 1 LIMIT 1"
    [(client, version)] = carehub.ask(sql, {"who": who})
    window.page.goto(f"/clients/{client}/plan/{version}/")
    steps.press(window.page, "Write a new version")
    return window.page.url.removeprefix(carehub.url)


@pytest.fixture
def places(window: Callable[..., Window], our_carehub: CareHub) -> Iterator[list[Place]]:
    found = []
    for who in two_keyworkers(our_carehub):
        desk = window()
        steps.sign_in(desk, who)
        forms = (
            ("triage", start_triage(desk, our_carehub), '[name="reason"]', "Save and continue"),
            ("plan", start_plan(desk, who, our_carehub), '[data-part="goal"] textarea >> nth=0', "Save as draft"),
            ("register", "/clients/register/", '[name="address"]', "Register"),
        )
        found += [Place(desk, who, *form) for form in forms]
    yield found
    for place in found:
        begin_afresh(place)


def begin_afresh(place: Place) -> None:
    page = place.window.page
    page.goto(place.address)
    while page.get_by_role("button", name="Start afresh without it").count():
        steps.press(page, "Start afresh without it")


# --- What happens in mid-typing --------------------------------------------------------------------------------------------


def keep_typing(typings: list[Typing], seconds: float, words: Iterator[str]) -> None:
    """In all tabs at once, word by word."""
    until_then = time.monotonic() + seconds
    while time.monotonic() < until_then:
        for typing in typings:
            typing.type(next(words))


def is_kept(carehub: CareHub, typing: Typing) -> bool:
    """The last word has reached the server."""
    word = typing.words[-1][1]
    return carehub.ask("SELECT count(*) FROM carehub_draft WHERE fields::text LIKE %(word)s", {"word": f"%{word}%"}) != [(0,)]


def all_kept(carehub: CareHub, typings: list[Typing]) -> None:
    for typing in typings:
        until(lambda typing=typing: is_kept(carehub, typing), what=f"{typing.place.what}: the page makes good what was typed", seconds=60)


def tabs_are_closed(carehub: CareHub, typings: list[Typing], words: Iterator[str], chance: random.Random) -> None:
    for typing in typings:
        typing.close(politely=chance.random() < 0.4)


def web_is_killed(carehub: CareHub, typings: list[Typing], words: Iterator[str], chance: random.Random) -> None:
    """Some tabs are gone at the same moment; in the others typing goes on, and they make it good."""
    number = carehub.kill("gunicorn")
    chance.shuffle(typings)
    for typing in typings[::2]:
        typing.close(politely=False)
    stay = typings[1::2]
    keep_typing(stay, 3, words)
    carehub.is_back("gunicorn", number)
    all_kept(carehub, stay)


def sign_in_has_ended(carehub: CareHub, typings: list[Typing], words: Iterator[str], chance: random.Random) -> None:
    """One signs in again in another window, the other presses the button and is led there."""
    windows = {id(typing.place.window): typing.place.window for typing in typings}
    for window in windows.values():
        end_session(carehub, window)
    keep_typing(typings, 3, words)
    for typing in typings:
        expect(typing.status()).to_contain_text(SIGNED_OUT, timeout=30_000)
    one = typings[0].place
    steps.sign_in(one.window, one.who)
    other = next(typing for typing in typings if typing.place.who != one.who)
    steps.press(other.page, other.place.button)
    expect(other.page.get_by_role("heading", level=1)).to_have_text("Sign in")
    steps.sign_in(other.place.window, other.place.who, other.page, go=False)
    assert other.lost(other.page.locator(other.place.box).input_value()) == 0, "given back after signing in"
    all_kept(carehub, typings)


def network_is_cut(carehub: CareHub, typings: list[Typing], words: Iterator[str], chance: random.Random) -> None:
    """The page says so, asks before it is left, and makes it good; some tabs are closed before that."""
    windows = {id(typing.place.window): typing.place.window for typing in typings}
    for window in windows.values():
        window.context.set_offline(True)
    cut_at = time.monotonic()
    keep_typing(typings, 4, words)
    for typing in typings:
        expect(typing.status()).to_have_text(OFFLINE, timeout=30_000)
    gone, stay = typings[:2], typings[2:]
    for typing in gone:
        typing.close(politely=False)
        typing.ended_at = cut_at
    typing = chance.choice(stay)
    typing.page.once("dialog", lambda dialog: (setattr(typing, "asked_whether_to_leave", 1), dialog.dismiss()))
    typing.page.close(run_before_unload=True)
    other = typing.place.window.page  # waits, so that the browser's question can arrive
    until(lambda: typing.asked_whether_to_leave or other.wait_for_timeout(50), what="the page asks before it is left", seconds=20)
    assert not typing.page.is_closed()
    for window in windows.values():
        window.context.set_offline(False)
    all_kept(carehub, stay)


HAPPENS = {
    "the tab is closed": tabs_are_closed,
    "the web processes are killed": web_is_killed,
    "the sign-in has ended": sign_in_has_ended,
    "the network is cut": network_is_cut,
}


def end_session(carehub: CareHub, window: Window) -> None:
    cookies = {cookie["name"]: cookie["value"] for cookie in window.context.cookies()}
    gone = carehub.ask("DELETE FROM carehub_session WHERE session_key = %(key)s RETURNING 1", {"key": cookies["sessionid"]})
    assert gone == [(1,)]


def one_after_the_other(prefix: str) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"{prefix}{number}"


def open_again(place: Place) -> str:
    """As somebody who comes back would: the form's page, signed in if need be. What stands in the box."""
    page = place.window.page
    page.goto(place.address)
    if "/sign-in/" in page.url:
        steps.sign_in(place.window, place.who, go=False)
    return page.locator(place.box).input_value()


def test_what_is_typed_outlives_tab_server_session_and_network(
    places: list[Place], our_carehub: CareHub, how_many, chance: random.Random, report
):
    runs, worst = 0, dict.fromkeys(HAPPENS, 0.0)
    for number in range(how_many(1, 5)):
        for what, happens in HAPPENS.items():
            # Given forms in which somebody types
            words = one_after_the_other(f"{'abcdefghijk'[number]}{list(HAPPENS).index(what)}w")
            typings = []
            for place in places:
                page = place.window.tab()
                page.goto(place.address)
                box = page.locator(place.box)
                box.fill("")
                box.focus()
                typings.append(Typing(place, page))
            keep_typing(typings, chance.uniform(6, 9), words)

            # When it happens
            happens(our_carehub, typings, words, chance)
            for typing in typings:
                if not typing.page.is_closed():
                    typing.page.close()

            # Then it stands there again, but for five seconds at the most
            for typing in typings:
                worst[what] = max(worst[what], typing.lost(open_again(typing.place)))
                runs += 1
    assert runs >= 20
    lost = ", ".join(f"{what} {seconds:.1f} s" for what, seconds in worst.items())
    report(f"{runs} forms broken off in mid-typing; the most of it that was lost: {lost}")


def test_without_script_nothing_submitted_is_lost(window, our_carehub: CareHub, report):
    desk: Window = window(script=False)
    [who, _other], page = two_keyworkers(our_carehub), desk.page
    steps.sign_in(desk, who)
    places = [
        Place(desk, who, "triage", start_triage(desk, our_carehub), '[name="reason"]', "Save and continue"),
        Place(desk, who, "plan", start_plan(desk, who, our_carehub), '[data-part="goal"] textarea >> nth=0', "Save as draft"),
        Place(desk, who, "register", "/clients/register/", '[name="address"]', "Register"),
    ]
    for place in places:
        # Given a session that has ended while somebody typed
        page.goto(place.address)
        page.locator(place.box).fill(f"Typed and submitted: {place.what} – Łódź 🌱")
        end_session(our_carehub, desk)

        # When they submit it
        steps.press(page, place.button)
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        steps.sign_in(desk, who, go=False)

        # Then it stands there again
        assert page.url == f"{our_carehub.url}{place.address}"
        expect(page.locator(place.box)).to_have_value(f"Typed and submitted: {place.what} – Łódź 🌱")
        expect(page.get_by_text("We kept what you typed")).to_be_visible()

    # Given a server that is killed as somebody submits
    for place in places:
        page.goto(place.address)
        page.locator(place.box).fill(f"Sent into the void: {place.what}")
        number = our_carehub.kill("gunicorn")
        with suppress(Error):
            page.get_by_role("button", name=place.button, exact=True).click(timeout=10_000)
        our_carehub.is_back("gunicorn", number)

        # When they let the browser send it again
        until(lambda: "chrome-error" in page.url or page.url.startswith(our_carehub.url), what="an answer", seconds=30)
        page.reload()

        # Then it is there
        assert open_again(place) == f"Sent into the void: {place.what}"
    desk.problems.clear()
    report(f"{2 * len(places)} forms submitted without script into an ended session or a dead server: 0 lost")
    for place in places:
        begin_afresh(place)
