from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "maalem.platform.market.inspections"
    label = "inspections"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Django's own check reads the hubs before a service opens."""
        from maalem.platform.market.inspections import checks  # noqa: F401
