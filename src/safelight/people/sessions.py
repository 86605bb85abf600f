"""Browser sessions in the database, found by the hash of the cookie.

Who copies the database gets no cookie that a browser could send.
"""

import hashlib
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.utils import timezone


def digest(session_key: str) -> str:
    """What stands in the database for a session cookie."""
    return hashlib.sha256(session_key.encode()).hexdigest()


class SessionStore(DatabaseSessions):
    @classmethod
    def get_model_class(cls) -> Any:  # noqa: ANN401 - Django's signature
        from safelight.people.models import StaffSession  # noqa: PLC0415 - apps load first

        return StaffSession

    def _get_session_from_db(self) -> Any:  # noqa: ANN401 - Django's signature
        row = self.model.objects.filter(
            session_key=digest(self.session_key or ""), expire_date__gt=timezone.now()
        ).first()
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        return bool(self.model.objects.filter(session_key=digest(session_key)).exists())

    def create_model_instance(self, data: dict[str, Any]) -> Any:  # noqa: ANN401 - Django's signature
        row = super().create_model_instance(data)
        row.session_key = digest(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            self.model.objects.filter(session_key=digest(key)).delete()
