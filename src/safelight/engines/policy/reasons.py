"""Why a decision denies: one code, one sentence for staff, and what would mend it."""

from enum import StrEnum
from typing import Self


class Reason(StrEnum):
    """An objection. Definition order is the order in which reasons are always listed.

    ``sentence`` says what stands in the way and ``mend`` what to do about it. Both are for staff
    who have signed in, and hold no identity; everybody else sees one indistinct refusal.
    """

    sentence: str
    mend: str

    # The defaults are for callers: `Reason("unreadable")` looks a member up by its code.
    def __new__(cls, code: str, sentence: str = "", mend: str = "") -> Self:
        """Make the member whose value is `code`."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        member.mend = mend
        return member

    SESSION_ABSENT = "session-absent", "Nobody is signed in.", "Sign in."
    SESSION_LOCKED = "session-locked", "The session is locked.", "Unlock it to go on."
    ROLE_NOT_CLINICAL = (
        "role-not-clinical",
        "Only clinicians work with pictures for treatment.",
        "Ask a clinician who treats the patient.",
    )
    ROLE_OPENS_NOTHING = (
        "role-opens-nothing",
        "This role does not open pictures.",
        "Act as a clinician or teacher, or ask one.",
    )
    TRAINING_LAPSED = (
        "training-lapsed",
        "Your training on clinical photography has lapsed.",
        "Take the course again.",
    )
    NOT_IDENTIFIED = (
        "not-identified",
        "Whoever looks has not yet shown who they are.",
        "Ask them for the birth date and the code that the clinician gave them.",
    )
    NO_CARE_RELATIONSHIP = (
        "no-care-relationship",
        "You have no care relationship with this patient.",
        "Ask to be assigned; in an emergency, break glass.",
    )
    PATIENT_MERGED = (
        "patient-merged",
        "This record was merged into another one.",
        "Open the record that it was merged into.",
    )
    NOT_VERIFIED = (
        "not-verified",
        "The picture is safe, but not yet verified.",
        "Wait a moment and look again.",
    )
    UNREADABLE = (
        "unreadable",
        "The picture is kept, but cannot be decoded.",
        "Whoever took it should take it again if the patient is still there.",
    )
    PICTURE_TAKEN_BACK = (
        "picture-taken-back",
        "The patient took this picture back.",
        "Nobody can open it; take a new picture if care needs one.",
    )
    ENTERED_IN_ERROR = (
        "entered-in-error",
        "The picture was marked as entered in error.",
        "Look for it in the right patient's record.",
    )
    REASON_NOT_STATED = (
        "reason-not-stated",
        "An intimate or forensic picture opens only for a stated reason.",
        "State why you need to see it.",
    )
    AUDIENCE_NOT_FOR_TREATMENT = (
        "audience-not-for-treatment",
        "Treatment shows pictures to the care team only.",
        "Name the purpose that goes with this audience.",
    )
    NOT_THE_PATIENTS_OWN_LOOK = (
        "not-the-patients-own-look",
        "Patients look at their own request and for nobody else.",
        "Ask as a member of staff for any other purpose or audience.",
    )
    ORIGINAL_NOT_FOR_PATIENT = (
        "original-not-for-patient",
        "Patients are shown the picture, but not the original file.",
        "Show the display form.",
    )
    FORM_NOT_APPROVED = (
        "form-not-approved",
        "This form of the picture is still being prepared.",
        "Look at the result and approve it first.",
    )
    FORENSIC_FOR_PATIENT_ONLY = (
        "forensic-for-patient-only",
        "A forensic picture is not shown to anybody who decides for the patient.",
        "Leave it out of the proposal.",
    )
    NOT_IN_PROPOSAL = (
        "not-in-proposal",
        "The picture is not among those put before them.",
        "Add it to the proposal if they have to decide about it.",
    )
    PURPOSE_OPENS_NOTHING = (
        "purpose-opens-nothing",
        "This purpose does not open pictures.",
        "Name the purpose the picture is needed for.",
    )
    RECIPIENT_NOT_NAMED = (
        "recipient-not-named",
        "This purpose needs a named recipient, publication, study or project.",
        "Name it, and ask the patient about exactly that.",
    )
    ONLY_BY_REFERENCE = (
        "only-by-reference",
        "What is given to one named recipient or work is given on a page of its own.",
        "Give it there: by a share, a link to a copy, or the register of publications.",
    )
    SOCIAL_MEDIA_OFF = (
        "social-media-off",
        "The institution does not use social media for pictures.",
        "Choose another way to show it, and ask the patient about exactly that.",
    )
    AGREEMENT_DENIES = (
        "agreement-denies",
        "The patient has said no to this use.",
        "Respect it; do not use the picture for this.",
    )
    NO_AGREEMENT = (
        "no-agreement",
        "No agreement of the patient permits this use.",
        "Ask the patient.",
    )
    AGREEMENT_NOT_SIGNED = (
        "agreement-not-signed",
        "An agreement was prepared, but is not signed.",
        "Wait until the patient has decided.",
    )
    AGREEMENT_REJECTED = (
        "agreement-rejected",
        "The patient was asked and did not agree.",
        "Respect it; choose another picture.",
    )
    AGREEMENT_ENDED = (
        "agreement-ended",
        "An agreement was withdrawn, replaced or has expired.",
        "Choose another picture, or ask the patient again if it only expired.",
    )
    AGREEMENT_OUT_OF_PERIOD = (
        "agreement-out-of-period",
        "An agreement exists, but today is outside its period.",
        "Ask the patient to renew it.",
    )
    AUTHORITY_ENDED = (
        "authority-ended",
        "The patient can now decide for themselves, and was not asked again.",
        "Ask the patient.",
    )
    OTHER_AUDIENCE = (
        "other-audience",
        "An agreement exists, but for another audience.",
        "Show the picture to that audience only, or ask the patient about this one.",
    )
    AUDIENCE_TOO_LARGE = (
        "audience-too-large",
        "An agreement exists, but for fewer people.",
        "Say how many will see it and stay within the number agreed, or ask the patient again.",
    )
    OTHER_RECIPIENT = (
        "other-recipient",
        "An agreement exists, but for another recipient or work.",
        "Ask the patient about this one.",
    )
    PICTURE_NOT_LISTED = (
        "picture-not-listed",
        "An agreement exists, but does not list this picture in this form.",
        "Choose a picture that it lists, or ask the patient about this one.",
    )
    NOT_REVIEWED = (
        "not-reviewed",
        "The picture was not looked over by as many people as this use asks for.",
        "Prepare it for use, and have a second person confirm it.",
    )
    REFERENCE_NOT_BEGUN = (
        "reference-not-begun",
        "It is not open yet.",
        "Wait for the time that was announced.",
    )
    REFERENCE_OVER = (
        "reference-over",
        "Its time is over.",
        "Ask whoever shared it to extend it, or to share it again.",
    )
    REFERENCE_REVOKED = (
        "reference-revoked",
        "It was ended by whoever shared it.",
        "Ask them if you still need it.",
    )
    NOT_REFERRED_TO = (
        "not-referred-to",
        "The picture is not among those that were shared.",
        "Ask whoever shared them for this one.",
    )
    VIEWER_NOT_ADMITTED = (
        "viewer-not-admitted",
        "It was shared with somebody else, or they have not yet shown who they are.",
        "Let the person it is for show who they are.",
    )
    NO_ROOM_LEFT = (
        "no-room-left",
        "It was opened as often, or by as many people, as was allowed.",
        "Ask whoever shared it for more, within what the patient agreed to.",
    )
    ORIGINAL_NOT_BY_REFERENCE = (
        "original-not-by-reference",
        "The original file is for the treating team.",
        "Show the form that is meant for use.",
    )
    ROLE_OPENS_NO_CUSTODY = (
        "role-opens-no-custody",
        "Only privacy officers open what is in legal custody.",
        "Ask the privacy officer.",
    )
    NOT_IN_CUSTODY = (
        "not-in-custody",
        "The picture is not in legal custody, or not any more.",
        "Look at what the withdrawal says became of it.",
    )
    NOT_REQUESTED = (
        "not-requested",
        "The picture is not among those that were asked for.",
        "Ask for this one, and have a second person confirm it.",
    )
    REQUESTED_BY_OTHERS = (
        "requested-by-others",
        "Somebody else asked for it.",
        "Let the person who asked look, or ask for it yourself.",
    )
    REQUEST_NOT_CONFIRMED = (
        "request-not-confirmed",
        "No second person has confirmed it.",
        "Let another privacy officer or an administrator sign in and confirm it.",
    )
    REQUEST_OVER = (
        "request-over",
        "The time for which it was confirmed is over.",
        "Ask anew, and have it confirmed anew.",
    )
    REQUEST_ENDED = (
        "request-ended",
        "It was turned down, or closed.",
        "Ask anew if there is still a ground.",
    )
    BREAK_GLASS_REASON_MISSING = (
        "break-glass-reason-missing",
        "Breaking glass needs a reason.",
        "Choose the reason that fits.",
    )
    BREAK_GLASS_TEXT_TOO_SHORT = (
        "break-glass-text-too-short",
        "Breaking glass needs a sentence in your own words.",
        "Write why you need to see this patient's pictures.",
    )
    FACT_UNKNOWN = (
        "fact-unknown",
        "Something needed for the decision could not be found out.",
        "Try again; if it stays, tell the administrator.",
    )
