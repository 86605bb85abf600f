from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "safelight.publishing"
    label = "publishing"
