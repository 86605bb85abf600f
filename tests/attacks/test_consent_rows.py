"""Mallory writes to the rows of consent. A row that says more than was signed permits nothing."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from tests.cast import Cast
from tests.consenting import (
    TEACHING,
    agreement_to,
    answer_all,
    look_at_all,
    proposal_of,
    sign_now,
    signed,
    visit_to,
)
from tests.looking import asks, opens, reasons
from tests.taking import take

from safelight.consent.models import Agreement, AgreementImage
from safelight.consent.services.deciding import note_assent
from safelight.consent.services.ending import end_authority, withdraw
from safelight.consent.visits import Visit
from safelight.engines.policy import Reason
from safelight.photos.models import RenditionRow
from safelight.release.gate import open_photograph
from safelight.release.uses import uses_of
from safelight.vault.custodians import granted_key
from safelight.vault.errors import KeyMissingError
from safelight.vault.keystore.models import Custodian, Grant
from safelight.vault.kinds import CustodianKind
from safelight.vocabulary.agreements import Assent
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

ONE, LECTURE = TEACHING
GROUP = Purpose.SMALL_GROUP_TEACHING


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take(cast.alice, cast.petra)


@pytest.fixture
def visit(cast: Cast, picture: UUID) -> Visit:
    return signed(cast.alice, cast.petra, [picture], [ONE, GROUP], no=[LECTURE])


def write(agreement: Agreement, **values: object) -> None:
    Agreement.objects.filter(id=agreement.id).update(**values)


def test_the_controls_open(cast: Cast, picture: UUID, visit: Visit) -> None:
    assert opens(asks(cast.theo, picture, ONE))
    assert opens(asks(cast.theo, picture, GROUP, people=12))
    assert not opens(asks(cast.theo, picture, LECTURE))


@pytest.mark.parametrize(
    "values",
    [
        {"ends_on": date(2099, 1, 1)},
        {"ends_on": None},
        {"starts_on": date(2001, 1, 1)},
        {"recipient": UUID(int=7)},
        {"sealed_authority_end": b"anything"},
        {"sealed_terms": b""},
        {"sealed_terms": bytes(80)},
        {"people": 500},
        {"provision": "deny"},
        {"provision": "perhaps"},
        {"status": "certainly"},
    ],
    ids=str,
)
def test_an_altered_term_shuts_the_agreement(
    cast: Cast, picture: UUID, visit: Visit, values: dict[str, object]
) -> None:
    write(agreement_to(visit, ONE), **values)
    assert not opens(asks(cast.theo, picture, ONE))


def test_a_small_group_cannot_be_written_into_a_large_one(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    for people in (500, None):
        write(agreement_to(visit, GROUP), people=people)
        assert not opens(asks(cast.theo, picture, GROUP, people=12))
        assert not opens(asks(cast.theo, picture, GROUP, people=500))


def test_another_purpose_or_audience_cannot_be_written_in(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    write(agreement_to(visit, ONE), purpose=LECTURE.value, audience=Audience.LECTURE_HALL.value)
    assert not opens(asks(cast.theo, picture, LECTURE))
    assert not opens(asks(cast.theo, picture, ONE))


def test_the_terms_of_one_agreement_do_not_pass_for_those_of_another(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    group, one = agreement_to(visit, GROUP), agreement_to(visit, ONE)
    write(one, sealed_terms=group.sealed_terms, purpose=GROUP.value, people=group.people,
          audience=group.audience, ends_on=group.ends_on)  # fmt: skip
    write(group, status="inactive")
    assert not opens(asks(cast.theo, picture, GROUP, people=1))


def test_a_no_that_is_written_into_a_yes_opens_nothing(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    today = timezone.localdate()
    refused = agreement_to(visit, LECTURE)
    write(refused, status="active", starts_on=today, ends_on=today + timedelta(days=700))
    list_under(refused, picture)
    found = reasons(asks(cast.theo, picture, LECTURE))
    assert Reason.FACT_UNKNOWN in found
    with pytest.raises(KeyMissingError):
        granted_key(display_of(picture), CustodianKind.AGREEMENT, refused.id)


def list_under(agreement: Agreement, picture: UUID) -> None:
    AgreementImage.objects.create(
        agreement=agreement,
        photograph_id=picture,
        rendition="display",
        object_id=display_of(picture),
    )


def display_of(picture: UUID) -> UUID:
    row = RenditionRow.objects.get(photograph=picture, rendition="display")
    return row.id


def test_a_picture_that_is_written_into_the_list_stays_shut(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    later = take(cast.alice, cast.petra)
    list_under(agreement_to(visit, ONE), later)
    with pytest.raises(KeyMissingError):
        open_photograph(asks(cast.theo, later, ONE))


def test_the_key_of_a_yes_cannot_stand_in_for_that_of_a_no(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    """She gives the refusal a copy of the custodian, the grants and the terms of the yes."""
    one, refused = agreement_to(visit, ONE), agreement_to(visit, LECTURE)
    custodian = Custodian.objects.get(kind=CustodianKind.AGREEMENT.value, owner=one.id)
    copy = Custodian.objects.create(
        kind=custodian.kind, owner=refused.id, wrapped_key=custodian.wrapped_key
    )
    for grant in Grant.objects.filter(custodian=custodian):
        Grant.objects.create(
            object_id=grant.object_id, custodian=copy, wrapped_key=grant.wrapped_key
        )
    write(refused, status="active", starts_on=one.starts_on, sealed_terms=one.sealed_terms)
    list_under(refused, picture)
    assert not opens(asks(cast.theo, picture, LECTURE))


def test_a_withdrawal_that_is_undone_in_the_rows_opens_nothing(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    agreement = agreement_to(visit, ONE)
    withdraw(visit, agreement.id)
    write(agreement, status="active", ended_at=None, ended_because="")
    assert not opens(asks(cast.theo, picture, ONE))


def test_the_panel_does_not_believe_an_altered_row_either(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    write(agreement_to(visit, ONE), ends_on=None)
    told = {item.purpose: item for item in uses_of(cast.alice, picture)}
    assert not told[ONE].is_permitted
    assert told[GROUP].is_permitted


def test_an_altered_agreement_does_not_shut_the_sound_ones(
    cast: Cast, picture: UUID, visit: Visit
) -> None:
    signed(cast.alice, cast.petra, [picture], [LECTURE])
    write(agreement_to(visit, GROUP), people=None)
    assert opens(asks(cast.theo, picture, ONE))
    assert opens(asks(cast.theo, picture, LECTURE))


class TestWhoSignedForThePatient:
    """What ends with a birthday, or with a proxy's authority, cannot be made to last."""

    def test_a_guardians_last_day_cannot_be_wiped_out(self, cast: Cast) -> None:
        picture = take(cast.alice, cast.pablo)
        visit = visit_to(
            cast.alice,
            proposal_of(
                cast.alice, cast.pablo, [picture], [LECTURE], signer_role=SignerRole.GUARDIAN
            ),
        )
        look_at_all(visit)
        answer_all(visit, [LECTURE])
        note_assent(visit, Assent.YES)
        sign_now(visit)
        assert opens(asks(cast.theo, picture, LECTURE))
        write(agreement_to(visit, LECTURE), sealed_authority_end=b"")
        assert not opens(asks(cast.theo, picture, LECTURE))

    def test_an_ended_authority_cannot_be_wiped_out(self, cast: Cast, picture: UUID) -> None:
        visit = signed(cast.alice, cast.petra, [picture], [LECTURE])
        agreement = agreement_to(visit, LECTURE)
        agreement.proposal.__class__.objects.update(signer_role="proxy")
        assert end_authority(cast.alice, cast.petra) == 1
        assert Reason.AUTHORITY_ENDED in reasons(asks(cast.theo, picture, LECTURE))
        write(agreement, authority_ended_at=None)
        assert not opens(asks(cast.theo, picture, LECTURE))

    def test_ending_an_authority_makes_no_altered_row_good(self, cast: Cast, picture: UUID) -> None:
        visit = signed(cast.alice, cast.petra, [picture], [GROUP])
        agreement = agreement_to(visit, GROUP)
        agreement.proposal.__class__.objects.update(signer_role="proxy")
        write(agreement, people=500)
        end_authority(cast.alice, cast.petra)
        write(agreement, authority_ended_at=None)
        assert not opens(asks(cast.theo, picture, GROUP, people=1))
