from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "maalem.platform.market.reviews"
    label = "reviews"
    default_auto_field = "django.db.models.BigAutoField"
