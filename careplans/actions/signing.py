"""Signing: both parties' word on one text, then the lock, then the paper."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.actors import Actor
from carehub.files.filing import file_scan
from carehub.models import Task
from carehub.rules import Refused
from careplans import content, documents, policies, sheets
from careplans.actions.closing import close_followed
from careplans.actions.writing import load
from careplans.models import HEAD_LIFECYCLE, CarePlan, PlanReview, PlanVersion, Signature
from careplans.policies import Word
from clients.models import Episode
from clients.models.episodes import EPISODE_LIFECYCLE

How, Party = Signature.How, Signature.Party
#: Children first: once the version is locked, the database refuses to touch them.
_LOCK = """
WITH needs AS (UPDATE careplans_need SET locked_at = %(at)s WHERE version_id = %(version)s),
     goals AS (UPDATE careplans_goal SET locked_at = %(at)s WHERE version_id = %(version)s),
     actions AS (UPDATE careplans_action SET locked_at = %(at)s WHERE version_id = %(version)s),
     steps AS (UPDATE careplans_riskstep SET locked_at = %(at)s WHERE version_id = %(version)s),
     involved AS (UPDATE careplans_involved SET locked_at = %(at)s WHERE version_id = %(version)s)
UPDATE careplans_signature SET locked_at = %(at)s WHERE version_id = %(version)s
"""

#: What was accepted and stands in the plan is done by the day that was agreed. No plan's day makes overdue work look done: a task that is
#: overdue keeps its own until it is done, and what cannot wait, or is countersigned, only moves nearer.
_DAYS_OF_TASKS = """
UPDATE carehub_task t SET due_on = a.by_when
FROM (SELECT task_id, min(by_when) AS by_when FROM (
        SELECT task_id, by_when FROM careplans_action WHERE version_id = %(version)s
        UNION ALL SELECT task_id, by_when FROM careplans_riskstep WHERE version_id = %(version)s) r
      WHERE task_id IS NOT NULL GROUP BY task_id) a
WHERE t.id = a.task_id AND t.done_at IS NULL AND t.due_on >= %(today)s
  AND (a.by_when < t.due_on OR a.by_when > t.due_on AND NOT t.countersigned
       AND NOT EXISTS (SELECT FROM clients_proposal p WHERE p.task_id = t.id AND p.same_day))
