from django.apps import AppConfig


class CarePlansConfig(AppConfig):
    name = "careplans"
    verbose_name = "Care plans"

    def ready(self) -> None:
        from carehub.definitions import load
        from careplans import documents  # noqa: F401  (registers the job that makes the PDF)
        from careplans.proposals import read_needs

        load.add_reader("needs", read_needs)
