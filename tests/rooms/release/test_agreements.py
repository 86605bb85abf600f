"""Beyond treatment: opened by an agreement, with that agreement's key, or not at all."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from tests.cast import Cast
from tests.consenting import (
    TEACHING,
    agreement_to,
    approved_form,
    as_if_signed,
    proposal_of,
    recipient_of,
    signed,
    visit_to,
)
from tests.looking import asks, reasons
from tests.sessions import sit_down
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.models import Agreement
from safelight.consent.services.ending import end_authority, withdraw
from safelight.engines.policy import CitedAgreement, Decision, Reason
from safelight.institution.services import decide_policy
from safelight.people.merging import merge_patients
from safelight.photos.moving import MoveReason, move_photograph
from safelight.release import gate
from safelight.release.facts import Asked
from safelight.release.gate import open_photograph
from safelight.release.uses import uses_of
from safelight.vault.custodians import granted_key
from safelight.vault.errors import KeyMissingError
from safelight.vault.fields import patient_fields
from safelight.vault.kinds import CustodianKind
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

ONE, LECTURE = TEACHING


def test_a_teacher_gets_the_picture_for_what_was_agreed(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [ONE], no=[LECTURE])
    assert open_photograph(asks(cast.theo, picture, ONE, people=1)).content


@pytest.mark.parametrize("rendition", [Rendition.DISPLAY, Rendition.THUMBNAIL])
def test_both_listed_forms_open(cast: Cast, rendition: Rendition) -> None:
    picture = take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [LECTURE])
    assert open_photograph(asks(cast.theo, picture, LECTURE, rendition)).content


def test_the_original_is_never_listed(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [LECTURE])
    found = reasons(asks(cast.theo, picture, LECTURE, Rendition.ORIGINAL))
    assert Reason.PICTURE_NOT_LISTED in found


def test_what_was_refused_stays_refused(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [ONE], no=[LECTURE])
    assert Reason.AGREEMENT_REJECTED in reasons(asks(cast.theo, picture, LECTURE))


def test_a_picture_that_was_left_out_is_refused_everywhere(cast: Cast) -> None:
    kept, left_out = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [kept, left_out], TEACHING, leave_out=[left_out])
    for purpose in TEACHING:
        assert Reason.PICTURE_NOT_LISTED in reasons(asks(cast.theo, left_out, purpose, people=1))


def test_a_picture_taken_after_the_signature_is_not_covered(cast: Cast) -> None:
    signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [LECTURE])
    later = take(cast.alice, cast.petra)
    assert Reason.PICTURE_NOT_LISTED in reasons(asks(cast.theo, later, LECTURE))


def test_nothing_is_released_while_it_is_only_proposed(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    assert Reason.AGREEMENT_NOT_SIGNED in reasons(asks(cast.theo, picture, LECTURE))


def test_another_audience_is_refused(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [LECTURE])
    asked = asks(cast.theo, picture, LECTURE, audience=Audience.CONFERENCE)
    assert Reason.OTHER_AUDIENCE in reasons(asked)


@pytest.mark.parametrize(("people", "opens"), [(1, True), (12, True), (13, False), (None, False)])
def test_a_group_may_be_as_large_as_was_agreed(
    cast: Cast, people: int | None, *, opens: bool
) -> None:
    picture = take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [Purpose.SMALL_GROUP_TEACHING])
    asked = asks(cast.theo, picture, Purpose.SMALL_GROUP_TEACHING, people=people)
    if opens:
        assert open_photograph(asked).content
    else:
        assert Reason.AUDIENCE_TOO_LARGE in reasons(asked)


def test_a_named_work_is_agreed_to_by_name(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    purpose = Purpose.PRINT_PUBLICATION
    visit = signed(cast.alice, cast.petra, [picture], [purpose])
    named = recipient_of(visit, purpose)
    asked = asks(cast.theo, picture, purpose, recipient=named)
    assert reasons(asked) == {Reason.NOT_REVIEWED, Reason.ONLY_BY_REFERENCE}
    decide_policy({"second_person_for": "none"}, actor=None)
    assert reasons(asked) == {Reason.ONLY_BY_REFERENCE}
    other = asks(cast.theo, picture, purpose, recipient=UUID(int=4))
    assert Reason.OTHER_RECIPIENT in reasons(other)
    assert Reason.RECIPIENT_NOT_NAMED in reasons(asks(cast.theo, picture, purpose))


def test_withdrawn_is_refused_from_the_commit_on(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [LECTURE])
    asked = asks(cast.theo, picture, LECTURE)
    assert open_photograph(asked).content
    withdraw(visit, agreement_to(visit, LECTURE).id)
    assert Reason.AGREEMENT_ENDED in reasons(asked)


def test_the_last_day_counts_whole_and_the_next_not_at_all(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [LECTURE])
    asked = asks(cast.theo, picture, LECTURE)
    agreement = agreement_to(visit, LECTURE)
    today = agreement.starts_on
    assert today is not None
    as_if_signed(agreement, ends_on=today)
    assert open_photograph(asked).content
    as_if_signed(agreement, starts_on=date(2020, 1, 1), ends_on=today - timedelta(days=1))
    assert Reason.AGREEMENT_OUT_OF_PERIOD in reasons(asked)


def test_a_look_cites_its_agreement_in_the_record(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [LECTURE])
    open_photograph(asks(cast.theo, picture, LECTURE))
    event = Event.objects.get(tag=EventTag.PHOTOGRAPH_DISPLAY_VIEWED.value, actor=cast.theo.staff)
    details = patient_fields(cast.petra).unseal_data(
        "event-details", event.id, event.sealed_details
    )
    assert details["agreement"] == str(agreement_to(visit, LECTURE).id)
    assert event.purpose == "TRAIN"


def test_the_original_of_care_stays_with_care(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [LECTURE])
    seated, _ = sit_down(cast.alice)
    for rendition in (Rendition.ORIGINAL, Rendition.DISPLAY, Rendition.THUMBNAIL):
        assert open_photograph(Asked(seated.session_key, picture, rendition)).content


def test_staff_without_a_clinical_or_teaching_role_open_nothing(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [LECTURE])
    for asker in (cast.ada, cast.priya):
        assert Reason.ROLE_OPENS_NOTHING in reasons(asks(asker, picture, LECTURE))


def test_social_media_is_off_until_the_institution_switches_it_on(cast: Cast) -> None:
    picture, purpose = take(cast.alice, cast.petra), Purpose.SOCIAL_MEDIA
    approved_form()
    decide_policy({"social_media": 1, "second_person_for": "none"}, actor=None)
    visit = signed(cast.alice, cast.petra, [picture], [purpose])
    asked = asks(cast.theo, picture, purpose, recipient=recipient_of(visit, purpose))
    assert Reason.SOCIAL_MEDIA_OFF not in reasons(asked)
    decide_policy({"social_media": 0}, actor=None)
    assert Reason.SOCIAL_MEDIA_OFF in reasons(asked)


class TestWithAPolicyThatPermitsEverything:
    """Mallory has patched the policy. The vault has not heard of it."""

    @pytest.fixture
    def forced(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> tuple[UUID, UUID, UUID]:
        kept, left_out = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
        visit = signed(
            cast.alice, cast.petra, [kept, left_out], [ONE], no=[LECTURE], leave_out=[left_out]
        )
        agreement = agreement_to(visit, ONE).id
        permit = Decision(CitedAgreement(str(agreement)))
        monkeypatch.setattr(gate, "decide_at_address", lambda *_: permit)
        return kept, left_out, agreement

    def test_the_control_opens(self, cast: Cast, forced: tuple[UUID, UUID, UUID]) -> None:
        assert open_photograph(asks(cast.theo, forced[0], ONE)).content

    @pytest.mark.parametrize(
        "rendition", [Rendition.ORIGINAL, Rendition.DISPLAY, Rendition.THUMBNAIL]
    )
    def test_a_picture_that_is_not_listed_stays_shut(
        self, cast: Cast, forced: tuple[UUID, UUID, UUID], rendition: Rendition
    ) -> None:
        with pytest.raises(KeyMissingError):
            open_photograph(asks(cast.theo, forced[1], ONE, rendition))

    def test_the_original_of_a_listed_picture_stays_shut(
        self, cast: Cast, forced: tuple[UUID, UUID, UUID]
    ) -> None:
        with pytest.raises(KeyMissingError):
            open_photograph(asks(cast.theo, forced[0], ONE, Rendition.ORIGINAL))

    def test_a_refused_agreement_opens_nothing(
        self, cast: Cast, forced: tuple[UUID, UUID, UUID], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refused = Agreement.objects.get(purpose=LECTURE.value).id
        monkeypatch.setattr(
            gate, "decide_at_address", lambda *_: Decision(CitedAgreement(str(refused)))
        )
        with pytest.raises(KeyMissingError):
            open_photograph(asks(cast.theo, forced[0], LECTURE))


def test_a_picture_moved_to_another_patient_leaves_every_agreement(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [LECTURE])
    agreement = agreement_to(visit, LECTURE)
    objects = list(agreement.images.values_list("object_id", flat=True))
    moved = move_photograph(
        picture, cast.pablo, actor=cast.alice.staff, reason=MoveReason.WRISTBAND
    )
    for photograph in (picture, moved):
        assert reasons(asks(cast.theo, photograph, LECTURE))
    for object_id in objects:
        with pytest.raises(KeyMissingError):
            granted_key(object_id, CustodianKind.AGREEMENT, agreement.id)


def test_agreements_go_with_a_record_that_is_merged(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [LECTURE])
    merge_patients(cast.petra, cast.pablo, actor=None)
    assert open_photograph(asks(cast.theo, picture, LECTURE)).content


def test_a_proxys_agreement_rests_when_the_patient_decides_again(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [LECTURE])
    agreement_to(visit, LECTURE).proposal.__class__.objects.update(signer_role="proxy")
    asked = asks(cast.theo, picture, LECTURE)
    assert open_photograph(asked).content
    assert end_authority(cast.alice, cast.petra) == 1
    assert Reason.AUTHORITY_ENDED in reasons(asked)
    decide_policy({"use_after_authority": 1}, actor=None)
    assert open_photograph(asked).content


def test_the_panel_says_what_the_gate_does(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [ONE], no=[LECTURE])
    told = {item.purpose: item for item in uses_of(cast.alice, picture)}
    assert told[ONE].is_permitted
    assert told[ONE].agreement == agreement_to(visit, ONE).id
    assert told[ONE].until == agreement_to(visit, ONE).ends_on
    assert told[LECTURE].reason is Reason.AGREEMENT_REJECTED
    assert told[Purpose.SOCIAL_MEDIA].reason is Reason.SOCIAL_MEDIA_OFF
    assert told[Purpose.RESEARCH].reason is Reason.NO_AGREEMENT
    assert len(told) == len(USUAL_AUDIENCE)
