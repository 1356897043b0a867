"""What Django's own check says before a service opens with rules of taxes that can't be right."""

from typing import Any

from django.core import checks

from maalem.platform.market.invoices import taxes


@checks.register()
def taxes_can_be_read(app_configs: Any, **options: Any) -> list[checks.CheckMessage]:
    """A wrong rule of the operator's stops the start, not the first invoice."""
    try:
        taxes.rules()
    except taxes.BrokenFile as trouble:
        return [
            checks.Error(
                f"The rules of taxes can't be read: {trouble}",
                hint="docs/invoices.md says how a row is written.",
                id="invoices.E001",
            )
        ]
    return []
