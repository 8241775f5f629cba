from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = "Clients"

    def ready(self) -> None:
        from carehub.definitions import load
        from clients import handing_over  # noqa: F401  (register what an administrator is told in numbers)
        from clients.assessed import open_drafts  # noqa: F401  (register what an administrator is told in numbers)
        from clients.assessed.coming_back import read_facts
        from clients.pathways import read_pathway

        load.add_reader("coming-back", read_facts)
        load.add_reader("pathway", read_pathway, before="form")
