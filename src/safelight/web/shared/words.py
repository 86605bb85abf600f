"""How a patient is described to a guest: an age band and a sex, in words."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from safelight.sharing.rules import AgeBand

SEXES: Final = {
    "female": gettext_lazy("Female"),
    "male": gettext_lazy("Male"),
    "other": gettext_lazy("Another sex"),
}
UNKNOWN_SEX: Final = gettext_lazy("Not known")

# Refusals as the room says them, so that they are found for translation.
REFUSALS: Final = (
    gettext_noop("That did not fit. Please check the link and the code."),
    gettext_noop(
        "There were too many wrong tries. Please ask whoever sent you the link for a new code."
    ),
    gettext_noop("The passkey was not added. Please try again; the code is still good."),
    gettext_noop("Please write an answer that is not empty and not too long."),
)


def age_words(band: AgeBand) -> str:
    if band.high is None:
        return _("%(low)s years or older") % {"low": band.low}
    if band.high == 0:
        return _("Under 1 year")
    return _("%(low)s to %(high)s years") % {"low": band.low, "high": band.high}


def sex_words(sex: str) -> str:
    return str(SEXES.get(sex, UNKNOWN_SEX))
