"""Somebody who uses no mouse: Tab, the arrows, Space, Enter and what they type. At every stop the focus must be seen."""

from collections.abc import Sequence
from datetime import date

from playwright.sync_api import Locator, Page

#: No page of ours is so long that somebody tabs further to what they want.
LONGEST_WAY = 260

_FOCUSED = "element => element === document.activeElement"

#: What is wrong with the way the focus shows, or ''. Compares the element, its label and its surroundings with and without focus.
_HOW_FOCUS_SHOWS = """() => {
  const element = document.activeElement
  if (!element || element === document.body) return ''
  const said = `${element.tagName} ${element.id || element.name || element.className} '${(element.innerText || '').slice(0, 40)}'`
  const names = ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'backgroundColor', 'color', 'borderTopColor',
    'borderTopWidth', 'borderBottomWidth', 'textDecorationLine', 'textDecorationThickness', 'clip', 'position']
  const look = () => [element, element.nextElementSibling, element.parentElement].map(each => each && ['', '::before', '::after']
    .map(part => { const style = getComputedStyle(each, part); return names.map(name => style[name]).join() }).join('/')).join(' ')
  const focused = look()
  element.blur()
  const blurred = look()
  element.focus({ preventScroll: true })
  if (focused === blurred) return `${said}: focus does not show`
  const box = element.getBoundingClientRect()
  const points = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].map(([x, y]) => [box.left + x * box.width, box.top + y * box.height])
  const labels = [...(element.labels ?? [])]
  const seen = points.some(([x, y]) => {
    const top = document.elementFromPoint(x, y)
    if (!top || top === document.body || top === document.documentElement) return false
    return element.contains(top) || top.contains(element) || labels.some(label => label.contains(top))
  })
  return seen ? '' : `${said}: focused, and hidden at ${Math.round(box.left)}, ${Math.round(box.top)}`
}"""


class Keyboard:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.stops = 0
        #: Keys pressed, each typed character included.
        self.presses = 0

    def key(self, name: str) -> None:
        self.page.keyboard.press(name)
        self.presses += 1

    def write(self, text: str) -> None:
        """Where the focus is."""
        self.page.keyboard.type(text)
        self.presses += len(text)

    def to(self, target: Locator) -> None:
        """Tab after Tab."""
        target.wait_for(state="attached")
        for _ in range(LONGEST_WAY):
            if target.evaluate(_FOCUSED):
                return
            self.tab()
        raise AssertionError(f"{self.page.url}: {target} is not reached with Tab")

    def tab(self) -> None:
        self.key("Tab")
        self.stops += 1
        wrong = self.page.evaluate(_HOW_FOCUS_SHOWS)
        assert not wrong, f"{self.page.url}: {wrong}"

    def press(self, target: Locator) -> None:
        """A button or a link, and wait for where it leads."""
        self.to(target)
        with self.page.expect_navigation():
            self.key("Enter")

    def push(self, target: Locator) -> None:
        """A button that stays on the page."""
        self.to(target)
        self.key("Enter")

    def type(self, target: Locator, text: str) -> None:
        self.to(target)
        self.key("Control+A")
        for number, line in enumerate(text.split("\n")):
            if number:
                self.key("Enter")
            self.write(line)
        assert target.input_value() == text

    def type_date(self, within: Page | Locator, question: str, day: date) -> None:
        group = within.get_by_role("group", name=question)
        for box, typed in zip(("Day", "Month", "Year"), (day.day, day.month, day.year), strict=True):
            self.type(group.get_by_label(box, exact=True), str(typed))

    def tick(self, target: Locator) -> None:
        self.to(target)
        self.key("Space")
        assert target.is_checked()

    def choose(self, radios: Locator, label: str) -> None:
        """Tab enters a group at its chosen answer, or its first; the arrows go from one to the next and choose it."""
        wanted = radios.page.locator(f"#{radios.get_by_label(label, exact=True).get_attribute('id')}")
        for _ in range(LONGEST_WAY):
            if wanted.evaluate("element => document.activeElement?.type === 'radio' && document.activeElement.name === element.name"):
                break
            self.tab()
        for _ in range(30):
            if wanted.evaluate(_FOCUSED):
                break
            self.key("ArrowDown")
        if not wanted.is_checked():
            self.key("Space")
        assert wanted.is_checked(), f"{self.page.url}: '{label}' is not reached with the arrows"

    def pick(self, select: Locator, label: str) -> None:
        self.to(select)
        options: Sequence[str] = [text.strip() for text in select.locator("option").all_inner_texts()]
        for _ in range(options.index(label)):
            self.key("ArrowDown")
        assert select.locator("option:checked").inner_text().strip() == label
