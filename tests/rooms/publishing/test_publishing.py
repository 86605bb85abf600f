"""A work is named, laid out, agreed to with the layout before the patient's eyes, released once."""

from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.utils import timezone
from tests.cast import Cast
from tests.consenting import agreement_to
from tests.preparing import FACE, covering, prepare, scanner_that_finds
from tests.publishing import (
    PRINT,
    agree,
    agreed_work,
    ask_about,
    one_person_is_enough,
    page_of,
    planned,
)
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.errors import SocialMediaOffError
from safelight.consent.services.ending import withdraw
from safelight.engines.policy import Decision, Reason, ReferenceState
from safelight.institution.services import decide_policy
from safelight.publishing import services
from safelight.publishing.errors import (
    FileGoneOutError,
    NotConfirmedError,
    PublicationRefusedError,
)
from safelight.publishing.models import PublicationPicture
from safelight.publishing.rules import PublicationStage
from safelight.publishing.selectors import given_of, my_publications, open_publication
from safelight.publishing.services import (
    add_layout,
    allow_again,
    drop,
    note_appeared,
    release_file,
    remove_layout,
)
from safelight.release.errors import AccessRefusedError
from safelight.release.references import Look, may_show
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
SOCIAL = Purpose.SOCIAL_MEDIA
TODAY = timezone.localdate


def stage_of(cast: Cast, work: UUID) -> PublicationStage:
    return open_publication(cast.alice, work)[1].stage


def test_a_work_goes_from_its_layout_to_the_patient_to_the_file_to_the_page(cast: Cast) -> None:
    one_person_is_enough()
    picture, page = take(cast.alice, cast.petra), page_of(cast.alice, cast.petra)
    work = planned(cast.alice, cast.petra, picture)
    assert stage_of(cast, work) is PublicationStage.LAYOUT_MISSING
    add_layout(cast.alice, work, [page])
    assert stage_of(cast, work) is PublicationStage.TO_ASK
    agree(ask_about(cast.alice, cast.petra, [picture, page]))
    assert stage_of(cast, work) is PublicationStage.AGREED
    assert release_file(cast.alice, work, picture).content
    assert stage_of(cast, work) is PublicationStage.FILE_OUT
    note_appeared(cast.alice, work, TODAY(), "Volume 3, page 14")
    assert stage_of(cast, work) is PublicationStage.APPEARED


def test_nothing_leaves_before_the_patient_has_agreed(cast: Cast) -> None:
    one_person_is_enough()
    picture, page = take(cast.alice, cast.petra), page_of(cast.alice, cast.petra)
    work = planned(cast.alice, cast.petra, picture)
    add_layout(cast.alice, work, [page])
    ask_about(cast.alice, cast.petra, [picture, page])
    with pytest.raises(NotConfirmedError):
        release_file(cast.alice, work, picture)


def test_a_yes_without_the_layout_is_not_enough(cast: Cast) -> None:
    one_person_is_enough()
    picture, page = take(cast.alice, cast.petra), page_of(cast.alice, cast.petra)
    work = planned(cast.alice, cast.petra, picture)
    agree(ask_about(cast.alice, cast.petra, [picture]))
    add_layout(cast.alice, work, [page])
    with pytest.raises(NotConfirmedError):
        release_file(cast.alice, work, picture)


def test_a_layout_that_the_patient_left_out_is_not_agreed_to(cast: Cast) -> None:
    one_person_is_enough()
    picture, page = take(cast.alice, cast.petra), page_of(cast.alice, cast.petra)
    work = planned(cast.alice, cast.petra, picture)
    add_layout(cast.alice, work, [page])
    agree(ask_about(cast.alice, cast.petra, [picture, page]), leave_out=(page,))
    with pytest.raises(NotConfirmedError):
        release_file(cast.alice, work, picture)


def test_a_page_that_is_added_later_has_to_be_agreed_to_as_well(cast: Cast) -> None:
    work, picture, _visit = agreed_work(cast)
    add_layout(cast.alice, work, [page_of(cast.alice, cast.petra)])
    with pytest.raises(NotConfirmedError):
        release_file(cast.alice, work, picture)


