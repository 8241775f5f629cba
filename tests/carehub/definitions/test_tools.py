"""The tools that come with CareHub: every band at both of its edges, what has no score, what is skipped, and who says so."""

from collections.abc import Iterator

import pytest

from carehub.definitions.answers import Answers, complete, missing
from carehub.definitions.catalogue import Catalogue, folders
from carehub.definitions.conditions import shown
from carehub.definitions.findings import proposed
from carehub.definitions.following import Band
from carehub.definitions.schema import Form
from carehub.definitions.scores import ScoreResult, of

SHIPPED = Catalogue.load(folders())
TOOLS = {form.name: form for form in SHIPPED.forms("tool")}
#: SDS: which substance has which bands.
SUBSTANCES = {
    "7000": 3, "5000": 3, "3200": 3, "3201": 3, "3100": 5, "2200": 7, "1011": 5, "1105": 5, "1000": 5,
}  # fmt: skip


#: Tools that ask the same have the same ids: an answer given in one is shown beside the question in the next.
PREFIXES = {"audit": "audit", "audit-c": "audit", "fast": "audit", "sds": "sds", "phq-9": "phq", "gad-7": "gad"}


def full(form: Form, name: str) -> str:
    return name if form.has(name) else f"{PREFIXES[form.name]}-{name}"


def answered(form: Form, points: dict[str, int], **others: str) -> Answers:
    """Those answers to the questions of the score that count so many points. Ids with or without the tool's prefix."""
    found: Answers = {full(form, name): {"value": value} for name, value in others.items()}
    for name, count in ((full(form, name), count) for name, count in points.items()):
        found[name] = {"value": next(choice.value for choice in form.question(name).choices if choice.points == count)}
    return found


def adding_up_to(form: Form, total: int) -> dict[str, int]:
    """As many points as each question has, from the first on, until the total is reached."""
    left, found = total, {}
    for name in form.scores[0].questions:
        found[name] = max(count for choice in form.question(name).choices if (count := choice.points) is not None and count <= left)
        left -= found[name]
    assert left == 0, f"{form.name} cannot come to {total}"
    return found


def scored(form: Form, points: dict[str, int], **others: str) -> ScoreResult:
    (found,) = of(form, answered(form, points, **others))
    return found


def edges(form: Form) -> Iterator[tuple[int, Band]]:
    """(a value at the edge of a band, the band it lies in): of each band the first value and the last."""
    for band in form.scores[0].bands:
        yield band.least, band
        yield band.most, band


def test_the_six_tools_are_there() -> None:
    assert set(TOOLS) == {"audit", "audit-c", "fast", "sds", "phq-9", "gad-7"}
    assert {form.name: (form.scores[0].least, form.scores[0].most, len(form.scores[0].questions)) for form in TOOLS.values()} == {
        "audit": (0, 40, 10),
        "audit-c": (0, 12, 3),
        "fast": (0, 16, 4),
        "sds": (0, 15, 5),
        "phq-9": (0, 27, 9),
        "gad-7": (0, 21, 7),
    }


@pytest.mark.parametrize("form", TOOLS.values(), ids=TOOLS)
def test_every_tool_says_who_says_so_and_what_it_may_be_used_for(form: Form) -> None:
    assert form.licence
    assert form.source
    for score in form.scores:
        assert score.source
        assert score.bands
        assert all(band.source for band in score.bands)
    assert all(trigger.source for trigger in form.triggers)


@pytest.mark.parametrize("form", TOOLS.values(), ids=TOOLS)
def test_only_what_is_in_the_public_domain_stands_in_its_own_words(form: Form) -> None:
    assert form.words_are_ours is (form.name not in ("phq-9", "gad-7"))
    if not form.words_are_ours:
        assert form.licence.startswith("In the public domain")


