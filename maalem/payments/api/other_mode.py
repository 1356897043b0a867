"""A word to those who ask one mode for what is in the other, as Stripe says it.

Nothing of the object is told but that it is there, and only to the very account that owns it: the
platform's, which has one id in both modes.
"""

from maalem.payments.api.auth import Caller
from maalem.payments.context import Modes
from maalem.payments.errors import NotFound

_TABLES = {
    "charge": "charges",
    "customer": "customers",
    "payment_intent": "payment_intents",
    "PaymentMethod": "payment_methods",
    "refund": "refunds",
    "transfer": "transfers",
}


async def told_of_the_other_mode(modes: Modes, caller: Caller, missing: NotFound) -> NotFound:
    """`missing` as it is, or with a sentence more."""
    kind, object_id = missing.named or ("", "")
    table = _TABLES.get(kind)
    if modes.live is None or table is None:
        return missing
    there = await modes.of(live=not caller.live).pool.fetchval(
        f"SELECT 1 FROM {table} WHERE id = $1 AND account_id = $2",  # noqa: S608
        object_id,
        caller.account.id,
    )
    if there is None:
        return missing
    used, other = ("live", "test") if caller.live else ("test", "live")
    missing.message += (
        f"; a similar object exists in {other} mode, but a {used} mode key was used to make this"
        " request."
    )
    return missing
