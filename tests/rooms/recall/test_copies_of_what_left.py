"""Taking back while copies are made, and before the worker came: no copy shows the picture."""

from contextlib import suppress
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from tests.cast import Cast
from tests.consenting import (
    SIGNATURE,
    TEACHING,
    answer_all,
    look_at_all,
    proposal_of,
    signed,
    version,
    visit_to,
)
from tests.recalling import takes_back
from tests.taking import take_labelled
from tests.unit.engines.documents.readers import seen_text

from safelight.consent.errors import PictureGoneError
from safelight.consent.models import Agreement, CopyDocument
from safelight.consent.services import signing
from safelight.consent.services.signing import sign
from safelight.consent.visits import Visit
from safelight.engines.documents import render_copy
from safelight.engines.policy import AgreementStatus
from safelight.recall.services import withdrawing
from safelight.recall.services.cascade import carry_out_all
from safelight.release import copies
from safelight.release.copies import copy_for_signer
from safelight.release.own_copy import begin_copy
from safelight.vault.custodians import agreements_with_keys
from safelight.vault.ports import blob_store
from safelight.vocabulary.recall import WithdrawalScope

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
SITE = "https://safelight.example"
PICTURE, EVERYTHING = WithdrawalScope.PICTURE, WithdrawalScope.EVERYTHING


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take_labelled(cast.alice, cast.petra)


@pytest.fixture
def worker_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing follows from taking back but what its commit says."""
    monkeypatch.setattr(withdrawing, "_begin", lambda _withdrawal: None)


def words_of(content: bytes) -> str:
    return str(seen_text(content)).lower()


@pytest.mark.usefixtures("worker_stands")
@pytest.mark.parametrize("with_thumbnails", [False, True])
def test_no_copy_that_was_made_before_is_given_after_the_commit(
    cast: Cast, picture: UUID, *, with_thumbnails: bool
) -> None:
    visit = signed(cast.alice, cast.petra, [picture], TEACHING)
    before = copy_for_signer(visit, SITE, with_thumbnails=with_thumbnails).content
    assert "forearm" in words_of(before)
    takes_back(visit, PICTURE, picture)
    after = copy_for_signer(visit, SITE, with_thumbnails=with_thumbnails).content
    assert "forearm" not in words_of(after)
    [papers] = begin_copy(visit).papers(SITE)
    assert (papers.pdf, papers.missing) == (None, None)
    carry_out_all()
    assert not CopyDocument.objects.exists()


@pytest.mark.parametrize("with_thumbnails", [False, True])
def test_a_copy_that_is_made_meanwhile_is_not_kept(
    cast: Cast, picture: UUID, monkeypatch: pytest.MonkeyPatch, *, with_thumbnails: bool
) -> None:
    visit = signed(cast.alice, cast.petra, [picture], TEACHING)
    render = render_copy

    def slowly(copy: Any) -> bytes:
        monkeypatch.setattr(copies, "render_copy", render)
        takes_back(visit, EVERYTHING)
        return render(copy)

    monkeypatch.setattr(copies, "render_copy", slowly)
    blobs = {item for item, _ in blob_store().ids()}
    given = copy_for_signer(visit, SITE, with_thumbnails=with_thumbnails).content
    assert "forearm" not in words_of(given)
    assert not CopyDocument.objects.exists()
    assert {item for item, _ in blob_store().ids()} <= blobs


@pytest.mark.usefixtures("worker_stands")
def test_of_a_signature_and_taking_back_at_once_the_second_sees_the_first(
    cast: Cast, picture: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken back on another device between the check of the pictures and the agreement."""
    first = signed(cast.alice, cast.petra, [picture], TEACHING[:1])
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture], TEACHING[1:]))
    look_at_all(visit)
    answer_all(visit, TEACHING[1:])
    seen, check = version(visit), signing._check_pictures
    other = Thread(target=_on_another_device, args=(first, picture))

    def slowly(*args: Any) -> None:
        check(*args)
        other.start()
        other.join(1.0)  # it gets no further than the lock

    monkeypatch.setattr(signing, "_check_pictures", slowly)
    with suppress(PictureGoneError):
        sign(visit, SIGNATURE, seen)
    other.join(30)
    assert not Agreement.objects.filter(status=AgreementStatus.ACTIVE.value).exists()
    assert agreements_with_keys() == set()


def _on_another_device(visit: Visit, picture: UUID) -> None:
    try:
        takes_back(visit, PICTURE, picture)
    finally:
        connections.close_all()
