"""What a screen is known by: its cookie, its code, its name. Only keyed hashes stand in rows."""

import secrets
from typing import Final
from uuid import UUID

from django.utils.crypto import constant_time_compare

from safelight.teaching.rules import CODE_LETTERS
from safelight.vault.institution_keys import search_token

# Crockford's base 32: no I, L, O or U, so that nothing is read for something else.
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD: Final = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V", " ": "", "-": ""})
# Short, seen on no keyboard, and no two that sound alike.
_NAMES: Final = (
    *("Badger", "Beech", "Birch", "Cedar", "Clover", "Cricket", "Dolphin", "Falcon", "Fern"),
    *("Finch", "Fox", "Gecko", "Hazel", "Heron", "Ivy", "Juniper", "Kestrel", "Larch", "Lotus"),
    *("Lynx", "Maple", "Marten", "Moth", "Newt", "Olive", "Otter", "Panda", "Pine", "Plover"),
    *("Raven", "Salmon", "Tulip"),
)


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def new_code() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(CODE_LETTERS))


def new_name() -> str:
    """What the teacher compares before a screen is let in."""
    return f"{secrets.choice(_NAMES)} {secrets.randbelow(90) + 10}"


def read_code(typed: str) -> str:
    """The code as somebody typed it, with what is easily misread put right."""
    return typed.upper().translate(_MISREAD)[: 2 * CODE_LETTERS]


def cookie_digest(secret: str) -> str:
    return search_token("screen", secret).hex()


def code_digest(code: str) -> str:
    return search_token("screen-code", code).hex()


def binding(key: str, screen: UUID, lecture: UUID) -> bytes:
    """Keyed by the institution: a row that is put into another lecture is no way in."""
    return search_token("screen-lecture", f"{key}/{screen}/{lecture}")


def is_bound(stored: bytes, key: str, screen: UUID, lecture: UUID) -> bool:
    return constant_time_compare(bytes(stored), binding(key, screen, lecture))
