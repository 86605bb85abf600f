"""As `driver`, for what a patient signs and takes back: forks die, and others look at what is left.

Run as `python -m tests.kill.consent_driver HOME REPORT`. Petra has agreed before: to both pictures
one to one, and to the first in lectures. Now she is about to sign anew about the first, with two
yeses, which replaces a part of one agreement and the whole of the other.
"""

import json
import shutil
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

# The driver names the home and sets Django up: it comes first.
from tests.kill.driver import HOME, PREPARED, REPORT, crash, in_a_fork, prepare

# isort: split
from tests.cast import PETRA, asker
from tests.consenting import (
    TEACHING,
    answer_all,
    look_at_all,
    proposal_of,
    sign_now,
    signed,
    visit_to,
)
from tests.kill.steps import SIGNING, WITHDRAWING
from tests.looking import asks, opens
from tests.taking import take

from safelight.audit.log import sequence
from safelight.audit.models import Event
from safelight.audit.verification import verify_record
from safelight.consent.models import Agreement, AgreementImage, PatientSession, Proposal
from safelight.consent.services.ending import sweep_keys, withdraw
from safelight.consent.verification import differences
from safelight.consent.visits import Visit, _visit
from safelight.patients.models import Patient
from safelight.patients.selectors import known_patients
from safelight.people.asker import Asker
from safelight.people.models import StaffMember
from safelight.photos.models import Photograph
from safelight.vault.custodians import agreements_with_keys, granted_objects
from safelight.vocabulary.events import EventTag

ONE, LECTURE = TEACHING


def main() -> None:
    in_a_fork(prepare)
    in_a_fork(ask)
    shutil.copytree(HOME, PREPARED)
    acts: dict[str, tuple[Any, Callable[[], None]]] = {
        "signing": (SIGNING, sign_anew),
        "withdrawing": (WITHDRAWING, take_back_lectures),
    }
    report = {
        f"{verb}: {name}": crash(step, act, {"left": left, "restarted": partial(restarted, act)})
        for verb, (steps, act) in acts.items()
        for name, step in steps.items()
    }
    REPORT.write_text(json.dumps(report))


def person(name: str) -> Asker:
    return asker(StaffMember.objects.get(username=name))


def ask() -> None:
    """Everything is answered; the signature is all that is missing."""
    alice, patient = person("alice"), petra()
    first, second = take(alice, patient), take(alice, patient)
    signed(alice, patient, [first, second], [ONE])
    signed(alice, patient, [first], [LECTURE])
    visit = visit_to(alice, proposal_of(alice, patient, [first]))
    look_at_all(visit)
    answer_all(visit, TEACHING)


def petra() -> UUID:
    everybody = known_patients(Patient.objects.values_list("id", flat=True))
    return next(item.id for item in everybody if item.identity == PETRA)


def newest() -> Proposal:
    return Proposal.objects.latest("created_at")


def visit() -> Visit:
    """The signer's, in a process that never saw the cookie."""
    row = PatientSession.objects.select_related("access__proposal")
    return _visit(row.get(access__proposal=newest()))


def sign_anew() -> None:
    if newest().signed_at is None:
        sign_now(visit())


def take_back_lectures() -> None:
    for agreement in agreements(LECTURE):
        withdraw(visit(), agreement.id)


def agreements(purpose: Any) -> list[Agreement]:
    return list(Agreement.objects.filter(purpose=purpose.value, status="active"))


def left() -> dict[str, Any]:
    """Before anything is mended: what is in force, and is each of it whole?"""
    row = newest()
    statuses = set(row.agreements.values_list("status", flat=True))
    return {
        "signed": row.signed_at is not None,
        "half": statuses not in ({"active"}, {"proposed"})
        or (statuses == {"active"}) != bool(row.sealed_record)
        or (row.signed_at is not None) != bool(row.sealed_record),
        "told": Event.objects.filter(tag=EventTag.CONSENT_PROPOSAL_SIGNED.value).count(),
        "withdrawn": Event.objects.filter(tag=EventTag.CONSENT_AGREEMENT_WITHDRAWN.value).count(),
        "without_grants": sorted(map(str, listed() - granted())),
        "differences": [differences(item.id) for item in signed_proposals()],
        "opens": opened(),
    }


def signed_proposals() -> list[Proposal]:
    return list(Proposal.objects.exclude(signed_at=None))


def listed() -> set[tuple[UUID, UUID]]:
    """What rows in force list, as agreement and object."""
    images = AgreementImage.objects.filter(agreement__status="active", ended_at=None)
    return set(images.values_list("agreement", "object_id"))


def granted() -> set[tuple[UUID, UUID]]:
    return granted_objects(agreements_with_keys())


def opened() -> dict[str, list[bool]]:
    """What the gate gives Theo of each picture, the first one first."""
    theo = person("theo")
    pictures = Photograph.objects.order_by("taken_at", "id").values_list("id", flat=True)
    ordered = sorted(pictures, key=lambda item: item not in asked_about())
    return {
        purpose.value: [opens(asks(theo, picture, purpose)) for picture in ordered]
        for purpose in TEACHING
    }


def asked_about() -> set[UUID]:
    return set(newest().pictures.values_list("photograph", flat=True))


def restarted(act: Callable[[], None]) -> dict[str, Any]:
    """The worker sweeps; the signer tries again what they do not find done; it sweeps once more."""
    sweep_keys()
    is_tidy = granted() == listed()
    act()
    swept = sweep_keys()
    sequence()
    return {
        **left(),
        "tidy_before": is_tidy,
        "tidy": granted() == listed(),
        "keys": len(agreements_with_keys()),
        "swept": swept,
        "problems": [str(item) for item in verify_record().problems],
    }


if __name__ == "__main__":
    main()
