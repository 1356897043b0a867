"""What `accounts/wire.py`, `people.py` and `keys.py` render."""

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from maalem.payments.accounts.keys import Kind, Level
from maalem.payments.shapes import (
    AccountId,
    BillingDetails,
    Country,
    Currency,
    CustomerId,
    Empty,
    FileId,
    IntentId,
    Metadata,
    MethodId,
    Never,
    PostalAddress,
    SetupIntentId,
    Timestamp,
)

Checked = Literal["pass", "fail", "unavailable", "unchecked"] | None
CapabilityStatus = Literal["active", "inactive", "pending"]


class RequirementError(TypedDict):
    code: str
    reason: str
    requirement: str


class Requirements(TypedDict):
    """What is still to be told, and what depends on it."""

    alternatives: list[Never]
    currently_due: list[str]
    current_deadline: Never
    disabled_reason: str | None
    errors: list[RequirementError]
    eventually_due: list[str]
    past_due: list[str]
    pending_verification: list[str]


class BusinessProfile(TypedDict):
    name: str | None
    url: str | None
    mcc: str | None
    product_description: str | None
    support_phone: str | None
    support_email: str | None
    support_address: Never
    support_url: Never


class AccountCapabilities(TypedDict):
    """Those that were asked for."""

    card_payments: NotRequired[CapabilityStatus]
    transfers: NotRequired[CapabilityStatus]
    wallet_payments: NotRequired[CapabilityStatus]


class AccountCompany(TypedDict):
    name: str | None
    registration_number_provided: bool
    tax_id_provided: bool


class TosAcceptance(TypedDict):
    date: Timestamp | None
    ip: Never
    ip_provided: bool
    user_agent: Never


class Capability(TypedDict):
    """Something that an account may do, or might ask to do."""

    id: Literal["card_payments", "transfers", "wallet_payments"]
    object: Literal["capability"]
    account: AccountId
    future_requirements: Requirements
    requested: bool
    requested_at: Timestamp | None
    requirements: Requirements
    status: CapabilityStatus | Literal["unrequested"]


class PersonDocument(TypedDict):
    back: Never
    details: Never
    details_code: str | None
    front: FileId | None


class PersonVerification(TypedDict):
    additional_document: Never
    details: Never
    details_code: str | None
    document: PersonDocument
    status: Literal["pending", "unverified", "verified"]


class PersonRelationship(TypedDict):
    authorizer: bool
    director: bool
    executive: bool
    legal_guardian: bool
    owner: bool
    percent_ownership: float | None
    representative: bool
    title: str | None


class Person(TypedDict):
    """Somebody behind an account. What is secret of her is said to be there, never shown."""

    id: str
    object: Literal["person"]
    account: AccountId
    address_provided: bool
    created: Timestamp
    dob_provided: bool
    email_provided: bool
    first_name: str | None
    id_number_provided: bool
    last_name: str | None
    metadata: Metadata
    phone_provided: bool
    relationship: PersonRelationship
    verification: PersonVerification


class DeletedPerson(TypedDict):
    id: str
    object: Literal["person"]
    deleted: Literal[True]


class DeletedAccount(TypedDict):
    id: str
    object: Literal["account"]
    deleted: Literal[True]


class InvoiceSettings(TypedDict):
    default_payment_method: MethodId | None


class CustomerShipping(TypedDict):
    name: str
    address: PostalAddress
    phone: str | None


class Customer(TypedDict):
    """Somebody who pays an account, perhaps again."""

    id: str
    object: Literal["customer"]
    address: PostalAddress | None
    balance: int
    created: Timestamp
    currency: Never
    default_source: Never
    delinquent: bool
    discount: Never
    description: str | None
    email: str | None
    invoice_settings: InvoiceSettings
    livemode: bool
    metadata: Metadata
    name: str | None
    phone: str | None
    preferred_locales: list[str]
    shipping: CustomerShipping | None
    tax_exempt: Literal["none"]
    test_clock: Never


