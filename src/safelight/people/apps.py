from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "safelight.people"
    label = "people"
