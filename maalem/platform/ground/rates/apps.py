from django.apps import AppConfig


class RatesConfig(AppConfig):
    name = "maalem.platform.ground.rates"
    label = "rates"
    default_auto_field = "django.db.models.BigAutoField"
