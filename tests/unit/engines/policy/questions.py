"""What the policy is asked: the facts of each decision table, and how to ask at one of its points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.unit.engines.policy import tables
from tests.unit.engines.policy.tables import Dimensions, Point, Table

from safelight.engines.policy import (
    AgreementFacts,
    AgreementStatus,
    AskerFacts,
    Authority,
    CareFacts,
    CustodyFacts,
    Decision,
    Facts,
    OpeningFacts,
    OpeningState,
    PatientFacts,
    PatientState,
    PhotographFacts,
    Provision,
    ReferenceFacts,
    ReferenceState,
    ReferredFacts,
    Request,
    SessionState,
    Training,
    decide,
    decide_at_address,
    decide_break_glass,
    decide_by_reference,
    decide_for_patient,
    may_capture,
    may_open_custody,
    may_view_timeline,
)
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import (
    BreakGlassReason,
    PhotographState,
    Rendition,
    Sensitivity,
)
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.relationships import Relationship
from safelight.vocabulary.roles import Role
from safelight.vocabulary.signers import SignerRole

YES_NO_UNKNOWN = (True, False, None)
ASKER: Dimensions = {
    "role": (*Role, None),
    "session": (*SessionState, None),
    "training": tuple(Training),
}
CARE: Dimensions = {
    "relationship": (*Relationship, None),
    "break_glass": YES_NO_UNKNOWN,
    "patient": (*PatientState, None),
}
PHOTOGRAPH: Dimensions = {
    "rendition": tuple(Rendition),
    "state": (*PhotographState, None),
    "sensitivity": (*Sensitivity, None),
    "reason_stated": YES_NO_UNKNOWN,
    "taken_by_asker": YES_NO_UNKNOWN,
}
TEXTS = {
    "10 visible characters": "Night duty.",
    "10 visible characters among blanks": " I\tc o v e r  f o r\nA. ",
    "9 visible characters": "Nightduty",
    "empty": "",
    "blanks": " \t\n" * 10,
    "invisible characters": "\u200b\u2060\u0000" * 10,
}
# What the request names, and what the agreement names.
RECIPIENTS = {
    "nobody named": (None, None),
    "the same": ("r1", "r1"),
    "only in the request": ("r1", None),
    "only in the agreement": (None, "r1"),
    "different": ("r1", "r2"),
}
# How many people will look, and how many at most the agreement names.
SIZES = {
    "no bound and none stated": (None, None),
    "stated without a bound": (300, None),
    "fewer than agreed": (1, 12),
    "as many as agreed": (12, 12),
    "more than agreed": (13, 12),
    "not stated": (None, 12),
    "nobody": (0, 12),
    "fewer than nobody": (-1, 12),
    "bound of nobody": (1, 0),
}
# What sets one of two agreements apart from a permit for exactly what is asked.
DENY = {"provision": Provision.DENY}
CONDITIONS: dict[str, dict[str, Any]] = {
    "permits": {"audience_size": 12},
    "permits while the institution lets it go on": {"authority": Authority.ENDED_BUT_CONTINUED},
    "permits as many people as come": {"audience_size": None},
    "a draft": {"status": AgreementStatus.DRAFT},
    "not signed yet": {"status": AgreementStatus.PROPOSED},
    "refused": {"status": AgreementStatus.REJECTED},
    "withdrawn": {"status": AgreementStatus.INACTIVE},
    "expired": {"in_period": False},
    "for another audience": {"audience": "another"},
    "for another recipient": {"recipient": "r2"},
    "for fewer people": {"audience_size": 11},
    "lists other pictures": {"covers_image": False},
    "signed by a guardian whose authority ended": {"authority": Authority.ENDED},
    "nobody could date it": {"in_period": None},
    "entered in error": {"status": AgreementStatus.ENTERED_IN_ERROR},
    "for another purpose": {"purpose": "another"},
    "denies, but was withdrawn": {**DENY, "status": AgreementStatus.INACTIVE},
    "denies, but has expired": {**DENY, "in_period": False},
    "denies, but is not signed yet": {**DENY, "status": AgreementStatus.PROPOSED},
    "denies other pictures": {**DENY, "covers_image": False},
    "denies another audience": {**DENY, "audience": "another"},
    "denies another purpose": {**DENY, "purpose": "another"},
    "denies somebody else": {**DENY, "recipient": "r2"},
    "denies": DENY,
    "denies for fewer people": {**DENY, "audience_size": 11},
    "denies, by a guardian whose authority ended": {**DENY, "authority": Authority.ENDED},
    "denies to everybody": {**DENY, "recipient": None},
    "might deny": {"provision": None},
}
MATCHES = ("same", "other", None)


def asker_at(point: Point) -> AskerFacts:
    return AskerFacts(point["role"], point["session"], point["training"])


def care_at(point: Point) -> CareFacts:
    return CareFacts(point["relationship"], point["break_glass"], point["patient"])


def facts_at(point: Point, agreements: tuple[AgreementFacts, ...] = ()) -> Facts:
    return Facts(
        asker_at(point),
        care_at(point),
        PhotographFacts(point["state"], point["sensitivity"], point["taken_by_asker"]),
        point["reason_stated"],
        agreements,
        reviewed=True,
    )


def for_treatment(point: Point) -> Decision:
    return decide(
        Request(Purpose.TREATMENT, point["audience"], point["rendition"]), facts_at(point)
    )


def for_capture(point: Point) -> Decision:
    asker = asker_at(point)
    return may_capture(asker, care_at(point))


def for_timeline(point: Point) -> Decision:
    asker = asker_at(point)
    return may_view_timeline(asker, care_at(point))


def for_break_glass(point: Point) -> Decision:
    asker = asker_at(point)
    return decide_break_glass(asker, point["patient"], point["reason"], TEXTS[point["text"]])


def beyond_treatment(point: Point) -> Decision:
    recipient = "r1" if point["recipient_named"] else None
    request = Request(point["purpose"], Audience.LECTURE_HALL, point["rendition"], recipient)
    facts = facts_at(point, (permit("A", request),))
    known = {"social_media_enabled": point["social_media"], "reviewed": point["reviewed"]}
    return decide(request, replace(facts, **known))


def by_address(point: Point) -> Decision:
    purpose = point["purpose"]
    is_care = purpose is Purpose.TREATMENT
    audience = Audience.CARE_TEAM if is_care else Audience.LECTURE_HALL
    request = Request(purpose, audience, Rendition.DISPLAY, None if is_care else "r1")
    asker = replace(ALICE_LOOKS.asker, session=point["session"])
    agreements = () if is_care else (permit("A", request),)
    return decide_at_address(request, replace(ALICE_LOOKS, asker=asker, agreements=agreements))


def with_one_agreement(point: Point) -> Decision:
    audience = (
        Audience.CARE_TEAM if point["purpose"] is Purpose.TREATMENT else Audience.LECTURE_HALL
    )
    asked_for, agreed_with = RECIPIENTS[point["recipients"]]
    size, bound = SIZES[point["sizes"]]
    request = Request(point["purpose"], audience, Rendition.DISPLAY, asked_for, size)
    other = Purpose.LECTURE if point["purpose"] is Purpose.CONFERENCE else Purpose.CONFERENCE
    agreement = AgreementFacts(
        agreement_id="A",
        status=point["status"],
        provision=point["provision"],
        purpose={"same": request.purpose, "other": other}.get(point["agreement_purpose"]),
        audience={"same": audience, "other": Audience.PUBLIC}.get(point["agreement_audience"]),
        covers_image=point["covers_image"],
        in_period=point["in_period"],
        recipient=agreed_with,
        audience_size=bound,
        authority=point["authority"],
    )
    return decide(request, replace(ALICE_LOOKS, agreements=(agreement,)))


def with_two_agreements(point: Point) -> Decision:
    request = Request(point["purpose"], point["audience"], Rendition.DISPLAY, "r1", 12)
    agreements = (
        in_condition(point["a"], permit("A", request)),
        in_condition(point["b"], permit("B", request)),
    )
    care = CareFacts(Relationship.ENCOUNTER, break_glass=False, patient=point["patient"])
    return decide(request, replace(ALICE_LOOKS, care=care, agreements=agreements))


def in_condition(condition: str, agreement: AgreementFacts) -> AgreementFacts:
    changes = dict(CONDITIONS[condition])
    if changes.pop("audience", None):
        public = agreement.audience is Audience.PUBLIC
        changes["audience"] = Audience.SMALL_GROUP if public else Audience.PUBLIC
    if changes.pop("purpose", None):
        conference = agreement.purpose is Purpose.CONFERENCE
        changes["purpose"] = Purpose.LECTURE if conference else Purpose.CONFERENCE
    return replace(agreement, **changes)


def for_patient(point: Point) -> Decision:
    return decide_for_patient(
        Request(point["purpose"], point["audience"], point["rendition"]),
        PatientFacts(
            session=point["session"],
            capacity=point["capacity"],
            patient=point["patient"],
            photograph=PhotographFacts(point["state"], point["sensitivity"], taken_by_asker=None),
            is_in_proposal=point["in_proposal"],
            is_identified=point["identified"],
        ),
    )


def in_custody(point: Point) -> Decision:
    opening = OpeningFacts(
        "O",
        point["opening"],
        point["lists_photograph"],
        point["is_requester"],
        point["has_second_person"],
    )
    return may_open_custody(CustodyFacts(asker_at(point), opening, point["state"]))


def by_reference(point: Point) -> Decision:
    recipient = "r1" if point["recipient_named"] else None
    request = Request(point["purpose"], point["audience"], point["rendition"], recipient)
    return decide_by_reference(
        request,
        ReferredFacts(
            ReferenceFacts(
                "R",
                point["reference"],
                point["lists_photograph"],
                point["is_admitted"],
                point["has_room"],
                point["reason_stated"],
            ),
            asker_at(point) if point["viewer"] == "staff" else None,
            point["patient"],
            PhotographFacts(point["state"], point["sensitivity"], taken_by_asker=None),
            (permit("A", request),),
            point["social_media"],
            point["reviewed"],
        ),
    )


def permit(agreement_id: str, request: Request) -> AgreementFacts:
    return AgreementFacts(
        agreement_id=agreement_id,
        status=AgreementStatus.ACTIVE,
        provision=Provision.PERMIT,
        purpose=request.purpose,
        audience=request.audience,
        covers_image=True,
        in_period=True,
        recipient=request.recipient,
    )


ALICE_LOOKS = Facts(
    AskerFacts(Role.CLINICIAN, SessionState.USABLE, Training.CURRENT),
    CareFacts(Relationship.DEPARTMENT, break_glass=False, patient=PatientState.CURRENT),
    PhotographFacts(PhotographState.VERIFIED, Sensitivity.ORDINARY, taken_by_asker=False),
    social_media_enabled=True,
    reviewed=True,
)
ON_TREATMENT = tables.read(
    "treatment.yaml",
    {"purpose": (Purpose.TREATMENT,), "audience": tuple(Audience), **ASKER, **CARE, **PHOTOGRAPH},
)
ON_CARE = tables.read("care.yaml", {**ASKER, **CARE})
ON_BREAK_GLASS = tables.read(
    "break-glass.yaml",
    {
        **ASKER,
        "patient": CARE["patient"],
        "reason": (*BreakGlassReason, None),
        "text": tuple(TEXTS),
    },
)
BEYOND_TREATMENT = tuple(p for p in Purpose if p is not Purpose.TREATMENT)
ON_USE = tables.read(
    "beyond-treatment.yaml",
    {
        "purpose": BEYOND_TREATMENT,
        "recipient_named": (True, False),
        "social_media": YES_NO_UNKNOWN,
        "reviewed": YES_NO_UNKNOWN,
        **ASKER,
        **CARE,
        **PHOTOGRAPH,
    },
)
AT_AN_ADDRESS = tables.read(
    "by-address.yaml", {"purpose": tuple(Purpose), "session": ASKER["session"]}
)
ON_ONE_AGREEMENT = tables.read(
    "one-agreement.yaml",
    {
        "purpose": tuple(Purpose),
        "provision": (*Provision, None),
        "status": (*AgreementStatus, None),
        "agreement_purpose": MATCHES,
        "agreement_audience": MATCHES,
        "recipients": tuple(RECIPIENTS),
        "covers_image": YES_NO_UNKNOWN,
        "in_period": YES_NO_UNKNOWN,
        "sizes": tuple(SIZES),
        "authority": (*Authority, None),
    },
)
ON_TWO_AGREEMENTS = tables.read(
    "two-agreements.yaml",
    {
        "purpose": tuple(Purpose),
        "audience": tuple(Audience),
        "patient": CARE["patient"][:-1],
        "a": tuple(CONDITIONS),
        "b": tuple(CONDITIONS),
    },
)
ON_PATIENT = tables.read(
    "patient.yaml",
    {
        "purpose": tuple(Purpose),
        "audience": tuple(Audience),
        "rendition": tuple(Rendition),
        "session": ASKER["session"],
        "capacity": (*SignerRole, None),
        "identified": YES_NO_UNKNOWN,
        "patient": CARE["patient"],
        "state": PHOTOGRAPH["state"],
        "sensitivity": PHOTOGRAPH["sensitivity"],
        "in_proposal": YES_NO_UNKNOWN,
    },
)
ON_CUSTODY = tables.read(
    "custody.yaml",
    {
        **ASKER,
        "state": PHOTOGRAPH["state"],
        "opening": (*OpeningState, None),
        "lists_photograph": YES_NO_UNKNOWN,
        "is_requester": YES_NO_UNKNOWN,
        "has_second_person": YES_NO_UNKNOWN,
    },
)
ON_REFERENCE = tables.read(
    "by-reference.yaml",
    {
        "purpose": tuple(Purpose),
        "audience": tuple(Audience),
        "recipient_named": (True, False),
        "rendition": tuple(Rendition),
        "viewer": ("guest", "staff"),
        **ASKER,
        "patient": CARE["patient"],
        "state": PHOTOGRAPH["state"],
        "sensitivity": PHOTOGRAPH["sensitivity"],
        "reference": (*ReferenceState, None),
        "lists_photograph": YES_NO_UNKNOWN,
        "is_admitted": YES_NO_UNKNOWN,
        "has_room": YES_NO_UNKNOWN,
        "reason_stated": YES_NO_UNKNOWN,
        "social_media": YES_NO_UNKNOWN,
        "reviewed": YES_NO_UNKNOWN,
    },
)
Ask = Callable[[Point], Decision]
QUESTIONS: dict[str, tuple[Table, Ask]] = {
    "treatment": (ON_TREATMENT, for_treatment),
    "capture": (ON_CARE, for_capture),
    "timeline": (ON_CARE, for_timeline),
    "break-glass": (ON_BREAK_GLASS, for_break_glass),
    "beyond-treatment": (ON_USE, beyond_treatment),
    "by-address": (AT_AN_ADDRESS, by_address),
    "one-agreement": (ON_ONE_AGREEMENT, with_one_agreement),
    "two-agreements": (ON_TWO_AGREEMENTS, with_two_agreements),
    "patient": (ON_PATIENT, for_patient),
    "by-reference": (ON_REFERENCE, by_reference),
    "custody": (ON_CUSTODY, in_custody),
}
