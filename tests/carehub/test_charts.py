"""Charts: the same bytes each time, nothing that a content security policy would forbid, and always with their table."""

import xml.etree.ElementTree as ElementTree
from datetime import date
from itertools import pairwise

import pytest
from django.template import engines

from carehub.charts import Area, Line, lines_over_time, score_profile, stacked_bars

EVIL = '<script>alert("x")</script> & style="a"'
SVG = "{http://www.w3.org/2000/svg}"


def bars(**more):
    rows = [("Open Door", (64, 31, 0)), (EVIL, (0, 0, 0)), ("A service with a very long name indeed that goes on and on", (1, 2, 3))]
    return stacked_bars("ends", title="How it ended", summary="…", about="Agency", parts=["Planned", "Unplanned", EVIL], rows=rows, **more)


def lines(**more):
    days = [date(2025, month, 1) for month in range(1, 13)]
    values = (None, 10, 20.5, None, 30, 40, 50, 60, 70, 80, 90, None)
    both = [Line("with a plan", values), Line(EVIL, tuple(reversed(values)))]
    return lines_over_time("plans", title="Plans", summary="…", days=days, lines=both, unit="%", target=95, most=100, **more)


def profile(**more):
    areas = [Area("Housing", 1, 4), Area(EVIL, 3, 3), Area("Injecting", None, 2), Area("Mental health", 5, 3), Area("Physical health", 2)]
    return score_profile("scores", title="Nine areas", summary="…", areas=areas, **more)


@pytest.fixture(params=[bars, lines, profile], ids=["bars", "lines", "profile"])
def draw(request):
    return request.param


def test_the_same_bytes_each_time(draw):
    assert draw() == draw()


def test_nothing_inline_that_the_policy_forbids_and_nothing_unescaped(draw):
    for picture in (draw().wide, draw().narrow):
        root = ElementTree.fromstring(picture)
        for element in root.iter():
            assert element.tag.removeprefix(SVG) in {"svg", "title", "desc", "text", "rect", "line", "circle", "path"}
            assert not {name for name in element.attrib if name == "style" or name.startswith("on") or "href" in name}


def test_it_is_read_out(draw):
    for picture in (draw().wide, draw().narrow):
        root = ElementTree.fromstring(picture)
        assert root.get("role") == "img"
        title, words = (root.find(f"{SVG}{part}") for part in ("title", "desc"))
        assert root.get("aria-labelledby") == f"{title.get('id')} {words.get('id')}"
        assert title.text
        assert words.text
    assert draw().wide.split("aria-labelledby=")[1][:30] != draw().narrow.split("aria-labelledby=")[1][:30]


def test_all_of_it_is_inside_the_picture(draw):
    for picture in (draw().wide, draw().narrow):
        root = ElementTree.fromstring(picture)
        width, height = float(root.get("width")), float(root.get("height"))
        for text in root.iter(f"{SVG}text"):
            wide = len(text.text) * float(text.get("font-size")) * 0.56
            start = float(text.get("x")) - {"start": 0, "middle": wide / 2, "end": wide}[text.get("text-anchor")]
            assert start >= -8, text.text
            assert 0 < float(text.get("y")) <= height, text.text
            if "script" not in text.text:
                assert start + wide <= width + 8, text.text


def test_the_table_says_what_the_picture_says():
    assert bars().columns[0] == "Agency"
    assert bars().rows[0] == ("Open Door", "64", "31", "0", "95")
    assert lines().rows[0] == ("January 2025", "–", "–")
    assert lines().rows[2][1] == "20.5%"
    assert profile().rows[0] == ("Housing", 1, 4, "better")
    assert [row[-1] for row in profile().rows] == ["better", "as before", "not scored", "worse", "first score"]


def test_a_page_has_the_picture_and_its_table():
    page = engines["django"].from_string("{% chart figure %}").render({"figure": profile()})
    assert page.count("<svg") == 2
    assert page.count("<tr") == 6
    assert "<script" not in page


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="1 to 5"):
        profile_of = [Area("Housing", 6)]
        score_profile("x", title="x", summary="x", areas=profile_of)
    with pytest.raises(ValueError, match="parts"):
        stacked_bars("x", title="x", summary="x", about="x", parts=list("abcdef"), rows=[])
    with pytest.raises(ValueError, match="every day"):
        lines_over_time("x", title="x", summary="x", days=[date(2025, 1, 1)], lines=[Line("a", (1, 2))])


def test_nothing_to_show_is_still_a_picture():
    assert "<svg" in stacked_bars("x", title="x", summary="x", about="x", parts=["a"], rows=[]).wide
    assert "<svg" in lines_over_time("x", title="x", summary="x", days=[date(2025, 1, 1)], lines=[Line("a", (None,))]).wide
    assert "<svg" in score_profile("x", title="x", summary="x", areas=[]).wide


def test_labels_of_lines_that_end_on_one_point_stand_apart_and_above_the_dates():
    days = [date(2025, 1, 3), date(2025, 7, 3)]
    for end in (1, 5):
        four = [Line(f"Somewhat long name {number}", (3, end)) for number in range(4)]
        drawn = ElementTree.fromstring(lines_over_time("ends", title="Ends", summary="…", days=days, lines=four, least=1, most=5).wide)
        texts = [(float(each.get("y")), each.get("font-weight"), each.text) for each in drawn.iter(f"{SVG}text")]
        dates = next(y for y, _weight, words in texts if words == "Jul 2025")
        # Each label: its value, and its name in two lines.
        labels = sorted(y for y, weight, words in texts if weight or "name" in words or words.startswith("Somewhat"))
        assert len(labels) >= 8
        assert all(after - before >= 14 for before, after in pairwise(labels))
        assert labels[-1] < dates - 14
