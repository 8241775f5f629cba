"""Notices of a scheduled pass: one INSERT … SELECT, whatever the number of clients.

A keyworker who has left is none: their clients stand in their name until somebody else is chosen, and nobody would hear of them.

A notice is unique by person, kind, episode and day, so a pass that runs twice, late, or after a crash tells nobody twice and misses
nobody.
"""

from datetime import date, datetime
from enum import Enum

from django.db import connection
from django.db.models import QuerySet

from carehub.models import Membership

_TELL = """
INSERT INTO carehub_notice (id, partnership_id, client_id, person_id, kind, subject_id, about_day, made_at)
SELECT gen_random_uuid(), e.partnership_id, e.client_id, {person}, %s, e.id, e.about_day, %s
FROM (
    SELECT r.id, r.partnership_id, r.client_id, w.person_id AS keyworker_id, r.agency_id, r.about_day
    FROM ({rows}) AS r (id, partnership_id, client_id, keyworker_id, agency_id, about_day)
    LEFT JOIN ({at_work}) AS w (agency_id, person_id) ON w.agency_id = r.agency_id AND w.person_id = r.keyworker_id
) AS e {managers}
WHERE {person} IS NOT NULL
ON CONFLICT (person_id, kind, subject_id, about_day) DO NOTHING
"""
_MANAGERS = "JOIN ({managers}) AS m (agency_id, person_id) ON m.agency_id = e.agency_id"


class Whom(Enum):
    """Who hears: (the person, how managers are joined)."""

    KEYWORKER = ("e.keyworker_id", "")
    MANAGERS = ("m.person_id", _MANAGERS)
    #: Where nobody is the keyworker, the managers of the service.
    KEYWORKER_OR_MANAGERS = ("coalesce(e.keyworker_id, m.person_id)", f"LEFT {_MANAGERS} AND e.keyworker_id IS NULL")


def tell(whom: Whom, kind: str, rows: QuerySet, *, day: str, at: datetime, today: date, episode: str = "") -> int:
    """How many new notices were written. ``rows``: of episodes, or of something whose episode is ``episode`` ('plan__episode__').

    ``day``: the field of ``rows`` with the day that the notice is about; ``at``: when it is made; ``today``: who works there then.
    """
    columns = (f"{episode}id", "partnership_id", "client_id", f"{episode}keyworker_id", f"{episode}agency_id", day)
    sql, values = rows.order_by().values_list(*columns).query.sql_with_params()
    at_work, there = _there(Membership.objects.at_work_on(today))
    person, joined = whom.value
    managers, more = "", ()
    if joined:
        managers, more = _there(Membership.objects.at_work_on(today).managers_on(today))
    statement = _TELL.format(person=person, rows=sql, at_work=at_work, managers=joined.format(managers=managers))
    with connection.cursor() as cursor:
        cursor.execute(statement, [kind, at, *values, *there, *more])
        return cursor.rowcount


def _there(memberships: QuerySet[Membership]) -> tuple[str, tuple]:
    """Agency and person, as SQL with its values."""
    return memberships.order_by().values_list("agency_id", "person_id").distinct().query.sql_with_params()
