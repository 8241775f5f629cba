from django.apps import AppConfig


class CarePlansConfig(AppConfig):
    name = "careplans"
    verbose_name = "Care plans"
