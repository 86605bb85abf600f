"""A new member of staff: the account, the role and the departments."""

from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from safelight.audit.services import Entry, record
from safelight.people.models import DepartmentMembership, StaffMember
from safelight.vault.kinds import CustodianKind
from safelight.vault.tombstones import remember_over
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.roles import Role


class HiringRefusedError(SafelightError):
    code: ClassVar[str] = "hiring-refused"
    message: ClassVar[str] = "This member of staff cannot be added; nothing was changed."


def hire(
    username: str,
    password: str | None,
    *,
    display_name: str,
    role: Role,
    departments: Iterable[UUID] = (),
    actor: UUID | None = None,
    is_test_data: bool = False,
) -> UUID:
    """A new account; without a password nobody can sign in to it with one.

    Raises HiringRefusedError when the name is taken or the password is weak.
    """
    if password is not None:
        _refuse_weak(password, username, display_name)
    try:
        with transaction.atomic():
            member = StaffMember.objects.create_staff(
                username,
                password,
                display_name=display_name,
                role=role.value,
                is_test_data=is_test_data,
            )
            _join(member, departments)
            record(_entry(member, actor))
    except IntegrityError as error:
        raise HiringRefusedError("There is an account of this name already.") from error
    return member.id


def _refuse_weak(password: str, username: str, display_name: str) -> None:
    try:
        validate_password(password, StaffMember(username=username, display_name=display_name))
    except ValidationError as error:
        raise HiringRefusedError(" ".join(error.messages)) from error


def _join(member: StaffMember, departments: Iterable[UUID]) -> None:
    DepartmentMembership.objects.bulk_create(
        DepartmentMembership(staff=member, department_id=item) for item in departments
    )


def _entry(member: StaffMember, actor: UUID | None) -> Entry:
    return Entry(
        tag=EventTag.ACCOUNT_CREATED,
        actor=actor,
        objects=(member.id,),
        details={"username": member.username, "role": member.role},
    )


def close_account(username: str, *, actor: UUID | None = None) -> None:
    """Somebody has left: no session of theirs is usable from the commit on, nor after a restore.

    Raises HiringRefusedError when there is no such open account.
    """
    with transaction.atomic():
        rows = StaffMember.objects.select_for_update().filter(username=username, is_active=True)
        member = rows.first()
        if member is None:
            raise HiringRefusedError("There is no open account of this name.")
        close(member, actor)
        # Robust: whoever left is shut out by the commit; what is missing here the worker adds.
        # A lambda, since Django cannot name a partial that fails.
        transaction.on_commit(
            lambda: remember_over(CustodianKind.ACCOUNT, [member.id]), robust=True
        )


def close(member: StaffMember, actor: UUID | None) -> None:
    """In the open transaction. An account that was closed is never opened again."""
    member.is_active = False
    member.save(update_fields=["is_active"])
    record(Entry(tag=EventTag.ACCOUNT_CLOSED, actor=actor, objects=(member.id,)))
