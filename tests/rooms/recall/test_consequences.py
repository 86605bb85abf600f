"""Everything that a withdrawal reaches: each becomes a line, and comes to its end."""

import pytest
from tests.asking import ask_bob, sees
from tests.cast import Cast
from tests.consenting import TEACHING, agreement_to, signed
from tests.exporting import agreed_to_a_copy, made, receiver_of, row_of
from tests.lecturing import deck_with, lecture_on
from tests.looking import asks, opens
from tests.publishing import agreed_work, page_of
from tests.recalling import lines, states_of, takes_back
from tests.sharing import agreed, come_in, shared
from tests.taking import take, take_labelled

from safelight.consulting.models import ColleagueQuestion
from safelight.library.models import CollectedPicture, Collection
from safelight.library.rules import CaseWords
from safelight.library.selectors import collection, collections
from safelight.library.services import collect, make_collection, write_collection
from safelight.publishing.models import PublicationPicture
from safelight.publishing.services import add_layout, release_file, remove_layout
from safelight.recall.models import Withdrawal
from safelight.recall.services import withdrawing
from safelight.recall.services.cascade import carry_out_all
from safelight.sharing.models import Share
from safelight.teaching.models import SlidePicture
from safelight.teaching.words import Pen
from safelight.vault.custodians import agreements_with_keys
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import ConsequenceKind, ConsequenceState, WithdrawalScope

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

ONE, LECTURE = TEACHING
REVOKED, TO_ASK = ConsequenceState.REVOKED, ConsequenceState.TO_ASK
USE, ALL_USES, EVERYTHING = (
    WithdrawalScope.USE,
    WithdrawalScope.ALL_USES,
    WithdrawalScope.EVERYTHING,
)


def test_a_share_is_revoked_and_whoever_has_it_open_is_out(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = agreed(cast.alice, cast.petra, [picture])
    share = shared(cast.alice, visit, [picture])
    guest = come_in(share)
    row = takes_back(visit, ALL_USES)
    assert lines(row)[ConsequenceKind.SHARE, share.share] is REVOKED
    kept = Share.objects.get(id=share.share)
    assert kept.revoked_at is not None
    assert not kept.opened.filter(ended_at=None).exists(), guest


def test_a_share_of_two_pictures_goes_on_with_the_other(cast: Cast) -> None:
    gone, kept = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    visit = agreed(cast.alice, cast.petra, [gone, kept])
    share = shared(cast.alice, visit, [gone, kept])
    row = takes_back(visit, WithdrawalScope.PICTURE_USES, gone)
    assert lines(row)[ConsequenceKind.SHARE, share.share] is REVOKED
    assert Share.objects.get(id=share.share).revoked_at is None


def test_a_link_for_another_system_is_closed_and_a_copy_that_left_is_chased(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    visit = agreed_to_a_copy(cast.alice, cast.petra, [picture])
    fetched, unused = (made(cast.alice, visit, [picture]) for _ in range(2))
    receiver_of(fetched).fetch(fetched.passcode)
    row = takes_back(visit, ALL_USES)
    assert row_of(fetched).revoked_at is not None
    assert lines(row)[ConsequenceKind.HEALTH_LINK, unused.id] is REVOKED
    assert (ConsequenceKind.COPY, unused.id) not in lines(row)
    assert lines(row)[ConsequenceKind.COPY, fetched.id] is TO_ASK
    row.refresh_from_db()
    assert row.closed_at is None, "somebody has to be asked first"


def test_a_deck_keeps_a_neutral_card_without_words(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], TEACHING)
    deck = deck_with(cast.theo, (picture,))
    lecture = lecture_on(cast.theo, deck)
    row = takes_back(visit, USE, agreement_to(visit, LECTURE).id)
    assert lines(row)[ConsequenceKind.DECK, deck] is REVOKED
    assert lines(row)[ConsequenceKind.LECTURE, lecture] is REVOKED
    card = SlidePicture.objects.get(slide__deck=deck)
    assert card.taken_back_at is not None
    assert Pen().caption(card) == ""


def test_a_deck_for_another_use_stays_as_it_was(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], TEACHING)
    deck = deck_with(cast.theo, (picture,))
    row = takes_back(visit, USE, agreement_to(visit, ONE).id)
    assert states_of(row, ConsequenceKind.DECK) == []
    assert SlidePicture.objects.get(slide__deck=deck).taken_back_at is None


def test_a_later_yes_revives_no_slide(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [LECTURE])
    deck = deck_with(cast.theo, (picture,))
    takes_back(visit, ALL_USES)
    signed(cast.alice, cast.petra, [picture], [LECTURE])
    assert SlidePicture.objects.get(slide__deck=deck).taken_back_at is not None


def test_a_collection_loses_the_picture_once_nobody_may_teach_with_it(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], TEACHING)
    case = make_collection(cast.theo, CaseWords(title="Burns"))
    collect(cast.theo, case, picture)
    first = takes_back(visit, USE, agreement_to(visit, ONE).id)
    assert states_of(first, ConsequenceKind.COLLECTION) == []
    second = takes_back(visit, USE, agreement_to(visit, LECTURE).id)
    assert lines(second)[ConsequenceKind.COLLECTION, case] is REVOKED
    assert not CollectedPicture.objects.exists()
    assert Collection.objects.get(id=case).taken_back == 1
    assert collection(cast.theo, case).taken_back == 1