@pytest.mark.parametrize("name", ["audit", "audit-c"])
def test_what_has_not_been_confirmed_is_called_local(name: str) -> None:
    assert {band.source for band in TOOLS[name].scores[0].bands} == {"local"}
    assert all(trigger.source == "local" for trigger in TOOLS[name].triggers)


@pytest.mark.parametrize("form", TOOLS.values(), ids=TOOLS)
def test_a_tool_asks_nothing_that_cannot_be_declined(form: Form) -> None:
    assert all(question.mandatory and question.short and "declined" in question.not_answers for question in form.questions)


@pytest.mark.parametrize("form", TOOLS.values(), ids=TOOLS)
def test_a_tool_measures_now(form: Form) -> None:
    """'Still true' is no measurement; what is not asked again says so."""
    assert {question.re_ask for question in form.questions} == {"always"}


@pytest.mark.parametrize(
    ("form", "value", "band"),
    [(form, *edge) for form in TOOLS.values() if form.name not in ("fast", "sds") for edge in edges(form)],
    ids=lambda thing: thing.name if isinstance(thing, Form) else getattr(thing, "text", str(thing)),
)
def test_both_edges_of_every_band(form: Form, value: int, band: Band) -> None:
    found = scored(form, adding_up_to(form, value))
    assert (found.value, found.band, found.lacking) == (value, band, ())


#: (tool, the first value of each band): what the reference says.
BANDS = {
    "audit": [(0, "Lower risk"), (8, "Increasing risk"), (16, "Higher risk"), (20, "Possible dependence")],
    "audit-c": [(0, "Lower risk"), (5, "Increasing risk"), (8, "Higher risk"), (11, "Possible dependence")],
    "fast": [(0, "Negative"), (3, "Positive: hazardous drinking")],
    "phq-9": [(0, "None or minimal"), (5, "Mild"), (10, "Moderate"), (15, "Moderately severe"), (20, "Severe")],
    "gad-7": [(0, "None or minimal"), (5, "Mild"), (10, "Moderate"), (15, "Severe")],
}


@pytest.mark.parametrize("name", BANDS)
def test_the_bands_begin_where_they_must(name: str) -> None:
    assert [(band.least, band.text) for band in TOOLS[name].scores[0].bands] == BANDS[name]


@pytest.mark.parametrize("form", [form for form in TOOLS.values() if form.name != "fast"], ids=lambda form: form.name)
def test_all_lowest_and_all_highest(form: Form) -> None:
    score = form.scores[0]
    points = {name: [choice.points or 0 for choice in form.question(name).choices] for name in score.questions}
    assert scored(form, {name: min(counts) for name, counts in points.items()}).value == score.least == 0
    assert scored(form, {name: max(counts) for name, counts in points.items()}).value == score.most


@pytest.mark.parametrize(
    ("form", "declined"),
    [(form, name) for form in TOOLS.values() for name in form.scores[0].questions],
    ids=lambda one: getattr(one, "name", one),
)
@pytest.mark.parametrize("none", ["declined", "not-known", "not-asked"])
def test_one_without_an_answer_and_there_is_no_score(form: Form, declined: str, none: str) -> None:
    points = {name: sorted(choice.points or 0 for choice in form.question(name).choices)[1] for name in form.scores[0].questions}
    answers = answered(form, points) if form.name != "sds" else answered(form, points, substance="7000")
    answers[declined] = {"none": none}
    (found,) = of(form, answers)
    assert (found.value, found.band) == (None, None)
    assert [(each.question.id, each.none) for each in found.lacking] == [(declined, none)]


# --- AUDIT ----------------------------------------------------------------------------------------------------------

LAST_TWO = ["injury", "concern"]


def asked(form: Form, answers: Answers) -> list[str]:
    """Without the tool's prefix."""
    return [question.id.removeprefix(f"{PREFIXES[form.name]}-") for question in form.questions if shown(form, question, answers)]


