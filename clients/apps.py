from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = "Clients"

    def ready(self) -> None:
        from clients import handing_over  # noqa: F401  (registers what is handed over when somebody leaves)
