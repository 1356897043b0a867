from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

# Of the statements that a connection asks again and again, how many the server keeps prepared. A
# purchase has about a hundred; psycopg's own limit, 100, would have them pushing each other out.
PREPARED_MAX = 300


class SiteConfig(AppConfig):
    name = "maalem.platform.ground.site"
    label = "site"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        connection_created.connect(keep_prepared)


def keep_prepared(connection: BaseDatabaseWrapper, **more: object) -> None:
    """Let a new connection keep enough statements prepared."""
    connection.connection.prepared_max = PREPARED_MAX
