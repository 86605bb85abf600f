"""As `driver`, for a patient who takes everything back: forks die, and others look at what is left.

Run as `python -m tests.kill.recall_driver HOME REPORT`. Petra agreed to one picture for lectures and
for Rhea; it is in a share and a deck. Ordinary pictures are erased, intimate ones (the second) are
kept under lock. Besides, every byte route of the conformance suite is open on a picture of hers:
each new process asks by all of them.
"""

import json
import pickle
import shutil
from collections.abc import Callable
from typing import Any
from uuid import UUID

# The driver names the home and sets Django up: it comes first.
from tests.kill.driver import HOME, PREPARED, REPORT, crash, in_a_fork, looked_at, prepare

# isort: split
from django.conf import settings
from django.urls import get_resolver
from tests.cast import asker
from tests.consenting import signed
from tests.kill.routes import open_routes, routes_that_show
from tests.kill.steps import TAKING_ALL_BACK
from tests.lecturing import deck_with
from tests.sharing import agreed, shared
from tests.taking import take

from safelight.audit.log import sequence
from safelight.audit.models import Event
from safelight.audit.verification import verify_record
from safelight.consent.models import Agreement, CopyDocument
from safelight.consent.visits import Visit
from safelight.engines.envelope import Kind
from safelight.institution.models import RetentionVersion
from safelight.people.asker import Asker
from safelight.people.models import StaffMember
from safelight.photos.models import Photograph, RenditionRow
from safelight.recall.models import Consequence, LegalCustody, Withdrawal
from safelight.recall.services.cascade import carry_out_all
from safelight.recall.services.chasing import note_acknowledged
from safelight.recall.services.withdrawing import Order, withdraw
from safelight.vault.custodians import agreements_with_keys
from safelight.vault.keystore.models import Grant
from safelight.vault.models import SealedObject
from safelight.vault.ports import blob_store
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import ConsequenceState, WithdrawalScope

GROUND = "The law of this invented place says so."
ROUTES, VISIT = HOME.with_name("routes.json"), HOME.with_name("visit")
PICTURES = (Kind.ORIGINAL, Kind.DISPLAY, Kind.THUMBNAIL, Kind.REDACTED)


def main() -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    assert get_resolver().url_patterns  # read once, for all forks
    in_a_fork(begin)
    shutil.copytree(HOME, PREPARED)
    ways: dict[str, Callable[[], object]] = {"left": left, "restarted": restarted}
    report = {"before": looked_at(before)}
    report |= {name: crash(step, take_all_back, ways) for name, step in TAKING_ALL_BACK.items()}
    REPORT.write_text(json.dumps(report))


def person(name: str) -> Asker:
    return asker(StaffMember.objects.get(username=name))


def begin() -> None:
    cast = prepare()
    alice, patient = cast.alice, cast.petra
    RetentionVersion.objects.create(
        rules={"ordinary": {"fate": "erase", "years": 1, "ground": GROUND}}
    )
    first = take(alice, patient)
    take(alice, patient, sensitivity=Sensitivity.INTIMATE)
    visit = signed(alice, patient, [first], [Purpose.LECTURE])
    VISIT.write_bytes(pickle.dumps(visit))
    shared(alice, agreed(alice, patient, [first]), [first])
    deck_with(cast.theo, (first,))
    open_routes(cast, ROUTES)


def take_all_back() -> None:
    """By Petra herself: on the word of staff what the rules erase would be under lock for a week."""
    visit: Visit = pickle.loads(VISIT.read_bytes())  # noqa: S301 - written above
    withdraw(visit, Order(WithdrawalScope.EVERYTHING))
    carry_out_all()


def before() -> dict[str, Any]:
    """As in a process that starts while everything is open."""
    return state() | {"shown": routes_that_show(ROUTES)}


def left() -> dict[str, Any]:
    """Before anything is mended: is it taken back as a whole, and is anything shown?"""
    found = state()
    return found | {"shown": routes_that_show(ROUTES) if found["withdrawals"] else []}


def state() -> dict[str, Any]:
    return {
        "withdrawals": Withdrawal.objects.count(),
        "told": Event.objects.filter(tag=EventTag.RECALL_WITHDRAWN.value).count(),
        "in_force": Agreement.objects.filter(status="active").count(),
        "here": Photograph.objects.filter(state="verified").count(),
        "copies": CopyDocument.objects.filter(has_thumbnails=True).count(),
    }


def restarted() -> dict[str, Any]:
    """The call is taken once more where it was lost; the worker goes on with what there is."""
    if not Withdrawal.objects.exists():
        take_all_back()
    carry_out_all()
    again = carry_out_all()
    everybody_answers()
    sequence()
    shown = routes_that_show(ROUTES)  # asking for a copy makes one, so before anything is counted
    pictures_held = Grant.objects.exclude(object_id__in=documents())
    return {
        **state(),
        "shown": shown,
        "again": again,
        "open_lines": Consequence.objects.filter(settled_at=None).count(),
        "lines": sorted(f"{row.kind} {row.state}" for row in Consequence.objects.all()),
        "closed": Withdrawal.objects.exclude(closed_at=None).count(),
        "states": sorted(Photograph.objects.values_list("state", flat=True)),
        "held_by": sorted(pictures_held.values_list("custodian__kind", flat=True)),
        "forms": sorted(RenditionRow.objects.values_list("rendition", flat=True)),
        "objects": SealedObject.objects.filter(kind__in=PICTURES).count(),
        "blobs": len({item for item, _ in blob_store().ids()} - documents()),
        "custody": LegalCustody.objects.count(),
        "keys": len(agreements_with_keys()),
        "problems": [str(item) for item in verify_record().problems],
    }


def everybody_answers() -> None:
    """Whoever has a copy says that it is gone."""
    for line in Consequence.objects.filter(state=ConsequenceState.TO_ASK.value):
        note_acknowledged(person("priya"), line.id, "They wrote that it is deleted.")


def documents() -> set[UUID]:
    return set(SealedObject.objects.exclude(kind__in=PICTURES).values_list("id", flat=True))


if __name__ == "__main__":
    main()
