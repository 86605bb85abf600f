from django.apps import AppConfig


class InstitutionConfig(AppConfig):
    name = "safelight.institution"
    label = "institution"
