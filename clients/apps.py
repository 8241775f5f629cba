from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = "Clients"

    def ready(self) -> None:
        from carehub.definitions import load
        from clients import handing_over  # noqa: F401  (registers what is handed over when somebody leaves)
        from clients.pathways import read_pathway

        load.add_reader("pathway", read_pathway, before="form")
