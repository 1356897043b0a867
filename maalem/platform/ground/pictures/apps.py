from django.apps import AppConfig


class PicturesConfig(AppConfig):
    name = "maalem.platform.ground.pictures"
    label = "pictures"
