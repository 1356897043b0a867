"""What `acquiring/wire.py`, `connect/wire.py` and `sessions.py` render."""

from typing import Any, Literal, NotRequired, TypedDict

from maalem.payments.accounts.shapes import Checked, CustomerShipping, MethodWallet, PaymentMethod
from maalem.payments.acquiring.sessions import SessionStatus
from maalem.payments.acquiring.states import IntentStatus, RefundStatus
from maalem.payments.shapes import (
    AccountId,
    BillingDetails,
    ChargeId,
    Country,
    Currency,
    CustomerId,
    DisputeId,
    Empty,
    FeeId,
    IntentId,
    LineId,
    Metadata,
    MethodId,
    Never,
    NextAction,
    RefundId,
    ReversalId,
    ReviewId,
    RuleId,
    SetupIntentId,
    Timestamp,
    TransferId,
)


class LastError(TypedDict):
    """Why the last try came to nothing."""

    type: Literal["api_error", "card_error", "invalid_request_error"]
    message: str
    advice_code: NotRequired[str]
    charge: NotRequired[str]
    code: NotRequired[str]
    decline_code: NotRequired[str]
    param: NotRequired[str]
    payment_method: NotRequired[PaymentMethod]


class Parcel(CustomerShipping):
    """Where a parcel goes, and by whom."""

    carrier: str | None
    tracking_number: str | None


class Tip(TypedDict):
    tip: Empty


class TransferData(TypedDict):
    """What is passed on as the payment is taken; without an amount all of it."""

    amount: int | None
    destination: AccountId


class IntentCardOptions(TypedDict):
    capture_method: NotRequired[Literal["manual"] | None]
    request_incremental_authorization: NotRequired[Literal["if_available", "never"] | None]
    request_multicapture: NotRequired[Literal["if_available", "never"] | None]
    request_three_d_secure: NotRequired[Literal["any", "automatic", "challenge"]]


class IntentMethodOptions(TypedDict):
    card: NotRequired[IntentCardOptions]


class AutomaticMethods(TypedDict):
    """Whatever the account can take, as it was asked for."""

    allow_redirects: Literal["always", "never"]
    enabled: bool


class PaymentIntent(TypedDict):
    """The will to be paid an amount, until it is or is given up."""

    id: str
    object: Literal["payment_intent"]
    amount: int
    amount_capturable: int
    amount_details: Tip
    amount_received: int
    application: Never
    application_fee_amount: int | None
    automatic_payment_methods: AutomaticMethods | None
    canceled_at: Timestamp | None
    cancellation_reason: str | None
    capture_method: Literal["automatic", "automatic_async", "manual"]
    client_secret: str
    confirmation_method: Literal["automatic", "manual"]
    created: Timestamp
    currency: Currency
    customer: CustomerId | None
    description: str | None
    last_payment_error: LastError | None
    latest_charge: ChargeId | None
    livemode: bool
    metadata: Metadata
    next_action: NextAction | None
    on_behalf_of: AccountId | None
    payment_method: MethodId | None
    payment_method_configuration_details: Never
    payment_method_options: IntentMethodOptions
    payment_method_types: list[Literal["card", "wallet"]]
    processing: Never
    receipt_email: str | None
    review: ReviewId | None
    setup_future_usage: Literal["off_session", "on_session"] | None
    shipping: Parcel | None
    source: Never
    statement_descriptor: str | None
    statement_descriptor_suffix: Never
    status: IntentStatus
    transfer_data: TransferData | None
    transfer_group: str | None


class CvcCheck(TypedDict):
    cvc_check: Checked


class Granted(TypedDict):
    status: Literal["available", "disabled", "unavailable"]


class Overcapture(TypedDict):
    maximum_amount_capturable: int
    status: Literal["available", "unavailable"]


class ThreeDSecure(TypedDict):
    """How the holder was authenticated."""

    authentication_flow: Literal["challenge", "frictionless"]
    result: Literal["authenticated"]
    result_reason: NotRequired[Never]
    version: str


