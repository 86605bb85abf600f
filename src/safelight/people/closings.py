"""Accounts that were closed stay closed: the keystore and the journal remember them beside the record."""

from uuid import UUID

from django.db import transaction

from safelight.people.hiring import close
from safelight.people.models import StaffMember
from safelight.vault.kinds import CustodianKind
from safelight.vault.tombstones import over, remember_over


def remember_closings() -> int:
    """What a crash kept from being remembered, or was closed before this was done; how many."""
    return remember_over(CustodianKind.ACCOUNT, closed_accounts())


def closed_accounts() -> set[UUID]:
    return set(StaffMember.objects.filter(is_active=False).values_list("id", flat=True))


def close_again() -> int:
    """Close what an older record opened; how many. A step of `project/backup/replaying.py`."""
    back = opened_again(over(CustodianKind.ACCOUNT))
    for staff in back:
        with transaction.atomic():
            close(StaffMember.objects.select_for_update().get(id=staff), actor=None)
    return len(back)


def opened_again(closed: set[UUID]) -> set[UUID]:
    """Which of these accounts, all of them closed once, are open."""
    return closed & set(StaffMember.objects.filter(is_active=True).values_list("id", flat=True))
