"""A person's browser: Debian's Chromium, and what it is held to on every page it shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright

from carehub.embedded import system_libraries
from carehub.embedded.folders import ROOT

AXE = ROOT / "tests/vendor/axe-core-4.14.1/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
DESK, TELEPHONE = (1280, 900), (360, 740)


@contextmanager
def launched() -> Iterator[Browser]:
    path = system_libraries.chromium()
    assert path, "Chromium is missing. Install it: apt-get install --no-install-recommends -y chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET.split(), timeout=120_000)
        yield browser
        browser.close()


@dataclass
class Seen:
    """All pages that were looked at in a run: how many, in which states, and whose title is whose."""

    looks: int = 0
    states: set[tuple[str, str]] = field(default_factory=set)
    titles: dict[str, str] = field(default_factory=dict)
    #: States that were held to everything, with script or without.
    held: set[tuple[str, str, bool]] = field(default_factory=set)

    @property
    def pages(self) -> int:
        return len({page for page, _state in self.states})


class Window:
    """One browser window of one person, with its own sign-in. ``problems``: what the browser complained of, and failures of the server."""

    def __init__(self, browser: Browser, url: str, seen: Seen, *, script: bool = True) -> None:
        self.url, self.seen, self.script = url, seen, script
        self.context: BrowserContext = browser.new_context(
            base_url=url,
            java_script_enabled=script,
            locale="en-GB",
            timezone_id="Europe/London",
            viewport={"width": DESK[0], "height": DESK[1]},
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(30_000)
        self.problems: list[str] = []
        self.page = self.tab()
        # Where no script runs, axe cannot run either: it looks at the same page in a window beside this one.
        self.beside = self if script else Window(browser, url, seen)

    def tab(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: script failed: {error}"))
        page.on("response", self._response)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"{message.location.get('url', '')}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.problems.append(f"{response.url}: answered {response.status}")

    def close(self) -> None:
        if self.beside is not self:
            self.beside.close()
        self.context.close()

    # --- Looking at a page ---------------------------------------------------------------------------------------------

    def look(self, state: str = "", page: Page | None = None, *, own_title: bool = True) -> None:
        """Hold the page as it stands to what every page must be. ``state``: in which of its states it is, in a word.

        What takes time is done once in a run for each page and state: journeys meet on the same pages.
        ``own_title``: not where the address gives another page than its own, a refusal for one.
        """
        page = page or self.page
        page.wait_for_load_state("load")
        name = named(page.url)
        where = f"{name} ({state})" if state else name
        self._words(page, name if own_title else "", where)
        # Without script other parts of a page show; under another's address stands another page.
        if (name, state, self.script) not in self.seen.held or not own_title:
            self._narrow(page, where)
            self._for_everybody(page, where)
        assert not self.problems, f"{where}: " + "\n".join(self.problems)
        self.seen.looks += 1
        self.seen.states.add((name, state))
        self.seen.held.add((name, state, self.script))

    def _words(self, page: Page, name: str, where: str) -> None:
        """One heading, one title that no other page has. ``name``: '' where the title may be another's."""
        headings = page.locator("h1").all_inner_texts()
        assert len(headings) == 1, f"{where}: headings of the first level: {headings}"
        assert headings[0].strip(), f"{where}: the heading is empty"
        title = page.title().removeprefix("Error: ")
        assert title.endswith(" – CareHub"), f"{where}: title {title!r}"
        assert title.removesuffix(" – CareHub").strip(), f"{where}: title {title!r}"
        if name:
            whose = self.seen.titles.setdefault(title, name)
            assert whose == name, f"{where} has the title of {whose}: {title!r}"

    def _narrow(self, page: Page, where: str) -> None:
        """On a telephone nothing is wider than the page."""
        page.set_viewport_size({"width": TELEPHONE[0], "height": TELEPHONE[1]})
        width = page.evaluate("document.documentElement.scrollWidth")
        wide = page.evaluate(WIDER, TELEPHONE[0]) if width > TELEPHONE[0] else ""
        page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        assert width <= TELEPHONE[0], f"{where}: {width} px wide on a telephone of {TELEPHONE[0]} px: {wide}"

    def _for_everybody(self, page: Page, where: str) -> None:
        if not self.script:
            page = self.beside.as_it_stands_without_script(page)
        # Evaluated, not added as a script: the page's own policy lets no stranger in.
        page.evaluate(AXE.read_text())
        found: dict[str, Any] = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
        )
        said = [
            f"{one['id']}: {one['help']}: {each['target']} {each['html'][:200]} {each.get('failureSummary', '')}"
            for one in found["violations"]
            for each in one["nodes"][:4]
        ]
        assert not said, f"{where}: " + "\n".join(said)

    def as_it_stands_without_script(self, theirs: Page) -> Page:
        """Their page here, none of its scripts run."""
        here, words, address = self.page, theirs.content(), theirs.url.partition("#")[0]
        here.unroute_all()
        here.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
        here.route(address, lambda route: route.fulfill(body=words, content_type="text/html; charset=utf-8"))
        here.goto(address)
        return here


#: Whatever reaches beyond the telephone's edge, and is not itself inside something that scrolls.
WIDER = """most => [...document.querySelectorAll('body *')]
  .filter(element => element.getBoundingClientRect().right > most + 1)
  .slice(0, 6).map(element => `${element.tagName}.${element.className} ${Math.round(element.getBoundingClientRect().right)}`).join('; ')"""


def named(address: str) -> str:
    """'/clients/5f…/plan/a1…/edit/' → '/clients/…/plan/…/edit/': a page, whoever it is about."""
    path = address.split("://", 1)[-1].partition("/")[2].partition("?")[0].partition("#")[0]
    parts = path.split("/")
    said = ["…" if len(part) > 20 or before in ("found", "check") else part for before, part in zip(["", *parts], parts, strict=False)]
    return "/" + "/".join(said)


def save_download(response_body: bytes, folder: Path, name: str) -> Path:
    file = folder / name
    file.write_bytes(response_body)
    return file