class ChargeCard(TypedDict):
    """The card as it was when it was charged."""

    authorization_code: str | None
    brand: str
    checks: CvcCheck
    country: Country | None
    exp_month: int
    exp_year: int
    extended_authorization: NotRequired[Granted]
    fingerprint: str
    funding: str
    incremental_authorization: NotRequired[Granted]
    last4: str
    multicapture: NotRequired[Granted]
    network: str
    overcapture: NotRequired[Overcapture]
    three_d_secure: ThreeDSecure | None
    wallet: Never


class ChargeMethod(TypedDict):
    type: Literal["card", "stripe_account", "wallet"]
    card: NotRequired[ChargeCard]
    stripe_account: NotRequired[Empty]
    wallet: NotRequired[MethodWallet]


class ChargeOutcome(TypedDict):
    """What became of it, and why."""

    network_status: str
    network_decline_code: Never
    reason: str | None
    risk_level: Literal["elevated", "highest", "normal"]
    risk_score: int
    rule: RuleId | None
    seller_message: str
    type: Literal["authorized", "blocked", "issuer_declined", "manual_review"]


class Charge(TypedDict):
    """What came of a payment: money taken, held, or a refusal. A `py_…` is what was passed on.

    `shipping` is where the parcel was to go when she paid. There is no page of ours for a receipt,
    so `receipt_url` is null: the shop's own confirmation bears the `receipt_number`."""

    id: str
    object: Literal["charge"]
    amount: int
    amount_captured: int
    amount_refunded: int
    application: Never
    application_fee: FeeId | None
    application_fee_amount: int | None
    balance_transaction: LineId | None
    billing_details: BillingDetails
    calculated_statement_descriptor: str | None
    captured: bool
    created: Timestamp
    currency: Currency
    customer: CustomerId | None
    description: str | None
    destination: AccountId | None
    dispute: DisputeId | None
    disputed: bool
    failure_balance_transaction: Never
    failure_code: str | None
    failure_message: str | None
    fraud_details: Empty
    livemode: bool
    metadata: Metadata
    on_behalf_of: AccountId | None
    outcome: ChargeOutcome | None
    paid: bool
    payment_intent: IntentId | None
    payment_method: str | None
    payment_method_details: ChargeMethod | None
    receipt_email: str | None
    receipt_number: str | None
    receipt_url: Never
    refunded: bool
    review: ReviewId | None
    shipping: Parcel | None
    source: Never
    source_transfer: TransferId | None
    statement_descriptor: str | None
    statement_descriptor_suffix: Never
    status: Literal["failed", "pending", "succeeded"]
    transfer: TransferId | None
    transfer_data: TransferData | None
    transfer_group: str | None


class RefundCard(TypedDict):
    type: Literal["refund"]


class RefundDestination(TypedDict):
    """The kind of method that the money goes back to."""

    type: Literal["card", "wallet"]
    card: NotRequired[RefundCard]
    wallet: NotRequired[Empty]


class Refund(TypedDict):
    """Money given back to the payer."""

    id: str
    object: Literal["refund"]
    amount: int
    balance_transaction: LineId | None
    charge: ChargeId
    created: Timestamp
    currency: Currency
    destination_details: NotRequired[RefundDestination]
    failure_balance_transaction: LineId | None
    failure_reason: str | None
    metadata: Metadata
    payment_intent: IntentId | None
    pending_reason: Literal["processing"] | None
    reason: str | None
    receipt_number: Never
    source_transfer_reversal: ReversalId | None
    status: RefundStatus
    transfer_reversal: ReversalId | None


class Reversal(TypedDict):
    """A part of a transfer taken back."""

    id: str
    object: Literal["transfer_reversal"]
    amount: int
    balance_transaction: LineId
    created: Timestamp
    currency: Currency
    destination_payment_refund: RefundId
    metadata: Metadata
    source_refund: RefundId | None
    transfer: TransferId


class Reversals(TypedDict):
    object: Literal["list"]
    data: list[Reversal]
    has_more: bool
    total_count: int
    url: str


