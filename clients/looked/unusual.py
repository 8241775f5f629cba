"""The rules of what is unusual access: each a sentence, a number that the partnership decides, and one condition in SQL.

They are asked of the log, set-based, in two places: the scheduled pass counts them over everybody's day, and the page of what one person
has seen marks the clients to whom they apply. Unusual is not wrong: somebody looks into it and says what it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.local_settings import LocalSettings
from carehub.permissions import ROLES

#: Written onto each finding. One more whenever a condition changes.
VERSION = 1
#: Deeds that are only looking: whoever did nothing else with a record was just reading it.
LOOKING = (
    "viewed", "document.opened", "scan.opened", "looked.printed", "plan.printed-to-sign", "consent.form-printed", "record.closed",
)  # fmt: skip
#: Pages that are lists, also when there is only one person on them.
LISTS = (
    "caseload", "service", "reception", "notices", "openings", "client-found", "client-register", "staff-seen", "staff-seen-paper",
)  # fmt: skip
#: Roles with a caseload of their own. A manager and the front desk have to do with everybody.
WITH_CASELOAD = [role.name for role in ROLES.values() if role.permissions >= {"caseload.view"} and "service.view" not in role.permissions]


def _last_name(column: str) -> str:
    """SQL: the parts of the last word of a name, in small letters: 'Ann Ashgrove-Mill' → {ashgrove, mill}."""
    return f"regexp_split_to_array(lower(regexp_replace(btrim({column}), '^.*\\s', '')), '-')"


#: One row for each record that somebody opened (not a list that showed it), a person, a role and a day.
OPENED = """
WITH opened AS (
    SELECT e.membership_id, e.person_id, e.at, e.at AT TIME ZONE 'Europe/London' AS here, c.client_id, e.verb <> ALL(%(looking)s) AS did
    FROM carehub_event e JOIN carehub_eventclient c ON c.event_id = e.id
    WHERE e.partnership_id = %(partnership)s AND e.at >= %(since)s AND e.at < %(until)s AND e.shown = 1 AND e.status < 400
      AND e.page <> ALL(%(lists)s) AND e.membership_id IS NOT NULL {of_whom}
)
"""
#: The same, once for each client, with what the rules ask.
JUDGED = (
    OPENED
    + f""", met AS (
    SELECT membership_id, person_id, client_id, here::date AS day, min(at) AS first_at, max(at) AS last_at, bool_or(did) AS did,
           bool_or(extract(hour FROM here) >= %(night_from)s OR extract(hour FROM here) < %(night_until)s) AS by_night
    FROM opened GROUP BY 1, 2, 3, 4
), judged AS (
    SELECT met.*, {_last_name("p.name")} && {_last_name("cl.last_name")} AS same_name, m.role = ANY(%(with_caseload)s) AS has_caseload,
           EXISTS (
               SELECT 1 FROM clients_episode ep
               WHERE ep.client_id = met.client_id AND ep.keyworker_id IN (met.person_id, absent.person_id)
           ) AS theirs,
           EXISTS (
               SELECT 1 FROM carehub_task t
               WHERE t.client_id = met.client_id
                 AND (t.person_id = met.person_id OR t.done_by_id = met.person_id OR (t.person_id IS NULL AND t.agency_id = m.agency_id))
           ) AS has_task
    FROM met
    JOIN carehub_membership m ON m.id = met.membership_id
    LEFT JOIN carehub_membership absent ON absent.id = m.stands_in_for_id
    JOIN carehub_person p ON p.id = met.person_id
    JOIN clients_client cl ON cl.id = met.client_id
)
"""
)
#: Of whoever opened more than that on the whole day: how many different records in the hour before each minute.
_IN_AN_HOUR = """, busy AS (
    SELECT membership_id FROM opened GROUP BY membership_id HAVING count(DISTINCT client_id) > %(limit)s
), steps AS (
    SELECT DISTINCT membership_id, client_id, date_trunc('minute', at) AS at, here::date AS day FROM opened JOIN busy USING (membership_id)
), hours AS (
    SELECT a.membership_id, a.day, a.at, count(DISTINCT b.client_id) AS times
    FROM (SELECT DISTINCT membership_id, day, at FROM steps) a
    JOIN steps b ON b.membership_id = a.membership_id AND b.at > a.at - interval '1 hour' AND b.at <= a.at
    GROUP BY 1, 2, 3 HAVING count(DISTINCT b.client_id) > %(limit)s
)
SELECT membership_id, day, max(times), min(at), max(at) FROM hours GROUP BY 1, 2
"""
_STOPPED = """
SELECT membership_id, (at AT TIME ZONE 'Europe/London')::date, count(*), min(at), max(at) FROM carehub_event
WHERE partnership_id = %(partnership)s AND at >= %(since)s AND at < %(until)s AND verb = 'reading.stopped' AND membership_id IS NOT NULL
GROUP BY 1, 2 HAVING count(*) > %(limit)s
"""


@dataclass(frozen=True)
class Rule:
    """``limit``: found where there are more than that. ``sentence`` is of one day and knows %(times)s and %(limit)s."""

    name: str
    word: Promise
    sentence: Promise
    limit: Callable[[LocalSettings], int]
    #: A condition on a row of ``judged``; '' for a rule that is not about single clients.
    where: str = ""
    #: Instead of it: a whole query.
    query: str = ""
    #: The managers are told, once a day at most.
    grave: bool = False

    @property
    def sql(self) -> str:
        """Membership, day, how often, first and last time."""
        if self.query:
            return self.query
        counted = "SELECT membership_id, day, count(*), min(first_at), max(last_at) FROM judged"
        return f"{JUDGED.format(of_whom='')}{counted} WHERE {self.where} GROUP BY 1, 2 HAVING count(*) > %(limit)s"

    def says(self, times: int, limit: int) -> str:
        return str(self.sentence) % {"times": times, "limit": limit}


RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "many",
            _("Many in an hour"),
            _("Opened %(times)s different records within an hour; more than %(limit)s are unusual."),
            lambda chosen: chosen.records_an_hour,
            query=OPENED.format(of_whom="") + _IN_AN_HOUR,
            grave=True,
        ),
        Rule(
            "stopped",
            _("Asked for the password"),
            _("Opened records so fast that the password was asked for (%(times)s)."),
            lambda chosen: 0,
            query=_STOPPED,
            grave=True,
        ),
        Rule(
            "same-name",
            _("Same surname"),
            _("Opened the record of somebody with their own surname who is not on their caseload (%(times)s). It may be chance."),
            lambda chosen: 0,
            where="same_name AND NOT theirs",
            grave=True,
        ),
        Rule(
            "others",
            _("Not their own clients"),
            _("Opened %(times)s records of people who are not on their caseload, without a task and without doing anything; more than"
              " %(limit)s are unusual."),
            lambda chosen: chosen.others_records_a_day,
            where="has_caseload AND NOT theirs AND NOT has_task AND NOT did",
        ),
        Rule(
            "night",
            _("At night"),
            _("Opened records at night (%(times)s)."),
            lambda chosen: 0,
            where="by_night",
        ),
    )
}  # fmt: skip


def asked(partnership_id: Any, chosen: LocalSettings, *, since: date, until: date) -> dict[str, Any]:
    """What the queries are filled with: from the beginning of one day to the end of another, in London."""
    return {
        "partnership": partnership_id,
        "looking": list(LOOKING),
        "lists": list(LISTS),
        "with_caseload": WITH_CASELOAD,
        "since": clock.begins(since),
        "until": clock.begins(until + timedelta(days=1)),
        "night_from": chosen.night_from_hour,
        "night_until": chosen.night_until_hour,
    }
