"""What Django's own check says before a service opens with a file of hubs that can't be right."""

from typing import Any

from django.core import checks

from maalem.platform.market.inspections import hubs


@checks.register()
def hubs_can_be_read(app_configs: Any, **options: Any) -> list[checks.CheckMessage]:
    """A wrong row of the operator's stops the start, not the first workshop."""
    try:
        hubs.hubs()
    except hubs.BrokenFile as trouble:
        return [
            checks.Error(
                f"The hubs can't be read: {trouble}",
                hint="docs/hubs.md says how a row is written.",
                id="inspections.E001",
            )
        ]
    return []
