"""Petra's agreement as the tests start from it, and any other as hypothesis draws it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from safelight.engines.fhir import Agreement, ConsentStatus, Image, Signature
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole

PETRA = UUID("6d0f2a7e-94f5-4d7b-9b5e-0b7f3f6f1a01")
PABLO = UUID("6d0f2a7e-94f5-4d7b-9b5e-0b7f3f6f1a02")
FOREARM = UUID("1b671a64-40d5-491e-99b0-da01ff1f3341")
ELBOW = UUID("1b671a64-40d5-491e-99b0-da01ff1f3342")

PARIS_SUMMER = timezone(timedelta(hours=2))
DECIDED = datetime(2026, 6, 1, 10, 15, 30, tzinfo=PARIS_SUMMER)

TEACHING = Agreement(
    agreement_id=UUID("0f8fad5b-d9cb-469f-a165-70867728950e"),
    patient=PETRA,
    status="active",
    provision="permit",
    purpose=Purpose.ONE_TO_ONE_TEACHING,
    audience=Audience.ONE_TO_ONE,
    decided_at=DECIDED,
    starts_on=date(2026, 6, 1),
    ends_on=date(2028, 5, 31),
    organization_id="hospital",
    organization_name="Harbour Hospital",
    policy_uri="https://hospital.example/consent/teaching/3",
    source_reference="signed-0f8fad5b",
    images=(Image(FOREARM, "display"), Image(ELBOW, "redacted")),
    test_data=True,
)

DRAWN = Signature(
    when=DECIDED,
    target_format="application/pdf",
    signature_format="image/png",
    data=b"\x89PNG a drawn line",
)


def agreement(**changes: Any) -> Agreement:
    return replace(TEACHING, **changes)


def by_greta(**changes: Any) -> Agreement:
    """Pablo's agreement, which his guardian decided."""
    authority = {"performer": SignerRole.GUARDIAN, "performer_authority": "mother"}
    return agreement(patient=PABLO, **{**authority, **changes})


_WORDS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(
    str.strip
)
_DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1))
_ZONES = st.integers(min_value=-14 * 60, max_value=14 * 60).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)
_IMAGES = st.lists(
    st.builds(Image, st.uuids(), st.sampled_from(list(Rendition))),
    min_size=1,
    max_size=5,
    unique=True,
)
MOMENTS = st.datetimes(timezones=_ZONES)


@st.composite
def agreements(draw: st.DrawFn, patient: UUID | None = None) -> Agreement:
    starts_on, ends_on = sorted([draw(_DAYS), draw(_DAYS)])
    return Agreement(
        agreement_id=draw(st.uuids()),
        patient=patient or draw(st.uuids()),
        status=draw(st.sampled_from(list(ConsentStatus))),
        provision=draw(st.sampled_from(["permit", "deny"])),
        purpose=draw(st.sampled_from(list(Purpose))),
        audience=draw(st.sampled_from(list(Audience))),
        recipient_display=draw(_WORDS),
        decided_at=draw(MOMENTS),
        starts_on=starts_on,
        ends_on=draw(st.sampled_from([ends_on, None])),
        organization_id="hospital",
        organization_name=draw(_WORDS),
        policy_uri="https://hospital.example/consent/1",
        performer=draw(st.sampled_from(list(SignerRole))),
        performer_authority=draw(_WORDS),
        source_reference="signed-1",
        images=tuple(draw(_IMAGES)),
        test_data=draw(st.booleans()),
    )


NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
