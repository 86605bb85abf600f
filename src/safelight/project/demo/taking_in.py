"""Taking the demo's pictures in by the way every picture takes, then labelling them."""

import hashlib
import sys
from collections import defaultdict
from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID, uuid5

from tqdm import tqdm

from safelight.capture.rules import Details, Promise
from safelight.capture.selectors import Answer, AnswerState, upload_states
from safelight.capture.services.receiving import receive
from safelight.capture.verification import verify_waiting
from safelight.engines.policy import SessionState
from safelight.patients.selectors import PlacedEncounter, encounters_of, find_patients
from safelight.people.asker import Asker
from safelight.people.models import StaffMember
from safelight.photos.labels import label_photographs
from safelight.photos.rules import Label
from safelight.photos.selectors import photographs
from safelight.project.demo.hospital import PATIENTS
from safelight.project.demo.studio import Shot, drawn
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.photograph import CaptureSource, ConsentToTake
from safelight.vocabulary.roles import Role

# Names the demo's uploads: one per picture, the same in every run.
UPLOADS = UUID("8c6f0c1e-0d57-5f0e-9c39-0f4a5e1b7d21")


class DemoPictureError(SafelightError):
    code: ClassVar[str] = "demo-picture"
    message: ClassVar[str] = "A picture of the demo was not taken in."


class Case:
    """One demo patient as the record knows them, and who takes their pictures."""

    def __init__(self, number: str, photographer: str) -> None:
        self.patient = find_patients(number).patients[0].id
        self.asker = asker_named(photographer)
        self._stays: list[PlacedEncounter] = encounters_of(self.patient)

    def promise(self, shot: Shot, jpeg: bytes) -> Promise:
        during = (stay.id for stay in self._stays if stay.started_at <= shot.taken_at)
        return Promise(
            upload=self.upload(shot.key),
            patient=self.patient,
            size=len(jpeg),
            sha256=hashlib.sha256(jpeg).digest(),
            details=Details(
                taken_at=shot.taken_at,
                encounter=next(during, None),
                sensitivity=shot.sensitivity,
                consent_to_take=ConsentToTake.VERBAL,
                source=CaptureSource.FILE,
            ),
        )

    def upload(self, key: str) -> UUID:
        return uuid5(UPLOADS, f"{self.patient}/{key}")

    def photograph(self, key: str) -> UUID | None:
        """What the shot with this key has become, if it was taken in."""
        answer = upload_states(self.asker, [self.upload(key)]).get(self.upload(key))
        return answer.photograph if answer else None


def asker_named(username: str) -> Asker:
    """A member of staff at work, in no browser: there is no session that a verb could lock."""
    member = StaffMember.objects.get(username=username)
    return Asker(
        staff=member.id,
        role=Role(member.role),
        display_name=member.display_name,
        session_key="demo",
        session=SessionState.USABLE,
    )


def known_cases() -> dict[str, Case]:
    """Every demo patient, by key."""
    return {item.key: Case(item.number, item.photographer) for item in PATIENTS}


def take_in_and_label(wanted: Sequence[Shot]) -> None:
    """Those of these pictures that are not in the record yet; then the labels they lack."""
    cases = known_cases()
    _take_in([shot for shot in wanted if cases[shot.patient].photograph(shot.key) is None], cases)
    verify_waiting()
    _label(wanted, cases)


def _take_in(wanted: list[Shot], cases: dict[str, Case]) -> None:
    if not wanted:
        return
    bar = tqdm(total=len(wanted), desc="Drawing pictures", unit="", disable=None, file=sys.stderr)
    with bar:
        for shot, jpeg in drawn(wanted):
            case = cases[shot.patient]
            _expect_sealed(receive(case.asker, case.promise(shot, jpeg), 0, [jpeg]))
            verify_waiting()
            bar.update()


def _expect_sealed(answer: Answer) -> None:
    if answer.state not in {AnswerState.SEALED, AnswerState.VERIFIED}:
        raise DemoPictureError(f"A picture of the demo was not taken in: {answer.sentence}")


def _label(wanted: Sequence[Shot], cases: dict[str, Case]) -> None:
    alike: defaultdict[tuple[UUID, Label], list[UUID]] = defaultdict(list)
    for shot in wanted:
        case = cases[shot.patient]
        photograph = case.photograph(shot.key)
        if shot.label and photograph and _needs_label(photograph):
            alike[case.asker.staff, shot.label].append(photograph)
    for (staff, label), found in alike.items():
        label_photographs(staff, found, label)


def _needs_label(photograph: UUID) -> bool:
    return all(view.needs_label for view in photographs([photograph]))