"""


def sign(*, version: PlanVersion, by: Actor, client: Word, keyworker: Word, witness: Word | None = None, seen_text: str) -> PlanVersion:
    """Record every party's word, lock the version for ever, make it the plan's current one, and ask for its document.

    ``seen_text``: PlanVersion.agreed_text as it stood on the page; another one, and nobody has signed anything.
    """
    words: dict[str, Word] = {Party.CLIENT.value: client, Party.KEYWORKER.value: keyworker}
    if witness:
        words[Party.WITNESS.value] = witness
    with transaction.atomic():
        # With the plan: what a pass or a colleague writes onto it meanwhile is waited for, and no signature lost to it.
        now = load(version.pk, by, "plan__episode__keyworker", "plan__agency", "client", with_plan=True)
        policies.same_client(now, version.client_id)
        policies.check_sign(now, by, seen_text=seen_text)
        policies.check_words(now, by, words)
        if content.of(now).fingerprint() != now.agreed_text:
            raise Refused(_("The plan is no longer word for word what was agreed. Choose ‘Change it again’, read it, and agree once more."))
        at = clock.now()
        signatures = [_signature(now, party, word, by) for party, word in words.items()]
        Signature.objects.bulk_create(signatures)
        signed_on = max(each.signed_on for each in signatures)
        token, facts = sheets.check_token(now), sheets.facts(now)
        with connection.cursor() as cursor:
            cursor.execute(_LOCK, {"at": at, "version": now.pk})
        now.save_over(now.row_version, state=PlanVersion.State.SIGNED, signed_on=signed_on, as_signed=facts, locked_at=at)
        documents.ask_for_document(now, by=by, token=token)
        _write_down(now, by)
        _ask_afterwards(now, signatures, by)
        events.record("plan.signed", by=by, client=now.client_id, subject=now, reason=(client.get("reason") or "").strip())
    return now


def _signature(version: PlanVersion, party: str, word: Word, by: Actor) -> Signature:
    how = word["how"]
    client = version.client
    name = (word.get("name") or "").strip() or client.full_name
    if party == Party.KEYWORKER and how == How.SCREEN:
        name = by.person.name  # as it is on record, however it was typed
    return Signature(  # type: ignore[misc]  # check_words saw the day of a paper signature
        partnership_id=version.partnership_id,
        client_id=version.client_id,
        version=version,
        party=party,
        name=name,
        how=how,
        signed_on=word["signed_on"] if how == How.PAPER else clock.today(),
        reason=(word.get("reason") or "").strip() if how == How.DECLINED else "",
        strokes=(word.get("strokes") or "") if how == How.SCREEN else "",
        scan=file_scan(version, word.get("scan"), by=by) if how == How.PAPER else None,
        follow_up_on=word.get("follow_up_on") if how == How.VERBAL else None,
        agreed_text=version.agreed_text,
        recorded_at=clock.now(),
        recorded_by=by.person,
    )


def _write_down(version: PlanVersion, by: Actor) -> None:
    """What lists read: the plan's current version, and that the review is what comes next. Plans whose place it takes are closed."""
    plan, episode = version.plan, version.plan.episode
    target = HEAD_LIFECYCLE.check("plan.take-effect", plan.state).target
    replaced = CarePlan.objects.filter(episode=episode, kind__in=policies.kind_of(plan).replaces).exclude(state=CarePlan.State.CLOSED)
    leads = plan.lead
    for earlier in replaced.select_for_update():
        leads = leads or earlier.lead
        close_followed(earlier, plan, by)
    due_on = _review_due(version)
    values = {"state": target, "current": version, "review_due_on": due_on, "lead": leads}
    plan.save_over(plan.row_version, **values, risk_when_signed=episode.risk)
    with connection.cursor() as cursor:
        cursor.execute(_DAYS_OF_TASKS, {"version": version.pk, "today": clock.today()})
    changes: Mapping[str, Any] = {"next_due_what": Episode.NextDue.REVIEW, "next_due_on": due_on}
    if episode.state != Episode.State.TREATMENT:
        changes = {**changes, "state": EPISODE_LIFECYCLE.check("episode.treat", episode.state).target}
    Episode.objects.filter(pk=episode.pk).update(**changes, row_version=F("row_version") + 1)


def _review_due(version: PlanVersion) -> date:
    """The day agreed; but a change without a review does not put off the review that is due."""
    due_on, waited_for = version.next_review_on, version.plan.review_due_on
    assert due_on is not None  # check_sign saw it
    if waited_for is None or PlanReview.objects.filter(draft=version).exists():
        return due_on
    return min(due_on, waited_for)


#: Task.kind of what is still to be done once a plan is signed.
TO_BE_SIGNED = "plan.to-be-signed"
AFTERCARE = "plan.aftercare-to-set-out"
#: A crisis admission starts the work on its aftercare at once (GP 4.1.6); the days are ours.
AFTERCARE_WITHIN = timedelta(days=7)


def _ask_afterwards(version: PlanVersion, signatures: list[Signature], by: Actor) -> None:
    """A task each for what could wait and must not be forgotten: the signature after a word, the aftercare after a crisis."""
    found = [
        (TO_BE_SIGNED, each.follow_up_on, _("Ask the client to sign the plan: they agreed by word."))
        for each in signatures
        if each.follow_up_on
    ]
    kind = policies.kind_of(version.plan)
    if version.admission == PlanVersion.Admission.CRISIS and kind.crisis_without:
        found.append((AFTERCARE, clock.today() + AFTERCARE_WITHIN, _("Set out the aftercare: the admission was in a crisis.")))
    Task.objects.bulk_create(
        Task(
            partnership_id=version.partnership_id,
            client_id=version.client_id,
            kind=task,
            subject_id=version.pk,
            words=words,
            due_on=day,
            agency_id=version.plan.agency_id,
            person_id=version.plan.episode.keyworker_id,
            made_at=clock.now(),
            made_by=by.person,
        )
        for task, day, words in found
    )
