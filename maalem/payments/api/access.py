"""What a key opens. A secret key opens all of its account but what is officers'; this is about
the other kinds, and about that.

A restricted key has a level for each kind of object, and each endpoint belongs to a kind: by the
first word of its path unless it says otherwise. A publishable key stands in a web page for
everybody to read, so what it opens is listed here one by one, and what it reads is shortened.
"""

import hmac
from dataclasses import dataclass
from typing import Any

import msgspec

from maalem.payments.accounts.keys import Kind, Level
from maalem.payments.api.auth import Caller
from maalem.payments.api.routes import Route
from maalem.payments.context import Payments
from maalem.payments.errors import BadRequest, Forbidden, NotFound, Unauthorised

# Whoever can make keys can do whatever a key can: no restricted key may.
SECRET_ONLY = frozenset({"api_key"})
# What officers say yes to: their own keys open it, and no other, a secret one neither.
OFFICER_ONLY = frozenset({"payout_approval"})


@dataclass(frozen=True, slots=True)
class Page:
    """An endpoint that a web page may call. With a `table`, only for an object there whose
    client_secret it knows; `takes` are the parameters it may send, None for any."""

    table: str | None = None
    takes: frozenset[str] | None = None


_CONFIRMING = frozenset(
    {
        "confirmation_token",
        "mandate_data",
        "payment_method",
        "payment_method_data",
        "payment_method_options",
        "receipt_email",
        "return_url",
        "shipping",
        "use_stripe_sdk",
    }
)
# What is typed there, and no method that the account has already.
_SAYING = frozenset({"payment_method_data", "return_url", "setup_future_usage", "shipping"})
PAGES = {
    ("POST", "/v1/confirmation_tokens"): Page(takes=_SAYING),
    ("POST", "/v1/tokens"): Page(),
    ("POST", "/v1/payment_methods"): Page(),
    ("GET", "/v1/payment_intents/{id}"): Page("payment_intents", frozenset()),
    ("POST", "/v1/payment_intents/{id}/confirm"): Page("payment_intents", _CONFIRMING),
    ("GET", "/v1/setup_intents/{id}"): Page("setup_intents", frozenset()),
    ("POST", "/v1/setup_intents/{id}/confirm"): Page("setup_intents", _CONFIRMING),
}
# What a payer's browser is shown of an intent: hers to know, and nothing of the merchant's.
SHOWN = frozenset(
    {
        *("id", "object", "amount", "automatic_payment_methods", "canceled_at"),
        *("cancellation_reason", "capture_method", "client_secret", "confirmation_method"),
        *("created", "currency", "description", "last_payment_error", "last_setup_error"),
        *("livemode", "next_action", "payment_method", "payment_method_types", "processing"),
        *("receipt_email", "setup_future_usage", "shipping", "status", "usage"),
    }
)
INTENTS = ("payment_intent", "setup_intent")
# The kinds of objects by the prefixes of their ids, for what `expand` reaches.
_KINDS = {
    "acct": "account",
    "ba": "account",
    "ch": "charge",
    "py": "charge",
    "cus": "customer",
    "dp": "dispute",
    "du": "dispute",
    "fee": "application_fee",
    "file": "file",
    "fr": "application_fee",
    "issfr": "early_fraud_warning",
    "mandate": "mandate",
    "pi": "payment_intent",
    "prv": "review",
    "rsl": "radar",
    "rule": "radar",
    "pm": "payment_method",
    "po": "payout",
    "re": "refund",
    "seti": "setup_intent",
    "setatt": "setup_attempt",
    "tr": "transfer",
    "trr": "transfer",
    "txn": "balance_transaction",
}


