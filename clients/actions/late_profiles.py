"""The scheduled pass: finds outcome profiles that are late, and tells the keyworker of each once.

Set-based, like the pass over reviews: a notice is unique by person, kind, episode and due day, so a pass that runs twice, late, or after a
crash tells nobody twice and misses nobody. Where nobody is keyworker the service managers hear.
"""

from datetime import date

from django.db import connection

from carehub import clock, context, local_settings
from carehub.models import Partnership
from clients.models import Episode
from clients.profile_due import late_profiles

PROFILE_LATE = "outcome.late"

_TELL = """
INSERT INTO carehub_notice (id, partnership_id, client_id, person_id, kind, subject_id, about_day, made_at)
SELECT gen_random_uuid(), e.partnership_id, e.client_id, coalesce(e.keyworker_id, m.person_id), %s, e.id, e.due_on, %s
FROM ({episodes}) AS e (id, partnership_id, client_id, keyworker_id, agency_id, due_on)
LEFT JOIN (
    SELECT DISTINCT agency_id, person_id FROM carehub_membership
    WHERE role = 'service-manager' AND starts_on <= %s AND (ends_on IS NULL OR ends_on >= %s) AND ended_at IS NULL
) m ON m.agency_id = e.agency_id AND e.keyworker_id IS NULL
WHERE coalesce(e.keyworker_id, m.person_id) IS NOT NULL
ON CONFLICT (person_id, kind, subject_id, about_day) DO NOTHING
"""


def tell_of_late_profiles(partnership: Partnership, *, today: date | None = None) -> int:
    """One pass over one partnership. Returns how many new notices were written."""
    today = today or clock.today()
    with context.on_duty(partnership.pk, "reviews"):
        late = late_profiles(Episode.objects.filter(partnership_id=partnership.pk), local_settings.of(partnership), today)
        columns = ("id", "partnership_id", "client_id", "keyworker_id", "agency_id", "profile_due_on")
        sql, params = late.order_by().values_list(*columns).query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(_TELL.format(episodes=sql), [PROFILE_LATE, clock.now(), *params, today, today])
            return cursor.rowcount
