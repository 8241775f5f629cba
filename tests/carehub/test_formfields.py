"""What the shared questions make of what is typed, and what they say about it."""

from datetime import date, timedelta

import pytest
from django.http import QueryDict

from carehub import clock
from carehub.formfields import BirthDateField, DateField, DrawingField, LongText, OneFromList, OneOf, Several, Text, YesNo, month_number
from carehub.forms import CareHubForm, rows_of


def asked(field, **typed):
    """One question in a form of ours, answered as a browser would."""

    class Asked(CareHubForm):
        it = field

    data = QueryDict(mutable=True)
    for name, value in typed.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return Asked(data)


def typed_date(day, month, year):
    return {"it_day": day, "it_month": month, "it_year": year}


def error(form):
    assert not form.is_valid()
    return form.errors["it"][0]


def said(field, **typed):
    return error(asked(field, **typed))


@pytest.mark.parametrize(
    ("month", "number"),
    [
        ("3", 3),
        ("03", 3),
        ("March", 3),
        ("mar", 3),
        ("MAR.", 3),
        ("sept", 9),
        ("december", 12),
        ("ma", None),
        ("13", 13),
        ("", None),
        ("x", None),
    ],
)
def test_a_month_may_be_a_number_or_a_word(month, number):
    assert month_number(month) == number


class TestDate:
    def test_three_boxes_are_a_date(self):
        form = asked(DateField(label="First seen"), **typed_date(" 3 ", "March", "2026"))
        assert form.is_valid()
        assert form.cleaned_data["it"] == date(2026, 3, 3)

    def test_nothing_typed_is_no_answer(self):
        assert asked(DateField(label="First seen", required=False), **typed_date("", "", "")).is_valid()
        assert said(DateField(label="First seen"), **typed_date("", "", "")) == "‘First seen’ needs an answer"
        assert said(DateField(missing="Enter the day"), **typed_date("", "", "")) == "Enter the day"

    @pytest.mark.parametrize(
        ("typed", "message", "wrong"),
        [
            (("3", "", "2026"), "‘First seen’ must include a month", {"month"}),
            (("", "", "2026"), "‘First seen’ must include a day and a month", {"day", "month"}),
            (("31", "2", "2026"), "‘First seen’ must be a real date, like 27 3 1981", {"day", "month", "year"}),
            (("3", "13", "2026"), "‘First seen’: the month must be a number from 1 to 12, or its name", {"month"}),
            (("3", "3", "26"), "‘First seen’: the year must have 4 numbers, like 1981", {"year"}),
            (("3", "3", "0026"), "‘First seen’: check the year", {"year"}),
            (("31", "12", "9999"), "‘First seen’: check the year", {"year"}),
            (("third", "3", "2026"), "‘First seen’: the day must be a number from 1 to 31", {"day"}),
            (("٣", "3", "2026"), "‘First seen’: the day must be a number from 1 to 31", {"day"}),
        ],
    )
    def test_what_is_wrong_is_named_with_its_box(self, typed, message, wrong):
        form = asked(DateField(label="First seen"), **typed_date(*typed))
        assert error(form) == message
        from carehub.templatetags.form_tags import date_parts

        assert {part["id"].rsplit("_")[-1] for part in date_parts(form["it"]) if part["wrong"]} == wrong

    def test_nothing_typed_is_lost(self):
        page = str(asked(DateField(label="First seen"), **typed_date("31", "feb", "<script>"))["it"])
        from carehub.templatetags.form_tags import date_parts

        form = asked(DateField(label="First seen"), **typed_date("31", "feb", "<script>"))
        assert [part["value"] for part in date_parts(form["it"])] == ["31", "feb", "<script>"]
        assert "<script>" not in page

    def test_limits_are_of_the_day_in_london(self):
        today = clock.today()
        tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)
        parts = typed_date(str(tomorrow.day), str(tomorrow.month), str(tomorrow.year))
        assert said(BirthDateField(), **parts) == "‘Date of birth’ must be today or in the past"
        assert asked(DateField(earliest="today"), **parts).is_valid()
        parts = typed_date(str(yesterday.day), str(yesterday.month), str(yesterday.year))
        assert said(DateField(label="Next review", earliest="today"), **parts) == "‘Next review’ must be today or in the future"
        assert said(DateField(label="X", latest=date(2020, 3, 3)), **typed_date("4", "3", "2020")) == "‘X’ must be 3 March 2020 or earlier"
        assert said(BirthDateField(), **typed_date("1", "1", "1899")) == "‘Date of birth’ must be 1 January 1900 or later"

    def test_it_knows_whether_it_changed(self):
        field = DateField()
        assert not field.has_changed(date(2026, 3, 3), ["3", "3", "2026"])
        assert not field.has_changed(None, ["", "", ""])
        assert field.has_changed(date(2026, 3, 3), ["4", "3", "2026"])
        assert field.has_changed(date(2026, 3, 3), ["", "3", "2026"])


