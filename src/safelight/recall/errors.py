"""What recall refuses, in one sentence each."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class WithdrawalNotFoundError(SafelightError):
    code: ClassVar[str] = "withdrawal-not-found"
    message: ClassVar[str] = "There is no such withdrawal, or it is not yours to see."


class ScopeRefusedError(SafelightError):
    code: ClassVar[str] = "withdrawal-scope"
    message: ClassVar[str] = (
        "Pictures can be taken out of the record by the patient in person, or by calling us."
    )


class StepRefusedError(SafelightError):
    code: ClassVar[str] = "recall-step"
    message: ClassVar[str] = "This line has gone on meanwhile. Look at it again."


class NoteMissingError(SafelightError):
    code: ClassVar[str] = "recall-note"
    message: ClassVar[str] = "Write in a sentence whom you asked, or what you were told."


class HoldNotFoundError(SafelightError):
    code: ClassVar[str] = "hold-not-found"
    message: ClassVar[str] = "There is no such legal hold, or it is over."


class HoldRefusedError(SafelightError):
    code: ClassVar[str] = "hold-refused"
    message: ClassVar[str] = (
        "A legal hold needs a reason in 10 to 500 letters, and a last day from today on "
        "that lies within the next 366 days."
    )


class CustodyRequestNotFoundError(SafelightError):
    code: ClassVar[str] = "custody-request-not-found"
    message: ClassVar[str] = "There is no such request, or it is over."


class CustodyRequestRefusedError(SafelightError):
    code: ClassVar[str] = "custody-request-refused"
    message: ClassVar[str] = (
        "Name the ground, say in 10 to 500 letters what it is about, choose pictures that are "
        "under lock, and a time of 5 to 240 minutes."
    )


class SamePersonError(SafelightError):
    code: ClassVar[str] = "custody-same-person"
    message: ClassVar[str] = "Whoever asked cannot confirm it. A second person has to sign in."


class NotYetGivenUpError(SafelightError):
    code: ClassVar[str] = "recall-give-up"
    message: ClassVar[str] = (
        "This cannot be given up for that reason. Silence counts once they were asked twice and the "
        "day to answer by is past."
    )


class CertificateNotReadyError(SafelightError):
    code: ClassVar[str] = "certificate-not-ready"
    message: ClassVar[str] = "The certificate is being written. Ask for it again in a minute."
