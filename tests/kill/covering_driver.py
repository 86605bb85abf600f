"""As `driver`, for pictures that are covered: forks die while one is saved, approved or confirmed.

Run as `python -m tests.kill.covering_driver HOME REPORT`. Petra has agreed to one picture, one to
one and in print. First nothing of it is covered and a draft covers the face; then the face is
covered and a draft covers a ring as well. A third covering hides a scar.
"""

import io
import json
import shutil
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

# The driver names the home and sets Django up: it comes first.
from tests.kill.driver import HOME, PREPARED, REPORT, crash, in_a_fork, later, prepare, restore

# isort: split
from PIL import Image, ImageStat
from tests.cast import PETRA, asker, hire
from tests.consenting import signed
from tests.kill.steps import APPROVING, CONFIRMING, SAVING, SENDING_BACK, Step
from tests.looking import asks, asks_by_name, shown_by_name
from tests.preparing import FACE, ToldScanner, covering, face, seated
from tests.taking import take

from safelight.audit.log import sequence
from safelight.audit.models import Event
from safelight.audit.verification import verify_record
from safelight.capture.sweeping import sweep
from safelight.consent.models import Agreement, AgreementImage
from safelight.consent.services.ending import sweep_keys
from safelight.engines.imaging import covers_at_least
from safelight.institution.models import Department
from safelight.patients.models import Patient
from safelight.patients.selectors import known_patients
from safelight.people.asker import Asker
from safelight.people.models import StaffMember
from safelight.photos.models import Photograph, RenditionRow
from safelight.redaction import services
from safelight.redaction.keeping import objects_of, plan_of
from safelight.redaction.looking import look
from safelight.redaction.models import Redaction
from safelight.redaction.ports import wiring
from safelight.redaction.sweeping import sweep_prepared
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Asked
from safelight.release.gate import open_photograph
from safelight.release.references import form_by_reference
from safelight.vault.custodians import agreements_with_keys, granted_objects, opened_by
from safelight.vault.kinds import CustodianKind
from safelight.vault.models import SealedObject
from safelight.vocabulary.identifiability import Region
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.roles import Role

USES = (Purpose.ONE_TO_ONE_TEACHING, Purpose.PRINT_PUBLICATION)
RING, SCAR = Region(80, 45, 12, 12), Region(60, 0, 8, 8)
# A part of each, as left, top, right, bottom, that none of the others reaches when it has grown.
PARTS = {"face": (4, 30, 30, 50), "ring": (76, 48, 94, 62), "scar": (62, 2, 72, 20)}
FLAT = 6.0
TAKEN = (96, 64)
TAGS = {"approved", "confirmed", "sent-back", "prepared"}

Act = Callable[[], None]


def main() -> None:
    wiring.scanner = ToldScanner([face()])
    in_a_fork(prepare)
    in_a_fork(begin)
    shutil.copytree(HOME, PREPARED)
    report = die_at_each("approving", APPROVING, approve)
    in_a_fork(restore)
    in_a_fork(go_on)
    shutil.rmtree(PREPARED)
    shutil.copytree(HOME, PREPARED)
    report |= die_at_each("replacing", APPROVING, approve)
    report |= die_at_each("saving", SAVING, save_more)
    report |= die_at_each("confirming", CONFIRMING, confirm)
    report |= die_at_each("sending back", SENDING_BACK, send_back)
    REPORT.write_text(json.dumps(report))


def die_at_each(verb: str, steps: dict[str, Step], act: Act) -> dict[str, Any]:
    looks: dict[str, Callable[[], object]] = {"left": left, "restarted": partial(restarted, act)}
    return {f"{verb}: {name}": crash(step, act, looks) for name, step in steps.items()}


def begin() -> None:
    """Agreed to as it was taken; a draft covers the face."""
    hire("bob2", Role.CLINICIAN, Department.objects.get(name="Dermatology"))
    everybody = known_patients(Patient.objects.values_list("id", flat=True))
    petra = next(item.id for item in everybody if item.identity == PETRA)
    found = take(person("alice"), petra)
    signed(person("alice"), petra, [found], USES)
    save(FACE)


def go_on() -> None:
    """The face is covered for everybody; a draft covers the ring too."""
    approve()
    save(FACE, RING)


def person(name: str) -> Asker:
    return seated(asker(StaffMember.objects.get(username=name)))


def picture() -> UUID:
    return Photograph.objects.get().id


def save(*regions: Region) -> None:
    alice = person("alice")
    look(alice, picture())
    services.save_draft(alice, picture(), covering(*regions))


def save_more() -> None:
    save(FACE, RING, SCAR)


def approve() -> None:
    row = Redaction.objects.filter(state="draft").first()
    if row is not None:
        services.approve(person("alice"), picture(), row.version, {})


def confirm() -> None:
    row = Redaction.objects.get(state="approved")
    if row.confirmed_at is None:
        services.confirm(person("bob2"), picture(), row.version)


def send_back() -> None:
    row = Redaction.objects.get(state="approved")
    if row.sent_back_at is None:
        services.send_back(person("bob2"), picture(), row.version, "the ring shows")


