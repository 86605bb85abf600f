from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "safelight.library"
    label = "library"
