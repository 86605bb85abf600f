"""A passkey in the place of the code: added by a recipient who is in, asked for at the door from then on.

WebAuthn Level 2. The door asks every device the same, so that it tells nobody which link is real.
"""

import json
import struct
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from safelight.sharing.errors import CodeRefusedError, PasskeyRefusedError, ShareOverError
from safelight.sharing.guests import (
    Guest,
    living_opening,
    passkey_binding,
    share_binding,
)
from safelight.sharing.models import Share, SharePasskey
from safelight.sharing.services.entering import begin, find_share, has_something_to_show
from safelight.sharing.services.standing import lock_share, record_share
from safelight.vocabulary.events import EventTag, Outcome

LONGEST_CREDENTIAL: Final = 20_000
VOID: Final = ""
# What a device says may be wrong in any way; python-fido2 and its parts raise all of these.
_WRONG: Final = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    RecursionError,
    AssertionError,
    struct.error,
    InvalidSignature,
    UnsupportedAlgorithm,
)


@dataclass(frozen=True)
class Site:
    """The site as a device knows it: the host without a port, and the institution's name."""

    host: str
    name: str


@dataclass(frozen=True)
class Question:
    """What a device is asked, as JSON, and what has to be remembered until it answers."""

    options: dict[str, Any]
    state: dict[str, Any]


def _server(site: Site) -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(id=site.host, name=site.name))


def ask_to_add(guest: Guest, site: Site) -> Question:
    """For a recipient who is in; raises ShareOverError."""
    if living_opening(guest, timezone.now()) is None:
        raise ShareOverError
    # The device shows this name: it tells neither a patient nor who was asked.
    user = PublicKeyCredentialUserEntity(
        id=guest.share.bytes, name=site.name, display_name=site.name
    )
    options, state = _server(site).register_begin(
        user,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Question(dict(options), state)


def add_passkey(guest: Guest, site: Site, state: dict[str, Any] | None, answer: str) -> None:
    """From now on the device opens the link, and the code is void until the sender makes a new one.

    Raises PasskeyRefusedError, ShareOverError.
    """
    try:
        known = _server(site).register_complete(state or {}, _as_mapping(answer)).credential_data
    except _WRONG as error:
        raise PasskeyRefusedError from error
    if known is None:
        raise PasskeyRefusedError
    with transaction.atomic():
        share = lock_share(guest.share)
        if living_opening(guest, timezone.now()) is None:
            raise ShareOverError
        row = SharePasskey(
            id=uuid4(), share=share, credential=bytes(known), added_at=timezone.now()
        )
        row.binding = passkey_binding(row)
        row.save(force_insert=True)
        share.code_hash, share.failed_attempts = VOID, 0
        share.binding = share_binding(share)
        share.save(update_fields=["code_hash", "failed_attempts", "binding"])
        record_share(EventTag.SHARING_PASSKEY_ADDED, share, guest.opening, row.id)


def ask_at_the_door(site: Site) -> Question:
    """The same for every link: any passkey of this site, chosen on the device."""
    options, state = _server(site).authenticate_begin(
        user_verification=UserVerificationRequirement.REQUIRED
    )
    return Question(dict(options), state)


def enter_by_passkey(
    typed_letters: str, site: Site, state: dict[str, Any] | None, answer: str
) -> str:
    """Come in by the link and a passkey of that share; the cookie's secret.

    Raises CodeRefusedError for anything that is not exactly that, ShareOverError as `enter`.
    """
    with transaction.atomic():
        share = find_share(typed_letters)
        if share is not None and _is_theirs(share, site, state, answer):
            if has_something_to_show(share):
                share.failed_attempts = 0
                return begin(share, _last_zone(share))
            record_share(EventTag.SHARING_ACCESS_REFUSED, share, None, outcome=Outcome.DENIED)
            wrong: CodeRefusedError | ShareOverError = ShareOverError()
        else:
            if share is not None:
                record_share(EventTag.SHARING_ACCESS_REFUSED, share, None, outcome=Outcome.DENIED)
            wrong = CodeRefusedError()
    raise wrong


def _is_theirs(share: Share, site: Site, state: dict[str, Any] | None, answer: str) -> bool:
    known = [
        AttestedCredentialData(bytes(row.credential))
        for row in share.passkeys.all()
        if constant_time_compare(bytes(row.binding), passkey_binding(row))
    ]
    if not known or not state:
        return False
    try:
        _server(site).authenticate_complete(state, known, _as_mapping(answer))
    except _WRONG:
        return False
    return True


def _last_zone(share: Share) -> str:
    last = share.opened.order_by("-number").first()
    return last.zone if last else ""


def _as_mapping(answer: str) -> dict[str, Any]:
    """What a browser sent; ValueError for anything but an object, and for far too much."""
    if len(answer) > LONGEST_CREDENTIAL:
        raise ValueError
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise TypeError
    return found
