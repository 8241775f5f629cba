"""A link by which another service refers: made, stopped, and what comes through it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from carehub import clock, events, mail
from carehub.actors import Actor
from carehub.definitions.answers import Answers, kept
from carehub.definitions.fingerprint import fingerprint
from carehub.definitions.schema import Form
from carehub.models import Agency, Notice
from clients.actions.written_down import how_soon
from clients.finding.reference import new_reference
from clients.models import Episode, ReceivedReferral, ReferralLink
from clients.models.referrals import mark_of, new_token
from clients.policies import referring as rules

#: A notice: its subject is the referral.
RECEIVED = "referral.received"


@dataclass(frozen=True)
class Made:
    link: ReferralLink
    #: For the address; kept nowhere.
    token: str


@transaction.atomic
def make_link(*, by: Actor, agency: Agency, for_whom: str, referral_source: str, runs_out_on: date) -> Made:
    """``referral_source``: the code that is entered for those who come by it. ``runs_out_on``: the last day on which it works."""
    rules.may_make_link(by, agency)
    rules.link_fits(for_whom=for_whom, referral_source=referral_source, runs_out_on=runs_out_on)
    token = new_token()
    link = ReferralLink.objects.create(
        partnership_id=by.partnership_id,
        agency=agency,
        for_whom=for_whom.strip(),
        referral_source=referral_source,
        token_sha256=mark_of(token),
        made_at=clock.now(),
        made_by=by.person,
        runs_out_on=runs_out_on,
    )
    events.record("referral-link.made", by=by, subject=link, reason=link.for_whom)
    return Made(link, token)


@transaction.atomic
def stop_link(*, by: Actor, link: ReferralLink) -> None:
    """From the next click on it is a link like any that never was."""
    row = ReferralLink.objects.visible_to(by).select_for_update().get(pk=link.pk)
    rules.may_stop_link(by, row)
    ReferralLink.objects.filter(pk=row.pk).update(stopped_at=clock.now(), stopped_by=by.person)
    events.record("referral-link.stopped", by=by, subject=row, reason=row.for_whom)


def reference_of(key: UUID) -> str:
    """What whoever sends a referral is given: worked out from its key, since nothing can be read back."""
    return new_reference(Random(key.int)).replace("-", "")


def take_in(*, link: ReferralLink, key: UUID, told: Mapping[str, Any], form: Form, answers: Answers) -> str:
    """What somebody sends through ``link``, once: the same ``key`` again is the same referral. Returns its reference.

    To be called behind the link (``context.through_link``). ``told``: fields of ReceivedReferral. Raises Refused where the person has
    not agreed, and where the link has been used too often today.
    """
    answers = kept(form, answers)
    rules.has_agreed(form, answers)
    row = ReceivedReferral(
        id=key,
        partnership_id=link.partnership_id,
        agency_id=link.agency_id,
        link=link,
        reference=reference_of(key),
        received_at=clock.now(),
        form=form.name,
        form_version=form.version,
        form_edition=form.edition,
        form_fingerprint=fingerprint(form),
        answers=answers,
        urgency=how_soon(form, answers),
        **told,
    )
    with transaction.atomic():
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as twice:
            if getattr(getattr(twice.__cause__, "diag", None), "constraint_name", "") != f"{row._meta.db_table}_pkey":
                raise
            return row.reference
        link = ReferralLink.objects.select_for_update().get(pk=link.pk)
        rules.may_send(link)
        today = link.sent_on(clock.day_of(row.received_at)) + 1
        ReferralLink.objects.filter(pk=link.pk).update(sent=F("sent") + 1, last_sent_at=row.received_at, sent_that_day=today)
        _tell(row)
        events.record("referral.received", by=None, subject=row, partnership_id=link.partnership_id)
    return row.reference


def _tell(row: ReceivedReferral) -> None:
    """Whoever allocates at the service, once for each referral: a notice, and a mail in which nobody is named."""
    day = clock.day_of(row.received_at)
    about = {"partnership_id": row.partnership_id, "kind": RECEIVED, "subject_id": row.pk, "about_day": day, "made_at": row.received_at}
    people = {each.person for each in rules.who_hears(row.agency_id, day).select_related("person")}
    Notice.objects.bulk_create(Notice(**about, person=each) for each in people)
    cannot_wait = row.urgency == Episode.Urgency.TODAY
    for each in sorted(people, key=lambda person: person.pk):
        mail.leave(
            person=each,
            partnership_id=row.partnership_id,
            kind=RECEIVED,
            subject=_("A referral that cannot wait was received") if cannot_wait else _("A referral was received"),
            body=_("Sign in to CareHub and open ‘Referrals received’: it waits to be looked at."),
            about=row.pk,
        )
