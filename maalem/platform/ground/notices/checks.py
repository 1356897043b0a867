"""What Django's own check says before a service opens with the wrong carriers."""

from typing import Any

from django.conf import settings
from django.core import checks


@checks.register()
def codes_reach_people(app_configs: Any, **options: Any) -> list[checks.CheckMessage]:
    """A public address needs real carriers: otherwise sign-in codes end up in the log."""
    if settings.DEMO or not settings.PLATFORM_URL.startswith("https://"):
        return []
    found: list[checks.CheckMessage] = []
    if settings.SMS_SENDER.endswith(".ConsoleSms"):
        found.append(
            checks.Warning(
                "Text messages are printed, not sent.",
                hint="Set MAALEM_SMS_SENDER, MAALEM_SMS_URL and MAALEM_SMS_TOKEN.",
                id="notices.W001",
            )
        )
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        found.append(
            checks.Warning(
                "E-mails are printed, not sent.",
                hint="Set MAALEM_EMAIL_BACKEND and MAALEM_SMTP_HOST.",
                id="notices.W002",
            )
        )
    return found
