"""Filters and components that every template has without loading them. Described in docs/guides/components.md."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from carehub import clock
from carehub.actors import Actor
from carehub.states import State, state_of
from carehub.templatetags import form_tags

register = template.Library()

DAY, WEEK, MONTH, YEAR = 1, 7, 30.44, 365.25


def _day(value: date | datetime) -> date:
    return clock.day_of(value) if isinstance(value, datetime) else value


@register.filter(expects_localtime=False)
def uk_date(value: date | datetime | None) -> str:
    """'3 March 2026', the day in London. Nothing for nothing."""
    return date_format(_day(value), "j F Y") if value else ""


@register.filter(expects_localtime=False)
def short_date(value: date | datetime | None) -> str:
    """'3 Mar 2026', for narrow columns."""
    return date_format(_day(value), "j M Y") if value else ""


@register.filter(expects_localtime=False)
def uk_time(value: datetime | None) -> str:
    """'14:02', London time."""
    return date_format(value.astimezone(clock.LONDON), "H:i") if value else ""


@register.filter(expects_localtime=False)
def uk_datetime(value: datetime | None) -> str:
    return f"{uk_date(value)}, {uk_time(value)}" if value else ""


@register.filter(expects_localtime=False)
def how_long_ago(value: date | datetime | None) -> str:
    """'today', '3 days ago', '5 weeks ago', 'in 2 months': counted in days of London, for beside a date, never instead of it."""
    if not value:
        return ""
    days = (clock.today() - _day(value)).days
    if days == 0:
        return gettext("today")
    if days == 1:
        return gettext("yesterday")
    if days == -1:
        return gettext("tomorrow")
    size = abs(days)
    if size < 2 * WEEK:
        number, words = size, ngettext("%(number)d day", "%(number)d days", size)
    elif size < 2 * MONTH:
        number = round(size / WEEK)
        words = ngettext("%(number)d week", "%(number)d weeks", number)
    elif size < 2 * YEAR:
        number = int(size / MONTH)
        words = ngettext("%(number)d month", "%(number)d months", number)
    else:
        number = int(size / YEAR)
        words = ngettext("%(number)d year", "%(number)d years", number)
    span = words % {"number": number}
    return (gettext("%(span)s ago") if days > 0 else gettext("in %(span)s")) % {"span": span}


@register.filter
def may(actor: Actor | None, permission: str) -> bool:
    """``{% if actor|may:"client.register" %}``: whether the page may offer it. The view asks again."""
    return actor is not None and actor.may(permission)


@register.filter
def age(born: date | None) -> int | str:
    """Whole years today; somebody born on 29 February turns older on 1 March in other years."""
    if not born:
        return ""
    today = clock.today()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


@register.filter
def out_of(number: int, total: int) -> str:
    """'412 of 455, 91%'. A share of nothing is no share."""
    words = gettext("%(number)s of %(total)s") % {"number": f"{number:,}", "total": f"{total:,}"}
    return f"{words}, {round(100 * number / total)}%" if total else words


@register.simple_tag
def state(key: str, word: str | Promise = "") -> SafeString:
    """The tag of a state: ``{% state "overdue" %}`` or, in other words, ``{% state "overdue" _("Overdue by 3 weeks") %}``."""
    shown = state_of(key, word)
    return _state_tag(str(shown.word), shown.shape, shown.tone)


@lru_cache(maxsize=500)
def _state_tag(word: str, shape: str, tone: str) -> SafeString:
    """Kept, since a work list shows dozens of the same few."""
    return render_to_string("components/state.html", {"state": State(word, shape, tone)})


@register.simple_tag
def when(value: date | datetime | None, ago: bool = True) -> SafeString | str:
    """A date a person and a machine can read, how long ago beside it: ``{% when plan.review_due %}``."""
    if not value:
        return ""
    stamp, words = _day(value).isoformat(), uk_date(value)
    if not ago:
        return format_html('<time datetime="{}">{}</time>', stamp, words)
    return format_html('<time datetime="{}">{}</time> <span class="ago">({})</span>', stamp, words, how_long_ago(value))


@register.inclusion_tag("components/chart.html")
def chart(figure: Any, heading_level: int = 3, open_table: bool = False) -> dict[str, Any]:
    """A :class:`carehub.charts.Figure`: the drawing and, always, its table."""
    return {"figure": figure, "heading_level": heading_level, "open_table": open_table}


@register.inclusion_tag("components/counts.html")
def counts(items: Sequence[dict[str, Any]], label: str | Promise = "") -> dict[str, Any]:
    """The counts at the top of a home page, each a link: dictionaries with ``number``, ``words``, ``url``, ``state`` (its key or '')."""
    return {"items": [{**item, "look": state_of(item["state"]) if item.get("state") else None} for item in items], "label": label}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Sequence[dict[str, Any]], current: str, label: str | Promise = "") -> dict[str, Any]:
    """Links between the pages of one thing: dictionaries with ``name``, ``text``, ``url``, and maybe ``note`` ('3 new')."""
    return {"items": items, "current": current, "label": label}


def _words(value: str | Promise | Sequence[Any]) -> list[str]:
    return [word.strip() for word in str(value).split("|")] if isinstance(value, (str, Promise)) else [str(word) for word in value]


@register.simple_block_tag(end_name="endworklist")
def worklist(content: str, caption: str | Promise, columns: str | Promise | Sequence[Any], hide_caption: bool = False) -> SafeString:
    """A list over the full width that becomes cards on a small screen. ``columns``: their headings, as a list or 'Client|What|Since'."""
    context = {"caption": caption, "columns": _words(columns), "hide_caption": hide_caption, "rows": content}
    return render_to_string("components/worklist.html", context)


@register.simple_block_tag(end_name="endcell")
def cell(content: str, label: str | Promise = "", heading: bool = False, numeric: bool = False) -> SafeString:
    """A cell of a work list. ``label`` is its column's heading again, which a card shows; ``heading`` for the cell that names the row."""
    if heading:
        return format_html('<th scope="row" class="govuk-table__header worklist__name" role="rowheader">{}</th>', content)
    number = " govuk-table__cell--numeric" if numeric else ""
    again = format_html('<span class="worklist__label" aria-hidden="true">{}</span>', label) if label else ""
    return format_html('<td class="govuk-table__cell{}" role="cell">{}<div class="worklist__value">{}</div></td>', number, again, content)


