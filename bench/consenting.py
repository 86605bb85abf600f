"""Signing with several pictures and uses, the copy, and a look by agreement beside one for care."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

from bench.hospital import Hospital
from bench.report import Report
from safelight.consent.defaults import default_form
from safelight.consent.models import Agreement, FormVersion, Proposal
from safelight.consent.rules.form import Contact
from safelight.consent.rules.signature import Mark
from safelight.consent.services.deciding import answer_picture, answer_use, note_read
from safelight.consent.services.forms import draft_form, put_in_use
from safelight.consent.services.proposing import AskedUse, NewProposal, People, start_proposal
from safelight.consent.services.signing import sign
from safelight.consent.services.visiting import hand_over
from safelight.consent.visits import Visit, find_visit
from safelight.people.sessions import digest
from safelight.photos.models import Photograph
from safelight.release.copies import copy_for_signer
from safelight.release.facts import Asked, Use
from safelight.release.gate import open_photograph
from safelight.release.signers import show_to_signer
from safelight.vocabulary.agreements import Answer
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.photograph import PhotographState, Rendition
from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose
from safelight.vocabulary.signers import SignerRole

PICTURES, LOOKS = 6, 200
USES = (
    Purpose.ONE_TO_ONE_TEACHING,
    Purpose.SMALL_GROUP_TEACHING,
    Purpose.LECTURE,
    Purpose.CONFERENCE,
)

TAUGHT = tuple(AskedUse(item, USUAL_AUDIENCE[item]) for item in USES)


def measure(report: Report, hospital: Hospital, rounds: int) -> None:
    """The real verbs, one after the other, nothing beside them."""
    _put_a_form_in_use()
    pictures = pictures_of(hospital)[:PICTURES]
    visits = [_ready(hospital, pictures, place) for place in range(rounds)]
    signing = [milliseconds(partial(_sign, visit)) for visit in visits]
    copying = [milliseconds(partial(_copy, visit)) for visit in visits]
    report.table(
        "Consent, ms",
        {
            f"sign {len(pictures)} pictures for {len(USES)} uses": {
                "ms": statistics.median(signing)
            },
            "the copy as PDF, made, sealed, kept": {"ms": statistics.median(copying)},
        },
        f"median of {rounds}",
    )
    _looks(report, hospital, pictures[0])


def _put_a_form_in_use() -> None:
    number = draft_form(default_form(Contact("Desk", "+1 555 010 0100")), drafted_by=None)
    put_in_use(FormVersion.objects.get(number=number), None)


def pictures_of(hospital: Hospital) -> list[UUID]:
    """The verified ones of the first patient."""
    rows = Photograph.objects.filter(
        patient=hospital.patients[0], state=PhotographState.VERIFIED.value
    )
    return list(rows.values_list("id", flat=True))


def agreed(hospital: Hospital, pictures: list[UUID]) -> None:
    """The first patient signs for these pictures, for every kind of teaching."""
    _put_a_form_in_use()
    _sign(_ready(hospital, pictures, len(pictures)))


def agree_by_name(
    hospital: Hospital, patient: UUID, pictures: list[UUID], purpose: Purpose
) -> UUID:
    """This patient signs for these pictures, for one recipient by name; the agreement."""
    _put_a_form_in_use()
    uses = [AskedUse(purpose, USUAL_AUDIENCE[purpose], "Rhea")]
    visit = _ready(hospital, pictures, len(pictures), uses, patient)
    _sign(visit)
    return Agreement.objects.values_list("id", flat=True).get(proposal=visit.proposal)


def _ready(
    hospital: Hospital,
    pictures: list[UUID],
    place: int,
    uses: Sequence[AskedUse] = TAUGHT,
    patient: UUID | None = None,
) -> Visit:
    """Asked, seen and answered: all but signed."""
    asker = replace(hospital.asker, session_key=f"bench-{place}-{len(uses)}")
    proposal = start_proposal(
        asker,
        NewProposal(
            patient=patient or hospital.patients[0],
            uses=uses,
            language="en",
            style=TextStyle.STANDARD,
            signer_role=SignerRole.PATIENT,
            people=People(signer="Petra"),
            photographs=pictures,
        ),
    )
    visit = find_visit(hand_over(asker, proposal))
    if visit is None:
        raise RuntimeError("no visit")
    note_read(visit)
    for picture in pictures:
        show_to_signer(visit, picture, Rendition.DISPLAY)
        answer_picture(visit, picture, Answer.YES)
    for agreement in Agreement.objects.filter(proposal=proposal):
        answer_use(visit, agreement.id, Answer.YES)
    return visit


def _sign(visit: Visit) -> None:
    version = Proposal.objects.values_list("draft_version", flat=True).get(id=visit.proposal)
    sign(visit, Mark(typed="Petra"), version)


def _copy(visit: Visit) -> None:
    copy_for_signer(visit, "https://bench", with_thumbnails=True)


def _looks(report: Report, hospital: Hospital, picture: UUID) -> None:
    session = digest(hospital.cookie())
    care = Asked(session, picture, Rendition.DISPLAY)
    lecture = replace(care, use=Use(Purpose.LECTURE, USUAL_AUDIENCE[Purpose.LECTURE]))
    figures = {
        "for treatment": _rate(lambda: open_photograph(care)),
        "by an agreement": _rate(lambda: open_photograph(lecture)),
    }
    report.table(
        "Looks a second through the gate, one after the other",
        {
            name: {"a second": rate, "of treatment": rate / figures["for treatment"]}
            for name, rate in figures.items()
        },
        "display rendition, event durable before the bytes",
    )


def milliseconds(act: Callable[[], object]) -> float:
    since = time.perf_counter()
    act()
    return (time.perf_counter() - since) * 1000


def _rate(act: Callable[[], object]) -> float:
    act()
    return LOOKS * 1000 / sum(milliseconds(act) for _ in range(LOOKS))
