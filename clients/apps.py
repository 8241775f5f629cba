from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = "Clients"

    def ready(self) -> None:
        from clients import handing_over, open_drafts  # noqa: F401  (register what an administrator is told in numbers)
