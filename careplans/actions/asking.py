"""A review is asked for before its day. It moves the day nearer, never further off, in the same transaction."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from carehub import clock, events, local_settings
from carehub.actors import Actor
from carehub.models import Membership, Notice, Partnership
from careplans import policies
from careplans.models import CarePlan, PlanVersion, ReviewAsked
from careplans.review_standing import standing_of
from clients.models import Episode
from clients.risk import ORDER
from clients.telling import Whom, tell

#: Told to the keyworker, where there is none to the managers; see careplans.notices.
REVIEW_ASKED, RISK_ROSE, STAY_ENDED = "review.asked", "review.risk-rose", "review.stay-ended"
#: A notice of its own: the rise before may have been told of on the same day.
RISK_HIGH = "review.risk-high"
#: The codes of the list 'review-reasons' for which the scheduled pass asks by itself.
RISK, TIER_4 = "risk", "tier-4"
HIGH = Episode.Risk.HIGH

_NEARER = (
    """
UPDATE careplans_careplan p SET review_due_on = a.due_on, row_version = p.row_version + 1
FROM (SELECT plan_id, of_version_id, min(due_on) AS due_on FROM careplans_reviewasked WHERE id = ANY(%(asked)s) GROUP BY 1, 2) a
WHERE p.id = a.plan_id AND p.current_id = a.of_version_id AND p.state = 'current' AND p.review_due_on > a.due_on
""",
    """
UPDATE clients_episode e SET next_due_what = 'review', next_due_on = p.review_due_on, row_version = e.row_version + 1
FROM careplans_careplan p
WHERE p.id IN (SELECT plan_id FROM careplans_reviewasked WHERE id = ANY(%(asked)s)) AND p.episode_id = e.id
  AND p.state = 'current' AND e.state <> 'discharged' AND e.next_due_on > p.review_due_on
""",
)
_ASK = """
INSERT INTO careplans_reviewasked
    (id, partnership_id, client_id, agency_id, plan_id, of_version_id, reason, words, cause, due_on, asked_at)
SELECT gen_random_uuid(), p.partnership_id, p.client_id, p.agency_id, p.id, p.current_id, %(reason)s, '', {cause},
       greatest({happened_on} + %(days)s, %(today)s), %(now)s
FROM careplans_careplan p JOIN clients_episode e ON e.id = p.episode_id {joined}
WHERE p.partnership_id = %(partnership)s AND p.state = 'current' AND e.state <> 'discharged' AND {holds}
ON CONFLICT (of_version_id, reason, cause) DO NOTHING
RETURNING id
"""
_LEVEL = "coalesce(array_position(%(order)s::text[], {}::text), 0)"
#: A higher level than on the day of the signature, and than the pass has asked for since; an unknown one counts as none. What somebody
#: asked for by hand keeps none silent: nobody knows which level they knew of.
_RISEN = _ASK.format(
    cause="e.risk",
    happened_on="e.risk_asked_on",
    joined="",
    holds=f"""{_LEVEL.format("e.risk")} > {_LEVEL.format("p.risk_when_signed")}
  AND NOT EXISTS (
    SELECT FROM careplans_reviewasked a WHERE a.of_version_id = p.current_id AND a.reason = %(reason)s AND a.cause <> ''
      AND {_LEVEL.format("a.cause")} >= {_LEVEL.format("e.risk")})""",
)
#: A stay in residential rehabilitation (Tier 4) that ended since the lead plan was signed, where the plan's agency may know of it: it was
#: its own, or the client shares who treats them. Once a stay, whatever is signed later.
_STAYS_ENDED = _ASK.format(
    cause="s.id::text",
    happened_on="s.discharged_on",
    joined="""JOIN careplans_planversion v ON v.id = p.current_id
