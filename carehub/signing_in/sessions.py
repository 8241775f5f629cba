"""Sessions in the database (settings.SESSION_ENGINE), each with the person who signed in."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as InTheDatabase

from carehub.models import Session


class SessionStore(InTheDatabase):
    #: As it was read for this request; None where there was none, or it was made in this request.
    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        self.row = super()._get_session_from_db()
        return self.row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        made = super().create_model_instance(data)
        made.person_id = data.get(SESSION_KEY)
        return made

    def cycle_key(self) -> None:
        """A new key for the same sign-in (a changed password): it began when it began."""
        before = self.row
        super().cycle_key()
        if before is not None and before.person_id:
            Session.objects.filter(pk=self.session_key).update(began_at=before.began_at)

    def flush(self) -> None:
        super().flush()
        self.row = None

    def of(self, row: Session) -> dict[str, Any]:
        """What stands in the session of ``row``; nothing where its signature does not hold."""
        return self.decode(row.session_data)
