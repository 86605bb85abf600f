"""What is stored sealed. The bytes lie in the blob store under the same id."""

from django.db import models


class SealedObject(models.Model):
    """One sealed thing; a blob without this row is an orphan of a crash and is swept."""

    id = models.UUIDField(primary_key=True)
    kind = models.PositiveSmallIntegerField()
    sealed_size = models.BigIntegerField(help_text="bytes in the blob store")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)
