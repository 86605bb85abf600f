"""What left the record stands on no list and is counted nowhere; what was signed stays genuine."""

import json
import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from tests.asking import ask_bob
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
from tests.pictures import Sending
from tests.publishing import agreed_work
from tests.recalling import takes_back
from tests.sessions import browser_of
from tests.sharing import agreed, shared
from tests.taking import jpeg, take_labelled

from safelight.capture.services.receiving import receive
from safelight.capture.verification import verify_waiting
from safelight.consent.models import CopyDocument
from safelight.consent.selectors.deciding import decision_view
from safelight.consent.selectors.proposals import open_proposal, proposals_of
from safelight.consent.verification import differences
from safelight.consulting.selectors import asked_by_me, asked_of_me
from safelight.institution.models import RetentionVersion
from safelight.photos.models import Photograph
from safelight.photos.selectors import latest_by_patient
from safelight.release.copies import RecordForm, copy_for_signer, record_for_signer
from safelight.sharing.selectors import shares_of
from safelight.vocabulary.photograph import PhotographState, Sensitivity
from safelight.vocabulary.recall import Fate, WithdrawalScope

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
SITE = "https://safelight.example"
EVERYTHING, PICTURE = WithdrawalScope.EVERYTHING, WithdrawalScope.PICTURE


@pytest.fixture(params=[Fate.ERASE, Fate.SEAL])
def _fate(request: pytest.FixtureRequest, db: None) -> None:
    rule = {"fate": request.param.value, "years": 10, "ground": "Law of the test"}
    RetentionVersion.objects.create(rules={item.value: rule for item in Sensitivity})


@pytest.fixture
def pictures(cast: Cast) -> list[UUID]:
    return [take_labelled(cast.alice, cast.petra) for _ in range(2)]


def words(client: Client, name: str, *args: object) -> str:
    answer: Any = client.get(reverse(name, args=args), follow=True)
    assert answer.status_code == 200, name
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.usefixtures("_fate")
def test_after_everything_no_page_of_staff_says_that_there_were_pictures(
    cast: Cast, pictures: list[UUID]
) -> None:
    visit = agreed(cast.alice, cast.petra, pictures)
    share = shared(cast.alice, visit, pictures)
    waiting = proposal_of(cast.alice, cast.petra, pictures)
    question = ask_bob(cast, pictures)
    publication, _picture, _visit = agreed_work(cast)
    alice, bob = browser_of(cast.alice), browser_of(cast.bob)
    takes_back(visit, EVERYTHING)
    shown = [
        words(alice, "clinic:today"),
        words(alice, "clinic:to_label"),
        words(alice, "clinic:consent_tasks"),
        words(alice, "clinic:patient", cast.petra),
        words(alice, "clinic:label", cast.petra),
        words(alice, "clinic:compare", cast.petra),
        words(alice, "clinic:move", cast.petra),
        words(alice, "clinic:ask", cast.petra),
        words(alice, "clinic:ask_colleague", cast.petra),
        words(alice, "clinic:proposal", waiting),
        words(alice, "clinic:proposal", visit.proposal),
        words(alice, "clinic:colleague_question", question),
        words(alice, "clinic:publications"),
        words(alice, "clinic:publication", publication),
        words(alice, "sharing:of_patient", cast.petra),
        words(alice, "sharing:share", share.share),
        words(bob, "clinic:asked_of_me"),
    ]
    for page in shown:
        for item in Photograph.objects.values_list("id", flat=True):
            assert str(item) not in page
        said = re.sub(r"<[^>]*>", " ", page)
        assert not re.findall(r".{40}\b[1-9]\d* pictures?\b.{20}", said)
        assert "not in this record any more" not in said
    assert cast.petra not in latest_by_patient([cast.petra])
    assert {item.picture_count for item in proposals_of(cast.petra)} == {0}
    assert {item.picture_count for item in shares_of(cast.alice, cast.petra)} == {0}
    assert not asked_of_me(cast.bob)
    assert not asked_by_me(cast.alice)


