from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "maalem.platform.ground.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
