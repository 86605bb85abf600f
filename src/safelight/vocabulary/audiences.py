"""Who will look, by size and closeness: the second half of every agreement beside its purpose."""

from typing import Final

from safelight.vocabulary.coded import Coded


class Audience(Coded):
    """From the people at the bedside to everybody. Audiences match exactly, smaller or not."""

    PATIENT = "patient", "The patient, or who signs for them"
    CARE_TEAM = "care-team", "The team that treats the patient"
    ONE_RECIPIENT = "one-recipient", "One named person outside"
    ONE_TO_ONE = "one-to-one", "One teacher and one learner"
    SMALL_GROUP = "small-group", "A small group of learners"
    PROJECT_TEAM = "project-team", "The people of one named project"
    LECTURE_HALL = "lecture-hall", "A lecture hall inside the institution"
    CONFERENCE = "conference", "The audience of a conference"
    READERSHIP = "readership", "The readers of one named publication"
    PUBLIC = "public", "Everybody"


SMALL_GROUP_SIZE: Final = 12
"""The most people that a small group has, unless the institution says another number."""
