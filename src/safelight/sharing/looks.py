"""What a guest sees: each picture by the gate, marked with the recipient's name, at each look anew."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from safelight.consent.records import recipient_name
from safelight.engines.policy import ReferenceFacts
from safelight.institution.selectors import current_zone
from safelight.patients.selectors import known_patient, surviving_patient
from safelight.photos.selectors import PhotographView, photographs_in_order
from safelight.release.marking import Mark
from safelight.release.opened import Opened
from safelight.release.recipients import rests_on, use_of
from safelight.release.references import Look, may_show, show_by_reference
from safelight.sharing.errors import ShareOverError
from safelight.sharing.guests import Guest, listed, living_opening, state_of
from safelight.sharing.models import Opening
from safelight.sharing.words import question_of
from safelight.vocabulary.age_bands import AgeBand, age_band
from safelight.vocabulary.errors import SafelightError

LONGEST_MARKED: Final = 48
"""Letters of a name in a mark; the rest of a line is for the time."""


@dataclass(frozen=True, kw_only=True)
class SharedPage:
    """What the recipient reads. PHI: the question, and what the pictures show.

    Minimum necessary: of the patient an age band and the coded sex, and no more.
    """

    id: UUID
    recipient: str
    question: str
    age: AgeBand
    sex: str
    expires_at: datetime
    has_passkey: bool
    photographs: tuple[PhotographView, ...]


def shared_page(guest: Guest) -> SharedPage:
    """The share as its recipient sees it now; ShareOverError once nothing of it may be shown."""
    now = timezone.now()
    opening = _require(guest, now)
    share = opening.share
    shown = _shown(opening, listed(share), now)
    if not shown:
        raise ShareOverError
    identity = known_patient(surviving_patient(share.patient_id)).identity
    today = now.astimezone(current_zone()).date()
    try:
        question = question_of(share)
    except SafelightError as error:  # no key, or words that are another share's
        raise ShareOverError from error
    return SharedPage(
        id=share.id,
        recipient=recipient_name(share.agreement),
        question=question,
        age=age_band(identity.age_on(today)),
        sex=identity.sex,
        expires_at=share.expires_at,
        has_passkey=share.passkeys.exists(),
        photographs=tuple(photographs_in_order(shown)),
    )


def shown_now(guest: Guest) -> tuple[UUID, ...]:
    """The pictures that may still stand on the guest's screen; ShareOverError for none."""
    now = timezone.now()
    opening = _require(guest, now)
    shown = _shown(opening, listed(opening.share), now)
    if not shown:
        raise ShareOverError
    return shown


def show(guest: Guest, photograph: UUID) -> Opened:
    """One picture, marked. Raises ShareOverError, or what `show_by_reference` raises."""
    now = timezone.now()
    opening = _require(guest, now)
    look = _look(opening, photograph, now)
    # INVARIANT: bytes rest on the share's own agreement, as page and lease do. What nothing permits
    # goes on to the gate, which refuses it and says so in the record.
    if may_show(look) and not rests_on(opening.share.agreement, look):
        raise ShareOverError
    opened = show_by_reference(look)
    _require(guest, timezone.now())  # nor is what was revoked while it was marked
    return opened


def _require(guest: Guest, now: datetime) -> Opening:
    opening = living_opening(guest, now)
    if opening is None:
        raise ShareOverError
    return opening


def _shown(opening: Opening, wanted: Iterable[UUID], now: datetime) -> tuple[UUID, ...]:
    agreement = opening.share.agreement
    return tuple(item for item in wanted if rests_on(agreement, _look(opening, item, now)))


def _look(opening: Opening, photograph: UUID, now: datetime) -> Look:
    share = opening.share
    name = recipient_name(share.agreement)
    return Look(
        use=use_of(share.agreement),
        facts=ReferenceFacts(
            str(share.id),
            state_of(share, now),
            lists_photograph=share.pictures.filter(photograph=photograph).exists(),
            is_admitted=opening.ended_at is None,
            has_room=opening.number <= share.openings,
            reason_stated=share.states_reason,
        ),
        photograph=photograph,
        viewer=opening.id,
        named=name,
        mark=Mark(_mark_text(name, now, opening.zone), share.mark_number),
    )


def _mark_text(name: str, now: datetime, zone: str) -> str:
    """Who, and when by the recipient's own clock, with how far that is from UTC."""
    there = now.astimezone(ZoneInfo(zone) if zone else current_zone())
    short = name if len(name) <= LONGEST_MARKED else f"{name[:LONGEST_MARKED]}…"
    return f"{short} · {there:%Y-%m-%d %H:%M} UTC{there:%z}"
