from django.apps import AppConfig


class TeachingConfig(AppConfig):
    name = "safelight.teaching"
    label = "teaching"
