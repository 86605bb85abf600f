"""What the demo's patients were asked, as data: which pictures, for what, and what became of it."""

from dataclasses import dataclass

from safelight.consent.services.proposing import AskedUse
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose
from safelight.vocabulary.signers import SignerRole

# A use that this hospital asks for anew each month, so that one agreement is always about to end.
MONTHLY = Purpose.QUALITY_IMPROVEMENT
# Somebody outside, whom a patient knows by this name.
RECIPIENT = "Rhea Lindqvist, wound clinic of Faraway"

RECORD_SYSTEM = "Faraway clinic, for its own record"


@dataclass(frozen=True, kw_only=True)
class DemoRequest:
    """One asking. `pictures` are the keys of shots, without the patient's.

    `yes` is what was agreed to; None while nothing is signed. `signer` is empty for the patient.
    """

    patient: str
    pictures: tuple[str, ...]
    uses: tuple[AskedUse, ...]
    language: str = "en"
    style: TextStyle = TextStyle.STANDARD
    signer_role: SignerRole = SignerRole.PATIENT
    signer: str = ""
    authority: str = ""
    yes: tuple[Purpose, ...] | None = None
    left_out: tuple[str, ...] = ()
    question: str = ""


def _use(purpose: Purpose, named: str = "") -> AskedUse:
    return AskedUse(purpose, USUAL_AUDIENCE[purpose], named)


_TEACHING = (
    _use(Purpose.ONE_TO_ONE_TEACHING),
    _use(Purpose.SMALL_GROUP_TEACHING),
    _use(Purpose.LECTURE),
)

# Of one patient in the order of asking.
REQUESTS = (
    # Asked about a covered form; see `covering`.
    DemoRequest(
        patient="amara",
        pictures=("60819002/overview/7",),
        uses=_TEACHING,
        yes=(Purpose.ONE_TO_ONE_TEACHING, Purpose.SMALL_GROUP_TEACHING, Purpose.LECTURE),
    ),
    DemoRequest(
        patient="petra",
        pictures=(
            "14975008/overview/42",
            "14975008/overview/28",
            "14975008/close-up/42",
            "14975008/close-up/28",
        ),
        uses=_TEACHING,
        yes=(Purpose.ONE_TO_ONE_TEACHING, Purpose.SMALL_GROUP_TEACHING),
        left_out=("14975008/close-up/42",),
        question="Will the students know my name?",
    ),
    # The reader signs this one, and is then Theo: pictures that no earlier answer speaks of.
    DemoRequest(
        patient="petra",
        pictures=("14975008/overview/14", "14975008/close-up/14", "14975008/overview/35"),
        uses=_TEACHING,
    ),
    DemoRequest(
        patient="pablo",
        pictures=("85562004/overview/21", "85562004/overview/11", "85562004/overview/2"),
        uses=_TEACHING,
        signer_role=SignerRole.GUARDIAN,
        signer="Greta Serrano",
        authority="Mother",
    ),
    DemoRequest(
        patient="nadia",
        pictures=("16982005/overview/84", "16982005/overview/28", "16982005/close-up/84"),
        uses=_TEACHING,
        language="ar",
    ),
    DemoRequest(
        patient="lucia",
        pictures=("14975008/overview/9", "14975008/overview/2"),
        uses=_TEACHING[:2],
        language="es",
        style=TextStyle.EASY_READ,
    ),
    DemoRequest(
        patient="kofi",
        pictures=("30021000/overview/91", "30021000/overview/28"),
        uses=(_use(MONTHLY), _use(Purpose.LECTURE)),
        yes=(MONTHLY, Purpose.LECTURE),
    ),
    DemoRequest(
        patient="ines",
        pictures=("818981001/overview/30", "818981001/overview/24", "818981001/overview/3"),
        uses=(_use(Purpose.SMALL_GROUP_TEACHING), _use(Purpose.LECTURE)),
        yes=(Purpose.SMALL_GROUP_TEACHING, Purpose.LECTURE),
    ),
    DemoRequest(
        patient="samuel",
        pictures=("30021000/overview/8", "30021000/overview/5"),
        uses=(_use(Purpose.LECTURE),),
        yes=(Purpose.LECTURE,),
    ),
    DemoRequest(
        patient="kofi",
        pictures=("30021000/overview/91",),
        uses=(
            _use(Purpose.CONFERENCE),
            _use(Purpose.PRINT_PUBLICATION, "The Elswhere Journal of Wounds, an article in spring"),
        ),
    ),
    # Sent and taken back in recalling.py.
    DemoRequest(
        patient="samuel",
        pictures=("30021000/overview/8", "30021000/overview/5"),
        uses=(_use(Purpose.RECORD_COPY, RECORD_SYSTEM),),
        yes=(Purpose.RECORD_COPY,),
    ),
    # Shared with her in shares.py.
    DemoRequest(
        patient="kofi",
        pictures=("30021000/overview/91", "30021000/overview/28"),
        uses=(_use(Purpose.SECOND_OPINION, RECIPIENT),),
        yes=(Purpose.SECOND_OPINION,),
    ),
)
