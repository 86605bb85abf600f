"""How a patient is described to whoever may not learn the name: an age band and a sex, in words."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelight.vocabulary.age_bands import AgeBand

SEXES: Final = {
    "female": gettext_lazy("Female"),
    "male": gettext_lazy("Male"),
    "other": gettext_lazy("Another sex"),
}
UNKNOWN_SEX: Final = gettext_lazy("Not known")


def age_words(band: AgeBand) -> str:
    if band.high is None:
        return _("%(low)s years or older") % {"low": band.low}
    if band.high == 0:
        return _("Under 1 year")
    return _("%(low)s to %(high)s years") % {"low": band.low, "high": band.high}


def sex_words(sex: str) -> str:
    return str(SEXES.get(sex, UNKNOWN_SEX))
