"""Who signs an agreement, and so who looks at the pictures before it is signed."""

from safelight.vocabulary.coded import Coded


class SignerRole(Coded):
    """In what capacity somebody decides about the pictures of a patient."""

    PATIENT = "patient", "The patient"
    GUARDIAN = "guardian", "A guardian, for a child"
    PROXY = "proxy", "Somebody with authority for an adult"
