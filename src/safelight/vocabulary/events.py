"""What may be written into the record of who did what.

A tag reads ``source:subject:action`` in the past tense. Tags are never renamed or reused: old
entries keep their meaning. Retired tags stay here as comments.
"""

from enum import StrEnum


class EventTag(StrEnum):
    """The kinds of event; each is documented in docs/reference/events.md."""

    ACCOUNT_CLOSED = "account:staff:closed"
    ACCOUNT_CREATED = "account:staff:created"
    ACCOUNT_PASSWORD_CHANGED = "account:password:changed"
    ACCOUNT_SECOND_FACTOR_ADDED = "account:second-factor:added"
    ACCOUNT_SECOND_FACTOR_REMOVED = "account:second-factor:removed"
    ACCOUNT_SESSION_ENDED = "account:session:ended"
    ACCOUNT_SESSION_LOCKED = "account:session:locked"
    ACCOUNT_SESSION_STARTED = "account:session:started"
    ACCOUNT_SESSION_UNLOCKED = "account:session:unlocked"
    ACCOUNT_SIGN_IN_REFUSED = "account:sign-in:refused"
    CAPTURE_UPLOAD_ABANDONED = "capture:upload:abandoned"
    CAPTURE_UPLOAD_REFUSED = "capture:upload:refused"
    INSTITUTION_DEPARTMENT_OPENED = "institution:department:opened"
    INSTITUTION_FOUNDED = "institution:house:founded"
    INSTITUTION_POLICY_CHANGED = "institution:policy:changed"
    PATIENT_ENCOUNTER_BEGAN = "patient:encounter:began"
    PATIENT_ENCOUNTER_ENDED = "patient:encounter:ended"
    PATIENT_IDENTITY_SHOWN = "patient:identity:shown"
    PATIENT_IDENTITY_RECORDED = "patient:identity:recorded"
    PATIENT_LIST_VIEWED = "patient:list:viewed"
    PATIENT_MERGED = "patient:identity:merged"
    PATIENT_SEARCHED = "patient:index:searched"
    PATIENT_TIMELINE_VIEWED = "patient:timeline:viewed"
    PATIENT_ACCESS_REFUSED = "patient:record:refused"
    PEOPLE_ASSIGNMENT_MADE = "people:assignment:made"
    PEOPLE_BREAK_GLASS_ENDED = "people:break-glass:ended"
    PEOPLE_BREAK_GLASS_READ = "people:break-glass:read"
    PEOPLE_BREAK_GLASS_REFUSED = "people:break-glass:refused"
    PEOPLE_BREAK_GLASS_REVIEWED = "people:break-glass:reviewed"
    PEOPLE_BREAK_GLASS_STARTED = "people:break-glass:started"
    PHOTOGRAPH_DISPLAY_VIEWED = "photograph:display:viewed"
    PHOTOGRAPH_ENTERED_IN_ERROR = "photograph:record:entered-in-error"
    PHOTOGRAPH_LABELLED = "photograph:label:changed"
    PHOTOGRAPH_LOOKS_READ = "photograph:looks:read"
    PHOTOGRAPH_MOVED = "photograph:record:moved"
    PHOTOGRAPH_OPENING_REASON_STATED = "photograph:opening:reason-stated"
    PHOTOGRAPH_ORIGINAL_VIEWED = "photograph:original:viewed"
    PHOTOGRAPH_REFUSED = "photograph:bytes:refused"
    PHOTOGRAPH_SEALED = "photograph:record:sealed"
    PHOTOGRAPH_THUMBNAIL_VIEWED = "photograph:thumbnail:viewed"
    PHOTOGRAPH_UNREADABLE = "photograph:record:unreadable"
    PHOTOGRAPH_VERIFIED = "photograph:record:verified"


class Outcome(StrEnum):
    """FHIR AuditEvent.outcome, by its meaning (R4 codes 0, 4 and 8)."""

    SUCCESS = "success"
    DENIED = "denied"
    FAILED = "failed"