@pytest.mark.usefixtures("_fate")
def test_what_was_signed_about_it_is_still_genuine_and_says_nothing_of_it(
    cast: Cast, pictures: list[UUID]
) -> None:
    visit = signed(cast.alice, cast.petra, pictures, TEACHING)
    copy_for_signer(visit, SITE, with_thumbnails=False)
    copy_for_signer(visit, SITE, with_thumbnails=True)
    assert not differences(visit.proposal)
    takes_back(visit, EVERYTHING)
    assert not differences(visit.proposal)
    assert not CopyDocument.objects.exists(), "their words told what the picture showed"
    assert copy_for_signer(visit, SITE, with_thumbnails=True).content
    for form in RecordForm:
        told = record_for_signer(visit, SITE, form).content.decode()
        assert "forearm" not in told.lower()
        assert json.loads(told)


def test_a_row_that_was_altered_is_still_found_out(cast: Cast, pictures: list[UUID]) -> None:
    visit = signed(cast.alice, cast.petra, pictures, TEACHING)
    takes_back(visit, PICTURE, pictures[0])
    assert not differences(visit.proposal)
    agreement_to(visit, TEACHING[0]).proposal.pictures.filter(photograph=pictures[1]).update(
        sealed_shown=b""
    )
    assert "The pictures that were shown were altered." in differences(visit.proposal)


def test_an_open_request_goes_on_without_the_picture(cast: Cast, pictures: list[UUID]) -> None:
    gone, kept = pictures
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, pictures))
    look_at_all(visit)
    takes_back(visit, PICTURE, gone)
    assert [item.id for item in decision_view(visit).pictures] == [kept]
    assert [item.photograph for item in open_proposal(cast.alice, visit.proposal).pictures] == [
        kept
    ]
    answer_all(visit, TEACHING)
    sign_now(visit)
    listed = agreement_to(visit, TEACHING[0]).images.values_list("photograph", flat=True)
    assert set(listed) == {kept}


def test_one_picture_of_a_share_and_a_question_is_not_counted_there(
    cast: Cast, pictures: list[UUID]
) -> None:
    gone, _kept = pictures
    visit = agreed(cast.alice, cast.petra, pictures)
    shared(cast.alice, visit, pictures)
    question = ask_bob(cast, pictures)
    takes_back(visit, PICTURE, gone)
    assert [item.picture_count for item in shares_of(cast.alice, cast.petra)] == [1]
    assert [item.picture_count for item in asked_of_me(cast.bob)] == [1]
    page = words(browser_of(cast.alice), "clinic:colleague_question", question)
    assert "not in this record any more" not in page


def test_a_picture_that_comes_in_late_is_never_shown(cast: Cast) -> None:
    """Its upload began before everything was taken back, and its last bytes come after."""
    visit = signed(cast.alice, cast.petra, [take_labelled(cast.alice, cast.petra)], TEACHING)
    sending = Sending(jpeg(7), cast.petra)
    half = len(sending.data) // 2
    begun = receive(cast.alice, sending.promise, 0, iter([sending.data[:half]]))
    assert begun.photograph is None
    takes_back(visit, EVERYTHING)
    answer = receive(cast.alice, sending.promise, 0, sending.pieces())
    verify_waiting()
    assert answer.photograph
    late = Photograph.objects.get(id=answer.photograph)
    assert late.state == PhotographState.WITHDRAWN
    page = words(browser_of(cast.alice), "clinic:patient", cast.petra)
    assert str(late.id) not in page
    assert "No pictures any more" in page


def test_a_picture_taken_after_everything_was_taken_back_is_kept(cast: Cast) -> None:
    visit = signed(cast.alice, cast.petra, [take_labelled(cast.alice, cast.petra)], TEACHING)
    takes_back(visit, EVERYTHING)
    later = take_labelled(cast.alice, cast.petra)
    assert str(later) in words(browser_of(cast.alice), "clinic:patient", cast.petra)
