"""What happens to a picture, or to what was agreed about it, while somebody prepares it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from tests.at_once import at_once
from tests.cast import Cast, hire
from tests.consenting import (
    SIGNATURE,
    TEACHING,
    agreement_to,
    answer_all,
    look_at_all,
    proposal_of,
    signed,
    version,
    visit_to,
)
from tests.looking import asks, opens
from tests.preparing import FACE, ToldScanner, covering, face, prepare, scanner_that_finds, seated
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.errors import ConsentError
from safelight.consent.models import AgreementImage
from safelight.consent.services.ending import sweep_keys, withdraw
from safelight.consent.services.signing import sign
from safelight.consent.services.wishing import open_wishes, wish_for_covering
from safelight.institution.models import Department
from safelight.people.asker import Asker
from safelight.photos.forms import objects_for_use
from safelight.photos.models import RenditionRow
from safelight.photos.moving import MoveReason, move_photograph
from safelight.redaction import services
from safelight.redaction.errors import ChangedMeanwhileError, RedactionError, ScanFailedError
from safelight.redaction.keeping import objects_of
from safelight.redaction.looking import look
from safelight.redaction.models import Redaction
from safelight.redaction.moving import move
from safelight.redaction.ports import Look, Scan, wiring
from safelight.redaction.selectors import checked
from safelight.redaction.services import approve, save_draft
from safelight.redaction.sweeping import sweep_prepared
from safelight.release.errors import AccessRefusedError
from safelight.vault.custodians import agreements_with_keys, granted_objects, opened_by
from safelight.vault.kinds import CustodianKind
from safelight.vault.models import SealedObject
from safelight.vault.ports import blob_store
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.identifiability import Region
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.roles import Role

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
ONE, LECTURE = TEACHING
WIDER = Region(FACE.left - 4, FACE.top - 4, FACE.width + 8, FACE.height + 8)
WRONG = MoveReason.WRONG_PATIENT_OPEN


class SlowScanner(ToldScanner):
    """Something happens while it looks, once."""

    def __init__(self, when: Look, meanwhile: Callable[[], object]) -> None:
        super().__init__([face()])
        self.when, self.meanwhile = when, meanwhile

    def scan(self, picture: bytes, orientation: int, look: Look) -> Scan:
        if look is self.when:
            act, self.meanwhile = self.meanwhile, lambda: None
            act()
        return super().scan(picture, orientation, look)


@pytest.fixture(autouse=True)
def told() -> Iterator[ToldScanner]:
    with scanner_that_finds([face()]) as scanner:
        yield scanner


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take(cast.alice, cast.petra)


@pytest.fixture
def colleague(cast: Cast) -> Asker:
    return seated(hire("bob2", Role.CLINICIAN, Department.objects.get(id=cast.dermatology)))


def moves_away(cast: Cast, picture: UUID) -> Callable[[], object]:
    return partial(move_photograph, picture, cast.pablo, actor=cast.alice.staff, reason=WRONG)


def blobs() -> set[UUID]:
    return {item for item, _ in blob_store().ids()}


def no_more_than_listed() -> bool:
    """Agreements in force open what they list, and nothing else."""
    images = AgreementImage.objects.filter(agreement__status="active", ended_at=None)
    listed = set(images.values_list("agreement", "object_id"))
    return granted_objects(agreements_with_keys()) == listed


class TestMovedToAnotherPatient:
    def test_while_it_is_searched_nothing_found_is_kept_in_the_wrong_record(
        self, cast: Cast, picture: UUID
    ) -> None:
        wiring.scanner = SlowScanner(Look.PROPOSE, moves_away(cast, picture))
        with pytest.raises(AccessRefusedError):
            look(seated(cast.alice), picture)
        assert bytes(Redaction.objects.get().sealed_findings) == b""

    def test_while_it_is_covered_no_covered_form_is_left_in_the_wrong_record(
        self, cast: Cast, picture: UUID
    ) -> None:
        alice = seated(cast.alice)
        look(alice, picture)
        before = blobs()
        wiring.scanner = SlowScanner(Look.CHECK, moves_away(cast, picture))
        with pytest.raises(AccessRefusedError):
            save_draft(alice, picture, covering(FACE))
        assert blobs() == before
        assert not RenditionRow.objects.filter(photograph=picture).exists()

    def test_just_before_it_is_approved_it_is_not(
        self, cast: Cast, picture: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        alice = seated(cast.alice)
        look(alice, picture)
        save_draft(alice, picture, covering(FACE))
        seen = checked(alice, picture).version
        meanwhile(monkeypatch, "require_preparable", moves_away(cast, picture))
        with pytest.raises(AccessRefusedError):
            approve(alice, picture, seen, {})
        assert not Redaction.objects.filter(state="approved").exists()

    def test_no_version_of_it_opens_in_either_record(self, cast: Cast, picture: UUID) -> None:
        """Neither the one in use, nor the one before, nor the draft, in neither size."""
        prepare(cast.alice, picture)
        alice = prepare(cast.alice, picture, covering(WIDER))
        look(alice, picture)
        save_draft(alice, picture, covering(WIDER))
        prepared = {item for row in Redaction.objects.all() for item in objects_of(row)}
        assert len(prepared) == 6
        assert opened_by(CustodianKind.CARE, prepared) == prepared
        (moved,) = move(alice, [picture], cast.pablo, WRONG)
        for kind in CustodianKind:
            assert opened_by(kind, prepared) == set()
        as_taken = set(RenditionRow.objects.filter(photograph=moved).values_list("id", flat=True))
        assert opened_by(CustodianKind.CARE, as_taken) == as_taken

    def test_after_a_crash_a_sweep_takes_the_keys(self, cast: Cast, picture: UUID) -> None:
        prepare(cast.alice, picture)
        prepare(cast.alice, picture, covering(WIDER))
        moves_away(cast, picture)()
        assert sweep_prepared() == 2, "the version before, in two sizes"
        prepared = {item for row in Redaction.objects.all() for item in objects_of(row)}
        assert opened_by(CustodianKind.CARE, prepared) == set()
        assert sweep_prepared() == 0


def meanwhile(patch: pytest.MonkeyPatch, name: str, act: Callable[[], object]) -> None:
    """Do `act` right after this function of the verb, once."""
    real = getattr(services, name)

    def followed(*args: Any) -> Any:
        found = real(*args)
        patch.setattr(services, name, real)
        act()
        return found

    patch.setattr(services, name, followed)


class TestChangedWhileItIsCovered:
    def test_a_result_for_a_draft_that_was_approved_meanwhile_is_thrown_away(
        self, cast: Cast, picture: UUID, colleague: Asker
    ) -> None:
        alice = seated(cast.alice)
        look(alice, picture)
        save_draft(alice, picture, covering(FACE))
        approved = partial(approve, colleague, picture, checked(colleague, picture).version, {})
        wiring.scanner = SlowScanner(Look.CHECK, approved)
        before = blobs()
        with pytest.raises(ChangedMeanwhileError):
            save_draft(alice, picture, covering(WIDER))
        assert blobs() == before
        assert Redaction.objects.get().state == "approved"

    def test_nor_does_it_become_the_result_of_the_next_draft(
        self, cast: Cast, picture: UUID, colleague: Asker
    ) -> None:
        """Whose findings are others: reasons that were given for these would stand by those."""
        alice = seated(cast.alice)
        look(alice, picture)
        save_draft(alice, picture, covering(FACE))

        def approved_and_begun_anew() -> None:
            approve(colleague, picture, checked(colleague, picture).version, {})
            look(colleague, picture)

        wiring.scanner = SlowScanner(Look.CHECK, approved_and_begun_anew)
        with pytest.raises(ChangedMeanwhileError):
            save_draft(alice, picture, covering(WIDER))
        assert Redaction.objects.get(state="draft").display is None

    def test_a_look_at_another_size_is_no_look(self, cast: Cast, picture: UUID) -> None:
        """Regions in other pixels would cover something else."""

        class Shrinks(ToldScanner):
            def scan(self, picture: bytes, orientation: int, look: Look) -> Scan:
                seen = super().scan(picture, orientation, look)
                return Scan(seen.width // 2, seen.height // 2, seen.detections, 0.0)

        alice = seated(cast.alice)
        sound, wiring.scanner = wiring.scanner, Shrinks([face()])
        with pytest.raises(ScanFailedError):
            look(alice, picture)
        wiring.scanner = sound
        look(alice, picture)
        wiring.scanner = Shrinks([face()])
        with pytest.raises(ScanFailedError):
            save_draft(alice, picture, covering(FACE))
        assert Redaction.objects.get().display is None

    @pytest.mark.parametrize("scanner", [None, ToldScanner()], ids=["there is none", "it is dead"])
    def test_without_detectors_nothing_new_can_be_approved(
        self, cast: Cast, picture: UUID, scanner: ToldScanner | None
    ) -> None:
        alice = prepare(cast.alice, picture)
        look(alice, picture)
        if scanner:
            scanner.fails = True
        wiring.scanner = scanner
        with pytest.raises(ScanFailedError):
            save_draft(alice, picture, covering(WIDER))
        with pytest.raises(RedactionError):
            approve(alice, picture, Redaction.objects.get(state="draft").version, {})
        assert opened_form(cast, picture) is not None


def opened_form(cast: Cast, picture: UUID) -> UUID | None:
    return objects_for_use(picture).get("redacted")


class TestAgreements:
    @pytest.fixture
    def drafted(self, cast: Cast, picture: UUID) -> tuple[Asker, int]:
        """Agreed to for both uses, and a result that waits for its approval."""
        alice = seated(cast.alice)
        signed(cast.alice, cast.petra, [picture], TEACHING)
        look(alice, picture)
        save_draft(alice, picture, covering(FACE))
        return alice, checked(alice, picture).version

    def fails_at_the_end(self, picture: UUID, drafted: tuple[Asker, int]) -> set[UUID]:
        """An approval that handed out keys and then failed; the objects of its draft."""

        def full(*_args: object) -> None:
            raise OSError("the disk is full")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(services, "_record", full)
            with pytest.raises(OSError, match="full"):
                approve(drafted[0], picture, drafted[1], {})
        row = Redaction.objects.get()
        assert row.state == "draft"
        objects = set(objects_of(row))
        assert opened_by(CustodianKind.AGREEMENT, objects) == objects
        return objects

    def test_a_sweep_takes_back_what_a_failed_approval_handed_out(
        self,
        cast: Cast,
        picture: UUID,
        drafted: tuple[Asker, int],
    ) -> None:
        objects = self.fails_at_the_end(picture, drafted)
        assert sweep_prepared() == 2
        assert opened_by(CustodianKind.AGREEMENT, objects) == set()
        assert opened_by(CustodianKind.CARE, objects) == objects
        assert no_more_than_listed()
        assert sweep_prepared() == 0
        assert opens(asks(cast.theo, picture, LECTURE)), "as before, since nothing was approved"
        approve(drafted[0], picture, drafted[1], {})
        assert opens(asks(cast.theo, picture, LECTURE, Rendition.REDACTED))

    def test_nor_does_a_later_approval_leave_them_with_an_agreement_that_lost_the_picture(
        self,
        cast: Cast,
        picture: UUID,
        drafted: tuple[Asker, int],
    ) -> None:
        other = take(cast.alice, cast.petra)
        both = signed(cast.alice, cast.petra, [picture, other], [LECTURE])
        self.fails_at_the_end(picture, drafted)
        signed(cast.alice, cast.petra, [picture], [LECTURE])
        approve(drafted[0], picture, checked(drafted[0], picture).version, {})
        held = {item for _, item in granted_objects([agreement_to(both, LECTURE).id])}
        assert held == set(objects_for_use(other).values())
        sweep_keys()
        assert no_more_than_listed()

    def test_what_is_taken_back_at_the_same_moment_is_taken_back(
        self, cast: Cast, picture: UUID, drafted: tuple[Asker, int]
    ) -> None:
        visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
        mine = AgreementImage.objects.filter(agreement__purpose=LECTURE.value).first()
        assert mine is not None
        outcomes = at_once(
            lambda: approve(drafted[0], picture, drafted[1], {}),
            lambda: withdraw(visit, mine.agreement_id),
        )
        assert outcomes == [None, None]
        sweep_keys()
        assert no_more_than_listed()
        assert opens(asks(cast.theo, picture, ONE, Rendition.REDACTED))
        for rendition in (Rendition.REDACTED, Rendition.DISPLAY):
            assert not opens(asks(cast.theo, picture, LECTURE, rendition))

    def test_what_is_signed_at_the_same_moment_is_signed_for_the_form_in_use(
        self, cast: Cast, picture: UUID
    ) -> None:
        """Whoever is first: the agreement goes on with the covered form, or is not signed."""
        alice = seated(cast.alice)
        look(alice, picture)
        save_draft(alice, picture, covering(FACE))
        visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
        look_at_all(visit)
        answer_all(visit, TEACHING)
        seen, number = version(visit), checked(alice, picture).version
        signing, approving = at_once(
            lambda: sign(visit, SIGNATURE, seen), lambda: approve(alice, picture, number, {})
        )
        assert approving is None
        listed = AgreementImage.objects.filter(ended_at=None)
        in_use = set(objects_for_use(picture).values())
        expected = set() if isinstance(signing, ConsentError) else in_use
        assert set(listed.values_list("object_id", flat=True)) == expected
        sweep_keys()
        assert no_more_than_listed()
        assert not opens(asks(cast.theo, picture, LECTURE))

    def test_two_people_who_approve_at_once_approve_once(
        self, cast: Cast, picture: UUID, drafted: tuple[Asker, int], colleague: Asker
    ) -> None:
        outcomes = at_once(
            lambda: approve(drafted[0], picture, drafted[1], {}),
            lambda: approve(colleague, picture, drafted[1], {}),
        )
        assert outcomes.count(None) == 1
        assert any(isinstance(item, RedactionError) for item in outcomes)
        tag = EventTag.PHOTOGRAPH_REDACTION_APPROVED.value
        assert Event.objects.filter(tag=tag).count() == 1
        assert no_more_than_listed()

    def test_two_who_save_and_one_who_approves_leave_one_whole_result(
        self, cast: Cast, picture: UUID, drafted: tuple[Asker, int], colleague: Asker
    ) -> None:
        at_once(
            lambda: save_draft(drafted[0], picture, covering(WIDER)),
            lambda: save_draft(colleague, picture, covering(WIDER)),
            lambda: approve(drafted[0], picture, drafted[1], {}),
        )
        named = {item for row in Redaction.objects.all() for item in objects_of(row)}
        redacted = {item.id for item in SealedObject.objects.filter(kind=5)}
        assert redacted == named
        assert named <= blobs()
        sweep_prepared()
        assert no_more_than_listed()


def test_a_wish_that_came_after_the_result_is_not_met_by_it(cast: Cast, picture: UUID) -> None:
    """Nobody who covered had read it."""
    alice = seated(cast.alice)
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    wish_for_covering(visit, picture, "the ring, please")
    look(alice, picture)
    save_draft(alice, picture, covering(FACE))
    wish_for_covering(visit, picture, "and the tattoo")
    approve(alice, picture, checked(alice, picture).version, {})
    assert [item.text for item in open_wishes(picture)] == ["and the tattoo"]
    look(alice, picture)
    save_draft(alice, picture, covering(WIDER))
    approve(alice, picture, checked(alice, picture).version, {})
    assert open_wishes(picture) == []
