"""A record of before comes back: what was open to somebody outside, and who worked here, then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone
from tests.asking import ask_bob, sees
from tests.cast import PETRA, Cast
from tests.consenting import proposal_of
from tests.exporting import agreed_to_a_copy, made, receiver_of
from tests.lecturing import deck_with, lecture_on, paired_screen
from tests.restoring import copied
from tests.sharing import agreed, come_in, row_of, shared
from tests.taking import take, take_labelled

from safelight.audit.models import Event
from safelight.consent.errors import VisitRefusedError
from safelight.consent.services.ending import end_authority
from safelight.consent.services.visiting import enter, invite, renew_copy_code
from safelight.consulting.services.ending import revoke_question
from safelight.exporting.selectors import Standing as LinkStanding
from safelight.exporting.selectors import links_of
from safelight.exporting.services import making
from safelight.people.closings import remember_closings
from safelight.people.hiring import close_account
from safelight.people.models import StaffMember
from safelight.sharing.errors import ShareNotFoundError, ShareRefusedError
from safelight.sharing.guests import share_binding
from safelight.sharing.looks import show
from safelight.sharing.selectors import Standing, open_share, shares_of
from safelight.sharing.services import giving
from safelight.teaching.services.screens import send_away
from safelight.teaching.showing import ScreenState, lease_for
from safelight.vault.keystore.models import Destroyed
from safelight.vault.kinds import CustodianKind
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.signers import SignerRole
from safelight.web.exporting.managing import STANDINGS as LINK_WORDS
from safelight.web.sharing.cards import STANDINGS as SHARE_WORDS

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


@dataclass(frozen=True)
class Door:
    """Something that staff opened for somebody, and how it is ended by those who may."""

    is_open: Callable[[], bool]
    end: Callable[[], object]


def a_share(cast: Cast) -> Door:
    picture = take(cast.alice, cast.petra)
    given = shared(cast.alice, agreed(cast.alice, cast.petra, [picture]), [picture])
    guest = come_in(given)
    return Door(
        lambda: bool(shown(lambda: show(guest, picture).content)),
        lambda: giving.revoke(cast.alice, given.share),
    )


def shown(look: Callable[[], bytes]) -> bytes:
    try:
        return look()
    except SafelightError:
        return b""


def a_link_to_a_copy(cast: Cast) -> Door:
    picture = take_labelled(cast.alice, cast.petra)
    link = made(cast.alice, agreed_to_a_copy(cast.alice, cast.petra, [picture]), [picture])
    return Door(
        lambda: receiver_of(link).ask(link.passcode).status == 200,
        lambda: making.revoke(cast.alice, link.id),
    )


def a_question_to_a_colleague(cast: Cast) -> Door:
    picture = take(cast.alice, cast.petra)
    question = ask_bob(cast, [picture])
    return Door(
        lambda: sees(cast.bob, question, picture), lambda: revoke_question(cast.alice, question)
    )


def a_screen(cast: Cast) -> Door:
    lecture = lecture_on(cast.theo, deck_with(cast.theo, ()))
    screen = paired_screen(cast.theo, lecture)
    return Door(
        lambda: lease_for(screen.cookie).state is ScreenState.SHOWING,
        lambda: send_away(cast.theo, lecture, screen.id),
    )


def an_invitation(cast: Cast) -> Door:
    proposal = proposal_of(cast.alice, cast.petra, [take(cast.alice, cast.petra)])
    invited = invite(cast.alice, proposal)
    return Door(
        lambda: comes_in(invited.letters, invited.code),
        lambda: invite(cast.alice, proposal),
    )


def the_copy_of_a_proxy(cast: Cast) -> Door:
    picture = take(cast.alice, cast.petra)
    visit = agreed(cast.alice, cast.petra, [picture], signer=SignerRole.PROXY)
    copy = renew_copy_code(visit)
    return Door(
        lambda: comes_in(copy.letters, copy.code),
        lambda: end_authority(cast.alice, cast.petra),
    )


def comes_in(letters: str, code: str) -> bool:
    try:
        return bool(enter(letters, PETRA.birth_date, code))
    except VisitRefusedError:
        return False


DOORS = (
    a_share,
    a_link_to_a_copy,
    a_question_to_a_colleague,
    a_screen,
    an_invitation,
    the_copy_of_a_proxy,
)


@pytest.mark.parametrize("opened", DOORS)
def test_what_was_ended_since_an_older_record_is_not_open_again(
    cast: Cast, stores: Path, opened: Callable[[Cast], Door]
) -> None:
    door, backup = opened(cast), copied(stores)
    door.end()
    assert not door.is_open()
    backup.restore(record=True, keystore=False)
    assert not door.is_open()


@pytest.mark.parametrize("opened", DOORS)
def test_the_present_record_knows_what_was_not_ended(
    cast: Cast, stores: Path, opened: Callable[[Cast], Door]
) -> None:
    door = opened(cast)
    copied(stores).restore(record=False, keystore=True)
    assert door.is_open()


def test_the_link_on_a_patients_copy_stays_since_it_is_how_they_take_back(
    cast: Cast, stores: Path
) -> None:
    copy = renew_copy_code(agreed(cast.alice, cast.petra, [take(cast.alice, cast.petra)]))
    copied(stores).restore(record=True, keystore=False)
    assert comes_in(copy.letters, copy.code)


def test_the_sender_of_a_share_reads_why_it_ended_and_gives_a_new_one(
    cast: Cast, stores: Path
) -> None:
    picture = take(cast.alice, cast.petra)
    visit = agreed(cast.alice, cast.petra, [picture])
    given = shared(cast.alice, visit, [picture])
    copied(stores).restore(record=True, keystore=False)
    assert open_share(cast.alice, given.share).standing is Standing.ENDED_BY_RESTORE
    assert "a backup was restored" in SHARE_WORDS[Standing.ENDED_BY_RESTORE]
    told = Event.objects.get(tag=EventTag.SHARING_SHARE_REVOKED.value)
    assert (told.actor, told.subject) == (None, cast.petra)
    with pytest.raises(ShareRefusedError):
        giving.extend(cast.alice, given.share, days=1, openings=1)
    anew = come_in(shared(cast.alice, visit, [picture]))
    assert show(anew, picture).content


def test_a_share_that_was_over_then_is_told_as_such_and_extended_by_nobody(
    cast: Cast, stores: Path
) -> None:
    picture = take(cast.alice, cast.petra)
    given = shared(cast.alice, agreed(cast.alice, cast.petra, [picture]), [picture])
    row = row_of(given)
    row.expires_at = timezone.now() - timedelta(seconds=1)
    row.binding = share_binding(row)
    row.save()
    copied(stores).restore(record=True, keystore=False)
    assert [line.standing for line in shares_of(cast.alice, cast.petra)] == [Standing.OVER]
    with pytest.raises(ShareNotFoundError):
        giving.extend(cast.alice, given.share, days=1, openings=1)


def test_the_sender_of_a_link_reads_why_it_ended_and_has_what_left_deleted(
    cast: Cast, stores: Path
) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    link = made(cast.alice, agreed_to_a_copy(cast.alice, cast.petra, [picture]), [picture])
    assert receiver_of(link).fetch(link.passcode)
    copied(stores).restore(record=True, keystore=False)
    (line,) = links_of(cast.alice, cast.petra)
    assert line.standing is LinkStanding.ENDED_BY_RESTORE
    assert "a backup was restored" in LINK_WORDS[LinkStanding.ENDED_BY_RESTORE]
    assert line.is_to_delete


def is_open(staff: UUID) -> bool:
    return StaffMember.objects.get(id=staff).is_active


@pytest.mark.parametrize("keystore", [False, True])
def test_an_account_that_was_closed_since_is_closed_again(
    cast: Cast, stores: Path, *, keystore: bool
) -> None:
    backup = copied(stores)
    close_account("bob")
    backup.restore(record=True, keystore=keystore)
    assert not is_open(cast.bob.staff)
    assert is_open(cast.alice.staff)
    assert Event.objects.filter(tag=EventTag.ACCOUNT_CLOSED.value, actor=None).count() == 1


def test_the_worker_remembers_a_closing_that_a_crash_kept_from_the_keystore(
    cast: Cast, stores: Path
) -> None:
    backup = copied(stores)
    close_account("bob")
    Destroyed.objects.filter(kind=CustodianKind.ACCOUNT.value).delete()
    (stores / "withdrawals.jsonl").write_text("")
    assert (remember_closings(), remember_closings()) == (1, 0)
    backup.restore(record=True, keystore=True)
    assert not is_open(cast.bob.staff)
