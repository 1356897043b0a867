"""The way to the payment institution, and the only room that knows its wire.

    from maalem.platform.ground import gateway
    session = gateway.create_checkout_session(..., key=f"pay-{group.number}-1")

Every call has a deadline and must not stand inside a transaction. Who writes passes an idempotency
key made from a row that is committed already, so that asking again is the same request. The
refusals are the four in `errors`; nothing of the SDK gets out.
"""

from .calls import (
    balance,
    create_account,
    create_checkout_session,
    create_refund,
    create_transfer,
    expire_session,
    retrieve_intent,
    retrieve_session,
    reverse_transfer,
    transactions,
    verify_webhook,
)
from .errors import BadSignature, Declined, GatewayError, Refused, Unavailable, Unknown
from .shapes import (
    Account,
    Balance,
    Event,
    Intent,
    Line,
    Page,
    Refund,
    Reversal,
    Session,
    Transaction,
    Transfer,
)

__all__ = [
    "Account",
    "BadSignature",
    "Balance",
    "Declined",
    "Event",
    "GatewayError",
    "Intent",
    "Line",
    "Page",
    "Refund",
    "Refused",
    "Reversal",
    "Session",
    "Transaction",
    "Transfer",
    "Unavailable",
    "Unknown",
    "balance",
    "create_account",
    "create_checkout_session",
    "create_refund",
    "create_transfer",
    "expire_session",
    "retrieve_intent",
    "retrieve_session",
    "reverse_transfer",
    "transactions",
    "verify_webhook",
]
