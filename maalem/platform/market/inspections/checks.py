"""The hubs are read before a service opens."""

from maalem.platform.market.inspections import hubs
from maalem.platform.operator_files import must_be_read

hubs_can_be_read = must_be_read(
    lambda: hubs.hubs(),
    what="hubs",
    broken=hubs.BrokenFile,
    page="hubs.md",
    id="inspections.E001",
)
