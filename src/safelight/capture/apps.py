from django.apps import AppConfig


class CaptureConfig(AppConfig):
    name = "safelight.capture"
    label = "capture"
