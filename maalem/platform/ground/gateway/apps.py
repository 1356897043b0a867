from django.apps import AppConfig


class GatewayConfig(AppConfig):
    name = "maalem.platform.ground.gateway"
    label = "gateway"
    default_auto_field = "django.db.models.BigAutoField"
