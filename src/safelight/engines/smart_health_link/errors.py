"""Why a SMART Health Link, a request to one, or a file behind one is refused."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class HealthLinkError(SafelightError):
    """The root of everything this engine raises."""

    code: ClassVar[str] = "health-link"
    message: ClassVar[str] = "This is not a SMART Health Link that can be used here."


class HealthLinkInputError(HealthLinkError):
    """What was to be written has no place in a link or a manifest, or would open too much."""

    code: ClassVar[str] = "health-link.input"
    message: ClassVar[str] = "This cannot be written as a SMART Health Link."


class MalformedHealthLinkError(HealthLinkError):
    """What was read is not a link as the specification has it."""

    code: ClassVar[str] = "health-link.malformed"
    message: ClassVar[str] = "This is not a SMART Health Link. Was all of it copied?"


class NewerHealthLinkError(HealthLinkError):
    """The link is of a version of the protocol that came after this one."""

    code: ClassVar[str] = "health-link.newer"
    message: ClassVar[str] = "This SMART Health Link is of a newer kind than can be read here."


class ManifestRequestError(HealthLinkError):
    """The body of a request for a manifest is not one of the specification's."""

    code: ClassVar[str] = "health-link.request"
    message: ClassVar[str] = "This request does not say in a known form who asks for what."


class HealthLinkFileError(HealthLinkError):
    """Not a file of this link: malformed, of another kind, changed, too large, another key."""

    code: ClassVar[str] = "health-link.file"
    message: ClassVar[str] = "This file cannot be opened with the key of its link."
