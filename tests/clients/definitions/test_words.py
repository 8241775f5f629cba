"""How the forms speak: to somebody who is tired, ashamed or withdrawing, and never about them as if they were not there."""

import re

import pytest

from carehub.definitions.schema import Form
from tests.clients.definitions.shipped import FORMS, form, written

#: Words that blame, belittle, or make a person their illness.
NEVER = (
    "addict",
    "junkie",
    "alcoholic",
    "abuser",
    "misus",
    "drug abuse",
    "substance abuse",
    "clean and sober",
    "dirty",
    "denial",
    "manipulat",
    "non-complian",
    "noncomplian",
    "uncooperative",
    "attention-seeking",
    "self-inflicted",
    "fault",
    "admit",
    "failed",
    "prostitut",
    "mentally ill",
    "committed suicide",
    "commit suicide",
)
#: Words that nobody who is ill wants to look up.
HARD = ("regarding", "prior to", "utilis", "currently", "ascertain", "commenc", "with respect to", "psychosocial", "poly")


def all_words(asked: Form) -> list[str]:
    found = [asked.title, asked.about]
    for section in asked.sections:
        found += [section.title, section.intro]
    for question in asked.questions:
        found += [question.text, question.short, question.hint, *question.anchors]
        found += [words for choice in question.choices for words in (choice.text, choice.hint)]
        found += [raised.words for raised in question.raises]
    found += [trigger.text for trigger in asked.triggers] + [check.text for check in asked.checks]
    return [words for words in (*found, *(rule.words for rule in asked.risks)) if words]


def read_out(asked: Form) -> list[str]:
    """What the client hears: introductions and questions, but not those for the worker."""
    said = [section.intro for section in asked.sections if section.intro]
    return said + [question.text for question in written(asked) if not question.for_worker]


def sentences(said: list[str]) -> list[list[str]]:
    """Each as its words. A colon or a semicolon is a breath too."""
    parts = [part for text in said for part in re.split(r"(?<=[.?!:;])\s+", text)]
    return [re.findall(r"[\w'-]+", part) for part in parts if re.search(r"\w", part)]


@pytest.mark.parametrize("name", FORMS)
def test_no_word_blames(name: str) -> None:
    for words in all_words(form(name)):
        for never in NEVER:
            assert never not in words.lower(), words


@pytest.mark.parametrize("name", FORMS)
def test_it_can_be_read_out(name: str) -> None:
    """Measured: the average sentence that is read out has 8.6 to 9.6 words, the longest 29 (what a prescriber has explained).

    Refused: an average above 12, a sentence above 30, an average word above 4.6 letters.
    """
    said = sentences(read_out(form(name)))
    lengths = [len(words) for words in said]
    letters = [len(word) for words in said for word in words]
    longest = max(said, key=len)
    assert sum(lengths) / len(lengths) <= 12
    assert len(longest) <= 30, " ".join(longest)
    assert sum(letters) / len(letters) <= 4.6


@pytest.mark.parametrize("name", FORMS)
def test_no_officialese_is_read_out(name: str) -> None:
    for words in read_out(form(name)):
        for hard in HARD:
            assert hard not in words.lower(), words


@pytest.mark.parametrize("name", FORMS)
def test_the_client_is_spoken_to_and_the_worker_is_told(name: str) -> None:
    for question in written(form(name)):
        assert question.for_worker or "the client" not in question.text, question.text


@pytest.mark.parametrize("name", FORMS)
def test_each_question_has_a_short_name_of_its_own(name: str) -> None:
    asked = form(name)
    names = [question.short for question in written(asked)]
    assert all(name and len(name) <= 55 for name in names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", FORMS)
def test_it_says_whose_words_they_are_and_where_they_come_from(name: str) -> None:
    assert form(name).source
    assert "local" in form(name).source
