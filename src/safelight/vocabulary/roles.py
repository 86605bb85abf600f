"""In what capacity somebody acts. A person with two roles acts in one of them at a time."""

from typing import Final

from safelight.vocabulary.coded import Coded


class Role(Coded):
    """The roles of the staff of an institution."""

    CLINICIAN = "clinician", "Clinician"
    TEACHER = "teacher", "Teacher"
    PRIVACY_OFFICER = "privacy-officer", "Privacy officer"
    ADMINISTRATOR = "administrator", "Administrator"


CLINICAL_ROLES: Final = frozenset({Role.CLINICIAN})
"""Who may look for treatment, take pictures and break glass."""

AGREEMENT_ROLES: Final = frozenset({Role.CLINICIAN, Role.TEACHER})
"""Who may use pictures beyond treatment, where an agreement permits it."""