class TestChoices:
    def test_yes_no_and_left_open(self):
        assert asked(YesNo(), it="yes").is_valid()
        form = asked(YesNo(required=False), it="")
        assert form.is_valid()
        assert form.cleaned_data["it"] is None
        assert asked(YesNo(), it="no").fields["it"].clean("no") is False
        assert said(YesNo(missing="Say yes or no")) == "Say yes or no"

    def test_an_answer_that_was_not_offered_is_refused_in_plain_words(self):
        assert said(OneOf([("a", "A")], label="Source"), it="b") == "‘Source’: choose one of the answers given"
        assert said(OneFromList([("a", "A")], label="Source"), it="b") == "‘Source’: choose one of the answers given"
        assert said(Several([("a", "A")], label="Contact"), it=["a", "b"]) == "‘Contact’: choose one of the answers given"

    def test_hints_and_further_questions_belong_to_their_answer(self):
        field = OneOf([("now", "Now", "In the last 28 days"), ("never", "Never")], shows={"now": ["where"]})
        assert field.hints == {"now": "In the last 28 days"}
        assert field.choices == [("now", "Now"), ("never", "Never")]
        assert field.shows == {"now": ("where",)}


class TestText:
    def test_too_long_says_how_long(self):
        assert said(Text(label="Name", max_length=5), it="longer") == "‘Name’ must be 5 characters or fewer"

    def test_a_per_cent_sign_in_a_question_is_only_that(self):
        assert said(Text(label="100% sure?"), it="") == "‘100% sure?’ needs an answer"
        assert said(Text(label="100% sure?", max_length=2), it="yes") == "‘100% sure?’ must be 2 characters or fewer"
        assert said(OneOf([("a", "A")], label="100%s?"), it="b") == "‘100%s?’: choose one of the answers given"

    def test_line_ends_are_the_same_from_every_browser(self):
        form = asked(LongText(), it="one\r\ntwo\rthree")
        assert form.is_valid()
        assert form.cleaned_data["it"] == "one\ntwo\nthree"


class TestDrawing:
    @pytest.mark.parametrize("path", ["", "M10 20L30 40", "M1 2L3 4L5 6M7 8L9 10"])
    def test_a_path_of_whole_numbers(self, path):
        assert asked(DrawingField(), it=path).is_valid()

    @pytest.mark.parametrize(
        "path", ["M1 2L3", "<svg onload=alert(1)>", 'M1 2"/><script>', "L1 2", "M1 2L3 4z", "M1 2L١ ٢", "M1 2" * 20000]
    )
    def test_nothing_else(self, path):
        assert not asked(DrawingField(), it=path).is_valid()


class Goal(CareHubForm):
    words = Text(label="Goal")
    by = DateField(label="By when?", required=False)


Goals = rows_of(Goal, extra=1, most=3)


def rows(**typed):
    return Goals({"goals-TOTAL_FORMS": "1", "goals-INITIAL_FORMS": "0", **typed}, prefix="goals")


class TestRows:
    def test_asking_for_a_row_keeps_what_is_typed_and_finds_nothing_wrong(self):
        formset = rows(**{"goals-0-words": "A flat", "goals-0-by_day": "x", "goals-more": "1"})
        assert formset.more_wanted
        more = formset.with_one_more()
        assert len(more.forms) == 2
        assert more.forms[0]["words"].value() == "A flat"
        assert not any(field.errors for form in more.forms for field in form)

    def test_there_is_an_end_to_it(self):
        formset = rows(**{"goals-TOTAL_FORMS": "3", "goals-more": "1"})
        assert len(formset.with_one_more().forms) == 3

    def test_removed_and_empty_rows_do_not_count(self):
        formset = rows(**{"goals-TOTAL_FORMS": "3", "goals-0-words": "A flat", "goals-1-words": "Gone", "goals-1-DELETE": "on"})
        assert formset.is_valid()
        assert [row["words"] for row in formset.filled] == ["A flat"]

    def test_without_its_own_count_it_does_not_fall_over(self):
        formset = Goals({"goals-more": "1"}, prefix="goals")
        assert formset.more_wanted
        assert len(formset.with_one_more().forms) == 1
