"""The scheduled pass: finds outcome profiles that are late, and tells the keyworker of each once.

Where nobody is keyworker the service managers hear.
"""

from datetime import date

from carehub import clock, context, local_settings
from carehub.models import Partnership
from clients.models import Episode
from clients.outcomes.due import late_profiles
from clients.telling import Whom, tell

PROFILE_LATE = "outcome.late"


def tell_of_late_profiles(partnership: Partnership, *, today: date | None = None) -> int:
    """One pass over one partnership. Returns how many new notices were written."""
    today = today or clock.today()
    with context.on_duty(partnership.pk, "reviews"):
        late = late_profiles(Episode.objects.filter(partnership_id=partnership.pk), local_settings.of(partnership), today)
        return tell(Whom.KEYWORKER_OR_MANAGERS, PROFILE_LATE, late, day="profile_due_on", at=clock.now(), today=today)
