"""Refusals as the rooms say them to a guest, so that they are found for translation."""

from typing import Final

from django.utils.translation import gettext_noop

REFUSALS: Final = (
    gettext_noop("That did not fit. Please check the link and the code."),
    gettext_noop(
        "There were too many wrong tries. Please ask whoever sent you the link for a new code."
    ),
    gettext_noop("The passkey was not added. Please try again; the code is still good."),
    gettext_noop("Please write an answer that is not empty and not too long."),
)
