"""What happens in a small hospital, one process an act: `python -m tests.project.backup_acts ACT …`.

The home and the databases come from the environment, as for the command itself; an act prints JSON.
"""

import json
import sys
from typing import Any
from uuid import UUID

from safelight.project.starting import start_django

start_django()

from django.utils import timezone  # noqa: E402
from tests.cast import asker, set_the_stage  # noqa: E402 - Django first
from tests.consenting import TEACHING, agreement_to, signed  # noqa: E402
from tests.sharing import agreed, shared  # noqa: E402
from tests.taking import take  # noqa: E402

from safelight.audit.log import sequence_waiting  # noqa: E402
from safelight.audit.models import Event  # noqa: E402
from safelight.consent.models import Agreement, AgreementImage  # noqa: E402
from safelight.engines import envelope  # noqa: E402
from safelight.patients.models import Patient  # noqa: E402
from safelight.people.asker import Asker  # noqa: E402
from safelight.people.hiring import close_account  # noqa: E402
from safelight.people.models import StaffMember  # noqa: E402
from safelight.photos.models import Photograph, RenditionRow  # noqa: E402
from safelight.recall.services.withdrawing import Order, withdraw_for  # noqa: E402
from safelight.sharing.guests import state_of  # noqa: E402
from safelight.sharing.models import Share  # noqa: E402
from safelight.sharing.services.giving import revoke  # noqa: E402
from safelight.vault.custodians import Holder  # noqa: E402
from safelight.vault.errors import VaultError  # noqa: E402
from safelight.vault.keystore.models import Custodian, Grant  # noqa: E402
from safelight.vault.kinds import CustodianKind  # noqa: E402
from safelight.vault.orphans import discard  # noqa: E402
from safelight.vault.tombstones import destroyed_agreements, keep_journal  # noqa: E402
from safelight.vault.unseal import open_object  # noqa: E402
from safelight.vocabulary.recall import WithdrawalScope  # noqa: E402

KINDS = {
    "original": envelope.Kind.ORIGINAL,
    "display": envelope.Kind.DISPLAY,
    "thumbnail": envelope.Kind.THUMBNAIL,
}
ONE, LECTURE = TEACHING


def alice() -> Asker:
    return asker(StaffMember.objects.get(username="alice"))


def petra() -> UUID:
    return Agreement.objects.values_list("patient", flat=True)[0]


def prepare() -> dict[str, str]:
    """Petra agrees to lectures and to teaching one to one, with two pictures."""
    cast = set_the_stage()
    pictures = [take(cast.alice, cast.petra) for _ in range(2)]
    visit = signed(cast.alice, cast.petra, pictures, TEACHING)
    return {item.value: str(agreement_to(visit, item).id) for item in TEACHING}


def sign() -> dict[str, str]:
    """A picture more, and an agreement about it."""
    visit = signed(alice(), petra(), [take(alice(), petra())], [ONE])
    return {"agreement": str(agreement_to(visit, ONE).id)}


def withdraw(agreement: str) -> dict[str, str]:
    order = Order(WithdrawalScope.USE, UUID(agreement))
    withdraw_for(alice(), petra(), order, "called back on the known number")
    return {}


def share() -> dict[str, str]:
    """Rhea is shown a picture, twice over."""
    patient = petra()
    picture = take(alice(), patient)
    visit = agreed(alice(), patient, [picture])
    given = [shared(alice(), visit, [picture]).share for _ in range(2)]
    return {"revoked": str(given[0]), "going_on": str(given[1])}


def revoke_share(which: str) -> dict[str, str]:
    revoke(alice(), UUID(which))
    return {}


def close(username: str) -> dict[str, str]:
    close_account(username)
    return {}


def erase(photograph: str) -> dict[str, str]:
    """Every key and byte of one picture, as recall will do it."""
    rows = RenditionRow.objects.filter(photograph=UUID(photograph))
    discard(list(rows.values_list("id", flat=True)))
    return {}


def journal() -> dict[str, str]:
    """What the worker does every ten minutes, and ten minutes have gone by."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from safelight.vault.ports import wiring  # noqa: PLC0415

    keep_journal()
    assert wiring.journal is not None
    wiring.journal.mark(datetime.now(UTC))
    return {}


def opens(item: RenditionRow | AgreementImage, object_id: UUID, holder: Holder) -> bool:
    try:
        return bool(open_object(object_id, KINDS[item.rendition], holder))
    except VaultError:
        return False


def look() -> dict[str, Any]:
    """Everything that a test asks about, as plain values."""
    agreements = Agreement.objects.all()
    images = AgreementImage.objects.all()
    return {
        "status": {str(row.id): [row.status, row.ended_because] for row in agreements},
        "opens": {
            str(row.id): [
                opens(image, image.object_id, Holder(CustodianKind.AGREEMENT, row.id))
                for image in images.filter(agreement=row)
            ]
            for row in agreements
        },
        "care": {
            str(row.id): all(
                opens(form, form.id, Holder(CustodianKind.CARE, row.patient_id))
                for form in row.renditions.all()
            )
            for row in Photograph.objects.all()
        },
        "keys": [
            str(owner)
            for owner in Custodian.objects.filter(kind="agreement").values_list("owner", flat=True)
        ],
        "wrapped": [
            bytes(key).hex()
            for model in (Custodian, Grant)
            for key in model._default_manager.values_list("wrapped_key", flat=True)
        ],
        "tombstones": sorted(str(item) for item in destroyed_agreements()),
        "shares": {
            str(row.id): [str(state_of(row, timezone.now())), row.ended_by_restore]
            for row in Share.objects.select_related("agreement")
        },
        "open_accounts": sorted(
            StaffMember.objects.filter(is_active=True).values_list("username", flat=True)
        ),
        "patients": Patient.objects.count(),
        "restored": [
            [event.tag, event.leaf_index is not None]
            for event in Event.objects.filter(tag="backup:site:restored")
        ],
    }


ALL = (prepare, sign, withdraw, share, revoke_share, close, erase, journal, look)
ACTS = {act.__name__: act for act in ALL}

if __name__ == "__main__":
    told = ACTS[sys.argv[1]](*sys.argv[2:])
    sequence_waiting()
    print(json.dumps(told))
