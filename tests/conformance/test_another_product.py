"""The suite is not made for Safelight alone: Orthanc answers the same questions, in its own way.

What is asserted here is about the suite: it sees what ends, and it sees what does not. How Orthanc
does is told by `python -m tests.conformance.report`.
"""

from collections.abc import Iterator

import pytest
from tests.components import ORTHANC
from tests.conformance.orthanc import ADDRESSES, ANONYMIZED, COLLEAGUE, Orthanc, orthanc_in
from tests.conformance.product import Act, Product
from tests.conformance.trying import may_be_kept, seen_by_strangers, still_shown

pytestmark = pytest.mark.skipif(not ORTHANC.find(), reason=ORTHANC.left_out)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    with orthanc_in(tmp_path_factory.mktemp("orthanc")) as running:
        yield running


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_deleted_picture_is_shown_by_no_address(product: Product, name: str) -> None:
    assert still_shown(product.open(name), Act.WITHDRAW) == {}


def test_an_account_that_is_taken_out_sees_nothing(product: Product) -> None:
    assert still_shown(product.open("a preview"), Act.REVOKE) == {}


def test_a_copy_that_outlives_its_picture_is_noticed(product: Product) -> None:
    """The hole that the suite is for: who deletes a picture there leaves the copies made of it."""
    shown = still_shown(product.open(ANONYMIZED), Act.WITHDRAW)
    assert shown["again"] == shown["another form of it (0)"] == 200


def test_what_may_be_kept_is_noticed(product: Product) -> None:
    assert "not told no-store" in may_be_kept(product.open("a preview"))
    assert "ETag" in may_be_kept(product.open("the stored attachment"))


def test_whoever_else_is_shown_it_is_noticed(product: Product) -> None:
    assert seen_by_strangers(product.open("a preview")) == [COLLEAGUE]
