from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "maalem.platform.ground.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks  # noqa: F401
