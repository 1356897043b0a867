from django.apps import AppConfig


class ArtisansConfig(AppConfig):
    name = "maalem.platform.craft.artisans"
    label = "artisans"
    default_auto_field = "django.db.models.BigAutoField"
