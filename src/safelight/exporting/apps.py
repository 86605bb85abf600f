from django.apps import AppConfig


class ExportingConfig(AppConfig):
    name = "safelight.exporting"
    label = "exporting"
