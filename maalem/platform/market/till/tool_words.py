"""Keys, permissions and endpoints in the words of somebody who has to decide about them."""

from django.utils.translation import gettext_lazy as _

from .words import Word

KINDS: dict[str, Word] = {
    "secret": _("Secret key"),
    "restricted": _("Key with limits"),
    "publishable": _("Key for a web page"),
}
# Said beside the choice, so that nobody takes the strongest by mistake.
KIND_CHOICES: dict[str, Word] = {
    "restricted": _("With limits: only what you tick below"),
    "publishable": _("For a web page: it can begin a payment, and nothing else"),
    "secret": _("Everything: whoever has it can move your money"),
}
KEY_STATES: dict[str, Word] = {
    "active": _("In use"),
    "expired": _("Ended"),
    "revoked": _("Ended by somebody"),
}
LEVELS: dict[str, Word] = {"read": _("look"), "write": _("look and change")}
LEVEL_CHOICES: dict[str, Word] = {
    "none": _("nothing"),
    "read": _("look"),
    "write": _("look and change"),
}
# What a key with limits is asked for; the institution knows more, which programs ask for by hand.
THINGS: dict[str, Word] = {
    "balance": _("The balance"),
    "balance_transaction": _("Each movement of the balance"),
    "charge": _("Payments"),
    "payment_intent": _("Beginning and taking payments"),
    "checkout_session": _("Payment pages"),
    "customer": _("Customers"),
    "refund": _("Giving money back"),
    "dispute": _("Disputes"),
    "file": _("Documents for disputes"),
    "payout": _("Payouts to the bank"),
    "statement": _("Statements of account"),
    "transfer": _("Money passed on to workshops"),
    "event": _("What happened"),
    "webhook_endpoint": _("Where messages go"),
}
OVERLAPS: dict[str, Word] = {
    "day": _("For one more day"),
    "week": _("For one more week"),
    "now": _("Not at all: it ends now"),
}
WELL: Word = _("Hears everything")
FAILING: Word = _("Does not answer")
OFF: Word = _("Switched off")
STOPPED: Word = _("Stopped: it was silent for three days")
UNKNOWN: Word = _("Not known just now")
# Which events an address hears of.
EVENT_CHOICES: dict[str, Word] = {
    "all": _("Everything that happens"),
    "payments": _("Payments, refunds and disputes"),
    "payouts": _("Payouts to the bank"),
}
EVENTS: dict[str, tuple[str, ...]] = {
    "all": ("*",),
    "payments": (
        *("payment_intent.succeeded", "payment_intent.payment_failed", "charge.succeeded"),
        *("charge.failed", "charge.refunded", "charge.dispute.created", "charge.dispute.closed"),
        *("charge.dispute.updated", "refund.failed", "checkout.session.completed"),
    ),
    "payouts": (
        *("payout.created", "payout.updated", "payout.paid", "payout.failed", "payout.canceled"),
        "balance.available",
    ),
}
REFUSALS: dict[str, Word] = {
    "url_invalid": _("An address begins with https:// or http://."),
    "api_key_in_settings": _("This key belongs to the installation: it is set where that is run."),
    "api_key_revoked": _("This key has ended already."),
    "api_key_expired": _("This key has ended already."),
    "webhook_endpoint_in_settings": _(
        "This address belongs to the installation: it is set where that is run."
    ),
    "webhook_endpoint_disabled": _("This address is switched off: switch it on first."),
}
REFUSED: Word = _("The payment service refused this.")
SILENT: Word = _("No answer yet. Look at the list below before you try again.")
