"""What a patient is told in their own language: which language that is, and what a picture shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from safelight.photos.selectors import PhotographView
from safelight.vocabulary.laterality import Laterality

_SIDED: Final = {
    Laterality.LEFT.value: gettext_noop("%(site)s, left"),
    Laterality.RIGHT.value: gettext_noop("%(site)s, right"),
    Laterality.BILATERAL.value: gettext_noop("%(site)s, both sides"),
}


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Everything inside is said in `language`; the house's own kind of English where it has one."""
    house = settings.LANGUAGE_CODE
    with translation.override(house if house.split("-")[0] == language else language):
        yield


def site_words(view: PhotographView) -> str:
    """The body site and its side; "" for a picture that nobody has labelled."""
    if not view.body_site:
        return ""
    site = _(view.body_site_display)
    sided = _SIDED.get(view.laterality)
    return _(sided) % {"site": site} if sided else site
