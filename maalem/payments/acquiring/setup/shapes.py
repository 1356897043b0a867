"""What `acquiring/setup/wire.py` renders."""

from typing import Literal, NotRequired, TypedDict

from maalem.payments.acquiring.setup.states import SetupIntentStatus
from maalem.payments.acquiring.shapes import CvcCheck, LastError, ThreeDSecure
from maalem.payments.shapes import (
    Country,
    CustomerId,
    Empty,
    MandateId,
    Metadata,
    MethodId,
    Never,
    NextAction,
    SetupAttemptId,
    SetupIntentId,
    Timestamp,
)


class SetupCardOptions(TypedDict):
    request_three_d_secure: Literal["any", "automatic", "challenge"]


class SetupMethodOptions(TypedDict):
    card: NotRequired[SetupCardOptions]


class SetupIntent(TypedDict):
    """The will to keep a payment method for later, until it is kept or given up."""

    id: str
    object: Literal["setup_intent"]
    application: Never
    automatic_payment_methods: Never
    cancellation_reason: str | None
    client_secret: str
    created: Timestamp
    customer: CustomerId | None
    description: str | None
    flow_directions: Never
    last_setup_error: LastError | None
    latest_attempt: SetupAttemptId | None
    livemode: bool
    mandate: MandateId | None
    metadata: Metadata
    next_action: NextAction | None
    on_behalf_of: Never
    payment_method: MethodId | None
    payment_method_configuration_details: Never
    payment_method_options: SetupMethodOptions
    payment_method_types: list[Literal["card"]]
    single_use_mandate: Never
    status: SetupIntentStatus
    usage: Literal["off_session", "on_session"]


class AttemptCard(TypedDict):
    brand: str
    checks: CvcCheck
    country: Country | None
    exp_month: int
    exp_year: int
    fingerprint: str
    funding: str
    last4: str
    network: str
    three_d_secure: ThreeDSecure | None
    wallet: Never


class AttemptMethod(TypedDict):
    type: Literal["card"]
    card: AttemptCard


class SetupAttempt(TypedDict):
    """One try to keep a payment method."""

    id: str
    object: Literal["setup_attempt"]
    application: Never
    created: Timestamp
    customer: CustomerId | None
    flow_directions: Never
    livemode: bool
    on_behalf_of: Never
    payment_method: MethodId
    payment_method_details: AttemptMethod
    setup_error: LastError | None
    setup_intent: SetupIntentId
    status: Literal["abandoned", "failed", "processing", "requires_action", "succeeded"]
    usage: Literal["off_session", "on_session"]


class MandateOnline(TypedDict):
    """From where she agreed; only in the answer to who retrieves the mandate."""

    ip_address: str | None
    user_agent: str | None


class CustomerAcceptance(TypedDict):
    accepted_at: Timestamp | None
    type: Literal["offline", "online"]
    offline: NotRequired[Empty]
    online: NotRequired[MandateOnline]


class MandateMethod(TypedDict):
    type: Literal["card"]
    card: Empty


class Mandate(TypedDict):
    """The holder's agreement to payments without her."""

    id: str
    object: Literal["mandate"]
    customer_acceptance: CustomerAcceptance
    livemode: bool
    multi_use: Empty
    on_behalf_of: Never
    payment_method: MethodId
    payment_method_details: MandateMethod
    status: Literal["active", "inactive"]
    type: Literal["multi_use"]
