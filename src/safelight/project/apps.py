from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "safelight.project"
    label = "project"

    def ready(self) -> None:
        """Wire connectors to ports and register the checks; no row and no key is touched."""
        from safelight.project import checks, wiring  # noqa: PLC0415 - apps load first

        wiring.wire()
        checks.register_all()
