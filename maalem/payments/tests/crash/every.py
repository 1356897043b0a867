"""Every path there is, and what each of them is there for."""

from maalem.payments.tests.crash.by_hand import BY_HAND
from maalem.payments.tests.crash.pages import PAGES
from maalem.payments.tests.crash.paths import PATHS
from maalem.payments.tests.crash.priced import PRICED

EVERY = {**PATHS, **PRICED, **PAGES, **BY_HAND}
# For each kind of booking the path that is killed while it is made.
BOOKED_BY = {
    "advance": "more taken than there is",
    "application_fee": "destination charge",
    "application_fee_refund": "fee given back",
    "availability": "made available",
    "borne": "line borne by the house",
    "capture": "captured",
    "charge": "created and confirmed",
    "charge_fee": "paid with its fees",
    "dispute_available": "dispute opened, paid at once",
    "dispute_fee_available": "dispute opened, paid at once",
    "dispute_fee_owed": "dispute opened, all of it owed",
    "dispute_fee_pending": "dispute opened, paid from what is pending",
    "dispute_owed": "dispute opened, all of it owed",
    "dispute_pending": "dispute opened",
    "dispute_reinstated": "dispute won",
    "explained": "line matched by hand",
    "found_owner": "line given to its owner",
    "hold": "held",
    "hold_replaced": "raised",
    "interchange": "paid with its fees",
    "interchange_accepted": "interchange's difference accepted",
    "interchange_again": "refund came back with its fees",
    "interchange_back": "refunded with its fees",
    "interchange_netted": "networks settled with their fees",
    "network_settled": "networks settled",
    "owed_settled": "debt settled",
    "payout": "payout made",
    "payout_cancel": "payout canceled",
    "payout_failure": "payout refused",
    "payout_paid": "payout paid",
    "payout_returned": "payout returned",
    "refund": "refunded",
    "refund_failed": "refund refused",
    "refund_fee": "refunded with its fees",
    "refund_fee_failed": "refund refused, its fee stays",
    "refund_fee_hold": "refunded with its fees",
    "refund_fee_hold_freed": "refund from several refused",
    "refund_fee_returned": "refund came back with its fees",
    "refund_hold": "refunded",
    "refund_hold_freed": "refund from several refused",
    "refund_hold_other": "refunded from several",
    "refund_hold_other_freed": "refunded from several",
    "refund_returned": "refund came back",
    "release": "given up",
    "reserve_hold": "kept back",
    "reserve_release": "reserve ended",
    "reversal": "reversed",
    "scheme_accepted": "scheme's difference accepted",
    "scheme_cleared": "networks settled with their fees",
    "scheme_netted": "networks settled with their fees",
    "suspended": "line put aside",
    "transfer": "transferred",
}
# The paths on which something is booked in another place than on the one above.
ALSO = {
    "payout": ("payouts on their day",),
    "owed_settled": ("payout made, a debt before it",),
    "charge": ("paid on the page", "wallet approved", "answers asked for"),
    "capture": ("answers asked for",),
    "refund": ("answers asked for", "refunded to a wallet", "refunded from several"),
    "payout_failure": ("payout stranded",),
    "payout_paid": ("line matched by hand",),
}
# For each job of the worker the path that is killed in it, or why none has to be.
IN_JOBS = {
    "unanswered rails": "answers asked for",
    "left challenges": "hold left until its day",
    "disputes": "dispute opened",
    "expired sessions": "page left until its time is over",
    "availability": "made available",
    "ended reserves": "reserve ended",
    "scheduled payouts": "payouts on their day",
    "stranded payouts": "payout stranded",
    "bank files out": "payout sent",
    "bank files in": "payout paid",
}
NO_MONEY = {
    "deliveries": "tells of what was done",
    "identities": "what the register says of a person; asked again until it is kept",
    "seals": "signs what stands",
    "old risk counts": "forgets",
    "silent endpoints": "to whom events go",
    "ended secrets": "forgets",
    "old events": "forgets",
    "old failures": "forgets",
    "papers of nobody": "forgets",
    "old idempotency keys": "forgets what is done",
    "networks against books": "only looks, and says what it found",
    "safeguarding": "only counts",
    "recount": "only counts",
}


def must_book(path: str) -> set[str]:
    """What has to be booked when the path is done."""
    first = {code for code, name in BOOKED_BY.items() if name == path}
    return first | {code for code, names in ALSO.items() if path in names}
