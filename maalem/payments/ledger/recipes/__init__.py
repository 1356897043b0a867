"""The accountant's page: how each event of a sale is booked. Pure functions, nothing else.

The house's accounts: `rail` is what a card network or the mobile switch owes us (an asset, grows by
debit); `fees` is what we earned (grows by credit); `interchange` is what cards cost us and
`interchange_due` what of it the network has still to keep; `scheme` and `scheme_due` are the same
of what networks take for their own work. Each account's owner has two: `pending`, money that is
hers but not yet to be spent, and `available`. Both are what we owe her (grow by credit) and the
ledger refuses to let either go below zero. What she owes us, because more was taken from her than
she had, stands on a third, `owed` (an asset, grows by debit); what a published rule keeps back
stands on a fourth, `reserved`.

All amounts are minor units of `currency`. `source` is the id of the object that causes the
booking; with the leg's `code` it makes the transfer's id, so booking twice changes nothing.
"""

from maalem.payments.ledger.recipes.bank import network_settled
from maalem.payments.ledger.recipes.connect import (
    Share,
    advance,
    application_fee,
    application_fee_refund,
    shared_freed,
    shared_refund,
    shared_reserve,
)
from maalem.payments.ledger.recipes.disputes import (
    Taken,
    dispute_reinstated,
    dispute_withdrawn,
    taken,
)
from maalem.payments.ledger.recipes.fees import (
    difference_accepted,
    interchange,
    interchange_again,
    interchange_back,
    interchange_netted,
    scheme_cleared,
    scheme_netted,
)
from maalem.payments.ledger.recipes.parts import (
    EMPTY,
    Chain,
    bank,
    fees,
    house,
    merchant,
    owed,
    rail,
)
from maalem.payments.ledger.recipes.payouts import (
    payout,
    payout_canceled,
    payout_failed,
    payout_paid,
    payout_returned,
    payouts_clearing,
    reserve_hold,
    reserve_release,
)
from maalem.payments.ledger.recipes.refund import (
    refund,
    refund_failed,
    refund_reserve,
    refund_returned,
)
from maalem.payments.ledger.recipes.sale import (
    capture,
    charge,
    charge_fee,
    hold,
    raise_hold,
    release,
)
from maalem.payments.ledger.recipes.suspense import borne, explained, found_owner, suspended
from maalem.payments.ledger.recipes.transfer import (
    availability,
    reversal,
    settle_owed,
    transfer,
)

__all__ = [
    "EMPTY",
    "Chain",
    "Share",
    "Taken",
    "advance",
    "application_fee",
    "application_fee_refund",
    "availability",
    "bank",
    "borne",
    "capture",
    "charge",
    "charge_fee",
    "difference_accepted",
    "dispute_reinstated",
    "dispute_withdrawn",
    "explained",
    "fees",
    "found_owner",
    "hold",
    "house",
    "interchange",
    "interchange_again",
    "interchange_back",
    "interchange_netted",
    "merchant",
    "network_settled",
    "owed",
    "payout",
    "payout_canceled",
    "payout_failed",
    "payout_paid",
    "payout_returned",
    "payouts_clearing",
    "rail",
    "raise_hold",
    "refund",
    "refund_failed",
    "refund_reserve",
    "refund_returned",
    "release",
    "reserve_hold",
    "reserve_release",
    "reversal",
    "scheme_cleared",
    "scheme_netted",
    "settle_owed",
    "shared_freed",
    "shared_refund",
    "shared_reserve",
    "suspended",
    "taken",
    "transfer",
]
