"""A browser without script: the form of a page as it would be submitted."""

from typing import Any

from lxml import html


def form_of(response: Any, *, button: tuple[str, str] | None = None) -> dict[str, list[str]]:
    """The fields of the page's main form with their values; buttons not pressed are not part of it."""
    page = tree_of(response)
    (form,) = page.xpath("//main//form[.//input[@name='opened'] or .//input[@name='seen_text']]")
    data: dict[str, list[str]] = {}
    for field in form.inputs:
        kind = field.get("type", "").lower()
        if not field.name or kind in ("submit", "file") or (kind in ("checkbox", "radio") and "checked" not in field.attrib):
            continue
        value = field.get("value", "on") if kind in ("checkbox", "radio") else field.value or ""
        if field.tag == "textarea":  # a line break that begins it is no part of it: HTML takes it off, lxml does not
            value = value.removeprefix("\n")
        data.setdefault(field.name, []).append(value)
    if button:
        data[button[0]] = [button[1]]
    return data


def names(data: dict[str, Any], ending: str, kind: str = "") -> list[str]:
    """Names of fields that end so: ``names(form, "client_words")``."""
    return [name for name in data if name.endswith(f"-{ending}") and name.startswith(kind)]


def tree_of(response: Any) -> Any:
    """The page as a person has it before them: what waits in a template element (new rows, the locked screen) is not on it."""
    page = html.fromstring(response.content.decode())
    for each in page.xpath("//template"):
        each.drop_tree()
    return page


def texts(response: Any, path: str) -> list[str]:
    """The text of every element that XPath finds."""
    return [" ".join(each.text_content().split()) for each in tree_of(response).xpath(path)]
