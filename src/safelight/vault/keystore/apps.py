from django.apps import AppConfig


class KeystoreConfig(AppConfig):
    name = "safelight.vault.keystore"
    label = "keystore"
