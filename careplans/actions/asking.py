"""A review is asked for before its day. It moves the day nearer, never further off, in the same transaction."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from carehub import clock, events, local_settings
from carehub.actors import Actor
from carehub.models import Membership, Notice, Partnership
from careplans import policies
from careplans.models import CarePlan, PlanVersion, ReviewAsked
from careplans.review_standing import standing_of
from clients.risk import ORDER
from clients.telling import Whom, tell

#: Told to the keyworker, where there is none to the managers; see careplans.notices.
REVIEW_ASKED, RISK_ROSE = "review.asked", "review.risk-rose"
#: The code of the list 'review-reasons' for which the scheduled pass asks by itself.
RISK = "risk"

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
#: One more risk than was known on the day of the signature, by its level; an unknown level counts as none.
_RISEN = """
INSERT INTO careplans_reviewasked
    (id, partnership_id, client_id, agency_id, plan_id, of_version_id, reason, words, due_on, asked_at)
SELECT gen_random_uuid(), p.partnership_id, p.client_id, p.agency_id, p.id, p.current_id, %(reason)s, '',
       greatest(e.risk_asked_on + %(days)s, %(today)s), %(now)s
FROM careplans_careplan p JOIN clients_episode e ON e.id = p.episode_id
WHERE p.partnership_id = %(partnership)s AND p.state = 'current' AND e.state <> 'discharged'
  AND coalesce(array_position(%(order)s::text[], e.risk::text), 0)
    > coalesce(array_position(%(order)s::text[], p.risk_when_signed::text), 0)
ON CONFLICT (of_version_id, reason) DO NOTHING
RETURNING id
"""


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
    """Part of the scheduled pass: every plan in force since whose signature the level of risk has risen, once a version.

    The days are counted from the day on which risk was asked: a pass that comes late gives no more time. Returns the new notices.
    """
    about: dict[str, Any] = {
        "partnership": partnership.pk,
        "today": today,
        "now": clock.now(),
        "days": local_settings.of(partnership).review_asked_days,
        "order": [level.value for level in ORDER],
        "reason": RISK,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RISEN, about)
        asked = [key for (key,) in cursor.fetchall()]
    if not asked:
        return 0
    _bring_nearer(asked)
    rows = ReviewAsked.objects.filter(pk__in=asked)
    return tell(Whom.KEYWORKER_OR_MANAGERS, RISK_ROSE, rows, day="due_on", at=about["now"], today=today, episode="plan__episode__")


def _bring_nearer(asked: Collection[UUID]) -> None:
    """The plan's day, then the day on which the lists look. The only place where something asked for moves a day."""
    with connection.cursor() as cursor:
        for statement in _NEARER:
            cursor.execute(statement, {"asked": list(asked)})


def _tell(plan: CarePlan, asked: ReviewAsked) -> None:
    keyworker = plan.episode.keyworker_id
    managers = Membership.objects.managers_of([plan.agency_id], clock.today()).values_list("person_id", flat=True)
    people = {keyworker} if keyworker else set(managers)
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
