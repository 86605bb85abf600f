"""Rows of the record. An event is written once, in the transaction of the act it tells of."""

from django.db import models


class Event(models.Model):
    """One act. The coded columns are what the Merkle leaf commits to; details are sealed.

    INVARIANT: no name, identifier or free text stands in a column in clear.
    """

    number = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True)
    tag = models.CharField(max_length=64)
    recorded_at_ms = models.BigIntegerField(help_text="Unix time in milliseconds")
    actor = models.UUIDField(null=True)
    subject = models.UUIDField(null=True)
    purpose = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=16)
    sealed_details = models.BinaryField()
    details_hash = models.BinaryField(max_length=32)
    objects_hash = models.BinaryField(max_length=32)
    leaf_index = models.BigIntegerField(null=True, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "recorded_at_ms"], name="event_by_subject"),
            models.Index(fields=["actor", "recorded_at_ms"], name="event_by_actor"),
            models.Index(
                fields=["number"],
                condition=models.Q(leaf_index__isnull=True),
                name="event_not_yet_in_log",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tag} {self.id}"


class EventObject(models.Model):
    """A thing an event is about (a photograph, an upload), as an opaque id."""

    event = models.ForeignKey(  # the constraint below is its index
        Event, on_delete=models.PROTECT, related_name="objects_told", db_index=False
    )
    object_id = models.UUIDField(db_index=True)
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "object_id"], name="event_names_object_once")
        ]

    def __str__(self) -> str:
        return str(self.object_id)


class LogState(models.Model):
    """One row: how many leaves the log holds. Locked by the sequencer, so there is one at a time."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.size} leaves"


class Tile(models.Model):
    """Up to 256 hashes of one level of the tree (C2SP tlog-tiles)."""

    level = models.PositiveSmallIntegerField()
    position = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["level", "position"], name="one_tile_per_place")
        ]

    def __str__(self) -> str:
        return f"tile {self.level}/{self.position}"


class SignedCheckpoint(models.Model):
    """The log's size and root, signed (C2SP signed note)."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    signed_at_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return f"checkpoint {self.size}"
