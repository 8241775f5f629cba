"""From one edition to the next: what changes, in sentences; and what of it still fits a new version of the form."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from carehub.definitions.edition import Edition, LocalQuestion
from carehub.definitions.edition_rules import Wrong, entries
from carehub.definitions.editions import lay_over
from carehub.definitions.read_question import Words
from carehub.definitions.schema import Form

KIND_WORDS: dict[str, Callable[[], str]] = {
    "text": lambda: _("a line of text"),
    "long-text": lambda: _("several lines of text"),
    "number": lambda: _("a number"),
    "date": lambda: _("a date"),
    "yes-no": lambda: _("yes or no"),
    "one-of": lambda: _("one of several answers"),
    "many-of": lambda: _("any of several answers"),
}


@dataclass(frozen=True)
class Carried:
    """An edition on another version of its form, and a sentence for each thing that did not come along."""

    edition: Edition
    left_out: tuple[str, ...] = ()


def carry_over(old: Form, edition: Edition, new: Form, *, words: Words, elsewhere: Collection[str] = ()) -> Carried:
    """``edition`` of ``old``, as far as it fits ``new``. Nothing is guessed: what does not fit is left out and said."""
    kept, left = Edition(), []

    def fits(tried: Edition) -> str:
        """Why it does not; '' where it does."""
        try:
            lay_over(new, tried, words=words, elsewhere=elsewhere)
        except Wrong as wrong:
            return wrong.sentence
        return ""

    for section in edition.sections:
        if reason := fits(tried := kept.with_section(section)):
            left.append(_("The section ‘%(title)s’: %(reason)s") % {"title": section.title, "reason": reason})
        else:
            kept = tried
    for name in sorted(edition.retired):
        if edition.question(name) is not None:
            continue
        if not entries(new, name):
            continue  # It is gone from the form itself.
        if reason := fits(tried := kept.with_retired(name)):
            left.append(_("‘%(text)s’ is asked again: %(reason)s") % {"text": entries(new, name)[0].text, "reason": reason})
        else:
            kept = tried
    kept, refused = _questions(edition, kept, fits)
    left += refused
    for name, said in edition.reworded.items():
        if reason := _words_no_longer_fit(old, new, name) or fits(kept.with_words(name, said)):
            left.append(_("Your words ‘%(text)s’: %(reason)s") % {"text": said.text, "reason": reason})
        else:
            kept = kept.with_words(name, said)
    return Carried(kept, tuple(left))


def _questions(edition: Edition, kept: Edition, fits: Callable[[Edition], str]) -> tuple[Edition, list[str]]:
    """In several rounds: one may wait for another's answer. Those that are retired stay on record, so that their ids stay taken."""
    waiting = list(edition.questions)
    reasons: dict[str, str] = {}
    while waiting:
        reasons = {}
        for question in waiting:
            tried = kept.with_question(question)
            if question.id in edition.retired:
                kept = tried.with_retired(question.id)
            elif reason := fits(tried):
                reasons[question.id] = reason
            else:
                kept = tried
        still = [question for question in waiting if question.id in reasons]
        if len(still) == len(waiting):
            break
        waiting = still
    # In their old order.
    order = [question.id for question in edition.questions]
    kept = replace(kept, questions=tuple(sorted(kept.questions, key=lambda each: order.index(each.id))))
    return kept, [
        _("Your question ‘%(text)s’: %(reason)s") % {"text": question.text, "reason": reasons[question.id]}
        for question in waiting
        if question.id in reasons
    ]


def _words_no_longer_fit(old: Form, new: Form, name: str) -> str:
    """They were written for another question: its words or its answers have changed."""
    before, now = entries(old, name), entries(new, name)
    if not now:
        return _("the question is gone.")
    if not before or (before[0].text, before[0].kind, before[0].choices) != (now[0].text, now[0].kind, now[0].choices):
        return _("the question has changed, and says now ‘%(text)s’.") % {"text": now[0].text}
    return ""


# --- What changes ---------------------------------------------------------------------------------------------------


def differences(form: Form, before: Edition, after: Edition) -> list[str]:
    """What somebody who assesses will notice, a sentence each. Both are editions of ``form``."""
    return [*_of_questions(form, before, after), *_of_words(form, before, after), *_of_retired(form, before, after)]


def _of_questions(form: Form, before: Edition, after: Edition) -> Iterator[str]:
    sections = {each.id: each.title for each in (*form.sections, *before.sections, *after.sections)}
    for question in after.asked:
        old = before.question(question.id)
        if old is None or old.id in before.retired:
            said = {"text": question.text, "section": sections.get(question.section, ""), "kind": KIND_WORDS[question.kind]()}
            yield _("New in ‘%(section)s’: ‘%(text)s’ (%(kind)s).") % said
        elif changed := [words for name, words in _parts() if getattr(old, name) != getattr(question, name)]:
            yield _("Changed: ‘%(text)s’ (%(what)s).") % {"text": question.text, "what": ", ".join(changed)}
    for question in before.asked:
        if after.question(question.id) is None or question.id in after.retired:
            yield _("Not asked any more: ‘%(text)s’.") % {"text": question.text}


def _parts() -> Iterator[tuple[str, str]]:
    yield "text", _("its words")
    yield "hint", _("its hint")
    yield "choices", _("its answers")
    yield "last_alone", _("what its last answer goes with")
    yield "mandatory", _("whether it is a key question")
    yield "third_party", _("whether it is kept from the client’s papers")
    yield "expectations", _("what it asks of best practice")
    yield "least", _("the least")
    yield "most", _("the most")
    yield "unit", _("its unit")
    yield "only_if", _("when it is asked")
    yield "section", _("where it stands")


def _of_words(form: Form, before: Edition, after: Edition) -> Iterator[str]:
    for name in dict.fromkeys([*before.reworded, *after.reworded]):
        old, new = before.reworded.get(name), after.reworded.get(name)
        asked = entries(form, name)
        if old == new or not asked:
            continue
        ours = asked[0]
        words = {"old": old.text if old else ours.text, "new": new.text if new else ours.text}
        yield _("‘%(old)s’ is asked as ‘%(new)s’.") % words if words["old"] != words["new"] else _("‘%(new)s’ has another hint.") % words


def _of_retired(form: Form, before: Edition, after: Edition) -> Iterator[str]:
    for name in sorted(before.retired ^ after.retired):
        if (asked := entries(form, name)) and after.question(name) is None:
            gone = name in after.retired
            yield (_("Not asked any more: ‘%(text)s’.") if gone else _("Asked again: ‘%(text)s’.")) % {"text": asked[0].text}


def cannot_change(published: LocalQuestion, now: LocalQuestion) -> tuple[str, str] | None:
    """(field, sentence) where a question that clients have answered would become another one."""
    if now.kind != published.kind:
        return "kind", _("It has been asked in this way already: retire it, and add a new question")
    if published.third_party and not now.third_party:
        # An answer that was given in private would be copied forward onto the client's papers.
        return "third_party", _("Answers were given in private: retire it, and add a new question")
    return None
