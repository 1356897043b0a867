"""What Django's own check says before a service opens with a file that can't be right."""

from typing import Any

from django.core import checks

from maalem.platform.market.shipping import landed, relays
from maalem.platform.market.shipping.measures import BrokenFile


@checks.register()
def duties_can_be_read(app_configs: Any, **options: Any) -> list[checks.CheckMessage]:
    """A wrong rule of the operator's stops the start, not the first buyer."""
    try:
        landed.rules()
    except BrokenFile as trouble:
        return [
            checks.Error(
                f"The duties can't be read: {trouble}",
                hint="docs/parcels.md says how a row is written.",
                id="shipping.E001",
            )
        ]
    return []


@checks.register()
def relays_can_be_read(app_configs: Any, **options: Any) -> list[checks.CheckMessage]:
    """A wrong row of the operator's stops the start, not the first buyer."""
    try:
        relays.relays()
    except relays.BrokenFile as trouble:
        return [
            checks.Error(
                f"The relay points can't be read: {trouble}",
                hint="docs/relays.md says how a row is written.",
                id="shipping.E002",
            )
        ]
    return []
