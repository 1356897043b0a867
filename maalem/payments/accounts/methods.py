"""What a payer gives us to be charged: a card, a wallet, or a documented name of a test card."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from maalem.kit.ids import new_id
from maalem.payments import store
from maalem.payments.accounts.records import PaymentMethod, Token
from maalem.payments.context import Payments
from maalem.payments.errors import ApiError, BadRequest, CardError, NotFound, Refused
from maalem.payments.rails.magic import by_token
from maalem.payments.records import Record, changed
from maalem.payments.units import Unit
from maalem.payments.vault.cards import Vault
from maalem.payments.vault.records import FIELDS, CardRefused, StoredCard, TypedCard

# The documented cards, taken into the vault once per process.
_documented: WeakKeyDictionary[Vault, dict[str, StoredCard]] = WeakKeyDictionary()


@dataclass(slots=True)
class Taken:
    """A payment method and, where it is new, the unit's part that stores it."""

    method: PaymentMethod
    unit: Unit = field(default_factory=Unit)


def billing(details: Mapping[str, Any] | None) -> dict[str, Any]:
    """`billing_details` as the record's fields; an empty text is none."""
    given = details or {}
    return {
        "billing_name": given.get("name") or None,
        "billing_email": given.get("email") or None,
        "billing_phone": given.get("phone") or None,
        "billing_address": given.get("address") or None,
    }


async def take_card(
    payments: Payments, account_id: str, /, *, typed: TypedCard, **fields: Any
) -> PaymentMethod:
    """A new card method (not stored yet), its number safe in the vault.

    Raises `CardError` for what the payer can mend, with the field's name.
    """
    try:
        stored = await payments.vault.take_in(typed)
    except CardRefused as refused:
        raise card_refusal(refused) from None
    return _card_method(payments, account_id, stored=stored, **fields)


def take_wallet(
    payments: Payments, account_id: str, /, *, phone: str, **fields: Any
) -> PaymentMethod:
    """A new wallet method (not stored yet) for a telephone number in E.164."""
    return PaymentMethod(
        id=new_id("pm"),
        account_id=account_id,
        type="wallet",
        wallet_phone=phone,
        metadata=fields.pop("metadata", {}),
        created_at=payments.clock.now(),
        **fields,
    )


async def chosen(
    payments: Payments, account_id: str, /, name: str, *, param: str = "payment_method"
) -> Taken:
    """The method named by `pm_…` or `tok_…`, or a new one for `pm_card_visa` and its like."""
    if name.startswith(("pm_card_", "tok_")) and is_documented(payments, name):
        method = await documented(payments, account_id, name=name)
        return Taken(method, Unit().put(method))
    if name.startswith("tok_"):
        return await _spend_token(payments, account_id, name=name, param=param)
    method_ = await store.get(payments.pool, PaymentMethod, name, account_id=account_id)
    if method_ is None:
        raise NotFound.of("PaymentMethod", name, param=param)
    return Taken(method_)


def unspent(method: PaymentMethod) -> PaymentMethod:
    """The method, if it may still be used. Raises `Refused`."""
    if method.spent:
        raise Refused(
            f"The PaymentMethod {method.id} can't be used again: it was used without being attached"
            " to a customer, or was detached from one. Attach a new one to a customer before its"
            " first payment to use it more than once."
        )
    return method


def spending(taken: Taken, *, kept: bool) -> tuple[PaymentMethod, tuple[Record, ...]]:
    """The method as it pays, and the records to be stored with that: it is used up unless it is a
    customer's, or `kept` for later payments."""
    method, records = taken.method, [record for _, record in taken.unit.puts]
    if method.customer_id is not None or kept or method.spent:
        return method, tuple(records)
    fresh = any(record is method for record in records)
    spent = msgspec.structs.replace(method, spent=True) if fresh else changed(method, spent=True)
    return spent, (*(record for record in records if record is not method), spent)


def let_go(method: PaymentMethod) -> PaymentMethod:
    """The method without its customer. Whoever takes her card away has not agreed to later
    payments any more, so nobody else may use it either."""
    return changed(method, customer_id=None, agreement=None, spent=True)


def is_documented(payments: Payments, name: str) -> bool:
    """Whether that is the name of a test card; in live mode there are none."""
    return not payments.config.live and by_token(name) is not None


async def documented(payments: Payments, account_id: str, /, *, name: str) -> PaymentMethod:
    """A method for a documented test card, by its name."""
    card = by_token(name)
    assert card is not None
    known = _documented.setdefault(payments.vault, {})
    stored = known.get(card.number)
    if stored is None:
        year = payments.clock.now().year + 5
        typed = TypedCard(number=card.number, exp_month="12", exp_year=str(year))
        stored = known[card.number] = await payments.vault.take_in(typed)
    return _card_method(payments, account_id, stored=stored)


async def _spend_token(payments: Payments, account_id: str, /, *, name: str, param: str) -> Taken:
    token = await store.get(payments.pool, Token, name, account_id=account_id)
    if token is None:
        raise NotFound.of("token", name, param=param)
    if token.used:
        raise BadRequest(
            f"You cannot use a token more than once: {name}.", code="token_already_used"
        )
    method = await store.get(payments.pool, PaymentMethod, token.payment_method_id)
    assert method is not None
    return Taken(method, Unit().put(changed(token, used=True)))


def _card_method(
    payments: Payments, account_id: str, /, *, stored: StoredCard, **fields: Any
) -> PaymentMethod:
    return PaymentMethod(
        id=new_id("pm"),
        account_id=account_id,
        type="card",
        vault_token=stored.token,
        brand=stored.brand,
        last4=stored.last4,
        exp_month=stored.exp_month,
        exp_year=stored.exp_year,
        funding=stored.funding,
        country=stored.country,
        fingerprint=stored.fingerprint,
        cvc_check=stored.cvc_check,
        metadata=fields.pop("metadata", {}),
        created_at=payments.clock.now(),
        **fields,
    )


_PROBLEMS = {
    "invalid_number": "The card number is not a valid credit card number.",
    "incorrect_number": "Your card number is incorrect.",
    "invalid_expiry_month": "Your card's expiration month is invalid.",
    "invalid_expiry_year": "Your card's expiration year is invalid.",
    "invalid_cvc": "Your card's security code is invalid.",
}


def card_refusal(refused: CardRefused) -> ApiError:
    """What to tell the caller of a card that was not taken in."""
    if refused.problem is not None:
        code = refused.problem.value
        return CardError(_PROBLEMS[code], code=code, param=f"card[{FIELDS[refused.problem]}]")
    assert refused.declined is not None
    return CardError(
        "Your card was declined.",
        code=refused.declined.code,
        decline_code=refused.declined.decline_code,
    )
