from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "maalem.platform.market.returns"
    label = "returns"
    default_auto_field = "django.db.models.BigAutoField"
