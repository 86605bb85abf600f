"""What a teacher typed to reach a picture: an address or an id, and what for."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Final
from urllib.parse import parse_qsl
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from safelight.release.facts import Use
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.purposes import TAUGHT, USUAL_AUDIENCE, Purpose
from safelight.web.use_words import read_use, write_use

LONGEST_ADDRESS: Final = 500
ONE_LEARNER: Final = 1
_NUMBER = re.compile(r"\d{1,3}")
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


class UnclearUseError(SafelightError):
    code: ClassVar[str] = "unclear-use"
    message: ClassVar[str] = "Choose what the picture is for."


def find_photograph(typed: str) -> UUID | None:
    """The picture that an address, or a line with an id in it, speaks of.

    Behind the question mark another id may stand: that of a named recipient.
    """
    path, _mark, _query = typed[:LONGEST_ADDRESS].partition("?")
    found = _ID.search(path)
    return UUID(found.group()) if found else None


def find_use(typed: str, chosen: Mapping[str, str]) -> Use:
    """The use that was chosen or that the address states; UnclearUseError for none, and for two."""
    stated = _stated(typed)
    wanted = chosen.get("use") or (stated.purpose.value if stated else "")
    if stated and stated.purpose.value != wanted:
        raise UnclearUseError(_other_use(stated.purpose))
    use = stated or _use_for(wanted)
    if use.purpose is Purpose.SMALL_GROUP_TEACHING:
        return _for_group(use, chosen.get("people", "").strip())
    return use


def _stated(typed: str) -> Use | None:
    _path, _mark, query = typed[:LONGEST_ADDRESS].strip().partition("?")
    words = dict(parse_qsl(query))
    try:
        return read_use(words) if "use" in words else None
    except ValueError as error:
        raise UnclearUseError(_("The address is misspelt behind its question mark.")) from error


def _other_use(purpose: Purpose) -> str:
    name = _(purpose.display)
    return _(
        "This address is for %(use)s. Choose that, or paste the address without what follows "
        "the question mark."
    ) % {"use": name[:1].lower() + name[1:]}


def _use_for(code: str) -> Use:
    purpose = next((item for item in TAUGHT if item.value == code), None)
    if purpose is None:
        raise UnclearUseError
    people = ONE_LEARNER if purpose is Purpose.ONE_TO_ONE_TEACHING else None
    return Use(purpose, USUAL_AUDIENCE[purpose], people=people)


def _for_group(use: Use, typed: str) -> Use:
    """The number that the teacher typed goes before the one in the address: they have counted."""
    people = use.people
    if typed:
        people = int(typed) if _NUMBER.fullmatch(typed) else None
    if not people:
        raise UnclearUseError(_("Write how many learners will see it at once, as a number."))
    return replace(use, people=people)


def address_of(photograph: UUID, use: Use) -> str:
    """Where this picture is shown for this use."""
    return f"{reverse('teaching:photograph', args=[photograph])}?{write_use(use)}"
