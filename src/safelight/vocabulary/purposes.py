"""What a picture is wanted for.

Our own code system, since HL7 has no code for publication, conference, website or software
development. Purposes match exactly: there is no subsumption. In the tree of HL7 v3 ActReason,
TRAIN is a kind of HOPERAT and BTG a kind of TREAT; whoever climbed it would turn an agreement to
quality work into an agreement to teaching.
"""

from collections.abc import Mapping
from typing import Final

from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.coded import Coded

ACT_REASON_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/v3-ActReason"

BREAK_GLASS_ACT_REASON: Final = "BTG"
"""What the record calls the purpose of a view under break-glass.

Break-glass is no purpose of its own: the purpose is treatment, and break-glass is the ground.
"""


class Purpose(Coded):
    """Treatment first, then the uses a patient is asked about from near to far, then oversight."""

    TREATMENT = "treatment", "Treatment"
    SECOND_OPINION = "second-opinion", "Second opinion outside the institution"
    RECORD_COPY = "record-copy", "A copy for another care provider's record"
    ONE_TO_ONE_TEACHING = "one-to-one-teaching", "One-to-one teaching"
    SMALL_GROUP_TEACHING = "small-group-teaching", "Small-group teaching"
    LECTURE = "lecture", "Lecture inside the institution"
    CONFERENCE = "conference", "Conference or teaching outside the institution"
    PRINT_PUBLICATION = "print-publication", "Publication in print"
    ONLINE_PUBLICATION = "online-publication", "Publication online"
    SOCIAL_MEDIA = "social-media", "Social media"
    RESEARCH = "research", "Research study"
    SOFTWARE_DEVELOPMENT = "software-development", "Development of software or AI"
    QUALITY_IMPROVEMENT = "quality-improvement", "Quality improvement"
    PATIENT_REQUEST = "patient-request", "At the patient's request"
    PRIVACY_OVERSIGHT = "privacy-oversight", "Oversight by the privacy officer"

    @property
    def act_reason(self) -> str | None:
        """The HL7 v3 ActReason code to write beside our own, or None where HL7 has none.

        Outward only and coarser than our codes: never match on it.
        """
        return _ACT_REASONS.get(self)


_ACT_REASONS: Mapping[Purpose, str] = {
    Purpose.TREATMENT: "TREAT",
    # SECOND_OPINION has none on purpose: as TREAT, a refusal would read as a refusal of treatment.
    Purpose.ONE_TO_ONE_TEACHING: "TRAIN",
    Purpose.SMALL_GROUP_TEACHING: "TRAIN",
    Purpose.LECTURE: "TRAIN",
    Purpose.RESEARCH: "HRESCH",
    Purpose.QUALITY_IMPROVEMENT: "HQUALIMP",
    Purpose.PATIENT_REQUEST: "PATRQT",
    Purpose.PRIVACY_OVERSIGHT: "HCOMPL",
}

BY_AGREEMENT: Final = frozenset(Purpose) - {
    Purpose.TREATMENT,
    Purpose.PATIENT_REQUEST,
    Purpose.PRIVACY_OVERSIGHT,
}
"""What a patient can agree to. Each opens a picture by citing an agreement, or not at all."""

NAMED: Final = frozenset(
    {
        Purpose.SECOND_OPINION,
        Purpose.RECORD_COPY,
        Purpose.PRINT_PUBLICATION,
        Purpose.ONLINE_PUBLICATION,
        Purpose.SOCIAL_MEDIA,
        Purpose.RESEARCH,
        Purpose.SOFTWARE_DEVELOPMENT,
    }
)
"""Never agreed to in general, only for one named recipient, publication, study or project."""

BY_REFERENCE_ONLY: Final = frozenset(
    {
        Purpose.SECOND_OPINION,
        Purpose.RECORD_COPY,
        Purpose.PRINT_PUBLICATION,
        Purpose.ONLINE_PUBLICATION,
        Purpose.SOCIAL_MEDIA,
    }
)
"""Named uses that have a page of their own, which counts and binds what leaves by it."""

TAUGHT: Final = (
    Purpose.ONE_TO_ONE_TEACHING,
    Purpose.SMALL_GROUP_TEACHING,
    Purpose.LECTURE,
    Purpose.CONFERENCE,
)
"""The purposes of teaching, from near to far."""

USUAL_AUDIENCE: Final[Mapping[Purpose, Audience]] = {
    Purpose.SECOND_OPINION: Audience.ONE_RECIPIENT,
    Purpose.RECORD_COPY: Audience.ONE_RECIPIENT,
    Purpose.ONE_TO_ONE_TEACHING: Audience.ONE_TO_ONE,
    Purpose.SMALL_GROUP_TEACHING: Audience.SMALL_GROUP,
    Purpose.LECTURE: Audience.LECTURE_HALL,
    Purpose.CONFERENCE: Audience.CONFERENCE,
    Purpose.PRINT_PUBLICATION: Audience.READERSHIP,
    Purpose.ONLINE_PUBLICATION: Audience.PUBLIC,
    Purpose.SOCIAL_MEDIA: Audience.PUBLIC,
    Purpose.RESEARCH: Audience.PROJECT_TEAM,
    Purpose.SOFTWARE_DEVELOPMENT: Audience.PROJECT_TEAM,
    Purpose.QUALITY_IMPROVEMENT: Audience.PROJECT_TEAM,
}
"""Whom a form names for each purpose in `BY_AGREEMENT` unless it says otherwise.

A proposal only: what an agreement permits is the audience that it names itself.
"""
