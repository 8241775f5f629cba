"""A partnership's own questions laid over a form: what comes out is a form like any other, and no safety question is lost."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from carehub.definitions import edition_rules as rules
from carehub.definitions.answers import complete, not_answers_of
from carehub.definitions.catalogue import Catalogue, catalogue
from carehub.definitions.edition import KINDS, Edition, LocalQuestion, LocalSection, OnlyIf, Rewording, base_id, new_id, new_section_id
from carehub.definitions.edition_forward import cannot_change, carry_over, differences
from carehub.definitions.edition_rules import MOST_QUESTIONS, Wrong, must_stay
from carehub.definitions.editions import compose, lay_over
from carehub.definitions.errors import DefinitionError
from carehub.definitions.fields import build
from carehub.definitions.fingerprint import fingerprint
from carehub.definitions.schema import Form
from carehub.definitions.show import blank
from carehub.definitions.typed import none_name, read
from tests.carehub.definitions.strategies import LINE
from tests.carehub.definitions.writing import SHIPPED, choices, form_of, load, question

EXPECTED = [code.value for code in Catalogue.load([settings.BASE_DIR / "clients/definitions/codes"]).codes("expectations").codes]
GROUP = """
[[section.group]]
id = "child"
title = "Child"
most = 3
first = "Is there a child?"
another = "Is there another child?"

[[section.group.question]]
id = "child-name"
text = "What is the child called?"
kind = "text"

