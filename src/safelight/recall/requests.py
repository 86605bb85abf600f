"""What is written to whoever has something that was taken back: text to copy, without the patient's name."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from safelight.vocabulary.purposes import Purpose

ADVICE: Final = {
    Purpose.PRINT_PUBLICATION: (
        "Not printed yet: ask the publisher to leave the picture out. Printed: paper cannot be called "
        "back. Ask that it is not printed again and that the version online is taken down, then note "
        "here that it was printed."
    ),
    Purpose.ONLINE_PUBLICATION: (
        "Ask whoever runs the site to take the picture down and to have search engines forget it. "
        "Copies that others made cannot be found. Look at the page yourself before you note that it "
        "is gone."
    ),
    Purpose.SOCIAL_MEDIA: (
        "Delete the post first where the account is ours, then use the platform's form for pictures "
        "of patients. Posts that were shared on by others have to be reported one by one."
    ),
}
COPY_ADVICE: Final = (
    "The link is shut and gives nothing any more. Ask the privacy officer of whoever fetched the copy. "
    "Where they treat the patient, their law may make them keep it: note that they keep it."
)
_ASKED: Final = {
    Purpose.PRINT_PUBLICATION: (
        "Please do not print the pictures, or not print them again; take them out of the version "
        "online and out of your archive as far as you can; and keep no copy of the files we sent."
    ),
    Purpose.ONLINE_PUBLICATION: (
        "Please take the pictures down from every page and feed, ask search engines and archives to "
        "drop them, and keep no copy of the files we sent."
    ),
    Purpose.SOCIAL_MEDIA: (
        "Please delete every post with the pictures, report posts that share them, and keep no copy "
        "of the files we sent."
    ),
}


@dataclass(frozen=True, slots=True)
class Work:
    """What was published, and with whom. Its name may tell of an illness; it names no patient."""

    named: str
    where: str
    responsible: str
    purpose: Purpose


def to_publisher(work: Work, hospital: str, withdrawn_on: date, answer_by: date) -> str:
    """The letter to whoever is responsible for the work where it appears."""
    return "\n\n".join(
        [
            f"To: {work.responsible}, {work.where}",
            f"Subject: pictures in \u201c{work.named}\u201d",
            f"On {_day(withdrawn_on)} the patient shown in this work withdrew the agreement to publish "
            "the pictures in it. From that day on they may not be used.",
            _ASKED[work.purpose],
            _closing(hospital, answer_by),
        ]
    )


@dataclass(frozen=True, slots=True)
class Copy:
    """What left. `subject`: the id that the patient has in it, by which they find it; it says no more."""

    recipient: str
    subject: UUID
    fetched_on: date | None


def to_recipient(copy: Copy, hospital: str, withdrawn_on: date, answer_by: date) -> str:
    """The letter to whoever fetched a copy for their own record."""
    when = f", fetched on {_day(copy.fetched_on)}" if copy.fetched_on else ""
    return "\n\n".join(
        [
            f"To: {copy.recipient}",
            f"Subject: copy of a record from {hospital}{when}",
            f"On {_day(withdrawn_on)} the patient withdrew the agreement to this copy. In it the "
            f"patient has the id {copy.subject}, and no name.",
            "Please delete it, and whatever was made of it, from your systems and from your backups as "
            "they are replaced. If your law makes you keep it, please tell us which.",
            _closing(hospital, answer_by),
        ]
    )


def _closing(hospital: str, answer_by: date) -> str:
    return f"Please tell us by {_day(answer_by)} what you did.\n{hospital}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
