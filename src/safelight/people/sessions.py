"""Browser sessions in the database, found by the hash of the cookie and sealed.

Who copies the database gets no cookie that a browser could send, and reads nothing of what a
session remembers (a name that was typed, a secret that is being set up). Who may write to it cannot
put one session's data in the place of another's.
"""

import base64
import hashlib
import json
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.utils import timezone

from safelight.engines.envelope import EnvelopeError, FieldKey
from safelight.vault.institution_keys import SESSIONS, institution_key


def digest(session_key: str) -> str:
    """What stands in the database for a session cookie."""
    return hashlib.sha256(session_key.encode()).hexdigest()


def _key() -> FieldKey:
    return FieldKey(institution_key(SESSIONS))


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

    def encode(self, session_dict: dict[str, Any]) -> str:
        plain = json.dumps(session_dict, separators=(",", ":")).encode()
        return base64.b64encode(_key().seal(self._context(), plain)).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """What was encoded for this very session; an empty session for anything else."""
        try:
            plain = _key().unseal(self._context(), base64.b64decode(session_data))
        except (EnvelopeError, ValueError):
            return {}
        data: dict[str, Any] = json.loads(plain)
        return data

    def _context(self) -> bytes:
        return b"session/" + digest(self.session_key or "").encode()

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            self.model.objects.filter(session_key=digest(key)).delete()