def test_whoever_never_drinks_is_asked_the_last_two() -> None:
    audit = TOOLS["audit"]
    answers = answered(audit, {"how-often": 0, "injury": 0, "concern": 4})
    assert asked(audit, answers) == ["how-often", *LAST_TWO]
    assert len(complete(audit, answers)) == 3
    (found,) = of(audit, answers)
    assert found.value == 4


def test_whoever_drinks_little_is_asked_the_last_two() -> None:
    audit = TOOLS["audit"]
    answers = answered(audit, {"how-often": 2, "how-many": 0, "binge": 0, "injury": 2, "concern": 0})
    assert asked(audit, answers) == ["how-often", "how-many", "binge", *LAST_TWO]
    (found,) = of(audit, answers)
    assert found.value == 4


@pytest.mark.parametrize(("many", "binge"), [(1, 0), (0, 1), (4, 4)])
def test_whoever_drinks_more_is_asked_everything(many: int, binge: int) -> None:
    audit = TOOLS["audit"]
    answers = answered(audit, {"how-often": 1, "how-many": many, "binge": binge})
    assert len(asked(audit, answers)) == 10
    assert len(missing(audit, answers)) == 7


@pytest.mark.parametrize("declined", ["how-many", "binge"])
def test_who_does_not_say_how_much_is_asked_everything(declined: str) -> None:
    audit = TOOLS["audit"]
    answers = answered(audit, {"how-often": 1, "how-many": 0, "binge": 0})
    answers[full(audit, declined)] = {"none": "declined"}
    assert len(asked(audit, answers)) == 10


def triggers(form: Form, answers: Answers) -> set[str]:
    return {finding.trigger.id for finding in proposed(form, answers)}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        *[("audit", value, set[str]()) for value in (0, 7)],
        *[("audit", value, {"brief-advice"}) for value in (8, 19)],
        *[("audit", value, {"brief-advice", "alcohol-dependence"}) for value in (20, 40)],
        *[("audit-c", value, set[str]()) for value in (0, 4)],
        *[("audit-c", value, {"full-audit"}) for value in (5, 10)],
        *[("audit-c", value, {"full-audit", "alcohol-dependence"}) for value in (11, 12)],
        *[("phq-9", value, {"depression"}) for value in (10, 24)],
        *[("phq-9", value, set[str]()) for value in (0, 9)],
        *[("gad-7", value, {"anxiety"}) for value in (10, 21)],
        *[("gad-7", value, set[str]()) for value in (0, 9)],
    ],
)
def test_what_a_score_proposes(name: str, value: int, expected: set[str]) -> None:
    form = TOOLS[name]
    assert triggers(form, answered(form, adding_up_to(form, value))) == expected


@pytest.mark.parametrize("name", ["audit", "audit-c", "sds"])
def test_dependence_on_alcohol_is_seen_by_a_doctor_today_and_not_stopped_suddenly(name: str) -> None:
    (trigger,) = [one for one in TOOLS[name].triggers if one.id == "alcohol-dependence"]
    assert "medical assessment" in trigger.text
    assert "not to stop drinking suddenly" in trigger.text
    assert trigger.same_day


# --- FAST -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "value", "band"),
    [
        ({"binge": 0, "memory": 0, "failed": 0, "concern": 0}, 0, "Negative"),
        ({"binge": 2, "memory": 0, "failed": 0, "concern": 0}, 2, "Negative"),
        ({"binge": 0, "memory": 0, "failed": 0, "concern": 2}, 2, "Negative"),
        ({"binge": 1, "memory": 1, "failed": 1, "concern": 0}, 3, "Positive: hazardous drinking"),
        ({"binge": 2, "memory": 4, "failed": 4, "concern": 4}, 14, "Positive: hazardous drinking"),
        # The stage rule: positive at once.
        ({"binge": 3}, 3, "Positive: hazardous drinking"),
        ({"binge": 4}, 4, "Positive: hazardous drinking"),
    ],
)
def test_fast_at_its_edges(points: dict[str, int], value: int, band: str) -> None:
    found = scored(TOOLS["fast"], points)
    assert found.band
    assert (found.value, found.band.text) == (value, band)


