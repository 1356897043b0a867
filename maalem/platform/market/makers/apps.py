from django.apps import AppConfig


class MakersConfig(AppConfig):
    name = "maalem.platform.market.makers"
    label = "makers"
    default_auto_field = "django.db.models.BigAutoField"
