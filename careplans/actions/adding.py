"""What comes beside what is signed: a note, the signature that came later, the copy. The signed text stays as it is."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carehub import clock, events
from carehub.actors import Actor
from carehub.files.filing import file_scan
from carehub.files.pipeline import CleanFile
from carehub.models import Task
from carehub.rules import Refused
from careplans import documents, policies
from careplans.actions.signing import TO_BE_SIGNED
from careplans.actions.writing import load
from careplans.models import Addendum, PlanVersion, Signature
from careplans.who_signed import signatures_of, word_of_client

LONGEST = 4000
COPY_WORDS = {
    Addendum.Kind.COPY_TAKEN: gettext_lazy("The client took their copy."),
    Addendum.Kind.COPY_LEFT: gettext_lazy("The client was offered their copy and did not take it."),
}


def add_note(*, version: PlanVersion, words: str, third_party: bool, by: Actor) -> Addendum:
    """``third_party``: said by or about somebody else: shown to those who work with the client, on no paper."""
    with transaction.atomic():
        now = load(version.pk, by)
        policies.same_client(now, version.client_id)
        policies.check_add(now, by)
        words = words.strip()
        if not words or len(words) > LONGEST:
            sentence = _("Write the note") if not words else _("The note must be %(most)s characters or fewer") % {"most": LONGEST}
            raise Refused(sentence, fields={"words": [sentence]})
        note = _add(now, Addendum.Kind.NOTE, words, by, third_party=third_party)
        events.record("plan.note-added", by=by, client=now.client_id, subject=note)
    return note


def sign_later(*, version: PlanVersion, signed_on: date | None, scan: CleanFile | None, by: Actor) -> Addendum:
    """The client signed the printed sheet of a version that they had agreed to by word."""
    with transaction.atomic():
        now = load(version.pk, by)
        policies.same_client(now, version.client_id)
        word = may_sign_later(now, by)
        if signed_on is None or not word.signed_on <= signed_on <= clock.today():
            sentence = _("The day beside the client’s signature must be from the day on which they agreed until today")
            raise Refused(sentence, fields={"signed_on": [sentence]})
        added = _add(now, Addendum.Kind.SIGNED_LATER, _("The client signed."), by, signed_on=signed_on, scan=file_scan(now, scan, by=by))
        Task.objects.filter(kind=TO_BE_SIGNED, subject_id=now.pk, done_at__isnull=True).update(done_at=clock.now(), done_by=by.person)
        events.record("plan.signed-later", by=by, client=now.client_id, subject=added)
    return added


def note_copy(*, version: PlanVersion, taken: bool, by: Actor) -> Addendum:
    """Whether the client took their copy of what is signed and printed. Said anew, the newest counts."""
    with transaction.atomic():
        now = load(version.pk, by)
        policies.same_client(now, version.client_id)
        policies.check_note_copy(now, by, documents.of_plan(now))
        kind = Addendum.Kind.COPY_TAKEN if taken else Addendum.Kind.COPY_LEFT
        noted = _add(now, kind, str(COPY_WORDS[kind]), by)
        events.record(f"plan.{kind.value}", by=by, client=now.client_id, subject=noted)
    return noted


def may_sign_later(version: PlanVersion, actor: Actor) -> Signature:
    """The word that the client gave; raises where there is none, or a signature has come since."""
    word = word_of_client(signatures_of(version))
    policies.check_sign_later(version, actor, word)
    return word  # type: ignore[return-value]  # check_sign_later raises where there is none


def _add(version: PlanVersion, kind: Addendum.Kind, words: str, by: Actor, **more) -> Addendum:
    about = {"partnership_id": version.partnership_id, "client_id": version.client_id, "agency_id": version.plan.agency_id}
    return Addendum.objects.create(**about, version=version, kind=kind, words=words, written_at=clock.now(), written_by=by.person, **more)
