"""Rows of teaching: decks, lectures, and the screens that show them. None of them holds a picture.

What a teacher wrote may speak of a patient, so it is sealed under the institution's key.
"""

import uuid

from django.db import models

from safelight.people.models import StaffMember
from safelight.photos.models import Photograph


class Deck(models.Model):
    """Slides in order. `purpose` and `people` say for whom it is usually shown.

    PHI: `sealed_title`. `version` counts every change, so that a screen learns of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    sealed_title = models.BinaryField()
    purpose = models.CharField(max_length=32)
    people = models.PositiveIntegerField(null=True)
    version = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)


class Slide(models.Model):
    """One slide. PHI: `sealed_words` (title, text and the speaker's notes)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    deck = models.ForeignKey(Deck, on_delete=models.CASCADE, related_name="slides")
    place = models.PositiveIntegerField()
    sealed_words = models.BinaryField()

    class Meta:
        ordering = ["place"]
        indexes = [models.Index(fields=["deck", "place"], name="slide_by_place")]

    def __str__(self) -> str:
        return str(self.id)


class SlidePicture(models.Model):
    """A reference to a photograph.

    PHI: `sealed_caption`, and `sealed_reason`: why a protected picture is taught with.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    slide = models.ForeignKey(Slide, on_delete=models.CASCADE, related_name="pictures")
    place = models.PositiveIntegerField()
    photograph = models.ForeignKey(Photograph, on_delete=models.PROTECT, related_name="+")
    sealed_caption = models.BinaryField()
    sealed_reason = models.BinaryField(default=b"")
    taken_back_at = models.DateTimeField(null=True, help_text="when the patient took it back")

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["slide", "photograph"], name="once_on_a_slide")
        ]

    def __str__(self) -> str:
        return f"{self.photograph_id} on {self.slide_id}"


class Lecture(models.Model):
    """A deck before an audience: for whom, when and where.

    `number` is what is burned invisibly into its pictures. `slide` is the one that is shown now.
    `binding` ties together what was planned; it is empty once the lecture was ended.
    PHI: `sealed_place`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    deck = models.ForeignKey(Deck, on_delete=models.PROTECT, related_name="lectures")
    given_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    number = models.BigIntegerField(unique=True, help_text="32 bits, for the invisible mark")
    purpose = models.CharField(max_length=32)
    people = models.PositiveIntegerField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    sealed_place = models.BinaryField()
    planned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    slide = models.ForeignKey(Slide, null=True, on_delete=models.SET_NULL, related_name="+")
    is_blank = models.BooleanField(default=False)
    binding = models.BinaryField(max_length=16, default=b"")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Screen(models.Model):
    """A browser that shows a lecture, or waits to be let into one.

    Only keyed hashes are kept, of the cookie and of the code. `binding` ties the cookie to the
    lecture. `shown_at` is when it got its first picture: from then on it counts as one viewer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    key = models.CharField(max_length=64, unique=True)
    code_digest = models.CharField(max_length=64, blank=True, db_index=True)
    code_ends_at = models.DateTimeField()
    name = models.CharField(max_length=24, help_text="what it is called by whoever pairs it")
    lecture = models.ForeignKey(
        Lecture, null=True, on_delete=models.CASCADE, related_name="screens"
    )
    binding = models.BinaryField(default=b"")
    opened_at = models.DateTimeField()
    paired_at = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)


class ShownPicture(models.Model):
    """Which photographs a lecture has shown, and how often: what the patient is told."""

    lecture = models.ForeignKey(Lecture, on_delete=models.CASCADE, related_name="shown")
    photograph = models.ForeignKey(Photograph, on_delete=models.PROTECT, related_name="+")
    shown_at = models.DateTimeField()
    looks = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lecture", "photograph"], name="one_line_for_each_shown"
            )
        ]

    def __str__(self) -> str:
        return f"{self.photograph_id} in {self.lecture_id}"
