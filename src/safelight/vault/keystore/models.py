"""Wrapped keys. Nothing in these rows is of use without the root key."""

import uuid

from django.db import models

from safelight.vault.kinds import CustodianKind


class Custodian(models.Model):
    """A key-encryption key with one reason to exist, wrapped by the root key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=16, choices=[(kind.value, kind) for kind in CustodianKind])
    owner = models.UUIDField()
    wrapped_key = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "owner"], name="one_custodian_per_reason")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Grant(models.Model):
    """One object's data key, wrapped under one custodian."""

    object_id = models.UUIDField()
    custodian = models.ForeignKey(Custodian, on_delete=models.CASCADE, related_name="grants")
    wrapped_key = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["object_id", "custodian"], name="one_grant_per_pair")
        ]

    def __str__(self) -> str:
        return f"{self.object_id} under {self.custodian_id}"


class InstitutionKey(models.Model):
    """A named key of the institution itself (search tokens, log signature), wrapped by the root."""

    name = models.CharField(max_length=32, primary_key=True)
    wrapped_key = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class Destroyed(models.Model):
    """A tombstone: this key was destroyed. Written once, never changed and never taken away.

    Without `object` the whole custodian went, with it only the key of that object under it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=16)
    owner = models.UUIDField()
    object = models.UUIDField(null=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "owner"], name="destroyed_by_owner")]

    def __str__(self) -> str:
        return f"{self.kind} {self.owner} destroyed"


class Scrub(models.Model):
    """One row: when the tables of keys were last written anew (PostgreSQL)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"scrubbed {self.at}"
