from django.apps import AppConfig


class ShippingConfig(AppConfig):
    name = "maalem.platform.market.shipping"
    label = "shipping"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks  # noqa: F401
