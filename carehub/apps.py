from django.apps import AppConfig


class CareHubConfig(AppConfig):
    name = "carehub"
    verbose_name = "CareHub"

    def ready(self) -> None:
        from carehub import checks, database
        from carehub.celery import app  # noqa: F401  (shared tasks find their application)

        checks.register_all()
        database.guard_connections()
