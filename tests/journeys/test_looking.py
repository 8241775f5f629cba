"""What looks at every page finds what is wrong with one: each fault is put into a good page and must be found."""

import pytest

from tests.journeys import steps
from tests.journeys.browser import Window
from tests.journeys.keyboard import Keyboard

FAULTS = {
    "a field without a label": ("document.querySelector('label[for=id_login]').remove()", "label"),
    "grey on grey": ("document.querySelector('h1').style.color = '#bbb'", "color-contrast"),
    "a second heading of the first level": ("document.querySelector('main').append(document.createElement('h1'))", "headings"),
    "too wide for a telephone": ("document.querySelector('h1').style.width = '900px'", "900 px wide|wide on a telephone"),
    "a title of another page": ("document.title = 'Taken – CareHub'", "has the title of"),
    "no title": ("document.title = ''", "title"),
    "something inline": ("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')", "Content Security Policy"),
    "a script that fails": ("setTimeout(() => { throw new Error('broken') })", "broken"),
    "a page's script that is not there": (
        "document.head.append(Object.assign(document.createElement('script'), {src: '/none.js'}))",
        "404",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(window, fault):
    spoil, said = FAULTS[fault]
    desk: Window = window()
    desk.seen.titles.setdefault("Taken – CareHub", "/another/")
    desk.page.goto("/sign-in/")
    desk.page.evaluate(f"() => {{ {spoil} }}")
    desk.page.wait_for_timeout(500)
    with pytest.raises(AssertionError, match=said):
        desk.look("spoilt")


@pytest.mark.parametrize(
    ("hide", "said"),
    [
        ("* { outline: none !important; box-shadow: none !important; background: none !important; color: black !important; "
         "border-color: black !important; border-width: 1px !important; text-decoration: none !important }", "focus does not show"),
        ("body::before { content: ''; position: fixed; inset: 0; z-index: 99; background: white }", "hidden at"),
    ],
    ids=["no focus", "something in front"],
)  # fmt: skip
def test_a_focus_that_cannot_be_seen_is_found(window, hide, said):
    desk: Window = window()
    desk.page.goto("/sign-in/")
    desk.page.evaluate("css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet] }", hide)
    keys = Keyboard(desk.page)
    with pytest.raises(AssertionError, match=said):
        for _ in range(12):
            keys.tab()


def test_without_any_fault_nothing_is_found(window):
    desk: Window = window()
    desk.page.goto("/sign-in/")
    keys = Keyboard(desk.page)
    for _ in range(12):
        keys.tab()
    desk.look()
    assert steps.KEYWORKER in desk.page.content()