[[section.group.question]]
id = "child-home"
text = "Does the child live with you?"
kind = "yes-no"
"""


def own(name: str = "teeth", kind: str = "yes-no", **more: object) -> LocalQuestion:
    said = {"section": "one", "text": f"What about {name}?"} | ({"choices": ("Good", "Bad")} if kind in ("one-of", "many-of") else {})
    return LocalQuestion(f"local-{name}", kind=kind, **said | more)  # type: ignore[arg-type]


def lay(form: Form, edition: Edition, elsewhere: frozenset[str] = frozenset()) -> Form:
    return lay_over(form, edition, words=Catalogue.load(SHIPPED).words(), elsewhere=elsewhere)


def refused(form: Form, edition: Edition, elsewhere: frozenset[str] = frozenset()) -> Wrong:
    with pytest.raises(Wrong) as caught:
        lay(form, edition, elsewhere)
    assert caught.value.sentence[0].isupper() or caught.value.sentence[0] == "‘"
    return caught.value


@pytest.fixture
def form(tmp_path: Path) -> Form:
    return form_of(tmp_path, question("first") + question("second", "many-of", choices=choices("a", "b")) + question("third", "text"))


# --- What comes out -----------------------------------------------------------------------------------------------------


def test_without_changes_it_is_the_form_itself(form):
    assert lay(form, Edition()) == form
    assert fingerprint(lay(form, Edition())) == fingerprint(form)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_asked_and_answered(form, kind):
    limits = {"least": 0, "most": 10, "unit": "a day"} if kind == "number" else {}
    laid = lay(form, Edition().with_question(own(kind=kind, mandatory=True, **limits)))
    asked = laid.question("local-teeth")
    assert (asked.kind, asked.mandatory, laid.section_of("local-teeth").id) == (kind, True, "one")
    typed = {"text": ["x"], "long-text": ["x"], "number": ["0"], "yes-no": ["no"], "one-of": ["Good"], "many-of": ["Good", "Bad"]}
    sent = {"local-teeth": typed[kind]} if kind in typed else dict(zip(_date(), (["1"], ["3"], ["2006"]), strict=True))
    found = read(laid, sent)
    assert not found.problems
    assert "local-teeth" in complete(laid, found.answers)
    assert "What about teeth?" in str(build(laid, section="one").as_p())
    assert "What about teeth?" in [each.text for section in blank(laid) for each in section.questions]


def _date() -> list[str]:
    return [f"local-teeth_{part}" for part in ("day", "month", "year")]


def test_a_section_of_ones_own_stands_at_the_end_once_it_asks_something(form):
    with_section = Edition().with_section(LocalSection("local-mouth", "Your mouth"))
    assert [each.id for each in lay(form, with_section).sections] == ["one"]
    laid = lay(form, with_section.with_question(own(section="local-mouth")))
    assert [(each.id, each.title) for each in laid.sections][1:] == [("local-mouth", "Your mouth")]


def test_what_holds_for_a_section_holds_for_a_question_added_to_it(tmp_path):
    head = 'kind = "form"\nname = "local"\nversion = 1\ntitle = "T"\nlevel = "local"\n[[section]]\nid = "one"\ntitle = "One"\n'
    two = '\n[[section]]\nid = "two"\ntitle = "Two"\nshown_if = { question = "first", is = "yes" }\n'
    form = load(tmp_path, head + question("first") + two + question("second")).form("local")
    waiting = own("b", section="two", only_if=OnlyIf("second", "yes"))
    laid = lay(form, Edition().with_question(own("a", section="two")).with_question(waiting))
    assert laid.question("local-a").shown_if == laid.question("second").shown_if
    assert {leaf.question for leaf in laid.question("local-b").shown_if.leaves()} == {"first", "second"}


def test_only_where_another_question_is_answered_so(form):
    laid = lay(form, Edition().with_question(own(only_if=OnlyIf("first", "yes"))).with_question(own("gums", only_if=OnlyIf("second", "a"))))
    assert (laid.question("local-teeth").shown_if.test, laid.question("local-gums").shown_if.test) == ("is", "includes")


def test_other_words_keep_what_the_question_means(tmp_path):
    form = form_of(tmp_path, question("first", "one-of", choices=choices("a", "b"), expectations=["sharing"], hint="Ours."))
    laid = lay(form, Edition().with_words("first", Rewording("Said here?")))
    before, now = form.question("first"), laid.question("first")
    assert (now.text, now.hint) == ("Said here?", "")
    assert replace(now, text=before.text, hint=before.hint) == before
    assert now.expectations == ("sharing",)


def test_of_a_group_every_entry_is_reworded_and_retired(tmp_path):
    form = form_of(tmp_path, question("first") + GROUP)
    laid = lay(form, Edition().with_words("child-name", Rewording("Their name?")).with_retired("child-home"))
    assert {each.text for each in laid.questions if base_id(each) == "child-name"} == {"Their name?"}
    assert not [each for each in laid.questions if base_id(each) == "child-home"]
    assert "opens the next entry" in refused(form, Edition().with_retired("child-more")).sentence
    assert "only opens" in refused(form, Edition().with_words("child-more", Rewording("Another?"))).sentence


def test_a_question_that_asks_what_best_practice_expects_says_so_and_asks_why_not(form):
    laid = lay(form, Edition().with_question(own(expectations=("sharing",))))
    assert laid.question("local-teeth").expectations == ("sharing",)
    assert not_answers_of(laid, laid.question("local-teeth"))


def test_the_forms_own_limit_is_for_its_own_questions(tmp_path):
    form = form_of(tmp_path, question("first"), "most_questions = 1\n")
    assert len(lay(form, Edition().with_question(own())).questions) == 2
    many = Edition(tuple(own(f"n{number}") for number in range(MOST_QUESTIONS)))
    assert len(lay(form, many).questions) == MOST_QUESTIONS + 1
    assert str(MOST_QUESTIONS) in refused(form, many.with_question(own())).sentence


def test_no_file_takes_the_names_that_are_kept_for_the_browser(tmp_path):
    with pytest.raises(DefinitionError, match=r"line 12: 'local-x': what begins with 'local-' is added in the browser"):
        form_of(tmp_path, question("local-x"))


def test_an_id_is_never_borne_twice():
    assert new_id("triage", "How are your teeth? And your gums?", ()) == "local-triage-how-are-your-teeth-and-y"
    assert new_id("risk", "Zähne", ["local-risk-zahne"]) == "local-risk-zahne-2"
    assert new_id("risk", "你好", ["local-risk-question", "local-risk-question-2"]) == "local-risk-question-3"
    assert new_section_id(["local-1", "local-3"]) == "local-2"
    assert new_id("risk", "Do you have any of these: a dog?", ()) != new_id("triage", "Do you have any of these: a gun?", ())


# --- What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "field", "reason"),
    [
        (own(text=" "), "text", "Enter the question"),
        (own(text="x" * 301), "text", "300 characters or fewer"),
        (own(text="question FIRST"), "text", "asks ‘question FIRST’ already"),
        (own(kind="score-1-5"), "kind", "Choose how"),
        (own(kind="one-of", choices=("One",)), "choices", "two answers or more"),
        (own(kind="one-of", choices=("One", "one ")), "choices", "stands there twice"),
        (own(kind="one-of", choices=("One", "x" * 151)), "choices", "150 characters or fewer"),
        (own(kind="many-of", choices=tuple(f"n{number}" for number in range(31))), "choices", "30 answers or fewer"),
        (own(kind="number", least=5, most=1), "least", "The least, 5, is more than the most, 1"),
        (own(only_if=OnlyIf("local-teeth", "yes")), "only_if", "its own answer"),
        (own(only_if=OnlyIf("frist", "yes")), "only_if", "did you mean ‘Question first?’"),
        (own(only_if=OnlyIf("first", "maybe")), "only_if", "can never hold"),
        (own(only_if=OnlyIf("third", "x")), "only_if", "'is' does not go with kind 'text'"),
        (own(section="two"), "section", "The section that ‘What about teeth?’ stands in is gone."),
        (own(kind="text", unit="mg"), "unit", "'unit' does not go with kind 'text'"),
        (own(expectations=("teeth",)), "expectations", "'teeth' is not known"),
    ],
)
def test_a_question_that_cannot_be_asked(form, made, field, reason):
    wrong = refused(form, Edition().with_question(made))
    assert (wrong.question, wrong.field) == ("local-teeth", field)
    assert reason in wrong.sentence


def test_questions_that_wait_for_each_other_are_named(form):
    edition = Edition().with_question(own("a", only_if=OnlyIf("local-b", "yes"))).with_question(own("b", only_if=OnlyIf("local-a", "yes")))
    wrong = refused(form, edition)
    assert "‘What about a?’ → ‘What about b?’ → ‘What about a?’" in wrong.sentence
    assert wrong.field == "only_if"


@pytest.mark.parametrize("name", ["first", "local-first"])
def test_a_name_that_is_taken(form, name):
    twice = Edition((LocalQuestion(name, "one", "A?", "text"), LocalQuestion(name, "one", "B?", "text")))
    assert "cannot be the name" in refused(form, twice).sentence


def test_other_words_that_cannot_be_asked(form):
    assert refused(form, Edition().with_words("first", Rewording(""))).field == "text"
    assert "not in the form" in refused(form, Edition().with_words("gone", Rewording("Gone?"))).sentence
    assert "already" in refused(form, Edition().with_words("first", Rewording("Question second"))).sentence


def test_sections_that_cannot_be(form):
    assert refused(form, Edition().with_section(LocalSection("local-x", " "))).field == "title"
    assert "already" in refused(form, Edition().with_section(LocalSection("local-x", "ONE"))).sentence
    assert "cannot be the name" in refused(form, Edition().with_section(LocalSection("x", "X"))).sentence


def test_a_section_keeps_a_question(tmp_path):
    form = form_of(tmp_path, question("first"))
    assert "no question left" in refused(form, Edition().with_retired("first")).sentence


# --- What stays ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", EXPECTED)
def test_no_item_of_best_practice_is_taken_out(tmp_path, item):
    assert len(EXPECTED) == 13
    form = form_of(tmp_path, question("first", expectations=[item]) + question("second"))
    assert "Best practice expects this question" in refused(form, Edition().with_retired("first")).sentence
    # Nor by rewording it first, nor where another question asks the same.
    assert refused(form, Edition().with_words("first", Rewording("Other words?")).with_retired("first"))
    assert refused(form, Edition().with_question(own(expectations=(item,))).with_retired("first"))


def test_no_item_and_no_question_about_risk_of_a_shipped_form_is_taken_out():
    tried = 0
    for form in catalogue().forms():
        resting = {leaf.question for rule in form.risks for leaf in rule.when.leaves()}
        for asked in form.questions:
            looks_into = form.section_of(asked.id).assesses or asked.fills or asked.kind == "score-1-5"
            if asked.expectations or asked.raises or asked.national or asked.id in resting or looks_into:
                assert must_stay(form, base_id(asked)), f"{form.name}: {asked.id}"
                refused(form, Edition().with_retired(base_id(asked)))
                tried += 1
    assert tried > 20


RAISES = {"re_ask": "always", "raises": [{"answer": "yes", "area": "suicide", "level": "high", "words": "X"}]}
RISK = """
[[risk]]
area = "suicide"
level = "high"
words = "X"
when = { question = "first", is = "yes" }
"""
TRIGGER = '\n[[trigger]]\nid = "t"\ntext = "Call a doctor."\nwhen = { question = "first", is = "yes" }\n'


@pytest.mark.parametrize(
    ("questions", "reason"),
    [
        (question("first", **RAISES), "can mean a risk"),
        (question("first", re_ask="always") + RISK, "can mean a risk"),
        (question("first", national="PREGNANT"), "National monitoring"),
        (question("first", "one-of", fills="urgency", choices=choices("today", "usual")), "Lists of clients show its answer"),
        (
            question("first", "score-1-5", area="housing", anchors={str(score): "x" for score in range(1, 6)}),
            "The picture of the nine areas",
        ),
        (question("first") + question("third", shown_if={"question": "first", "is": "yes"}), "‘Question third?’ is asked by its answer"),
        (question("first") + TRIGGER, "‘Call a doctor’ is proposed by its answer"),
    ],
)
def test_what_something_rests_on_stays(tmp_path, questions, reason):
    form = form_of(tmp_path, question("second") + questions)
    assert reason in refused(form, Edition().with_retired("first")).sentence
    assert reason in must_stay(form, "first")


def test_a_section_that_looks_into_a_risk_stays_whole_and_what_is_added_to_it_does_not(tmp_path):
    more = '\n[[section]]\nid = "two"\ntitle = "Two"\nassesses = ["suicide"]\n'
    form = form_of(tmp_path, question("other") + more + question("first") + question("second"))
    assert "looks into a risk in full" in refused(form, Edition().with_retired("first")).sentence
    added = Edition().with_question(own(section="two"))
    assert must_stay(lay(form, added), "local-teeth") == ""


def test_what_a_score_adds_up_stays(tmp_path):
    points = [{"value": "a", "text": "A", "points": 0}, {"value": "b", "text": "B", "points": 1}]
    score = '\n[[score]]\nid = "s"\ntitle = "The sum"\nquestions = ["first"]\nleast = 0\nmost = 1\nsource = "local"\n'
    form = form_of(tmp_path, question("second") + question("first", "one-of", choices=points) + score)
    assert "It counts in ‘The sum’" in refused(form, Edition().with_retired("first")).sentence
    # Nor is it reworded: its bands were found with its words. Where those are ours in place of the instrument's, it is.
    words = Edition().with_words("first", Rewording("Mine?"))
    assert "was tried with these words" in refused(form, words).sentence
    assert lay(replace(form, words_are_ours=True), words).question("first").text == "Mine?"


def test_what_the_care_plan_looks_at_stays(form):
    assert "proposed for the care plan" in refused(form, Edition().with_retired("first"), frozenset({"first"})).sentence
    assert "main-drug" in catalogue().rests_on("triage")


def test_what_nothing_rests_on_any_more_can_go(tmp_path):
    form = form_of(tmp_path, question("a") + question("b", shown_if={"question": "a", "is": "yes"}) + question("c"))
    assert refused(form, Edition().with_retired("a"))
    assert [each.id for each in lay(form, Edition().with_retired("a").with_retired("b")).questions] == ["c"]


def test_a_local_question_that_another_waits_for_stays(form):
    edition = Edition().with_question(own("a")).with_question(own("b", only_if=OnlyIf("local-a", "yes")))
    assert "‘What about b?’ is asked by its answer" in refused(form, edition.with_retired("local-a")).sentence
    assert lay(form, edition.with_retired("local-b").with_retired("local-a"))


def test_an_answer_given_in_private_stays_private():
    asked = own(third_party=True)
    assert cannot_change(asked, replace(asked, third_party=False))[0] == "third_party"
    assert cannot_change(asked, replace(asked, kind="text"))[0] == "kind"
    assert cannot_change(asked, replace(asked, text="Other words?", mandatory=True)) is None


# --- Any sequence of changes ------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["local-a", "local-b", "local-c", "local-d"])


@st.composite
def changes(draw: st.DrawFn, form: Form) -> Edition:
    """Whatever somebody might try; what is refused leaves the edition as it was."""
    edition = Edition()
    ids = sorted({base_id(each) for each in form.questions})
    for _ in range(draw(st.integers(1, 8))):
        how = draw(st.sampled_from(["question", "question", "section", "words", "retire", "again", "out"]))
        if how == "question":
            tried = edition.with_question(draw(local_questions(form, edition)))
        elif how == "section":
            tried = edition.with_section(LocalSection(draw(st.sampled_from(["local-s", "local-t"])), draw(LINE)))
        elif how == "words":
            tried = edition.with_words(draw(st.sampled_from(ids)), draw(st.none() | st.builds(Rewording, LINE, LINE | st.just(""))))
        elif how == "retire":
            tried = edition.with_retired(draw(st.sampled_from(ids) | NAMES))
        elif how == "again":
            tried = edition.without_retired(draw(st.sampled_from(ids) | NAMES))
        else:
            tried = edition.without_question(draw(NAMES))
        try:
            lay_over(form, tried, words=catalogue().words(), elsewhere=catalogue().rests_on(form.name))
        except Wrong:
            continue
        else:
            edition = tried
    return edition


@st.composite
def local_questions(draw: st.DrawFn, form: Form, edition: Edition) -> LocalQuestion:
    kind = draw(st.sampled_from(KINDS))
    least = draw(st.none() | st.integers(0, 9)) if kind == "number" else None
    asked = [each for each in form.questions if each.choices and not each.group]
    waits = draw(st.none() | st.sampled_from(asked))
    only_if = OnlyIf(waits.id, draw(st.sampled_from(waits.choices)).value) if waits else None
    local = draw(st.none() | NAMES.map(lambda name: OnlyIf(name, "yes")))
    return LocalQuestion(
        draw(NAMES),
        draw(st.sampled_from([*(each.id for each in form.sections), "local-s", "nowhere"])),
        draw(LINE),
        kind,
        hint=draw(LINE | st.just("")),
        choices=tuple(draw(st.lists(LINE, max_size=4))) if kind in ("one-of", "many-of") else (),
        last_alone=draw(st.booleans()),
        mandatory=draw(st.booleans()),
        third_party=draw(st.booleans()),
        expectations=tuple(draw(st.sets(st.sampled_from(EXPECTED), max_size=2))),
        least=least,
        most=draw(st.none() | st.integers(5, 20)) if kind == "number" else None,
        only_if=local or only_if,
    )


@hypothesis_settings(max_examples=60)
@given(st.data())
def test_any_sequence_of_changes_loads_and_round_trips(data: st.DataObject):
    form = catalogue().form("triage")
    edition = data.draw(changes(form))
    assert Edition.from_json(json.loads(json.dumps(edition.as_json()))) == edition
    laid = lay_over(form, edition, words=catalogue().words(), elsewhere=catalogue().rests_on("triage"), number=3)
    assert laid == compose(form, edition, words=catalogue().words(), number=3)
    assert laid.edition == 3
    # Nothing that safety rests on is gone or means something else.
    assert {item for each in form.questions for item in each.expectations} <= {
        item for each in laid.questions for item in each.expectations
    }
    for asked in form.questions:
        if asked.raises or asked.expectations or asked.national:
            now = laid.question(asked.id)
            assert replace(now, text=asked.text, hint=asked.hint) == asked
    assert (laid.triggers, laid.risks, laid.scores) == (form.triggers, form.risks, form.scores)
    # It is shown, printed, answered with 'not known' and completed like any other.
    assert blank(laid)
    assert build(laid, section=laid.sections[-1].id).fields
    typed = {none_name(each): [_not_known(laid, each)] for each in laid.questions if each.not_answers}
    typed |= {each.id: [each.choices[0].value] for each in laid.questions if not each.not_answers}
    assert complete(laid, read(laid, typed).answers) is not None
    assert carry_over(form, edition, form, words=catalogue().words(), elsewhere=catalogue().rests_on("triage")).left_out == ()
    assert bool(differences(form, Edition(), edition)) == (
        fingerprint(replace(laid, edition=0, most_questions=form.most_questions)) != fingerprint(form)
    )


def _not_known(form: Form, question) -> str:
    none, why, _words = not_answers_of(form, question)[0]
    return f"{none}/{why}" if why else none


# --- From edition to edition, from version to version ---------------------------------------------------------------------


def test_what_changes_is_said_in_sentences(form):
    before = Edition().with_question(own("a")).with_question(own("b")).with_words("first", Rewording("Here?"))
    after = (
        before.with_question(own("a", mandatory=True, hint="Look."))
        .with_retired("local-b")
        .with_retired("third")
        .with_words("first", None)
        .with_words("second", Rewording("Question second?", "With a hint."))
        .with_question(own("c", kind="date"))
    )
    assert differences(form, before, after) == [
        "Changed: ‘What about a?’ (its hint, whether it is a key question).",
        "New in ‘One’: ‘What about c?’ (a date).",
        "Not asked any more: ‘What about b?’.",
        "‘Here?’ is asked as ‘Question first?’.",
        "‘Question second?’ has another hint.",
        "Not asked any more: ‘Question third?’.",
    ]
    assert "Asked again: ‘Question third?’." in differences(form, after, before)


def test_a_new_version_takes_over_what_fits_and_says_what_does_not(tmp_path):
    old = form_of(tmp_path, question("first") + question("second") + question("third") + question("fourth"))
    edition = (
        Edition()
        .with_section(LocalSection("local-mouth", "Your mouth"))
        .with_question(own("b", section="local-mouth", only_if=OnlyIf("local-a", "yes")))
        .with_question(own("a", only_if=OnlyIf("first", "yes")))
        .with_question(own("gone", only_if=OnlyIf("third", "yes")))
        .with_question(own("off"))
        .with_retired("local-off")
        .with_words("first", Rewording("Mine?"))
        .with_words("second", Rewording("Mine too?"))
        .with_words("third", Rewording("Mine no more?"))
        .with_retired("fourth")
    )
    lay(old, edition)
    new = form_of(
        tmp_path,
        question("first") + question("second").replace("Question second?", "Other words?") + question("fourth", expectations=["sharing"]),
    )
    carried = carry_over(old, edition, replace(new, version=2), words=Catalogue.load(SHIPPED).words())
    assert [each.id for each in carried.edition.questions] == ["local-b", "local-a", "local-off"]
    assert carried.edition.retired == {"local-off"}
    assert set(carried.edition.reworded) == {"first"}
    assert len(carried.left_out) == 4
    assert [sentence.split(":")[0] for sentence in carried.left_out] == [
        "‘Question fourth?’ is asked again",
        "Your question ‘What about gone?’",
        "Your words ‘Mine too?’",
        "Your words ‘Mine no more?’",
    ]
    lay(new, carried.edition)


def test_the_rules_name_no_question_twice(form):
    assert rules.in_names("'first' is not known; 'else' neither.", form) == "‘Question first?’ is not known; 'else' neither."
