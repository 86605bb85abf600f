from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "safelight.patients"
    label = "patients"
