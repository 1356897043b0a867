from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "maalem.platform.market.invoices"
    label = "invoices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Django's own check reads the rules of taxes before a service opens."""
        from maalem.platform.market.invoices import checks  # noqa: F401