class Transfer(TypedDict):
    """Money passed from the platform's balance to a connected account's."""

    id: str
    object: Literal["transfer"]
    amount: int
    amount_reversed: int
    balance_transaction: LineId
    created: Timestamp
    currency: Currency
    description: str | None
    destination: AccountId
    destination_payment: ChargeId
    livemode: bool
    metadata: Metadata
    reversals: Reversals
    reversed: bool
    source_transaction: ChargeId | None
    source_type: Literal["card"]
    transfer_group: str | None


class FeeRefund(TypedDict):
    """A part of an application fee given back."""

    id: str
    object: Literal["fee_refund"]
    amount: int
    balance_transaction: LineId
    created: Timestamp
    currency: Currency
    fee: FeeId
    metadata: Metadata


class FeeRefunds(TypedDict):
    object: Literal["list"]
    data: list[FeeRefund]
    has_more: bool
    total_count: int
    url: str


class FeeSource(TypedDict):
    type: Literal["charge"]
    charge: str


class ApplicationFee(TypedDict):
    """What a platform earns by a payment that its connected account took."""

    id: str
    object: Literal["application_fee"]
    account: AccountId
    amount: int
    amount_refunded: int
    application: str
    balance_transaction: LineId
    charge: ChargeId
    created: Timestamp
    currency: Currency
    fee_source: FeeSource
    livemode: bool
    originating_transaction: ChargeId | None
    refunded: bool
    refunds: FeeRefunds


class Switch(TypedDict):
    enabled: bool


class AutomaticTax(Switch):
    liability: Never
    status: Never


class CustomerDetails(TypedDict):
    email: str


class TotalDetails(TypedDict):
    amount_discount: int
    amount_shipping: int
    amount_tax: int


class Price(TypedDict):
    """The price of a line that was given with the session."""

    id: str
    object: Literal["price"]
    active: bool
    currency: Currency
    livemode: bool
    metadata: Empty
    product: str
    type: Literal["one_time"]
    unit_amount: int
    unit_amount_decimal: str


class Item(TypedDict):
    """A line of a session's basket."""

    id: str
    object: Literal["item"]
    amount_discount: int
    amount_subtotal: int
    amount_tax: int
    amount_total: int
    currency: Currency
    description: str
    price: Price
    quantity: int


class Items(TypedDict):
    object: Literal["list"]
    url: str
    has_more: bool
    data: list[Item]


class CheckoutSession(TypedDict):
    """A payer's visit to the payment page. `line_items` are there when they are expanded."""

    id: str
    object: Literal["checkout.session"]
    adaptive_pricing: Switch
    after_expiration: Never
    allow_promotion_codes: Never
    amount_subtotal: int | None
    amount_total: int | None
    automatic_tax: AutomaticTax
    billing_address_collection: Never
    cancel_url: str | None
    client_reference_id: str | None
    client_secret: Never
    collected_information: Never
    consent: Never
    consent_collection: Never
    created: Timestamp
    currency: Currency | None
    custom_fields: list[Any]
    custom_text: Empty
    customer: CustomerId | None
    customer_creation: Literal["always", "if_required"] | None
    customer_details: CustomerDetails | None
    customer_email: str | None
    discounts: list[Any]
    expires_at: Timestamp
    invoice: Never
    invoice_creation: Switch
    line_items: NotRequired[Items]
    livemode: bool
    locale: str | None
    metadata: Metadata
    mode: Literal["payment", "setup"]
    payment_intent: IntentId | None
    payment_link: Never
    payment_method_collection: Literal["always", "if_required"]
    payment_method_options: Empty
    payment_method_types: list[Literal["card", "wallet"]]
    payment_status: Literal["no_payment_required", "paid", "unpaid"]
    phone_number_collection: Switch
    recovered_from: Never
    return_url: Never
    saved_payment_method_options: Never
    setup_intent: SetupIntentId | None
    shipping_address_collection: Never
    shipping_cost: Never
    shipping_options: list[Any]
    status: SessionStatus
    submit_type: Never
    subscription: Never
    success_url: str
    total_details: TotalDetails | None
    ui_mode: Literal["hosted"]
    url: str | None
