from django.apps import AppConfig


class RecallConfig(AppConfig):
    name = "safelight.recall"
    label = "recall"
