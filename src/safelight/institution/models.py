"""Rows of the institution. A policy version is never edited: a new one takes its place."""

import uuid

from django.db import models


class Institution(models.Model):
    """One row: whose hospital this is."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="UTC")
    identifier_system = models.CharField(max_length=200)
    identifier_label = models.CharField(max_length=60, default="Hospital number")
    jurisdiction = models.CharField(
        max_length=6, default="ZZ", help_text="ISO 3166 code whose law applies; ZZ while unknown"
    )
    is_test_data = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=120, unique=True)
    is_test_data = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class RetentionVersion(models.Model):
    """What becomes of pictures that patients take out of the record. Never edited; the newest counts."""

    number = models.AutoField(primary_key=True)
    effective_from = models.DateTimeField(auto_now_add=True)
    rules = models.JSONField(help_text="one rule for each sensitivity: fate, years, ground")

    def __str__(self) -> str:
        return f"retention {self.number}"


class PolicyVersion(models.Model):
    """What the institution decided, from a moment on. The newest row is in force."""

    number = models.AutoField(primary_key=True)
    effective_from = models.DateTimeField(auto_now_add=True)
    max_bytes = models.BigIntegerField(default=50_000_000)
    max_pixels = models.BigIntegerField(default=100_000_000)
    idle_minutes = models.PositiveIntegerField(default=15)
    break_glass_minutes = models.PositiveIntegerField(default=60)
    opening_reason_minutes = models.PositiveIntegerField(default=5)
    after_discharge_days = models.PositiveIntegerField(
        default=30, help_text="how long a department keeps its relationship after an encounter"
    )
    upload_hours = models.PositiveIntegerField(
        default=24, help_text="how long an unfinished upload may wait to be resumed"
    )

    consent_to_take = models.CharField(
        max_length=24,
        default="verbal",
        help_text="the least that a picture for treatment needs: a ConsentToTake code",
    )
    majority_age = models.PositiveIntegerField(
        default=18, help_text="years from which a person signs for themselves"
    )
    assent_age = models.PositiveIntegerField(
        default=7, help_text="years from which a child is asked as well"
    )
    use_after_authority = models.BooleanField(
        default=False,
        help_text="whether use goes on after the guardian's or proxy's authority ended",
    )
    social_media = models.BooleanField(default=False)
    portal_link_hours = models.PositiveIntegerField(default=72)
    portal_idle_minutes = models.PositiveIntegerField(default=30)
    ask_again_days = models.PositiveIntegerField(
        default=60, help_text="how long before an agreement ends somebody is told to ask again"
    )

    second_person_for = models.TextField(
        default="print-publication online-publication social-media",
        help_text="Purpose codes, with blanks between: a second person confirms the picture's form",
    )

    share_days = models.PositiveIntegerField(
        default=7, help_text="how long a share to somebody outside lasts unless they say otherwise"
    )
    longest_share_days = models.PositiveIntegerField(default=30)
    share_openings = models.PositiveIntegerField(
        default=20, help_text="how often a share may be opened at most"
    )
    small_group_people = models.PositiveIntegerField(
        default=12, help_text="the most people that a small group of learners has"
    )
    lecture_hours = models.PositiveIntegerField(
        default=4, help_text="the longest that a lecture is open on its screens"
    )
    lease_seconds = models.PositiveIntegerField(
        default=4, help_text="how long a screen may show a picture before it has to ask again"
    )
    recall_answer_days = models.PositiveIntegerField(
        default=14, help_text="how long whoever has a copy has to answer when they are asked for it"
    )

    keystore_backup_days = models.PositiveIntegerField(
        default=7, help_text="how long a copy of the keystore is kept in a backup"
    )

    def __str__(self) -> str:
        return f"policy {self.number}"
