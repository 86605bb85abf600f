"""What can be done backstage, see backstage.py. Ids are strings: they come and go as JSON."""

import base64
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from tests import cast
from tests.consenting import approved_form, proposal_of, shipped_form
from tests.pictures import jpeg
from tests.taking import forearm, seal

from safelight.audit.models import Event
from safelight.consent.models import AgreementImage, PatientAccess, Proposal
from safelight.consent.seals import current_seal
from safelight.consent.services.proposing import People, remove_picture
from safelight.consent.services.visiting import invite
from safelight.institution.models import Department
from safelight.people.asker import Asker
from safelight.people.models import StaffMember
from safelight.photos.labels import label_photographs
from safelight.photos.models import Photograph
from safelight.vault.custodians import agreements_with_keys
from safelight.vocabulary.photograph import PhotographState
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole

VERIFIED_WITHIN = 30


def admit_petra(department: str) -> str:
    """Into a hospital that was set up by its own commands."""
    patient, _ = cast.admit(cast.PETRA, Department.objects.get(name=department))
    return str(patient)


def put_a_form_in_use(more: str = "") -> int:
    """The shipped form, with `more` words in every introduction; its number."""
    form = shipped_form()
    texts = {
        language: {
            style: replace(text, introduction=f"{text.introduction} {more}".strip())
            for style, text in styles.items()
        }
        for language, styles in form.texts.items()
    }
    return approved_form(replace(form, texts=texts))


def take(patient: str, count: int = 1) -> list[str]:
    """So many labelled pictures, taken by Alice; large enough to be looked at."""
    sent = [jpeg(uuid4().int % 2**32) for _ in range(count)]
    taken = [seal(alice(), UUID(patient), data) for data in sent]
    _wait_until_verified(taken)
    label_photographs(alice().staff, taken, forearm())
    return [str(item) for item in taken]


def _wait_until_verified(photographs: Sequence[UUID]) -> None:
    """By the hospital's own worker."""
    waiting = Photograph.objects.filter(id__in=photographs).exclude(
        state=PhotographState.VERIFIED.value
    )
    ends = time.monotonic() + VERIFIED_WITHIN
    while waiting.exists():
        assert time.monotonic() < ends, "the worker verifies nothing"
        time.sleep(0.05)


def ask(
    patient: str,
    photographs: Sequence[str],
    purposes: Sequence[str],
    language: str = "en",
    signer_role: str = "patient",
    people: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Alice asks and makes a link: the proposal, the letters and the code."""
    proposal = proposal_of(
        alice(),
        UUID(patient),
        [UUID(item) for item in photographs],
        [Purpose(item) for item in purposes],
        language=language,
        signer_role=SignerRole(signer_role),
        people=People(**people) if people else None,
    )
    made = invite(alice(), proposal)
    return {"proposal": str(proposal), "letters": made.letters, "code": made.code}


def invite_again(proposal: str) -> dict[str, str]:
    """Another link; the one before it ends."""
    made = invite(alice(), UUID(proposal))
    return {"letters": made.letters, "code": made.code}


def take_out(proposal: str, photograph: str) -> None:
    """Alice asks about this picture no more."""
    remove_picture(alice(), UUID(proposal), UUID(photograph))


def run_out(proposal: str) -> None:
    """The time of every link to this proposal is over."""
    a_moment_ago = datetime.now(UTC) - timedelta(seconds=1)
    PatientAccess.objects.filter(proposal=UUID(proposal)).update(expires_at=a_moment_ago)


@dataclass(frozen=True)
class Standing:
    """How far a proposal has come: every trace that a signature leaves."""

    state: str
    statuses: dict[str, str]
    listed: list[str]
    keys: int
    is_recorded: bool


def standing(proposal: str) -> dict[str, object]:
    row = Proposal.objects.get(id=UUID(proposal))
    agreements, keys = list(row.agreements.all()), agreements_with_keys()
    images = AgreementImage.objects.filter(agreement__in=agreements)
    found = Standing(
        state=row.state,
        statuses={item.purpose: item.status for item in agreements},
        listed=sorted({str(item) for item in images.values_list("photograph", flat=True)}),
        keys=sum(item.id in keys for item in agreements),
        is_recorded=bool(row.sealed_record),
    )
    return asdict(found)


def events(subject: str) -> list[str]:
    """The tags of what was recorded of this patient, in order."""
    return list(
        Event.objects.filter(subject=UUID(subject)).order_by("number").values_list("tag", flat=True)
    )


def acts_of_alice() -> list[str]:
    """The tags of the events that bear her name, in order."""
    acts = Event.objects.filter(actor=alice().staff).order_by("number")
    return list(acts.values_list("tag", flat=True))


def seal_certificate() -> str:
    """The institution's certificate, which anybody may have: DER in base 64."""
    return base64.b64encode(current_seal().certificate).decode()


def alice() -> Asker:
    return cast.asker(StaffMember.objects.get(username="alice"))