async def admit(
    payments: Payments, caller: Caller, found: Route, /, *, ids: tuple[str, ...], tree: Any
) -> None:
    """Return if the caller's key opens the endpoint; else raise.

    Takes `client_secret` out of a web page's parameters (`tree`) once it has been checked.
    """
    if found.resource in OFFICER_ONLY and caller.key.kind != Kind.PUBLISHABLE:
        if caller.key.officer_id is None:
            raise Forbidden(
                f"Only an officer can do this, with a key of her own: '{caller.key.hint}' is no"
                " officer's.",
                code="officer_key_required",
            )
        return
    if caller.key.kind == Kind.SECRET:
        return
    if caller.key.kind == Kind.PUBLISHABLE:
        await _admit_page(payments, caller, found, ids=ids, tree=tree)
        return
    level = Level.READ if found.method == "GET" else Level.WRITE
    if found.resource in SECRET_ONLY:
        raise Forbidden(
            f"A restricted key such as '{caller.key.hint}' can't work on API keys: use a secret"
            " key.",
            code="secret_key_required",
        )
    require(caller, found.resource, level)


def require(caller: Caller, resource: str, level: Level) -> None:
    """Raise `Forbidden`, naming the permission, where a restricted key lacks it."""
    if caller.key.kind != Kind.RESTRICTED or caller.key.allows(resource, level):
        return
    permission = f"rak_{resource}_{level}"
    raise Forbidden(
        f"The provided key '{caller.key.hint}' does not have the required permissions for this"
        f" endpoint on account '{caller.account.id}'. Having the '{permission}' permission would"
        " allow this request to continue.",
        code="more_permissions_required",
    )


def may_expand(caller: Caller, prefix: str) -> None:
    """Raise `Forbidden` for an object that a restricted key could not read by itself."""
    require(caller, _KINDS.get(prefix, prefix), Level.READ)


async def _admit_page(
    payments: Payments, caller: Caller, found: Route, /, *, ids: tuple[str, ...], tree: Any
) -> None:
    page = PAGES.get((found.method, found.path))
    if page is None:
        raise Unauthorised(
            "This API call cannot be made with a publishable API key. Use a secret API key.",
            code="secret_key_required",
        )
    if "expand" in tree:
        raise BadRequest("A publishable key can't expand objects.", param="expand")
    given = None if page.table is None else tree.pop("client_secret", None)
    if page.table is not None and not isinstance(given, str):
        raise BadRequest(
            "Missing required param: client_secret.",
            code="parameter_missing",
            param="client_secret",
        )
    for name in tree:
        if page.takes is not None and name not in page.takes:
            raise BadRequest(
                f"The parameter {name} can't be sent with a publishable key.",
                code="secret_key_required",
                param=name,
            )
    if page.table is None or given is None:
        return
    row = await payments.pool.fetchrow(
        f"SELECT client_secret, customer_id FROM {page.table}"  # noqa: S608
        " WHERE id = $1 AND account_id = $2",
        ids[0],
        caller.account.id,
    )
    # A wrong secret is told like a wrong id: neither says which of the two it was.
    if row is None or not hmac.compare_digest(row["client_secret"].encode(), given.encode()):
        raise NotFound.of(page.table.removesuffix("s"), ids[0], param="intent")
    if isinstance(tree.get("payment_method"), str):
        await _own_method(payments, caller, tree["payment_method"], customer=row["customer_id"])


async def _own_method(
    payments: Payments, caller: Caller, method: str, /, *, customer: str | None
) -> None:
    """A page pays with what was typed into it, or with what its own customer has kept."""
    holder = await payments.pool.fetchval(
        "SELECT customer_id FROM payment_methods WHERE id = $1 AND account_id = $2",
        method,
        caller.account.id,
    )
    if holder is not None and holder != customer:
        raise NotFound.of("PaymentMethod", method, param="payment_method")


def shortened(body: bytes) -> bytes:
    """An answer without what is the merchant's alone, for a web page."""
    return msgspec.json.encode(_short(msgspec.json.decode(body)))


def _short(obj: Any) -> Any:
    if not isinstance(obj, dict):
        return obj
    if obj.get("object") in INTENTS:
        obj = {name: value for name, value in obj.items() if name in SHOWN}
    return {name: _short(value) for name, value in obj.items()}