def test_a_page_that_is_taken_out_is_no_longer_waited_for(cast: Cast) -> None:
    work, picture, _visit = agreed_work(cast)
    second = page_of(cast.alice, cast.petra)
    add_layout(cast.alice, work, [second])
    remove_layout(cast.alice, work, second)
    assert release_file(cast.alice, work, picture).content


def test_a_yes_to_another_work_is_none_to_this_one(cast: Cast) -> None:
    one_person_is_enough()
    picture, page = take(cast.alice, cast.petra), page_of(cast.alice, cast.petra)
    work = planned(cast.alice, cast.petra, picture)
    add_layout(cast.alice, work, [page])
    agree(ask_about(cast.alice, cast.petra, [picture, page], named="Another article"))
    with pytest.raises(NotConfirmedError):
        release_file(cast.alice, work, picture)


def test_a_file_leaves_once_and_again_only_with_a_reason(cast: Cast) -> None:
    work, picture, _visit = agreed_work(cast)
    release_file(cast.alice, work, picture)
    with pytest.raises(FileGoneOutError):
        release_file(cast.alice, work, picture)
    with pytest.raises(PublicationRefusedError):
        allow_again(cast.alice, work, picture, "lost")
    allow_again(cast.alice, work, picture, "The editor's mailbox was full.")
    assert release_file(cast.alice, work, picture).content
    assert Event.objects.filter(tag=EventTag.PUBLISHING_FILE_RELEASED).count() == 2
    assert Event.objects.filter(tag=EventTag.PHOTOGRAPH_SHOWN_BY_REFERENCE).count() == 2


def test_of_two_who_ask_at_once_one_gets_the_file(cast: Cast) -> None:
    work, picture, _visit = agreed_work(cast)
    got: list[bool] = []

    def ask() -> None:
        try:
            got.append(bool(release_file(cast.alice, work, picture).content))
        except FileGoneOutError:
            got.append(False)
        finally:
            connections.close_all()

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False, True]