@pytest.mark.parametrize(("binge", "count"), [(0, 4), (1, 4), (2, 4), (3, 1), (4, 1)])
def test_fast_stops_at_once_for_who_drinks_much_every_week(binge: int, count: int) -> None:
    fast = TOOLS["fast"]
    assert len(asked(fast, answered(fast, {"binge": binge}))) == count


# --- SDS ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("substance", "value", "text"),
    [
        (substance, value, text)
        for substance, mark in SUBSTANCES.items()
        for value, text in (
            (0, "Below the mark of dependence"),
            (mark - 1, "Below the mark of dependence"),
            (mark, "Dependence is likely"),
            (15, "Dependence is likely"),
        )
    ],
)
def test_each_substance_has_marks_of_its_own(substance: str, value: int, text: str) -> None:
    sds = TOOLS["sds"]
    found = scored(sds, adding_up_to(sds, value), substance=substance)
    assert found.band
    assert (found.value, found.band.text, bool(found.band.source)) == (value, text, True)


def test_a_substance_without_a_study_has_a_score_and_no_meaning() -> None:
    sds = TOOLS["sds"]
    without = [choice.value for choice in sds.question("sds-substance").choices if choice.value not in SUBSTANCES]
    assert "4000" in without
    for substance in without:
        found = scored(sds, adding_up_to(sds, 15), substance=substance)
        assert (found.value, found.band) == (15, None)


def test_without_its_substance_a_score_means_nothing() -> None:
    sds = TOOLS["sds"]
    assert scored(sds, adding_up_to(sds, 15)).band is None


@pytest.mark.parametrize(("substance", "mark", "expected"), [("7000", 3, "alcohol-dependence"), ("2200", 7, "benzodiazepines")])
def test_what_must_not_be_stopped_suddenly(substance: str, mark: int, expected: str) -> None:
    sds = TOOLS["sds"]
    assert triggers(sds, answered(sds, adding_up_to(sds, mark), substance=substance)) == {expected}
    assert triggers(sds, answered(sds, adding_up_to(sds, mark - 1), substance=substance)) == set()
    assert triggers(sds, answered(sds, adding_up_to(sds, 15), substance="5000")) == set()


# --- PHQ-9 and GAD-7 ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("points", [1, 2, 3])
def test_the_ninth_question_asks_for_suicide_to_be_asked_about_now(points: int) -> None:
    """Whatever the score, and where there is none."""
    phq = TOOLS["phq-9"]
    assert triggers(phq, answered(phq, {"better-off-dead": points})) == {"suicide-now"}
    (trigger,) = [one for one in phq.triggers if one.id == "suicide-now"]
    assert (trigger.same_day, trigger.countersign, trigger.tell) == (True, True, "manager")


def test_the_ninth_question_at_0_asks_for_nothing() -> None:
    phq = TOOLS["phq-9"]
    assert triggers(phq, answered(phq, {"better-off-dead": 0})) == set()


def test_the_last_question_of_phq_9_is_for_who_has_a_problem_and_counts_nothing() -> None:
    phq = TOOLS["phq-9"]
    none, one = answered(phq, adding_up_to(phq, 0)), answered(phq, adding_up_to(phq, 1), difficulty="extremely")
    assert "difficulty" not in asked(phq, none)
    assert "difficulty" in asked(phq, one)
    (found,) = of(phq, one)
    assert found.value == 1


@pytest.mark.parametrize("name", ["phq-9", "gad-7"])
def test_the_first_answer_reads_not_at_all(name: str) -> None:
    form = TOOLS[name]
    for question in form.scores[0].questions:
        assert [choice.text for choice in form.question(question).choices] == [
            *("Not at all", "Several days", "More than half the days", "Nearly every day"),
        ]
