"""The same facts as the index tells, as FHIR resources: from the house's words to those of R4."""

import hashlib
from collections.abc import Set as AbstractSet
from typing import Any, Final, Literal, cast
from uuid import UUID

from safelight.engines import fhir
from safelight.photos.selectors import PhotographView
from safelight.release.opened import Opened
from safelight.release.own_copy import OwnCopy
from safelight.release.own_record import OwnLook
from safelight.vocabulary.body_sites import body_site
from safelight.vocabulary.laterality import Laterality
from safelight.web.portal.given import GivenLine
from safelight.web.portal.words import VISITORS

Sex = Literal["male", "female", "other", "unknown"]
_SEXES: Final = frozenset({"male", "female", "other", "unknown"})


def person_of(copy: OwnCopy) -> fhir.Person:
    """Whose record it is; by pseudonym alone for who reads in the place of the patient."""
    known = copy.identity
    if known is None:
        return fhir.Person(key=copy.patient, others=copy.others)
    sex = known.sex if known.sex in _SEXES else "unknown"
    return fhir.Person(
        key=copy.patient,
        sex=cast("Sex", sex),
        family=known.family,
        given=known.given,
        born_on=known.birth_date,
        identifiers=tuple((item.system, item.value) for item in known.identifiers),
        others=copy.others,
    )


def form_of(path: str, title: str, opened: Opened) -> fhir.Form:
    # SHA-1 is what FHIR R4 asks for in Attachment.hash; nothing here rests on it.
    digest = hashlib.sha1(opened.content, usedforsecurity=False).digest()
    return fhir.Form(
        path=path,
        title=title,
        content_type=opened.media_type,
        size=len(opened.content),
        sha1=digest,
    )


def kept_picture(
    picture: PhotographView, title: str, forms: tuple[fhir.Form, ...]
) -> fhir.KeptPicture:
    return fhir.KeptPicture(
        key=picture.id,
        title=title,
        taken_at=picture.taken_at,
        received_at=picture.received_at,
        forms=forms,
        sensitivity=picture.sensitivity,
        site=body_site(picture.body_site) if picture.body_site else None,
        laterality=Laterality(picture.laterality) if picture.laterality else _NO_SIDE,
    )


_NO_SIDE: Final = Laterality.NOT_APPLICABLE


def look_access(look: OwnLook) -> fhir.Access:
    """A look, with all the pictures it showed that are in the copy; none that was under lock is."""
    return fhir.Access(
        key=look.id,
        kind="access",
        at=look.at,
        who=look.who or str(VISITORS[look.visitor]),
        role=look.role.display if look.role else "",
        act_reason=look.purpose,
        pictures=() if look.custody else tuple(sorted(look.photographs)),
    )


def given_access(line: GivenLine, listed: AbstractSet[UUID]) -> fhir.Access:
    """Something that was given to somebody, as of when it began. PHI: who."""
    given = line.given
    return fhir.Access(
        key=given.id,
        kind="disclose",
        at=given.starts_at,
        who=given.who or line.kind,
        role=line.kind,
        act_reason=given.use.purpose.act_reason or "",
        pictures=tuple(item for item in given.photographs if item in listed),
    )


def resources_in(bundle: dict[str, object]) -> list[fhir.Element]:
    """What a bundle holds."""
    entries = cast("list[dict[str, Any]]", bundle.get("entry", []))
    return [entry["resource"] for entry in entries]
