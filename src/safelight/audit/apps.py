from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "safelight.audit"
    label = "audit"
