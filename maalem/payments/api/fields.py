"""Fields that several endpoints take, checked alike."""

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec

from maalem.payments.accounts.methods import Taken, billing, chosen, take_card, take_wallet
from maalem.payments.accounts.records import PaymentMethod
from maalem.payments.api.call import Call
from maalem.payments.api.metadata import merged
from maalem.payments.config import CURRENCY
from maalem.payments.errors import ApiError, BadRequest, CardError, NotFound
from maalem.payments.records import changed
from maalem.payments.units import Unit
from maalem.payments.vault.records import TypedCard

AMOUNT_MAX = 99_999_999
URL_MAX = 2_048
# Texts that a merchant writes for herself: Stripe keeps as much.
Text = Annotated[str, msgspec.Meta(max_length=1_000)]
# Empty takes it away.
Email = Annotated[str, msgspec.Meta(max_length=512, pattern=r"^([^@\s]+@[^@\s]+)?$")]
Country = Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z]{2})?$")]
Descriptor = Annotated[str, msgspec.Meta(max_length=22)]
# Hosts end up in a header (a page's form-action): nothing there may end a directive or begin one.
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\Z")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}\Z")


class Address(msgspec.Struct, forbid_unknown_fields=True):
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: Country | None = None


class Shipping(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where a parcel goes, and to whom."""

    name: str
    address: Address
    phone: str | None = None


class Parcel(Shipping, forbid_unknown_fields=True, kw_only=True):
    """A payment's `shipping`."""

    carrier: str | None = None
    tracking_number: str | None = None


class TypedData(msgspec.Struct, forbid_unknown_fields=True):
    """A card as typed."""

    number: str | None = None
    exp_month: str | None = None
    exp_year: str | None = None
    cvc: str | None = None
    name: str | None = None


class CardData(TypedData, forbid_unknown_fields=True):
    """A card as typed, or a token of one."""

    token: str | None = None


class WalletData(msgspec.Struct, forbid_unknown_fields=True):
    """A mobile wallet by its telephone number."""

    phone: str


class BillingDetails(msgspec.Struct, forbid_unknown_fields=True):
    name: str | None = None
    email: Email | None = None
    phone: str | None = None
    address: Address | None = None
    tax_id: str | None = None


class MethodData(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A payment method that is given with all its details."""

    type: Literal["card", "wallet"]
    card: CardData | None = None
    wallet: WalletData | None = None
    billing_details: BillingDetails | None = None
    allow_redisplay: Literal["always", "limited", "unspecified"] = "unspecified"
    metadata: dict[str, str] | str | None = None


def amount(value: int, *, param: str = "amount") -> int:
    """A charge's amount in minor units: at least 1, at most eight digits."""
    if value < 1:
        raise BadRequest(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer" if value < 0 else "amount_too_small",
            param=param,
        )
    if value > AMOUNT_MAX:
        raise BadRequest(
            f"Amount must be no more than {AMOUNT_MAX}.", code="amount_too_large", param=param
        )
    return value


def currency(value: str, *, param: str = "currency") -> str:
    """The currency that we settle in, lower case: money in another could not be paid out."""
    known = value.lower()
    if known != CURRENCY:
        raise BadRequest(f"Invalid currency: {value}. We support: {CURRENCY}.", param=param)
    return known


def url(value: str, *, param: str) -> str:
    """An address that a payer's browser is sent to: http or https, a plain host, no login."""
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    odd = "\\" in value or any(letter.isspace() or ord(letter) < 32 for letter in value)
    usable = parts.scheme in ("http", "https") and _HOST.match(parts.netloc)
    if odd or not usable or len(value) > URL_MAX:
        raise BadRequest("Not a valid URL.", code="url_invalid", param=param)
    return value


def phone(value: str, *, param: str) -> str:
    """A telephone number in E.164."""
    if not _PHONE.match(value):
        raise BadRequest(
            "A wallet's telephone number is written as +212 and nine digits, without spaces.",
            param=param,
        )
    return value


def owned_by(method: PaymentMethod, customer_id: str | None, /) -> None:
    """Refuse a method that is another customer's than the one who is to pay with it."""
    if method.customer_id is None or method.customer_id == customer_id:
        return
    if customer_id is None:
        raise BadRequest(
            f"The PaymentMethod {method.id} belongs to the customer {method.customer_id}. Pass that"
            " customer too.",
            param="customer",
        )
    raise BadRequest(
        f"The customer {customer_id} does not have a payment method with the ID {method.id}.",
        code="resource_missing",
        param="payment_method",
    )


def shipping(given: Parcel | Shipping | str, /) -> dict[str, Any] | None:
    """`shipping` as it is kept; an empty text takes it away."""
    if isinstance(given, str):
        if given:
            raise BadRequest("Invalid hash for shipping.", param="shipping")
        return None
    kept: dict[str, Any] = msgspec.to_builtins(given)
    return kept


async def new_method(call: Call, data: MethodData, *, within: str = "") -> Taken:
    """A payment method from its details; the unit's part stores it.

    `within` is the parameter that holds them, for the name of one that is wrong.
    """
    try:
        return await _new_method(call, data)
    except ApiError as refused:
        name = refused.fields.get("param")
        if within and name:
            first, bracket, rest = name.partition("[")
            refused.fields["param"] = f"{within}[{first}]{bracket}{rest}"
        raise


async def _new_method(call: Call, data: MethodData) -> Taken:
    traits: dict[str, Any] = {
        **billing(msgspec.to_builtins(data.billing_details) if data.billing_details else None),
        "allow_redisplay": data.allow_redisplay,
        "metadata": merged({}, data.metadata),
    }
    other = "card" if data.type == "wallet" else "wallet"
    if getattr(data, other) is not None:
        raise BadRequest(
            f"You passed {other} for a payment method of type {data.type}.", param=other
        )
    if data.type == "wallet":
        if data.wallet is None:
            raise BadRequest(
                "Missing required param: wallet.", code="parameter_missing", param="wallet"
            )
        number = phone(data.wallet.phone, param="wallet[phone]")
        method = take_wallet(call.payments, call.account.id, phone=number, **traits)
        return Taken(method, Unit().put(method))
    if data.card is None:
        raise BadRequest("Missing required param: card.", code="parameter_missing", param="card")
    if data.card.token:
        return await _of_token(call, data.card.token, traits)
    method = await take_card(call.payments, call.account.id, typed=typed(data.card), **traits)
    return Taken(method, Unit().put(method))


async def _of_token(call: Call, token: str, traits: dict[str, Any]) -> Taken:
    """The card that a token stands for, with what is said of it beside the token."""
    if not token.startswith("tok_"):
        raise NotFound.of("token", token, param="card[token]")
    taken = await chosen(call.payments, call.account.id, token, param="card[token]")
    said = {name: value for name, value in traits.items() if value and value != "unspecified"}
    if not said:
        return taken
    # A test card's method is not stored yet; a token's is, and is stored anew.
    rest = [record for _, record in taken.unit.puts if record is not taken.method]
    is_new = len(rest) < len(taken.unit.puts)
    change = msgspec.structs.replace if is_new else changed
    method = change(taken.method, **said)
    return Taken(method, Unit().put(method, *rest))


def typed(card: TypedData) -> TypedCard:
    """The card as the vault takes it. Raises `BadRequest` for what is missing."""
    for name in ("number", "exp_month", "exp_year"):
        if not getattr(card, name):
            raise BadRequest(
                f"Missing required param: card[{name}].",
                code="parameter_missing",
                param=f"card[{name}]",
            )
    # A person may type a dash between month and year; a program's minus is none.
    for name, code in (("exp_month", "invalid_expiry_month"), ("exp_year", "invalid_expiry_year")):
        if (getattr(card, name) or "").lstrip().startswith("-"):
            word = name.removeprefix("exp_")
            raise CardError(
                f"Your card's expiration {word} is invalid.", code=code, param=f"card[{name}]"
            )
    return TypedCard(
        number=card.number or "",
        exp_month=card.exp_month or "",
        exp_year=card.exp_year or "",
        cvc=card.cvc or None,
    )
