"""A sale's records: intent, attempts, charge, refunds, transfers. Amounts are minor units."""

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from maalem.payments.packed import unpack
from maalem.payments.records import Record


class Intent(Record, kw_only=True, frozen=True):
    """The will to be paid `amount`, until it is or is given up."""

    TABLE: ClassVar[str] = "payment_intents"

    account_id: str
    amount: int
    amount_capturable: int = 0
    amount_received: int = 0
    currency: str
    status: str
    capture_method: str = "automatic"
    confirmation_method: str = "automatic"
    client_secret: str
    customer_id: str | None = None
    payment_method_id: str | None = None
    payment_method_types: list[str]
    attempt_id: str | None = None
    latest_charge_id: str | None = None
    session_id: str | None = None
    next_action: dict[str, Any] | None = None
    last_payment_error: dict[str, Any] | None = None
    return_url: str | None = None
    description: str | None = None
    receipt_email: str | None = None
    statement_descriptor: str | None = None
    transfer_group: str | None = None
    shipping: dict[str, Any] | None = None
    setup_future_usage: str | None = None
    cancellation_reason: str | None = None
    canceled_at: datetime | None = None
    metadata: dict[str, str]
    created_at: datetime
    application_fee_amount: int | None = None
    fee_account_id: str | None = None
    transfer_destination: str | None = None
    transfer_amount: int | None = None
    on_behalf_of: str | None = None
    payment_method_options: dict[str, Any] | None = None
    automatic_payment_methods: dict[str, Any] | None = None
    review_id: str | None = None


class Attempt(Record, kw_only=True, frozen=True):
    """One try at the rail; its id is the reference there. `token` opens its page on the hosted
    origin. Read it by `attempts.find`: one that was answered at once is kept by its charge."""

    TABLE: ClassVar[str] = "payment_attempts"

    intent_id: str
    payment_method_id: str
    rail: str
    amount: int
    currency: str
    status: str
    challenge: str | None = None
    token: str | None = None
    return_url: str | None = None
    authorisation_code: str | None = None
    network_reference: str | None = None
    decline_code: str | None = None
    off_session: bool = False
    expires_at: datetime | None = None
    resolved_at: datetime | None = None
    request_id: str | None = None
    idempotency_key: str | None = None
    created_at: datetime
    asked_at: datetime
    risk: dict[str, Any] | None = None


class Charge(Record, kw_only=True, frozen=True):
    """What came of an attempt: money taken, held (`captured` false), or a refusal."""

    TABLE: ClassVar[str] = "charges"

    account_id: str
    intent_id: str
    attempt_id: str
    payment_method_id: str
    customer_id: str | None = None
    amount: int
    amount_captured: int = 0
    amount_refunded: int = 0
    amount_transferred: int = 0
    currency: str
    status: str
    captured: bool = False
    balance_transaction_id: str | None = None
    available_on: datetime | None = None
    failure_code: str | None = None
    failure_message: str | None = None
    decline_code: str | None = None
    network_status: str = "approved_by_network"
    risk_level: str = "normal"
    authenticated: bool = False
    cvc_check: str | None = None
    capture_before: datetime | None = None
    description: str | None = None
    receipt_email: str | None = None
    statement_descriptor: str | None = None
    transfer_group: str | None = None
    metadata: dict[str, str]
    created_at: datetime
    payment_method_details: bytes | None = None  # packed JSON, see `details`
    application_fee_amount: int | None = None
    application_fee_id: str | None = None
    transfer_destination: str | None = None
    transfer_amount: int | None = None
    transfer_id: str | None = None
    on_behalf_of: str | None = None
    amount_disputed: int = 0
    dispute_id: str | None = None
    fee_lines: list[dict[str, Any]] | None = None
    fee_returned: int = 0
    interchange_returned: int = 0
    receipt_number: str | None = None
    risk: dict[str, Any] | None = None
    network_reference: str | None = None

    @property
    def details(self) -> dict[str, Any]:
        """How it was paid, as it was then: the kind of method, its traits, `billing` and
        where a parcel was to go (`shipping`)."""
        kept = self.payment_method_details
        return {} if kept is None else msgspec.json.decode(unpack(kept))


class Followup(Record, kw_only=True, frozen=True):
    """A capture, a release or a rise of a hold on its way to the rail; its id is the reference.

    `amount` is what is taken, given up or added. `final` gives up what is left of the hold.
    """

    TABLE: ClassVar[str] = "followups"

    kind: str
    intent_id: str
    charge_id: str
    amount: int
    reason: str | None = None
    status: str = "sent"
    metadata: dict[str, str] | None = None
    request_id: str | None = None
    idempotency_key: str | None = None
    created_at: datetime
    asked_at: datetime
    application_fee_amount: int | None = None
    fee_account_id: str | None = None
    transfer_amount: int | None = None
    final: bool = True
    description: str | None = None
    statement_descriptor: str | None = None


class Refund(Record, kw_only=True, frozen=True):
    """Money given back to the payer; its id is the reference at the rail.

    `fee_returned` of it comes from our fees, by the plan of the charge. `transfer_part` of it
    comes from the account that was paid, and `fee_part` goes back to her from the platform's fee;
    `shared_bucket` is where the other account's money is moved. `returned_at` is when the money of
    a refund that had succeeded came back, and `failure_balance_transaction_id` the line of that.
    """

    TABLE: ClassVar[str] = "refunds"

    account_id: str
    charge_id: str
    intent_id: str
    amount: int
    currency: str
    status: str = "pending"
    reason: str | None = None
    failure_reason: str | None = None
    bucket: str
    balance_transaction_id: str | None = None
    metadata: dict[str, str]
    request_id: str | None = None
    idempotency_key: str | None = None
    created_at: datetime
    asked_at: datetime
    reverse_transfer: bool = False
    refund_application_fee: bool = False
    transfer_part: int = 0
    fee_part: int = 0
    shared_bucket: str | None = None
    transfer_reversal_id: str | None = None
    fee_returned: int = 0
    interchange_returned: int = 0
    failure_balance_transaction_id: str | None = None
    returned_at: datetime | None = None
    rail: str = "card"


class Transfer(Record, kw_only=True, frozen=True):
    """Money passed from the platform's balance to a connected account's.

    `amount_reserved` is about to come back with a refund that waits for the rail.
    """

    TABLE: ClassVar[str] = "transfers"

    account_id: str
    destination_id: str
    amount: int
    amount_reversed: int = 0
    currency: str
    source_charge_id: str | None = None
    transfer_group: str | None = None
    description: str | None = None
    destination_payment_id: str
    balance_transaction_id: str
    destination_transaction_id: str
    metadata: dict[str, str]
    created_at: datetime
    amount_reserved: int = 0

    @property
    def left(self) -> int:
        """What may still be taken back."""
        return self.amount - self.amount_reversed - self.amount_reserved


class Reversal(Record, kw_only=True, frozen=True):
    """A part of a transfer taken back."""

    TABLE: ClassVar[str] = "transfer_reversals"

    account_id: str
    transfer_id: str
    amount: int
    currency: str
    balance_transaction_id: str
    destination_transaction_id: str
    metadata: dict[str, str]
    created_at: datetime
    payment_refund_id: str
    source_refund_id: str | None = None
