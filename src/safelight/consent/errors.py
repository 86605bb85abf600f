"""Why a form, an agreement or a patient's visit cannot go on. Sentences are for whoever is asked."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class ConsentError(SafelightError):
    code: ClassVar[str] = "consent"


class MalformedFormError(ConsentError):
    code: ClassVar[str] = "malformed-form"
    message: ClassVar[str] = "This is not a consent form that Safelight can read."


class FormNotFoundError(ConsentError):
    code: ClassVar[str] = "form-not-found"
    message: ClassVar[str] = "There is no such version of the consent form."


class FormRefusedError(ConsentError):
    code: ClassVar[str] = "form-refused"
    message: ClassVar[str] = "This version of the form cannot be changed or approved."


class NoFormError(ConsentError):
    code: ClassVar[str] = "no-form"
    message: ClassVar[str] = "The institution has no approved consent form yet."


class ProposalNotFoundError(ConsentError):
    code: ClassVar[str] = "proposal-not-found"
    message: ClassVar[str] = "There is no such request for consent."


class ProposalRefusedError(ConsentError):
    code: ClassVar[str] = "proposal-refused"
    message: ClassVar[str] = "This request for consent cannot be made like this."


class TransitionRefusedError(ConsentError):
    code: ClassVar[str] = "transition-refused"
    message: ClassVar[str] = "The agreement is no longer in a state that allows this."


class SigningRefusedError(ConsentError):
    """Nothing was signed. The code says why; the portal says it in the patient's language."""

    code: ClassVar[str] = "signing-refused"
    message: ClassVar[str] = "This could not be signed. Nothing was decided."


class AlreadySignedError(SigningRefusedError):
    code: ClassVar[str] = "already-signed"
    message: ClassVar[str] = "This was already signed, perhaps on another device."


class ChangedMeanwhileError(SigningRefusedError):
    code: ClassVar[str] = "changed-meanwhile"
    message: ClassVar[str] = (
        "Something changed on another device. Please look at your choices again."
    )


class PictureGoneError(SigningRefusedError):
    code: ClassVar[str] = "picture-gone"
    message: ClassVar[str] = "A picture was taken out meanwhile. Please look at the pictures again."


class PictureNotSeenError(SigningRefusedError):
    code: ClassVar[str] = "picture-not-seen"
    message: ClassVar[str] = "Please look at every picture before you sign."


class WishOpenError(SigningRefusedError):
    code: ClassVar[str] = "wish-open"
    message: ClassVar[str] = (
        "You asked us to cover more of this picture. Leave it out, or wait until we show it again."
    )


class TextNotReadError(SigningRefusedError):
    code: ClassVar[str] = "text-not-read"
    message: ClassVar[str] = "Please read the text before you sign."


class FormSupersededError(SigningRefusedError):
    code: ClassVar[str] = "form-superseded"
    message: ClassVar[str] = "The text was replaced by a newer one. Please read the new text first."


class ChoiceMissingError(SigningRefusedError):
    code: ClassVar[str] = "choice-missing"
    message: ClassVar[str] = "Please answer yes or no to each question."


class SignatureEmptyError(SigningRefusedError):
    code: ClassVar[str] = "signature-empty"
    message: ClassVar[str] = "Please sign with your name or with more than a dot."


class AssentMissingError(SigningRefusedError):
    code: ClassVar[str] = "assent-missing"
    message: ClassVar[str] = "Please ask the child as well, and note the answer."


class SignerRefusedError(SigningRefusedError):
    code: ClassVar[str] = "signer-refused"
    message: ClassVar[str] = "This person cannot sign for this patient. Please tell the staff."


class ClockWrongError(SigningRefusedError):
    code: ClassVar[str] = "clock-wrong"
    message: ClassVar[str] = "The clock of this system is wrong. Please tell the staff."


class SocialMediaOffError(ConsentError):
    code: ClassVar[str] = "social-media-off"
    message: ClassVar[str] = "The institution does not use social media for pictures."


class WithdrawalRefusedError(ConsentError):
    code: ClassVar[str] = "withdrawal-refused"
    message: ClassVar[str] = "Say how you made sure who it was. Nothing was taken back yet."


class VisitRefusedError(ConsentError):
    """The door of the portal stays shut. One sentence for every cause: a guess learns nothing."""

    code: ClassVar[str] = "visit-refused"
    message: ClassVar[str] = "That did not match. Check the link, the birth date and the code."


class VisitLockedError(VisitRefusedError):
    code: ClassVar[str] = "visit-locked"
    message: ClassVar[str] = (
        "This link is locked after five wrong attempts. Please call the number on your note."
    )


class VisitOverError(VisitRefusedError):
    code: ClassVar[str] = "visit-over"
    message: ClassVar[str] = "This link is no longer valid. Please call the number on your note."


class WishRefusedError(ConsentError):
    code: ClassVar[str] = "wish-refused"
    message: ClassVar[str] = "Please write what you want covered."


class QuestionRefusedError(ConsentError):
    code: ClassVar[str] = "question-refused"
    message: ClassVar[str] = "Please write your question first."
