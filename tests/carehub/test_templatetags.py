"""Dates, spans and states, as pages say them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import engines

from carehub import clock
from carehub.states import SHAPES, STATES, TONES, state_of
from carehub.templatetags import carehub as tags


@pytest.fixture
def today(monkeypatch):
    day = date(2026, 3, 3)
    monkeypatch.setattr(clock, "today", lambda: day)
    return day


def render(template: str, **context) -> str:
    return engines["django"].from_string(template).render(context)


def test_dates_are_said_in_full():
    assert tags.uk_date(date(2026, 3, 3)) == "3 March 2026"
    assert tags.short_date(date(2026, 9, 3)) == "3 Sept 2026" or tags.short_date(date(2026, 9, 3)) == "3 Sep 2026"
    assert tags.uk_date(None) == tags.uk_time(None) == tags.uk_datetime(None) == tags.how_long_ago(None) == tags.age(None) == ""


def test_a_moment_belongs_to_its_day_in_london():
    midnight_in_summer = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert tags.uk_date(midnight_in_summer) == "1 July 2026"
    assert render("{{ moment|uk_datetime }}", moment=midnight_in_summer) == "1 July 2026, 00:30"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"), (1, "yesterday"), (-1, "tomorrow"), (2, "2 days ago"), (13, "13 days ago"), (14, "2 weeks ago"),
        (25, "4 weeks ago"),
        (62, "2 months ago"),
        (365, "11 months ago"), (366, "12 months ago"), (740, "2 years ago"), (-3, "in 3 days"), (-100, "in 3 months"),
    ],
)  # fmt: skip
def test_how_long_ago(today, days, words):
    assert tags.how_long_ago(today - timedelta(days=days)) == words


@pytest.mark.parametrize(
    ("born", "years"), [(date(2000, 3, 3), 26), (date(2000, 3, 4), 25), (date(2004, 2, 29), 22), (date(2026, 3, 3), 0)]
)
def test_age(today, born, years):
    assert tags.age(born) == years


def test_a_number_comes_with_what_it_is_out_of():
    assert tags.out_of(412, 455) == "412 of 455, 91%"
    assert tags.out_of(0, 0) == "0 of 0"


def test_a_date_has_its_machine_readable_form(today):
    assert render("{% when day %}", day=date(2026, 2, 10)) == (
        '<time datetime="2026-02-10">10 February 2026</time> <span class="ago">(3 weeks ago)</span>'
    )
    assert render("{% when day ago=False %}", day=date(2026, 2, 10)) == '<time datetime="2026-02-10">10 February 2026</time>'


@pytest.mark.parametrize("key", STATES)
def test_a_state_is_a_word_and_a_shape(key):
    state = STATES[key]
    assert state.word
    assert state.shape in SHAPES
    assert state.tone in TONES
    shown = render("{% state key %}", key=key)
    assert str(state.word) in shown
    assert "<svg" in shown


def test_states_that_mean_different_things_in_one_family_differ_without_colour():
    for prefix in ("risk-", "met", "not-"):
        family = [state for key, state in STATES.items() if key.startswith(prefix)]
        assert len({(str(state.word), state.shape) for state in family}) == len(family)


def test_an_unknown_state_is_shown_as_it_is_and_escaped():
    assert state_of("half_way").word == "Half way"
    assert "<b>" not in render("{% state key word %}", key="overdue", word="<b>")


def test_parts_escape_what_they_are_given():
    page = render(
        '{% worklist caption=evil columns=columns %}<tr>{% cell heading=True %}{{ evil }}{% endcell %}'
        "{% cell evil %}{{ evil }}{% endcell %}</tr>"
        "{% endworklist %}{% card evil state=evil %}{{ evil }}{% endcard %}{% nothing evil %}{{ evil }}{% endnothing %}"
        "{% notice evil %}{{ evil }}{% endnotice %}{% more evil %}{{ evil }}{% endmore %}{% counts items %}{% tabs tabs 'a' %}",
        evil="<b>", columns=["<b>", ""], items=[{"number": 1, "words": "<b>", "url": "/", "state": "overdue"}],
        tabs=[{"name": "a", "text": "<b>", "url": "/"}],
    )  # fmt: skip
    assert "<b>" not in page
    assert page.count("&lt;b&gt;") == 16
    assert 'aria-current="page"' in page


def test_a_cell_says_its_column_again_for_cards():
    assert render('{% cell "Since" %}x{% endcell %}').count("Since") == 1
    assert "worklist__label" not in render("{% cell %}x{% endcell %}")


def test_may_asks_the_role(keyworker):
    page = "{% if actor|may:'client.register' %}yes{% else %}no{% endif %}"
    assert render(page, actor=keyworker) == "yes"
    assert render(page, actor=None) == "no"
