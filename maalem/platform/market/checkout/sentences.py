"""What a buyer is told when something can't be done: what happened, and what to do next."""

from django.utils.translation import gettext as _


def refusal(code: str) -> str:
    """A refusal of placing the order."""
    return {
        "lines": _("Something in your cart can’t be bought any more. See what, and change it."),
        "changed": _(
            "Something changed since you looked. Nothing was ordered: please check and agree again."
        ),
        "relay": _(
            "The relay point that you chose takes no parcels any more by the day yours leaves. "
            "Nothing was ordered: choose another one, or have it brought to you."
        ),
        "busy": _("Many people want this piece right now. Nothing was ordered: please try again."),
        "waiting": _(
            "You have an earlier order whose payment page we can’t reach. "
            "Please try again in a minute."
        ),
        "stopped": _(
            "We can’t take orders at this moment. The mistake is ours and we have been told. "
            "Your cart is kept: please come back in an hour."
        ),
    }.get(code, _("That didn’t work, and nothing was ordered. Please try again."))


def no_page(code: str) -> str:
    """Why there is no payment page yet; the order is kept in every case."""
    if code in ("no_answer", "service_failed", "in_flight", "rate_limit"):
        return _(
            "The payment service doesn’t answer at the moment. Your order is kept and nothing "
            "was charged. Please try again in a minute."
        )
    return _(
        "The payment page could not be opened. Your order is kept and nothing was charged. "
        "Please try again; if it happens once more, tell us your order number."
    )
