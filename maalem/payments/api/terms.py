"""What a merchant asks for about the others in a payment: a destination, a fee, a name."""

from typing import Any

import msgspec

from maalem.payments import store
from maalem.payments.accounts import limits
from maalem.payments.accounts.records import Account
from maalem.payments.acquiring.records import Intent
from maalem.payments.acquiring.transfer import connected_to
from maalem.payments.api import fields
from maalem.payments.api.call import Call
from maalem.payments.config import CURRENCY
from maalem.payments.errors import BadRequest, NotFound


class TransferData(msgspec.Struct, forbid_unknown_fields=True):
    """`transfer_data`: who the payment is passed on to, and how much if not all of it."""

    destination: str
    amount: int | None = None


class TransferAmount(msgspec.Struct, forbid_unknown_fields=True):
    """`transfer_data` of a payment whose destination is known."""

    amount: int | None = None


async def shared(
    call: Call,
    *,
    amount: int,
    fee: int | None,
    data: TransferData | None,
    on_behalf_of: str | None,
    inside: str = "",
) -> dict[str, Any]:
    """The intent's fields for these terms. `inside` is the parameter that holds them, if any.

    Raises `BadRequest` or `NotFound` with the parameter's name.
    """
    found: dict[str, Any] = {}
    if data is not None:
        name = _named(inside, "transfer_data", "destination")
        taker = await connected_to(call.payments, call.account, data.destination, param=name)
        await limits.room_for(call.payments, taker, amount=data.amount or amount, currency=CURRENCY)
        found["transfer_destination"] = taker.id
        found["transfer_amount"] = data.amount
    if fee is not None:
        if data is None and call.account.parent_id is None:
            raise BadRequest(
                "An application fee can be taken of a payment for a connected account only: pass"
                " transfer_data[destination], or make the request with the Stripe-Account header.",
                param=_named(inside, "application_fee_amount"),
            )
        found["application_fee_amount"] = fee
        found["fee_account_id"] = call.account.id if data else call.account.parent_id
    check_parts(
        amount=amount, fee=fee, passed=data.amount if data is not None else None, inside=inside
    )
    if on_behalf_of:
        found["on_behalf_of"] = await _merchant(
            call, on_behalf_of, param=_named(inside, "on_behalf_of")
        )
    return found


def check_parts(*, amount: int, fee: int | None, passed: int | None, inside: str = "") -> None:
    """Refuse a fee or a part that is more than `amount`, and both at once."""
    fee_name = _named(inside, "application_fee_amount")
    passed_name = _named(inside, "transfer_data", "amount")
    if fee is not None and passed is not None:
        raise BadRequest(
            "Pass application_fee_amount or transfer_data[amount], not both: each says what the"
            " destination gets.",
            param=passed_name,
        )
    if fee is not None and fee < 0:
        raise BadRequest(
            "This value must be greater than or equal to 0.",
            code="parameter_invalid_integer",
            param=fee_name,
        )
    if fee is not None and fee > amount:
        raise BadRequest(
            f"The application fee ({fee}) can't be more than the amount ({amount}).",
            code="amount_too_large",
            param=fee_name,
        )
    if passed is not None and fields.amount(passed, param=passed_name) > amount:
        raise BadRequest(
            f"What is passed on ({passed}) can't be more than the amount ({amount}).",
            code="amount_too_large",
            param=passed_name,
        )


def changed_terms(
    call: Call, old: Intent, *, amount: int | None, fee: Any, data: TransferAmount | None
) -> dict[str, Any]:
    """The fields of `old` that an update changes; an empty fee takes it away."""
    found: dict[str, Any] = {}
    if fee == "":
        found |= {"application_fee_amount": None, "fee_account_id": None}
    elif fee is not None:
        destination = old.transfer_destination
        owner = call.account.id if destination else call.account.parent_id
        if owner is None:
            raise BadRequest(
                "An application fee can be taken of a payment for a connected account only.",
                param="application_fee_amount",
            )
        found |= {"application_fee_amount": fee, "fee_account_id": owner}
    if data is not None:
        if old.transfer_destination is None:
            raise BadRequest(
                "This PaymentIntent was created without transfer_data[destination].",
                param="transfer_data",
            )
        found["transfer_amount"] = data.amount
    check_parts(
        amount=old.amount if amount is None else amount,
        fee=found.get("application_fee_amount", old.application_fee_amount),
        passed=found.get("transfer_amount", old.transfer_amount),
    )
    return found


async def _merchant(call: Call, account_id: str, *, param: str) -> str:
    found = await store.get(call.payments.pool, Account, account_id)
    if found is None or found.parent_id != call.account.id:
        raise NotFound.of("account", account_id, param=param)
    return found.id


def _named(inside: str, *names: str) -> str:
    first, *rest = [inside, *names] if inside else names
    return first + "".join(f"[{name}]" for name in rest)
