from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "maalem.platform.ground.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
