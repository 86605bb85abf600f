from django.apps import AppConfig


class ConsultingConfig(AppConfig):
    name = "safelight.consulting"
    label = "consulting"
