"""Keys of the institution itself: for search tokens, for the log's signature, for sessions."""

from functools import cache

from django.db import IntegrityError, transaction

from safelight.engines import envelope
from safelight.vault.keystore.models import InstitutionKey
from safelight.vault.ports import root_key

SEARCH_TOKENS = "search-tokens"
LOG_SIGNATURE = "log-signature"
SESSIONS = "sessions"
CONSENT_SIGNATURE = "consent-signature"
WATERMARKS = "watermarks"


@cache
def institution_key(name: str) -> bytes:
    """The 32-byte key `name`, made on first use; kept in memory while the process runs.

    The search key opens nothing: it only turns a name into a token. The log key only signs. The
    sessions' key opens what a browser's session remembers, never a patient's data. That of
    watermarks hides a number in a picture and finds it again.
    """
    row = InstitutionKey.objects.filter(name=name).first()
    if row is None:
        return _create(name)
    return root_key().unwrap(_context(name), bytes(row.wrapped_key))


def _context(name: str) -> bytes:
    return b"institution-key/" + name.encode()


def _create(name: str) -> bytes:
    key = envelope.new_key()
    try:
        with transaction.atomic(using="keystore"):
            InstitutionKey.objects.create(
                name=name, wrapped_key=root_key().wrap(_context(name), key)
            )
    except IntegrityError:  # another process was first: theirs is the one
        row = InstitutionKey.objects.get(name=name)
        return root_key().unwrap(_context(name), bytes(row.wrapped_key))
    return key


def search_token(kind: str, normalised: str) -> bytes:
    return envelope.keyed_token(institution_key(SEARCH_TOKENS), kind, normalised)
