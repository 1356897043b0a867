"""What people are told about invoices and why something of theirs was not taken."""

from django.utils.translation import gettext_lazy as _

from maalem.platform.market.invoices.states import Cause, Regime

REGIMES = {
    Regime.SMALL: _("Exempt: I sell for less than 500,000 dirhams in a year"),
    Regime.VAT: _("I owe VAT"),
}
CAUSES = {
    Cause.CANCELLED: _("The sale was called off."),
    Cause.RETURNED: _("Pieces came back."),
    Cause.CLAIMED: _("Something was wrong with the parcel."),
}
NUMBERS = {
    "ice": _("ICE"),
    "tax_id": _("Tax number (IF)"),
    "business_tax": _("Business tax number (TP)"),
    "register": _("Trade register (RC)"),
}
REFUSALS = {
    "ice": _(
        "This is no ICE: it has 15 digits, and the last two prove the others. Please look again."
    ),
    "tax_id": _("A tax number (IF) has 7 or 8 digits."),
    "business_tax": _("A business tax number (TP) has digits alone, 4 to 12 of them."),
    "register": _("A number of the trade register (RC) has digits alone, 12 at most."),
    "needed": _("Whoever owes VAT writes this number on every invoice."),
}
