"""What becomes of a referral by link: somebody looks at it, and accepts or declines it, once; what is left is deleted after its days."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from carehub import clock, context, events, local_settings
from carehub.actors import Actor
from carehub.definitions.answers import is_answered
from carehub.form_editions import form_as_recorded
from carehub.models import Partnership, Task
from clients.actions.assessing import complete_assessment
from clients.actions.registering import episode_here, register_client
from clients.models import Assessment, Client, Episode, Proposal, ReceivedReferral
from clients.policies import referring as rules

#: Task.kind of what accepting asks for; their subject is the referral.
CANNOT_WAIT, TELL_SENDER = "referral.cannot-wait", "referral.tell-sender"


def accept_as_new(
    *, by: Actor, referral: ReceivedReferral, registered: Mapping[str, Any], looked_at_duplicates: Iterable[UUID] = ()
) -> Client:
    """Register them with what a person has checked, and file the screening. ``registered``: arguments of register_client.

    Raises what register_client raises, LikelyDuplicates among it, and Refused where a colleague was first.
    """
    with transaction.atomic():
        row = _locked(by, referral)
        rules.referred_in_time(row, registered["referred_on"])
        client = register_client(by=by, looked_at_duplicates=looked_at_duplicates, **registered)
        _accepted(row, client, client.episodes.get(agency=by.agency), by)
    return client


def accept_for(*, by: Actor, referral: ReceivedReferral, client_id: UUID, registered: Mapping[str, Any]) -> Client:
    """They are on record already: the screening goes into their open episode here, or begins one. Their record stays as it is."""
    with transaction.atomic():
        row = _locked(by, referral)
        rules.referred_in_time(row, registered["referred_on"])
        who = {name: registered[name] for name in ("first_name", "last_name", "date_of_birth")}
        client = Client.objects.visible_to(by).resembling(**who).filter(pk=client_id).first()
        rules.is_the_same_person(client)
        assert client is not None
        episode = episode_here(
            by=by,
            client=client,
            referred_on=registered["referred_on"],
            referral_source=registered["referral_source"],
            keyworker=registered.get("keyworker"),
        )
        rules.no_screening_begun(episode)
        _accepted(row, client, episode, by)
    return client


def decline(*, by: Actor, referral: ReceivedReferral, why: str, words: str = "", told: bool | None) -> None:
    """``why``: one of ReceivedReferral.Why. ``told``: whether whoever sent it has been told."""
    with transaction.atomic():
        row = _locked(by, referral)
        rules.says_why_not(why=why, words=words, told=told)
        decided = {"decided_at": clock.now(), "decided_by": by.person, "why": why, "why_words": words.strip(), "referrer_told": told}
        ReceivedReferral.objects.filter(pk=row.pk).update(state=ReceivedReferral.State.DECLINED, **decided)
        events.record("referral.declined", by=by, subject=row, reason=why)


def delete_old(partnership: Partnership) -> int:
    """Of those that nobody accepted: the partnership's days after they were declined or, undecided, received. Returns how many."""
    before = clock.now() - timedelta(days=local_settings.of(partnership).referral_kept_days)
    with context.on_duty(partnership.pk, "referrals"):
        left = ReceivedReferral.objects.filter(~Q(state=ReceivedReferral.State.ACCEPTED), partnership=partnership)
        rows = list(left.annotate(since=Coalesce(F("decided_at"), F("received_at"))).filter(since__lt=before).select_for_update())
        ReceivedReferral.objects.filter(pk__in=[row.pk for row in rows]).delete()
        for row in rows:
            events.record("referral.deleted", by=None, subject=row, reason=row.state or "nobody decided", partnership_id=partnership.pk)
    return len(rows)


def _locked(by: Actor, referral: ReceivedReferral) -> ReceivedReferral:
    rows = ReceivedReferral.objects.visible_to(by).select_related("decided_by", "link")
    row = rows.select_for_update(of=("self",)).filter(pk=referral.pk).first()
    if row is None:
        # Accepted while this waited for the lock: whoever was registered by it is in reach from now on.
        context.catch_up()
        row = rows.get(pk=referral.pk)
    rules.may_decide(by, row)
    return row


def _accepted(row: ReceivedReferral, client: Client, episode: Episode, by: Actor) -> None:
    assessment = _file_screening(row, client, episode, by)
    decided = {"decided_at": clock.now(), "decided_by": by.person, "client": client}
    ReceivedReferral.objects.filter(pk=row.pk).update(state=ReceivedReferral.State.ACCEPTED, **decided)
    _what_is_to_be_done(row, assessment, by)
    events.record("referral.accepted", by=by, client=client.pk, subject=row)


def _what_is_to_be_done(row: ReceivedReferral, assessment: Assessment, by: Actor) -> None:
    """What cannot wait is for today, also where no answer alone asks for anything; and who sent it does not answer for them any more."""
    about = {
        "partnership_id": row.partnership_id,
        "client_id": assessment.client_id,
        "agency_id": row.agency_id,
        "subject_id": row.pk,
        "made_at": clock.now(),
        "made_by": by.person,
    }
    if row.urgency == Episode.Urgency.TODAY and not Proposal.objects.open().filter(assessment=assessment, task__isnull=False).exists():
        words, why = _("Speak to them today: this referral cannot wait."), _("Referred by %(sender)s") % {"sender": row.sent_by}
        Task.objects.create(**about, kind=CANNOT_WAIT, words=words, why=why, due_on=clock.today())
    said = {"name": row.referrer_name, "telephone": row.referrer_telephone}
    words = _("Tell %(name)s, who referred them, that they are taken on: %(telephone)s") % said
    why = _("%(organisation)s. Until they hear from you, they answer for the client") % {"organisation": row.referrer_organisation}
    Task.objects.create(**about, kind=TELL_SENDER, words=words, why=why, due_on=clock.today() + timedelta(days=1), person=by.person)


def _file_screening(row: ReceivedReferral, client: Client, episode: Episode, by: Actor) -> Assessment:
    """The answers as they were sent, on the form as it was asked: who asked and when stays theirs."""
    form = form_as_recorded(row.partnership_id, row.form, row.form_version, row.form_edition)
    day = clock.day_of(row.received_at)
    asked = {"on": day.isoformat(), "by": [row.sent_by]}
    answered = {name for name, answer in row.answers.items() if is_answered(answer)}
    assessment = Assessment(
        partnership_id=row.partnership_id,
        client=client,
        episode=episode,
        agency_id=row.agency_id,
        form=row.form,
        form_version=row.form_version,
        form_edition=row.form_edition,
        form_fingerprint=row.form_fingerprint,
        answers=row.answers,
        sections={section.id: asked for section in form.sections if answered & {question.id for question in section.questions}},
        took_place_on=day,
        by_link_from=row.sent_by,
        started_at=clock.now(),
        started_by=by.person,
    )
    assessment.save(force_insert=True)
    return complete_assessment(by=by, client_id=client.pk, assessment=assessment, row_version=assessment.row_version)
