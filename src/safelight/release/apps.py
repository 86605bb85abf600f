from django.apps import AppConfig


class ReleaseConfig(AppConfig):
    name = "safelight.release"
    label = "release"
