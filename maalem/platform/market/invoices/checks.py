"""The rules of taxes are read before a service opens."""

from maalem.platform.market.invoices import taxes
from maalem.platform.operator_files import must_be_read

taxes_can_be_read = must_be_read(
    lambda: taxes.rules(),
    what="rules of taxes",
    broken=taxes.BrokenFile,
    page="invoices.md",
    id="invoices.E001",
)
