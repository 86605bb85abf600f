from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "safelight.vault"
    label = "vault"
