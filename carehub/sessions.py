"""Sessions in the database (settings.SESSION_ENGINE), each with the person who signed in."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as InTheDatabase

from carehub.models import Session


class SessionStore(InTheDatabase):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        row.person_id = data.get(SESSION_KEY)
        return row

    def of(self, row: Session) -> dict[str, Any]:
        """What stands in the session of ``row``; nothing where its signature does not hold."""
        return self.decode(row.session_data)