def test_a_layout_that_is_changed_while_a_file_is_asked_for_keeps_it_back(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was as agreed a moment ago; whether it still is, is looked at once the row is held."""
    work, picture, _visit = agreed_work(cast)
    page = page_of(cast.alice, cast.petra)

    def changed_meanwhile(look: Look) -> Decision:
        decision = may_show(look)
        add_layout(cast.alice, work, [page])
        return decision

    monkeypatch.setattr(services, "may_show", changed_meanwhile)
    with pytest.raises(NotConfirmedError):
        release_file(cast.alice, work, picture)
    listed = PublicationPicture.objects.get(publication=work, photograph=picture)
    assert listed.released_at is None
    assert not Event.objects.filter(tag=EventTag.PUBLISHING_FILE_RELEASED).exists()


def test_no_layout_is_added_while_a_file_leaves(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing had left when the page was sent; whether something did is looked at with the row held."""
    work, picture, _visit = agreed_work(cast)
    page = page_of(cast.alice, cast.petra)

    def left_meanwhile(*asked: Any) -> object:
        found = open_publication(*asked)
        with monkeypatch.context() as restored:
            restored.setattr(services, "open_publication", open_publication)
            assert release_file(cast.alice, work, picture).content
        return found

    monkeypatch.setattr(services, "open_publication", left_meanwhile)
    with pytest.raises(PublicationRefusedError):
        add_layout(cast.alice, work, [page])
    assert stage_of(cast, work) is PublicationStage.FILE_OUT


def test_a_work_that_is_given_up_while_a_file_is_asked_for_keeps_it_back(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, picture, _visit = agreed_work(cast)

    def given_up_meanwhile(look: Look) -> Decision:
        decision = may_show(look)
        drop(cast.alice, work)
        return decision

    monkeypatch.setattr(services, "may_show", given_up_meanwhile)
    with pytest.raises(PublicationRefusedError):
        release_file(cast.alice, work, picture)
    assert not Event.objects.filter(tag=EventTag.PUBLISHING_FILE_RELEASED).exists()


def test_nothing_leaves_after_a_withdrawal(cast: Cast) -> None:
    work, picture, visit = agreed_work(cast)
    withdraw(visit, agreement_to(visit, PRINT).id)
    assert stage_of(cast, work) is PublicationStage.STOPPED
    with pytest.raises(NotConfirmedError):
        release_file(cast.alice, work, picture)


def test_what_has_left_and_is_taken_back_is_to_be_recalled(cast: Cast) -> None:
    work, picture, visit = agreed_work(cast)
    release_file(cast.alice, work, picture)
    note_appeared(cast.alice, work, TODAY(), "Volume 3, page 14")
    withdraw(visit, agreement_to(visit, PRINT).id)
    assert stage_of(cast, work) is PublicationStage.TO_RECALL


def test_that_a_file_may_leave_again_does_not_forget_that_it_left(cast: Cast) -> None:
    work, picture, visit = agreed_work(cast)
    release_file(cast.alice, work, picture)
    allow_again(cast.alice, work, picture, "The editor's mailbox was full.")
    withdraw(visit, agreement_to(visit, PRINT).id)
    assert stage_of(cast, work) is PublicationStage.TO_RECALL
    assert given_of(visit)[0].left_copy


def test_what_has_not_left_is_not_allowed_again(cast: Cast) -> None:
    work, picture, _visit = agreed_work(cast)
    with pytest.raises(PublicationRefusedError):
        allow_again(cast.alice, work, picture, "The editor's mailbox was full.")


def test_only_what_the_confirming_agreement_lists_leaves(cast: Cast) -> None:
    """An older agreement to the same work still opens the second picture, but not for this layout."""
    one_person_is_enough()
    first, second = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    old, new = page_of(cast.alice, cast.petra), page_of(cast.alice, cast.petra)
    work = planned(cast.alice, cast.petra, first)
    PublicationPicture.objects.create(publication_id=work, photograph_id=second, is_layout=False)
    add_layout(cast.alice, work, [old])
    agree(ask_about(cast.alice, cast.petra, [first, second, old]))
    remove_layout(cast.alice, work, old)
    add_layout(cast.alice, work, [new])
    agree(ask_about(cast.alice, cast.petra, [first, new]))
    with pytest.raises(NotConfirmedError):
        release_file(cast.alice, work, second)
    assert release_file(cast.alice, work, first).content


def test_by_default_a_second_person_has_to_have_looked(cast: Cast) -> None:
    picture, page = take(cast.alice, cast.petra), page_of(cast.alice, cast.petra)
    work = planned(cast.alice, cast.petra, picture)
    add_layout(cast.alice, work, [page])
    agree(ask_about(cast.alice, cast.petra, [picture, page]))
    with pytest.raises(AccessRefusedError) as refused:
        release_file(cast.alice, work, picture)
    assert refused.value.decision is not None
    assert refused.value.decision.reasons == (Reason.NOT_REVIEWED,)


def test_a_file_that_was_refused_has_not_left(cast: Cast) -> None:
    picture, page = take(cast.alice, cast.petra), page_of(cast.alice, cast.petra)
    work = planned(cast.alice, cast.petra, picture)
    add_layout(cast.alice, work, [page])
    agree(ask_about(cast.alice, cast.petra, [picture, page]))
    with pytest.raises(AccessRefusedError):
        release_file(cast.alice, work, picture)
    one_person_is_enough()
    assert release_file(cast.alice, work, picture).content


def test_the_covered_form_is_what_leaves(cast: Cast) -> None:
    one_person_is_enough()
    picture, page = take(cast.alice, cast.petra), page_of(cast.alice, cast.petra)
    with scanner_that_finds():
        prepare(cast.alice, picture, covering(FACE))
    work = planned(cast.alice, cast.petra, picture)
    add_layout(cast.alice, work, [page])
    agree(ask_about(cast.alice, cast.petra, [picture, page]))
    covered = release_file(cast.alice, work, picture)
    assert covered.media_type in {"image/jpeg", "image/png"}
    assert Event.objects.filter(tag=EventTag.PHOTOGRAPH_SHOWN_BY_REFERENCE).count() == 1


def test_social_media_is_off_until_the_institution_switches_it_on(cast: Cast) -> None:
    with pytest.raises(SocialMediaOffError):
        planned(cast.alice, cast.petra, take(cast.alice, cast.petra), SOCIAL)


def test_social_media_is_asked_about_twice(cast: Cast) -> None:
    decide_policy({"social_media": 1, "second_person_for": "none"}, actor=None)
    picture, page = take(cast.alice, cast.petra), page_of(cast.alice, cast.petra)
    work = planned(cast.alice, cast.petra, picture, SOCIAL)
    add_layout(cast.alice, work, [page])
    agree(ask_about(cast.alice, cast.petra, [picture, page], SOCIAL), SOCIAL)
    assert stage_of(cast, work) is PublicationStage.TO_ASK_AGAIN
    with pytest.raises(NotConfirmedError):
        release_file(cast.alice, work, picture)
    agree(ask_about(cast.alice, cast.petra, [picture, page], SOCIAL), SOCIAL)
    assert release_file(cast.alice, work, picture).content


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_who_does_not_treat_the_patient_finds_no_publication(cast: Cast, who: str) -> None:
    work, picture, _visit = agreed_work(cast)
    asker = getattr(cast, who)
    for do in (lambda: open_publication(asker, work), lambda: release_file(asker, work, picture)):
        with pytest.raises(AccessRefusedError):
            do()
    assert my_publications(asker) == []


def test_a_work_that_never_was_is_missing(cast: Cast) -> None:
    with pytest.raises(AccessRefusedError):
        open_publication(cast.alice, uuid4())


def test_a_layout_is_one_of_this_patient_and_came_in_as_such(cast: Cast) -> None:
    work = planned(cast.alice, cast.petra, take(cast.alice, cast.petra))
    for page in (page_of(cast.alice, cast.pablo), take(cast.alice, cast.petra), uuid4()):
        with pytest.raises(PublicationRefusedError):
            add_layout(cast.alice, work, [page])


def test_the_same_work_is_registered_once(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    planned(cast.alice, cast.petra, picture)
    with pytest.raises(PublicationRefusedError, match="already"):
        planned(cast.alice, cast.petra, picture)


def test_what_was_given_up_goes_no_further(cast: Cast) -> None:
    work, picture, _visit = agreed_work(cast)
    drop(cast.alice, work)
    assert stage_of(cast, work) is PublicationStage.DROPPED
    for do in (
        lambda: release_file(cast.alice, work, picture),
        lambda: note_appeared(cast.alice, work, TODAY(), "Page 14"),
    ):
        with pytest.raises(PublicationRefusedError):
            do()


def test_what_has_not_happened_yet_did_not_appear(cast: Cast) -> None:
    work, _picture, _visit = agreed_work(cast)
    with pytest.raises(PublicationRefusedError):
        note_appeared(cast.alice, work, TODAY() + timedelta(days=1), "Page 14")


def test_the_patient_reads_what_was_published_and_that_a_copy_left(cast: Cast) -> None:
    work, picture, visit = agreed_work(cast)
    (before,) = given_of(visit)
    assert (before.state, before.left_copy) == (ReferenceState.IN_FORCE, False)
    release_file(cast.alice, work, picture)
    (after,) = given_of(visit)
    assert (after.who, after.left_copy, after.photographs) == (before.who, True, (picture,))


def test_a_page_of_a_layout_asks_nobody_for_a_label(cast: Cast) -> None:
    from safelight.photos.selectors import count_unlabelled, latest_by_patient  # noqa: PLC0415

    page_of(cast.alice, cast.petra)
    assert count_unlabelled(cast.alice.staff) == 0
    assert latest_by_patient([cast.petra])[cast.petra][1] == 0
