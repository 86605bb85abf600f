"""What ties a member of staff to a patient."""

from safelight.vocabulary.coded import Coded


class Relationship(Coded):
    """The kinds of care relationship; where several hold, the last listed is the closest."""

    NONE = "none", "No care relationship"
    DEPARTMENT = "department", "Works in a department that treats the patient"
    ENCOUNTER = "encounter", "Takes part in a current encounter"
    ASSIGNMENT = "assignment", "Assigned to the patient by name"