JOIN clients_episode s ON s.client_id = p.client_id AND s.id <> p.episode_id AND s.discharged_on >= v.signed_on
JOIN carehub_agency g ON g.id = s.agency_id AND g.kind = 'residential'""",
    holds="""p.lead
  AND (s.agency_id = p.agency_id OR EXISTS (
    SELECT FROM carehub_access c WHERE c.client_id = p.client_id AND c.agency_id = p.agency_id AND 'record' = ANY (c.parts)
      AND c.since <= %(now)s AND c.ended_at IS NULL AND (c.until IS NULL OR c.until > %(now)s)))
  AND NOT EXISTS (
    SELECT FROM careplans_reviewasked a WHERE a.plan_id = p.id AND a.reason = %(reason)s
      AND (a.cause = s.id::text OR (a.cause = '' AND a.asked_at >= s.discharged_on)))""",
)


def ask_for_review(*, version: PlanVersion, reason: str, words: str, by_when: date | None, by: Actor) -> ReviewAsked:
    """``version``: the one that the page was about. ``reason``: a code of the list 'review-reasons'; once for each version."""
    with transaction.atomic():
        plan = CarePlan.objects.visible_to(by).select_for_update(of=("self",)).select_related("episode").get(pk=version.plan_id)
        policies.same_client(version, plan.client_id)
        now, settings = standing_of(plan, by.partnership), local_settings.of(by.partnership)
        policies.check_ask(now, by)
        policies.check_in_force(now, version.pk)
        policies.check_asked(now, reason, words.strip(), by_when, settings)
        assert by_when  # check_asked saw it
        asked = ReviewAsked.objects.create(
            partnership_id=plan.partnership_id,
            client_id=plan.client_id,
            agency_id=plan.agency_id,
            plan=plan,
            of_version_id=version.pk,
            reason=reason,
            words=words.strip(),
            due_on=by_when,
            asked_at=clock.now(),
            asked_by=by.person,
        )
        _bring_nearer([asked.pk])
        _tell(plan, asked)
        events.record("plan.review-asked", by=by, client=plan.client_id, subject=asked, reason=reason)
    return asked


def ask_where_risk_rose(partnership: Partnership, *, today: date) -> int:
    """Part of the scheduled pass: every plan in force since whose signature the level of risk has risen, once a level and version.

    The days are counted from the day on which risk was asked: a pass that comes late gives no more time. Returns the new notices.
    """
    asked = _ask(partnership, _RISEN, RISK, today=today, order=[level.value for level in ORDER])
    if not asked:
        return 0
    rows = ReviewAsked.objects.filter(pk__in=asked)
    return _tell_of(RISK_ROSE, rows.exclude(cause=HIGH), today) + _tell_of(RISK_HIGH, rows.filter(cause=HIGH), today)


def ask_where_a_stay_ended(partnership: Partnership, *, today: date) -> int:
    """Part of the scheduled pass: the lead plan of everybody whose stay in residential rehabilitation ended, once a stay."""
    asked = _ask(partnership, _STAYS_ENDED, TIER_4, today=today)
    return _tell_of(STAY_ENDED, ReviewAsked.objects.filter(pk__in=asked), today) if asked else 0


def _ask(partnership: Partnership, statement: str, reason: str, *, today: date, **more: Any) -> list[UUID]:
    """The keys of what was asked for just now."""
    days = local_settings.of(partnership).review_asked_days
    about = {"partnership": partnership.pk, "today": today, "now": clock.now(), "days": days, "reason": reason, **more}
    with connection.cursor() as cursor:
        cursor.execute(statement, about)
        asked = [key for (key,) in cursor.fetchall()]
    if asked:
        _bring_nearer(asked)
    return asked


def _tell_of(notice: str, rows: QuerySet[ReviewAsked], today: date) -> int:
    return tell(Whom.KEYWORKER_OR_MANAGERS, notice, rows, day="due_on", at=clock.now(), today=today, episode="plan__episode__")


def _bring_nearer(asked: Collection[UUID]) -> None:
    """The plan's day, then the day on which the lists look. The only place where something asked for moves a day."""
    with connection.cursor() as cursor:
        for statement in _NEARER:
            cursor.execute(statement, {"asked": list(asked)})


def _tell(plan: CarePlan, asked: ReviewAsked) -> None:
    at_work, today = Membership.objects.at_work_on(clock.today()), clock.today()
    keyworker = at_work.filter(agency_id=plan.agency_id, person_id=plan.episode.keyworker_id).values_list("person_id", flat=True)
    people = set(keyworker) or set(at_work.managers_of([plan.agency_id], today).values_list("person_id", flat=True))
    Notice.objects.bulk_create(
        [
            Notice(
                partnership_id=plan.partnership_id,
                client_id=plan.client_id,
                person_id=person,
                kind=REVIEW_ASKED,
                subject_id=plan.episode_id,
                about_day=asked.due_on,
                made_at=asked.asked_at,
            )
            for person in people - {asked.asked_by_id}
        ],
        ignore_conflicts=True,
    )
