from django.apps import AppConfig


class PhotosConfig(AppConfig):
    name = "safelight.photos"
    label = "photos"
