"""What can be done backstage, see backstage.py. Ids are strings: they come and go as JSON."""

import base64
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from tests import cast
from tests.certifying import certified
from tests.chasing import the_day_to_answer_passes
from tests.consenting import approved_form, proposal_of, shipped_form, signed
from tests.exporting import agreed_to_a_copy, made, receiver_of
from tests.keeping import erasing_rules
from tests.lecturing import at_time, deck_with, lecture_on
from tests.pictures import jpeg
from tests.sharing import agreed
from tests.taking import forearm, seal

from safelight.audit.models import Event
from safelight.consent.models import AgreementImage, PatientAccess, Proposal
from safelight.consent.seals import current_seal
from safelight.consent.services.proposing import People, remove_picture
from safelight.consent.services.visiting import invite
from safelight.institution.models import Department
from safelight.library.rules import CaseWords
from safelight.library.services import collect, make_collection
from safelight.people.asker import Asker
from safelight.people.models import AttemptLimit, StaffMember
from safelight.photos.labels import label_photographs
from safelight.photos.models import Photograph, RenditionRow
from safelight.recall.models import Consequence
from safelight.recall.services.cascade import carry_out
from safelight.recall.services.withdrawing import Order, withdraw_for
from safelight.teaching.models import Screen
from safelight.teaching.services import decks
from safelight.vault.custodians import agreements_with_keys
from safelight.vault.fields import patient_fields
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import WithdrawalScope
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


def erase_what_is_taken_back() -> int:
    """By the institution's rules; the number of their version."""
    return erasing_rules()


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


def agree_to_second_opinion(patient: str, photographs: Sequence[str]) -> str:
    """The patient agreed, on Alice's tablet, that Rhea looks at these pictures; the proposal."""
    visit = agreed(alice(), UUID(patient), [UUID(item) for item in photographs])
    return str(visit.proposal)


def agree_to_a_copy(patient: str, photographs: Sequence[str]) -> str:
    """The patient agreed, on Alice's tablet, to a copy of these pictures for Rhea; the proposal."""
    copied = [UUID(item) for item in photographs]
    visit = agreed(alice(), UUID(patient), copied, purpose=Purpose.RECORD_COPY)
    return str(visit.proposal)


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


def refusals(photograph: str) -> list[list[str]]:
    """The reasons that the record holds of each time this picture was refused, in order."""
    refused = Event.objects.filter(
        tag=EventTag.PHOTOGRAPH_REFUSED.value, objects_told__object_id=UUID(photograph)
    )
    return [_reasons(row) for row in refused.order_by("number")]


def _reasons(row: Event) -> list[str]:
    assert row.subject is not None
    fields = patient_fields(row.subject)
    details = fields.unseal_data("event-details", row.id, bytes(row.sealed_details))
    reasons: list[str] = details["reasons"]
    return reasons


def taught_forms(photograph: str) -> list[str]:
    """The renditions of this picture that agreements open now."""
    listed = AgreementImage.objects.filter(photograph=UUID(photograph), ended_at=None)
    return sorted(set(listed.values_list("rendition", flat=True)))


def fill_a_case(patient: str) -> list[str]:
    """A picture that may be taught with, and a case of Theo's that it is in."""
    (photograph,) = take(patient)
    signed(alice(), UUID(patient), [UUID(photograph)], [Purpose.LECTURE])
    words = CaseWords("A wound", "It came with the new boots.", ("What do you touch?",))
    case = make_collection(theo(), words)
    collect(theo(), case, UUID(photograph))
    return [photograph, str(case)]


def lock_a_picture(patient: str) -> str:
    """A picture that was taken back by telephone, and is under lock."""
    (photograph,) = take(patient)
    label_photographs(alice().staff, [UUID(photograph)], forearm())
    order = Order(WithdrawalScope.PICTURE, UUID(photograph))
    carry_out(withdraw_for(alice(), UUID(patient), order, "She called, with her birth date."))
    return photograph


def make_deck(title: str) -> str:
    """Theo has a deck for lectures, with one slide."""
    return str(decks.make_deck(theo(), title, Purpose.LECTURE))


def acts_of_alice() -> list[str]:
    """The tags of the events that bear her name, in order."""
    acts = Event.objects.filter(actor=alice().staff).order_by("number")
    return list(acts.values_list("tag", flat=True))


def seal_certificate() -> str:
    """The institution's certificate, which anybody may have: DER in base 64."""
    return base64.b64encode(current_seal().certificate).decode()


def alice() -> Asker:
    return cast.asker(StaffMember.objects.get(username="alice"))


def teach(
    photographs: Sequence[str], purpose: str = "lecture", people: int | None = None
) -> dict[str, str]:
    """Theo has a deck with these pictures on its second slide, and a lecture that is on."""
    # A day's lectures pass here within minutes; each begins as if nobody had paired before.
    AttemptLimit.objects.filter(bucket__in=["screen", "screen-code"]).delete()
    deck = deck_with(theo(), tuple(UUID(item) for item in photographs), ())
    lecture = lecture_on(theo(), deck, purpose=Purpose(purpose), people=people)
    return {"deck": str(deck), "lecture": str(lecture)}


def end_in(lecture: str, seconds: float) -> None:
    """The lecture as if it had been planned until then."""
    now = datetime.now(UTC)
    at_time(UUID(lecture), now - timedelta(minutes=5), now + timedelta(seconds=seconds))


def enter_in_error(photograph: str) -> None:
    """The picture turns out to be of somebody else."""
    state = PhotographState.ENTERED_IN_ERROR.value
    Photograph.objects.filter(id=UUID(photograph)).update(state=state)


def erase(photograph: str) -> None:
    """The picture's forms are gone, as after an erasure."""
    RenditionRow.objects.filter(photograph=UUID(photograph)).delete()


def certify(patient: str, language: str) -> str:
    """A receipt that the log vouches for, as a patient takes it along."""
    return certified(UUID(patient), language)


def codes_run_out() -> None:
    """No code that is on a screen now is good any more."""
    Screen.objects.filter(lecture=None).update(code_ends_at=datetime.now(UTC))


def theo() -> Asker:
    return cast.asker(StaffMember.objects.get(username="theo"))


def let_a_copy_leave(patient: str) -> str:
    """Petra agreed to a copy for Rhea's system, which fetched it; the request that she signed."""
    (photograph,) = take(patient)
    visit = agreed_to_a_copy(alice(), UUID(patient), [UUID(photograph)])
    link = made(alice(), visit, [UUID(photograph)])
    receiver_of(link).fetch(link.passcode)
    return str(visit.proposal)


def let_the_day_to_answer_pass(withdrawal: str) -> None:
    for line in Consequence.objects.filter(withdrawal=UUID(withdrawal), state="chased"):
        the_day_to_answer_passes(line.id)
