"""Filters for what is printed: dates that may be words, and the direction in which a text is read."""

import unicodedata
from datetime import date
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def when(value: date | str | None) -> str:
    """'3 March 2026', never broken at a line's end; or the words themselves ('ongoing')."""
    if isinstance(value, date):
        return date_format(value, "j F Y").replace(" ", "\N{NO-BREAK SPACE}")
    return value or ""


@register.filter
def unstopped(text: str) -> str:
    """Before a comma, a colon or a bracket: without the full stop at its end; dots that trail off stay."""
    text = text.rstrip()
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


@register.filter
def direction(text: str) -> str:
    """'rtl' where the first letter of ``text`` is Arabic or Hebrew, else 'ltr'."""
    for letter in text:
        if (kind := unicodedata.bidirectional(letter)) in ("R", "AL"):
            return "rtl"
        elif kind == "L":
            break
    return "ltr"


@register.filter
def paragraphs(text: str) -> SafeString:
    """What somebody typed, as paragraphs with their own direction: a blank line parts them, a line break stays one."""
    blocks = [block.strip() for block in text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n") if block.strip()]
    return mark_safe(  # each block is escaped
        "".join(f'<p dir="{direction(block)}">{conditional_escape(block).replace(chr(10), "<br>")}</p>' for block in blocks)
    )


@register.filter
def laid_over(words: Any) -> SafeString:
    """The words in one box of a picture, line by line, where they belong (careplans.sheet.SheetMapWords). On paper only."""
    lines = format_html_join("", '<div dir="{}">{}</div>', ((direction(line), line) for line in words.lines))
    return format_html('<div class="map-{}" style="{}">{}</div>', words.kind, words.style, lines)
