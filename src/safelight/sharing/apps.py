from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "safelight.sharing"
    label = "sharing"
