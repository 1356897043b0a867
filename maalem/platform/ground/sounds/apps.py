from django.apps import AppConfig


class SoundsConfig(AppConfig):
    name = "maalem.platform.ground.sounds"
    label = "sounds"
