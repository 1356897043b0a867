"""Duties and relay points are read before a service opens."""

from maalem.platform.market.shipping import landed, measures, relays
from maalem.platform.operator_files import must_be_read

duties_can_be_read = must_be_read(
    lambda: landed.rules(),
    what="duties",
    broken=measures.BrokenFile,
    page="parcels.md",
    id="shipping.E001",
)
relays_can_be_read = must_be_read(
    lambda: relays.relays(),
    what="relay points",
    broken=relays.BrokenFile,
    page="relays.md",
    id="shipping.E002",
)
