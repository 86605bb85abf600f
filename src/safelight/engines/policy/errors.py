"""What cannot be said in this engine's types."""

from safelight.vocabulary.errors import SafelightError


class ContradictoryDecisionError(SafelightError):
    """A decision that permits without a ground, denies without a reason, or does both.

    A mistake in a program, never in data: `decide` cannot cause it.
    """

    code = "contradictory-decision"
    message = "This could not be decided safely, so nothing was shown."