class DeletedCustomer(TypedDict):
    id: str
    object: Literal["customer"]
    deleted: Literal[True]


class CardChecks(TypedDict):
    address_line1_check: Never
    address_postal_code_check: Never
    cvc_check: Checked


class CardNetworks(TypedDict):
    available: list[str]
    preferred: Never


class ThreeDSecureUsage(TypedDict):
    supported: bool


class MethodCard(TypedDict):
    """What may be shown of a card; its number is in the vault."""

    brand: str
    display_brand: str
    last4: Annotated[str, Meta(pattern="^[0-9]{4}$")]
    exp_month: Annotated[int, Meta(ge=1, le=12)]
    exp_year: int
    fingerprint: str
    funding: str
    country: Country | None
    checks: CardChecks
    networks: CardNetworks
    three_d_secure_usage: ThreeDSecureUsage
    wallet: Never


class MethodWallet(TypedDict):
    """A mobile wallet, by its telephone number."""

    phone: str


class MethodBilling(BillingDetails):
    tax_id: Never


class MethodPreview(TypedDict):
    """A method as a page may show it again."""

    type: Literal["card", "wallet"]
    card: NotRequired[MethodCard]
    wallet: NotRequired[MethodWallet]
    allow_redisplay: Literal["always", "limited", "unspecified"]
    billing_details: MethodBilling
    customer: CustomerId | None


class PaymentMethod(MethodPreview):
    """What somebody pays with."""

    id: str
    object: Literal["payment_method"]
    created: Timestamp
    livemode: bool
    metadata: Metadata


class ConfirmationToken(TypedDict):
    """How a payer pays, as she said it on a page; it serves once."""

    id: str
    object: Literal["confirmation_token"]
    created: Timestamp
    expires_at: Timestamp
    livemode: bool
    mandate_data: Never
    payment_intent: IntentId | None
    payment_method_options: Never
    payment_method_preview: MethodPreview
    return_url: str | None
    setup_future_usage: Literal["off_session", "on_session"] | None
    setup_intent: SetupIntentId | None
    shipping: CustomerShipping | None
    use_stripe_sdk: bool


class Card(TypedDict):
    """A token's card."""

    id: str
    object: Literal["card"]
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    fingerprint: str
    funding: str
    country: Country | None
    cvc_check: Checked
    name: str | None
    metadata: Empty


class ApiKey(TypedDict):
    """A key (ours). `secret` is there in the first answer to whoever made it, and nowhere else."""

    id: str
    object: Literal["api_key"]
    account: AccountId
    created: Timestamp
    expires_at: Timestamp | None
    last_used: Timestamp | None
    livemode: bool
    name: str | None
    officer: str | None
    permissions: dict[str, Level]
    redacted: str
    revoked_at: Timestamp | None
    rolled_from: str | None
    status: Literal["active", "expired", "revoked"]
    type: Kind
    secret: NotRequired[str | None]
    secret_withheld: NotRequired[str | None]


class AccountLink(TypedDict):
    """A page where somebody tells us herself what her account needs. It opens once."""

    object: Literal["account_link"]
    created: Timestamp
    expires_at: Timestamp
    url: str


class AccountParts(TypedDict):
    """An account as its own room shows it; `settlement/shapes.py` adds where it is paid."""

    id: str
    type: Literal["custom", "standard"]
    country: Country
    default_currency: Currency
    email: str | None
    business_type: str | None
    business_profile: BusinessProfile
    capabilities: AccountCapabilities
    company: AccountCompany
    charges_enabled: bool
    payouts_enabled: bool
    details_submitted: bool
    requirements: Requirements
    future_requirements: Requirements
    level: Annotated[int, Meta(ge=0, le=3)]
    tos_acceptance: TosAcceptance
    metadata: Metadata
    created: Timestamp
    individual: NotRequired[Person | None]
