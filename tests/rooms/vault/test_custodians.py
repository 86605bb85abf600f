"""Custodians: one reason, one owner, and no key kept longer than the act it served."""

from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from safelight.engines import envelope
from safelight.vault import custodians, orphans
from safelight.vault.custodians import Holder, custodian_key, establish, unwrapped_once
from safelight.vault.errors import KeyMissingError
from safelight.vault.keystore.models import Custodian, Grant
from safelight.vault.kinds import CustodianKind
from safelight.vault.sealing import ToSeal, seal_objects
from safelight.vault.unseal import open_object

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("stores")]

CARE, INTAKE = CustodianKind.CARE, CustodianKind.INTAKE


def test_a_custodian_is_made_once_and_stays_the_same():
    owner = uuid4()
    assert establish(CARE, owner) == establish(CARE, owner) == custodian_key(CARE, owner)
    assert establish(INTAKE, owner) != custodian_key(CARE, owner)
    assert Custodian.objects.filter(owner=owner).count() == 2


def test_an_object_opens_for_its_holders_and_for_nobody_else():
    petra, pablo, thing = uuid4(), uuid4(), uuid4()
    establish(CARE, petra)
    establish(CARE, pablo)
    seal_objects([ToSeal(thing, envelope.Kind.ORIGINAL, b"plain")], [Holder(CARE, petra)])
    assert open_object(thing, envelope.Kind.ORIGINAL, Holder(CARE, petra)) == b"plain"
    for stranger in (Holder(CARE, pablo), Holder(INTAKE, petra), Holder(CARE, uuid4())):
        with pytest.raises(KeyMissingError):
            open_object(thing, envelope.Kind.ORIGINAL, stranger)


def test_a_custodian_row_moved_to_another_owner_does_not_open():
    mine, theirs = uuid4(), uuid4()
    establish(CARE, mine)
    Custodian.objects.filter(owner=mine).update(owner=theirs)
    with pytest.raises(envelope.KeyUnwrapError):
        custodian_key(CARE, theirs)


def test_within_one_act_a_custodian_is_unwrapped_once(
    django_assert_num_queries: DjangoAssertNumQueries,
):
    owner = uuid4()
    establish(CARE, owner)
    with django_assert_num_queries(1, using="keystore"), unwrapped_once():
        assert custodian_key(CARE, owner) == custodian_key(CARE, owner)


def test_after_the_act_nothing_is_remembered():
    owner = uuid4()
    establish(INTAKE, owner)
    with unwrapped_once():
        custodian_key(INTAKE, owner)
    custodians.destroy_intake(owner)
    with pytest.raises(KeyMissingError):
        custodian_key(INTAKE, owner)


def test_discarded_objects_leave_neither_grants_nor_bytes():
    owner, thing = uuid4(), uuid4()
    establish(CARE, owner)
    seal_objects([ToSeal(thing, envelope.Kind.ORIGINAL, b"plain")], [Holder(CARE, owner)])
    orphans.discard([thing])
    orphans.discard([thing])
    assert not Grant.objects.filter(object_id=thing).exists()
    with pytest.raises(KeyMissingError):
        open_object(thing, envelope.Kind.ORIGINAL, Holder(CARE, owner))
