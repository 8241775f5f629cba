"""What journeys begin with: a CareHub at work, a browser, people at their desks.

Listed in tests/conftest.py, since a promise may need a browser too.

CAREHUB_JOURNEY_URL and CAREHUB_JOURNEY_VAR: its address and data folder, to visit a CareHub that somebody has started
('make run'). What kills processes is left out there.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error

from carehub.embedded.folders import Home
from tests.journeys.browser import Seen, Window, launched
from tests.journeys.server import CareHub, launch


@pytest.fixture(scope="session")
def carehub() -> Iterator[CareHub]:
    """One for all journeys of a run, with the demonstration in it; they register clients of their own."""
    if url := os.environ.get("CAREHUB_JOURNEY_URL"):
        yield CareHub(url.rstrip("/"), Path(os.environ["CAREHUB_JOURNEY_VAR"]).resolve())
        return
    # Everybody may pass through: the database server runs as another user where tests run as root.
    folder = Path(tempfile.mkdtemp(prefix="carehub-journeys-", dir="/tmp"))
    folder.chmod(0o711)
    started: CareHub | None = None
    try:
        started = launch(folder / "var", _free_port())
        yield started
    finally:
        if started:
            started.stop()
            home = Home(started.var)
            shutil.rmtree(home.elsewhere, ignore_errors=True)
            if home.socket_folder().parent == Path("/tmp"):
                shutil.rmtree(home.socket_folder(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def our_carehub(carehub: CareHub) -> CareHub:
    """One whose processes may be killed."""
    if not carehub.is_ours:
        pytest.skip("kills processes, and somebody else has started this CareHub")
    return carehub


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of a whole run: Playwright will not be started a second time in one process."""
    # Playwright keeps a loop in this thread; Django would take it for asynchronous code and refuse the database.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with launched() as browser:
        yield browser
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def _seen() -> Seen:
    return Seen()


_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


def _show(windows: list[Window]) -> None:
    """What stood on the screens when a journey failed: addresses, and a picture of each."""
    folder = Path(tempfile.mkdtemp(prefix="carehub-journey-failed-"))
    for page in (page for window in windows for page in window.context.pages):
        picture = folder / f"{len(list(folder.iterdir())) + 1}.png"
        with suppress(Error):
            page.screenshot(path=picture, full_page=True, timeout=10_000)
            print(f"{page.url}: {page.title()} ({picture})")


@pytest.fixture
def window(carehub: CareHub, chromium: Browser, _seen: Seen, request: pytest.FixtureRequest) -> Iterator[Callable[..., Window]]:
    """``window()``: a browser window in which nobody is signed in yet; ``window(script=False)``: one that runs no script."""
    opened: list[Window] = []

    def open_one(*, script: bool = True) -> Window:
        opened.append(Window(chromium, carehub.url, _seen, script=script))
        return opened[-1]

    before, states = _seen.looks, set(_seen.states)
    yield open_one
    if request.node.stash.get(_FAILED, False):
        _show(opened)
    for one in opened:
        one.close()
    if _seen.looks > before:
        looks, new = _seen.looks - before, len(_seen.states - states)
        line = f"looked {looks} times, at {new} new states of pages; {_seen.pages} pages in {len(_seen.states)} states so far"
        request.node.user_properties.append(("report", f"{request.node.name}: {line}"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
