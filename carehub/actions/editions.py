"""What a partnership changes of its forms: a draft, and then an edition that is published and stays."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.actors import Actor
from carehub.definitions import edition_rules as rules
from carehub.definitions.catalogue import catalogue
from carehub.definitions.edition import Edition, LocalQuestion, LocalSection, Rewording, new_id, new_section_id
from carehub.definitions.edition_forward import cannot_change, differences
from carehub.definitions.editions import lay_over
from carehub.form_editions import Working, working
from carehub.models import FormEdition, Partnership
from carehub.rules import Refused
from carehub.stale import StaleSave


class Standing:
    """What stands in a draft by now, for whoever saved second: the page shows it beside what they typed."""

    def __init__(self, row_version: int, **stands: Any) -> None:
        self.row_version = row_version
        for name, value in stands.items():
            setattr(self, name, value)

    def refresh_from_db(self) -> None:
        """It has just been read."""


def add_section(*, by: Actor, form: str, title: str) -> str:
    """A section of one's own at the end of the form; its id. It is asked once it has a question."""
    made: list[str] = []

    def change(now: Working) -> Edition:
        made.append(new_section_id(now.taken))
        return now.edition.with_section(LocalSection(made[0], " ".join(title.split())))

    _change(by, form, None, change, verb="form.section-added")
    return made[0]


def add_question(*, by: Actor, form: str, section: str, **said: Any) -> str:
    """A question at the end of ``section``; its id. ``said``: the fields of LocalQuestion."""
    made: list[str] = []

    def change(now: Working) -> Edition:
        made.append(new_id(form, said["text"], now.taken | {each.id for each in now.form.questions}))
        return now.edition.with_question(LocalQuestion(made[0], section, **said))

    _change(by, form, None, change, verb="form.question-added")
    return made[0]


def change_question(*, by: Actor, form: str, question: str, opened_at: int, **said: Any) -> None:
    """One of the partnership's own."""

    def change(now: Working) -> Edition:
        old = _own(now, question)
        new = replace(old, **said)
        asked = now.asked_before.question(question)
        if asked and (wrong := cannot_change(asked, new)):
            raise Refused(wrong[1], fields={wrong[0]: [wrong[1]]})
        return now.edition.with_question(new)

    _change(by, form, opened_at, change, verb="form.question-changed", about=question)


def reword(*, by: Actor, form: str, question: str, opened_at: int, text: str, hint: str) -> None:
    """A question of the form in the partnership's words; its own words again where they are the same."""

    def change(now: Working) -> Edition:
        if reason := rules.cannot_be_reworded(now.form, question):
            raise Refused(reason, fields={"text": [reason]})
        ours = rules.entries(now.form, question)[0]
        words = Rewording(" ".join(text.split()), hint.strip())
        same = (words.text, words.hint) == (ours.text, ours.hint)
        return now.edition.with_words(question, None if same else words)

    _change(by, form, opened_at, change, verb="form.reworded", about=question)


def retire(*, by: Actor, form: str, question: str, opened_at: int) -> None:
    """Not asked any more, in new assessments. One of the partnership's own that was never published is taken out altogether."""

    def change(now: Working) -> Edition:
        if now.edition.question(question) is not None and now.asked_before.question(question) is None:
            return now.edition.without_question(question)
        return now.edition.with_retired(question)

    _change(by, form, opened_at, change, verb="form.question-retired", about=question)


def ask_again(*, by: Actor, form: str, question: str, opened_at: int) -> None:
    _change(by, form, opened_at, lambda now: now.edition.without_retired(question), verb="form.question-asked-again", about=question)


def discard(*, by: Actor, form: str, opened_at: int) -> None:
    """The draft goes; what is published stays as it is."""
    by.must("configure")
    with transaction.atomic():
        now = _now(by, form)
        if now.draft is None or now.draft.row_version != opened_at:
            raise StaleSave(Standing(now.opened_at))
        events.record("form.draft-discarded", by=by, subject=now.draft, reason=form)
        now.draft.delete()


def publish(*, by: Actor, form: str, opened_at: int) -> FormEdition:
    """From the next assessment on it is asked so. Drafts that are open stay on what they were begun on."""
    by.must("configure")
    with transaction.atomic():
        now = _now(by, form)
        if now.opened_at != opened_at:
            raise StaleSave(Standing(now.opened_at))
        if not now.changed:
            raise Refused(_("Nothing has changed: there is nothing to publish."))
        _checked(now, now.edition)
        row, at = _draft(by, now), clock.now()
        row.save_over(
            row.row_version,
            form_version=now.form.version,
            content=now.edition.as_json(),
            state=FormEdition.State.PUBLISHED,
            changed_at=at,
            changed_by=by.person,
            published_at=at,
            published_by=by.person,
        )
        said = "; ".join(differences(now.form, now.standing, now.edition))
        events.record("form.published", by=by, subject=row, reason=f"{row}: {said}"[:500])
    return row


def _change(by: Actor, form: str, opened_at: int | None, change: Callable[[Working], Edition], *, verb: str, about: str = "") -> None:
    """Raises Refused beside the field, or StaleSave with what stands there by now.

    ``opened_at`` None: what is added goes over nothing.
    """
    by.must("configure")
    with transaction.atomic():
        now = _now(by, form)
        if opened_at is not None and now.opened_at != opened_at:
            raise StaleSave(_standing(now, about))
        edition = change(now)
        _checked(now, edition)
        row = _draft(by, now)
        row.save_over(
            row.row_version, form_version=now.form.version, content=edition.as_json(), changed_at=clock.now(), changed_by=by.person
        )
        events.record(verb, by=by, subject=row, reason=f"{form} {about}".strip())


def _now(by: Actor, form: str) -> Working:
    # Two administrators at once: the second one finds what the first one saved.
    Partnership.objects.select_for_update(no_key=True).get(pk=by.partnership_id)
    return working(by.partnership_id, form)


def _checked(now: Working, edition: Edition) -> None:
    try:
        lay_over(now.form, edition, words=catalogue().words(), elsewhere=catalogue().rests_on(now.form.name))
    except rules.Wrong as wrong:
        raise Refused(wrong.sentence, fields={wrong.field: [wrong.sentence]} if wrong.field else {}) from None


def _draft(by: Actor, now: Working) -> FormEdition:
    if now.draft is not None:
        return now.draft
    return FormEdition.objects.create(
        partnership_id=by.partnership_id,
        form=now.form.name,
        form_version=now.form.version,
        number=now.number,
        changed_at=clock.now(),
        changed_by=by.person,
    )


def _own(now: Working, question: str) -> LocalQuestion:
    found = now.edition.question(question)
    if found is None:
        raise Refused(_("This question is not in the form any more."))
    return found


def _standing(now: Working, about: str) -> Standing:
    if own := now.edition.question(about):
        return Standing(now.opened_at, text=own.text, hint=own.hint, kind=own.kind, unit=own.unit, choices="\n".join(own.choices))
    asked = rules.entries(now.form, about)
    if not asked:
        return Standing(now.opened_at)
    words = now.edition.reworded.get(about) or Rewording(asked[0].text, asked[0].hint)
    return Standing(now.opened_at, text=words.text, hint=words.hint)
