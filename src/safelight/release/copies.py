"""The patient's copy: made from the signed record, sealed by the institution, kept and given.

The small pictures on it, if the patient wants them, come through the gate like every other byte.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from safelight.audit.services import Entry, record, record_durably
from safelight.consent.errors import ProposalNotFoundError
from safelight.consent.exports import consent_records, fhir_bundle
from safelight.consent.models import CopyDocument, Proposal
from safelight.consent.seals import current_seal
from safelight.consent.selectors.mine import my_copies
from safelight.consent.services.standing import lock_patient
from safelight.consent.services.visiting import copy_letters
from safelight.consent.verification import SignedRecord, signed_record
from safelight.consent.visits import Visit, is_alive
from safelight.engines.documents import (
    ConsentCopy,
    CopyPicture,
    CopySigner,
    CopyStatement,
    CopyUse,
    render_copy,
    seal_pdf,
)
from safelight.engines.envelope import Kind
from safelight.institution.selectors import current_house
from safelight.photos.selectors import PhotographView, photographs
from safelight.release.copy_words import labels, signature_meaning, withdrawing
from safelight.release.errors import AccessRefusedError
from safelight.release.opened import Opened
from safelight.release.patient_words import site_words, speaking
from safelight.release.signers import show_to_signer
from safelight.vault.custodians import Holder
from safelight.vault.kinds import CustodianKind
from safelight.vault.orphans import discard
from safelight.vault.sealing import ToSeal, save_sealed, seal_objects
from safelight.vault.unseal import open_object
from safelight.vocabulary.agreements import Assent
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.consent_forms import Statement
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import TAKEN_BACK, PhotographState, Rendition
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole

PDF: Final = "application/pdf"


class RecordForm(StrEnum):
    """The shapes in which a signed record is given to other systems."""

    FHIR = "fhir"
    """FHIR R4 Consent and Provenance, IHE Privacy Consent on FHIR."""
    CONSENT_RECORD = "consent-record"
    """ISO/IEC TS 27560:2023 style JSON."""


CANNOT_BE_CALLED_BACK: Final = (Statement.PRINT_STAYS.value, Statement.INTERNET_COPIES.value)
_RECORDS: Final[Mapping[RecordForm, tuple[Callable[[UUID, str], object], str]]] = {
    RecordForm.FHIR: (fhir_bundle, "application/fhir+json"),
    RecordForm.CONSENT_RECORD: (consent_records, "application/json"),
}
FSI, PDI = "\u2068", "\u2069"


def copy_for_signer(
    visit: Visit, base_url: str, *, with_thumbnails: bool, proposal: UUID | None = None
) -> Opened:
    """The copy as PDF, made on first asking; ProposalNotFoundError before anything was signed.

    Of what this visit is about, or of `proposal` where that is theirs too.
    `base_url` is the address of this site as the signer knows it; it stands in the codes.
    """
    if not is_alive(visit):
        raise AccessRefusedError
    row = _signed_request(visit, proposal)
    # INVARIANT: a picture that was taken back stands in no copy either, from the commit on.
    with_thumbnails = with_thumbnails and not _lost_pictures(row)
    document = None
    if not is_losing_pictures(row.id):
        kept = CopyDocument.objects.filter(proposal=row, has_thumbnails=with_thumbnails).first()
        document = kept.id if kept else _make(visit, row, base_url, with_thumbnails=with_thumbnails)
    if document is None:
        return _unkept(visit, row, base_url)
    record_durably(_entry(EventTag.CONSENT_COPY_GIVEN, visit, row, document))
    return Opened(open_object(document, Kind.DOCUMENT, _holder(row)), PDF)


def _unkept(visit: Visit, row: Proposal, base_url: str) -> Opened:
    """While a picture is on its way out: a copy that says nothing of it, and that nobody keeps."""
    pdf = _render(visit, signed_record(row.id), row, base_url, with_thumbnails=False)
    record_durably(_entry(EventTag.CONSENT_COPY_GIVEN, visit, row))
    return Opened(pdf, PDF)


def _signed_request(visit: Visit, proposal: UUID | None) -> Proposal:
    wanted = proposal or visit.proposal
    if wanted not in {item.proposal for item in my_copies(visit)}:
        raise ProposalNotFoundError
    return Proposal.objects.get(id=wanted)


def _lost_pictures(row: Proposal) -> set[UUID]:
    states = [item.value for item in TAKEN_BACK]
    lost = row.pictures.filter(photograph__state__in=states)
    return set(lost.values_list("photograph", flat=True))


def is_losing_pictures(proposal: UUID) -> bool:
    """Whether copies may still be kept that show a picture, or say what it shows, which was taken
    back: they go with its bytes, a moment later.
    """
    leaving = Proposal.objects.filter(
        id=proposal, pictures__photograph__state=PhotographState.WITHDRAWN.value
    )
    return leaving.exists()


def _make(visit: Visit, row: Proposal, base_url: str, *, with_thumbnails: bool) -> UUID | None:
    """Blob and grant first, then the rows; of two made at once the first one stays.

    None, and nothing is kept, when a picture was taken back while the copy was made.
    """
    lost = _lost_pictures(row)
    signed = signed_record(row.id)
    pdf = _render(visit, signed, row, base_url, with_thumbnails=with_thumbnails)
    document = uuid4()
    sealed = seal_objects([ToSeal(document, Kind.DOCUMENT, pdf)], [_holder(row)])
    with transaction.atomic():
        Proposal.objects.select_for_update().get(id=row.id)
        lock_patient(row.patient_id)
        if _lost_pictures(row) != lost:
            transaction.on_commit(lambda: discard([document]))
            return None
        kept = CopyDocument.objects.filter(proposal=row, has_thumbnails=with_thumbnails).first()
        if kept is not None:
            return kept.id
        save_sealed(sealed)
        CopyDocument.objects.create(
            id=document, proposal=row, has_thumbnails=with_thumbnails, made_at=timezone.now()
        )
        record(_entry(EventTag.CONSENT_COPY_MADE, visit, row, document))
    return document


def _holder(row: Proposal) -> Holder:
    return Holder(CustodianKind.CARE, row.patient_id)


def _entry(tag: EventTag, visit: Visit, row: Proposal, *documents: UUID) -> Entry:
    return Entry(
        tag=tag,
        actor=visit.access,
        subject=row.patient_id,
        purpose=Purpose.PATIENT_REQUEST.act_reason or "",
        objects=(row.id, *documents),
    )


def _render(
    visit: Visit, signed: SignedRecord, row: Proposal, base_url: str, *, with_thumbnails: bool
) -> bytes:
    data = signed.data
    with speaking(data["language"]), timezone.override(current_house().zone):
        thumbnails = _thumbnails(visit, data) if with_thumbnails else {}
        copy = _content(data, signed.digest, row, base_url, thumbnails)
        pdf = render_copy(copy)
        reason = labels().seal
    seal = current_seal()
    return seal_pdf(
        pdf,
        seal.key,
        seal.certificate,
        institution=data["institution"],
        reason=reason,
        sealed_at=timezone.now(),
    )


def _thumbnails(visit: Visit, data: Mapping[str, Any]) -> dict[str, bytes]:
    """The small form of each picture that may be used; one that cannot be had is left out."""
    found = {}
    for item in data["pictures"]:
        if item["is_included"]:
            try:
                opened = show_to_signer(visit, UUID(item["photograph"]), Rendition.THUMBNAIL)
            except SafelightError:
                continue
            found[item["photograph"]] = opened.content
    return found


def _content(
    data: Mapping[str, Any],
    digest: bytes,
    row: Proposal,
    base_url: str,
    thumbnails: Mapping[str, bytes],
) -> ConsentCopy:
    told = {item["code"]: item for item in data["wording"]["statements"]}
    return ConsentCopy(
        language=data["language"],
        created_at=datetime.fromisoformat(data["signed_at"]),
        title=data["wording"]["title"],
        institution=data["institution"],
        contact_name=data["contact"]["name"],
        contact_phone=data["contact"]["phone"],
        how_to_withdraw=withdrawing(),
        cannot_be_called_back=tuple(
            told[code]["text"] for code in CANNOT_BE_CALLED_BACK if code in told
        ),
        statements=tuple(
            CopyStatement(heading=i["heading"], text=i["text"]) for i in told.values()
        ),
        uses=tuple(_use(item, data) for item in data["agreements"]),
        pictures=_pictures(data, thumbnails),
        people=tuple(_people(data)),
        validity=_("Each yes ends on the day that stands beside it, or when you take it back."),
        portal_url=f"{base_url.rstrip('/')}/p/{copy_letters(row.id)}/",
        verify_url=f"{base_url.rstrip('/')}/verify/",
        verification_code=_in_fours(data["verification_code"]),
        record_sha256=digest.hex(),
        labels=labels(),
        about=_about(data),
        remark=_remark(data),
    )


def _about(data: Mapping[str, Any]) -> str:
    """Whose pictures, where somebody else signed."""
    if data["signer"]["role"] == SignerRole.PATIENT:
        return ""
    return _("For {name}").format(name=data["signer"]["patient_name"])


def _remark(data: Mapping[str, Any]) -> str:
    if data["signer"]["assent"] != Assent.NO:
        return ""
    return _("The child said no. So no picture may be used, whatever else was ticked.")


def _statements(data: Mapping[str, Any]) -> Iterator[CopyStatement]:
    """Every word that was on the screen, in the order in which it was read."""
    wording = data["wording"]
    yield CopyStatement(heading=wording["title"], text=wording["introduction"])
    for item in (*wording["statements"], *data["agreements"]):
        yield CopyStatement(heading=item["heading"], text=item["text"])


def _use(item: Mapping[str, Any], data: Mapping[str, Any]) -> CopyUse:
    wording = data["wording"]
    title = f"{item['heading']}: {FSI}{item['named']}{PDI}" if item["named"] else item["heading"]
    return CopyUse(
        title=title,
        who_sees=_who_sees(item),
        decision=wording["agree"] if item["is_agreed"] else wording["refuse"],
        is_permitted=item["is_agreed"],
        until=_day(item["ends_on"]),
        agreement_code=item["id"][:8],
    )


def _who_sees(item: Mapping[str, Any]) -> str:
    audience = _(Audience(item["audience"]).display)
    if item["people"] is None or item["people"] == 1:
        return audience
    return _("{audience}, up to {people} people").format(audience=audience, people=item["people"])


def _day(text: str | None) -> str:
    return date_format(datetime.fromisoformat(text), "DATE_FORMAT") if text else ""


def _pictures(data: Mapping[str, Any], thumbnails: Mapping[str, bytes]) -> tuple[CopyPicture, ...]:
    known = {
        str(item.id): item
        for item in photographs(UUID(entry["photograph"]) for entry in data["pictures"])
    }
    return tuple(
        CopyPicture(
            label=_label(number, known.get(item["photograph"])),
            is_included=item["is_included"] and any(i["is_agreed"] for i in data["agreements"]),
            decision=_said_of(item, data),
            sha256=item["sha256"],
            thumbnail=thumbnails.get(item["photograph"]),
        )
        for number, item in enumerate(data["pictures"], start=1)
    )


def _said_of(picture: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    if not picture["is_included"]:
        return _("Left out")
    is_used = any(item["is_agreed"] for item in data["agreements"])
    return _("May be used") if is_used else _("Not used")


def _label(number: int, view: PhotographView | None) -> str:
    words = _("Picture {number}").format(number=number)
    if view is None:
        return words
    day = date_format(timezone.localtime(view.taken_at), "DATE_FORMAT")
    return " · ".join(part for part in (words, site_words(view), day) if part)


def _people(data: Mapping[str, Any]) -> list[CopySigner]:
    signer, mark = data["signer"], data["mark"]
    moment = timezone.localtime(datetime.fromisoformat(data["signed_at"]))
    signed_at = date_format(moment, "DATETIME_FORMAT")
    people = [
        CopySigner(
            name=signer["name"],
            role=_(SignerRole(signer["role"]).display),
            authority=signer["authority"],
            signed_at=signed_at,
            meaning=signature_meaning(),
            strokes=tuple(tuple((x, y) for x, y in stroke) for stroke in mark["strokes"]),
            typed=mark["typed"],
        )
    ]
    people += [_present(role, name) for role, name in _others(data)]
    return people


def _others(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Who took part and made no mark of their own."""
    people, signer = data["people"], data["signer"]
    child = {
        Assent.YES: _("The child, who said yes"),
        Assent.NO: _("The child, who said no"),
        Assent.NOT_ABLE: _("The child, who could not be asked"),
    }
    named = [
        (child.get(signer["assent"], ""), signer["patient_name"] if signer["assent"] else ""),
        (_("Interpreter"), people["interpreter"]),
        (_("Witness"), people["witness"]),
        (_("Chaperone"), people["chaperone"]),
        (_("Asked by"), data["asked_by"]["name"]),
    ]
    return [(role, name) for role, name in named if name]


def _present(role: str, name: str) -> CopySigner:
    """Somebody who was there: no time and no meaning, for they signed nothing."""
    return CopySigner(
        name=name, role=role, authority="", signed_at="", meaning="", strokes=(), typed=""
    )


def _in_fours(code: str) -> str:
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def record_for_signer(
    visit: Visit, base_url: str, form: RecordForm, proposal: UUID | None = None
) -> Opened:
    """What was signed, for another system: the same facts as the copy, in a standard's shape."""
    if not is_alive(visit):
        raise AccessRefusedError
    row = _signed_request(visit, proposal)
    content, media_type = _RECORDS[form]
    text = json.dumps(content(row.id, base_url), ensure_ascii=False, indent=2)
    record_durably(_entry(EventTag.CONSENT_COPY_GIVEN, visit, row))
    return Opened(text.encode(), media_type)
