"""Ask for the money: record, ask the rail, record the answer; never anything in between."""

from dataclasses import dataclass
from typing import Literal

from maalem.payments.accounts.records import PaymentMethod
from maalem.payments.acquiring.records import Attempt, Charge, Intent
from maalem.payments.context import Payments
from maalem.payments.errors import CardError


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What became of a confirmation. `refusal` is set when the payer's side said no."""

    intent: Intent
    attempt: Attempt
    charge: Charge | None = None
    refusal: CardError | None = None


async def confirm(
    payments: Payments,
    *,
    intent: Intent,
    method: PaymentMethod,
    return_url: str | None = None,
    off_session: bool = False,
    force_challenge: bool = False,
) -> Confirmed:
    """Pay `intent` with `method` (stored already). Raises `ApiError` where the state forbids it.

    The intent ends `succeeded`, `requires_capture`, `requires_action` (see `next_action`),
    `requires_payment_method` (refused) or `processing` (no answer yet: a job asks again).
    """
    raise NotImplementedError


async def complete_authentication(
    payments: Payments,
    *,
    attempt: str,
    outcome: Literal["answered", "abandoned"],
) -> Confirmed:
    """The payer has finished (or left) her challenge: ask the rail what became of `attempt`.

    `attempt` is the attempt's id. Safe to call twice, late and after expiry: it asks the rail
    under the attempt's reference and records the answer once. Raises `NotFound`.
    """
    raise NotImplementedError


async def attempt_of_token(payments: Payments, token: str) -> tuple[Attempt, Intent] | None:
    """The attempt whose hosted page is `/hosted/3ds/{token}` or `/hosted/wallet/{token}`."""
    raise NotImplementedError