def test_the_history_of_a_case_is_not_told_to_others_once_its_picture_is_gone(cast: Cast) -> None:
    """With the picture gone every picture that is left may be shown: that must open no words."""
    gone, kept = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [gone, kept], TEACHING)
    words = CaseWords(title="Burns", history="She spilt the tea")
    case = make_collection(cast.theo, words)
    write_collection(cast.theo, case, words, is_open=True)
    for picture in (gone, kept):
        collect(cast.theo, case, picture)
    assert collection(cast.alice, case).words.history
    takes_back(visit, WithdrawalScope.PICTURE_USES, gone)
    assert collection(cast.alice, case).words == CaseWords("Burns")
    assert [line.words.history for line in collections(cast.alice)] == [""]
    assert collection(cast.theo, case).words.history


def test_a_publication_whose_file_left_is_to_be_recalled(cast: Cast) -> None:
    work, picture, visit = agreed_work(cast)
    release_file(cast.alice, work, picture)
    row = takes_back(visit, ALL_USES)
    assert lines(row)[ConsequenceKind.PUBLICATION, work] is TO_ASK


def test_a_publication_whose_file_never_left_is_stopped(cast: Cast) -> None:
    work, _picture, visit = agreed_work(cast)
    row = takes_back(visit, ALL_USES)
    assert lines(row)[ConsequenceKind.PUBLICATION, work] is REVOKED


def test_one_picture_of_a_publication_that_left_is_to_be_recalled(cast: Cast) -> None:
    work, picture, visit = agreed_work(cast)
    release_file(cast.alice, work, picture)
    row = takes_back(visit, WithdrawalScope.PICTURE_USES, picture)
    assert lines(row)[ConsequenceKind.PUBLICATION, work] is TO_ASK


def test_the_page_of_a_layout_that_shows_a_picture_leaves_the_record_with_it(cast: Cast) -> None:
    """The layout shows it, in a picture of its own."""
    work, picture, visit = agreed_work(cast)
    page = PublicationPicture.objects.get(publication=work, is_layout=True).photograph_id
    other = page_of(cast.alice, cast.petra)
    row = takes_back(visit, WithdrawalScope.PICTURE, picture)
    assert {target for kind, target in lines(row) if kind is ConsequenceKind.PICTURE} == {
        picture,
        page,
    }
    assert not opens(asks(cast.alice, page, Purpose.TREATMENT))
    assert opens(asks(cast.alice, other, Purpose.TREATMENT))
    assert agreements_with_keys() == set()


def test_a_page_that_was_replaced_leaves_the_record_as_well(cast: Cast) -> None:
    """It shows the picture still, and belongs to no work any more."""
    work, picture, visit = agreed_work(cast)
    page = PublicationPicture.objects.get(publication=work, is_layout=True).photograph_id
    better = page_of(cast.alice, cast.petra)
    remove_layout(cast.alice, work, page)
    add_layout(cast.alice, work, [better])
    row = takes_back(visit, WithdrawalScope.PICTURE, picture)
    leaving = {target for kind, target in lines(row) if kind is ConsequenceKind.PICTURE}
    assert leaving == {picture, page, better}
    assert not opens(asks(cast.alice, page, Purpose.TREATMENT))


def test_a_question_to_a_colleague_goes_with_the_picture(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [ONE])
    question = ask_bob(cast, [picture])
    assert states_of(takes_back(visit, ALL_USES), ConsequenceKind.QUESTION) == []
    assert sees(cast.bob, question, picture)
    row = takes_back(visit, EVERYTHING)
    assert lines(row)[ConsequenceKind.QUESTION, question] is REVOKED
    assert ColleagueQuestion.objects.get(id=question).revoked_at is not None
    assert not sees(cast.bob, question, picture)


def test_what_was_over_before_is_no_line(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    visit = agreed(cast.alice, cast.petra, [picture])
    share = shared(cast.alice, visit, [picture])
    Share.objects.filter(id=share.share).update(expires_at=Share.objects.get().given_at)
    row = takes_back(visit, ALL_USES)
    assert states_of(row, ConsequenceKind.SHARE) == []


def test_a_use_of_the_same_kind_by_another_request_goes_on(cast: Cast) -> None:
    first, second = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    one = signed(cast.alice, cast.petra, [first], [Purpose.LECTURE])
    signed(cast.alice, cast.petra, [second], [Purpose.LECTURE])
    deck = deck_with(cast.theo, (first,), (second,))
    takes_back(one, USE, agreement_to(one, LECTURE).id)
    cards = SlidePicture.objects.filter(slide__deck=deck, taken_back_at=None)
    assert [card.photograph_id for card in cards] == [second]


def test_a_withdrawal_whose_row_was_altered_keeps_no_other_from_its_end(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawing, "_begin", lambda _withdrawal: None)
    altered, other = (
        takes_back(signed(cast.alice, cast.petra, [picture], [LECTURE]), ALL_USES)
        for picture in (take(cast.alice, cast.petra), take(cast.alice, cast.petra))
    )
    Withdrawal.objects.filter(id=altered.id).update(scope="nothing known")
    carry_out_all()
    closed = Withdrawal.objects.exclude(closed_at=None)
    assert list(closed.values_list("id", flat=True)) == [other.id]