@register.simple_block_tag(end_name="endcard")
def card(content: str, title: str | Promise = "", level: int = 2, state: str = "", anchor: str = "") -> SafeString:
    """A box with a heading, where things of one kind stand one below the other (goals, needs, sections)."""
    context = {"content": content, "title": title, "level": level, "look": state_of(state) if state else None, "anchor": anchor}
    return render_to_string("components/card.html", context)


@register.simple_block_tag(end_name="endnothing")
def nothing(content: str, title: str | Promise) -> SafeString:
    """What an empty list says: ``title`` that there is nothing, inside what would be here and how it gets here."""
    return render_to_string("components/nothing.html", {"content": content, "title": title})


@register.simple_block_tag(end_name="endnotice")
def notice(content: str, title: str | Promise = "", tone: str = "busy", level: int = 2) -> SafeString:
    """Something the page says before its content. ``tone``: alert, warn, good, busy or quiet."""
    return render_to_string("components/notice.html", {"content": content, "title": title, "tone": tone, "level": level})


@register.simple_block_tag(end_name="endmore")
def more(content: str, summary: str | Promise, open: bool = False) -> SafeString:
    """A part that folds away: details that most readers do not need. Printed unfolded."""
    return render_to_string("components/more.html", {"content": content, "summary": summary, "open": open})


register.filters.update(form_tags.register.filters)
register.tags.update(form_tags.register.tags)