def left() -> dict[str, Any]:
    """Before anything is mended: which versions there are, who sees what, and is each whole?"""
    rows = list(Redaction.objects.select_related("photograph").order_by("number"))
    return {
        "states": [row.state for row in rows],
        "half": [row.number for row in rows if not is_whole(row)],
        "names": is_named_by(rows),
        "told": {tag: told(tag) for tag in TAGS},
        "teacher": {item.value: seen(item) for item in Rendition},
        "journal": {item.value: printed(item) for item in Rendition},
        "without_keys": sorted(map(str, listed() - granted())),
        "lost": sorted(map(str, kept() - opened_by(CustodianKind.CARE, kept()))),
    }


def told(tag: str) -> int:
    return Event.objects.filter(tag=f"photograph:redaction:{tag}").count()


def is_whole(row: Redaction) -> bool:
    """Whether the result in both sizes hides what its sealed plan says, and is there at all."""
    if not row.sealed_draft:
        return row.display is None and row.thumbnail is None
    wanted = {FACE: "face", RING: "ring", SCAR: "scar"}
    planned = {wanted[mask.region] for mask in plan_of(row).masks}
    rendition = {"draft": Rendition.REDACTED_DRAFT, "approved": Rendition.REDACTED}.get(row.state)
    return rendition is None or hidden(care(rendition)) == sorted(planned)


def is_named_by(rows: list[Redaction]) -> bool:
    """Whether the picture's renditions are those of these versions, and no others."""
    named = dict(RenditionRow.objects.values_list("rendition", "id"))
    expected: dict[str, UUID | None] = {}
    for row in rows:
        if row.state == "approved":
            expected |= {"redacted": row.display, "redacted-thumbnail": row.thumbnail}
        if row.state == "draft" and row.display:
            expected |= {"redacted-draft": row.display}
    prepared = {key: item for key, item in named.items() if key.startswith("redacted")}
    return prepared == expected


def care(rendition: Rendition) -> bytes:
    return open_photograph(Asked(person("alice").session_key, picture(), rendition)).content


def hidden(content: bytes) -> list[str]:
    """What of the picture is a flat grey."""
    with Image.open(io.BytesIO(content)) as image:
        # What is used beyond care is enlarged for its hidden mark; the parts are told as it was taken.
        grey = image.convert("L").resize(TAKEN, Image.Resampling.BOX)
    return sorted(
        name for name, box in PARTS.items() if ImageStat.Stat(grey.crop(box)).stddev[0] < FLAT
    )


def printed(rendition: Rendition) -> list[str] | None:
    """What is hidden in what the named publication is given; None if it gets nothing."""
    row = Agreement.objects.get(purpose=USES[1].value)
    theo = asker(StaffMember.objects.get(username="theo"))
    look = asks_by_name(theo, picture(), USES[1], row.recipient)
    form = form_by_reference(look.use, picture())
    if rendition not in (form.large, form.small):
        return None
    content = shown_by_name(look, small=rendition is form.small)
    return None if content is None else hidden(content)


def seen(rendition: Rendition) -> list[str] | None:
    """What is hidden in what the gate gives Theo; None if it gives nothing."""
    theo = asker(StaffMember.objects.get(username="theo"))
    try:
        asked = asks(theo, picture(), USES[0], rendition, people=1)
        content = open_photograph(asked).content
    except AccessRefusedError:
        return None
    return hidden(content)


def listed() -> set[tuple[UUID, UUID]]:
    images = AgreementImage.objects.filter(agreement__status="active", ended_at=None)
    return set(images.values_list("agreement", "object_id"))


def granted() -> set[tuple[UUID, UUID]]:
    return granted_objects(agreements_with_keys())


def kept() -> set[UUID]:
    """Every object of the picture that a row names."""
    prepared = {item for row in Redaction.objects.all() for item in objects_of(row)}
    return prepared | set(RenditionRow.objects.values_list("id", flat=True))


def restarted(act: Act) -> dict[str, Any]:
    """The worker sweeps; somebody does again what they do not find done; an hour passes."""
    sweep_keys()
    sweep_prepared()
    is_tidy = granted() == listed()
    act()
    later()
    sweep()
    swept = [sweep_keys(), sweep_prepared()]
    sequence()
    return {
        **left(),
        "tidy": [is_tidy, granted() == listed()],
        "swept": swept,
        "grows": is_growing(),
        "blobs": blobs() == set(SealedObject.objects.values_list("id", flat=True)) == kept(),
        "problems": [str(item) for item in verify_record().problems],
    }


def is_growing() -> bool:
    """Whether each version hides what the one before hid."""
    plans = [plan_of(row) for row in Redaction.objects.order_by("number")]
    pairs = zip(plans[1:], plans, strict=False)
    return all(covers_at_least(newer, older, 96, 64) for newer, older in pairs)


def blobs() -> set[UUID]:
    files = (path for path in (HOME / "blobs").rglob("*") if path.is_file())
    return {UUID(hex=path.name) for path in files}


if __name__ == "__main__":
    main()
