from django.apps import AppConfig


class RedactionConfig(AppConfig):
    name = "safelight.redaction"
    default_auto_field = "django.db.models.BigAutoField"
