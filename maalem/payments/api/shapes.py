"""What the API answers besides objects of a room: refusals. And every object, for its description.

Nothing here is loaded by the service; see `maalem/payments/shapes.py`.
"""

import inspect
from types import ModuleType
from typing import Any, Literal, NotRequired, TypedDict, get_args, get_origin, get_type_hints

from maalem.payments.accounts import shapes as accounts
from maalem.payments.accounts.shapes import PaymentMethod
from maalem.payments.acquiring import shapes as acquiring
from maalem.payments.acquiring.disputes import shapes as disputes
from maalem.payments.acquiring.setup import shapes as setup
from maalem.payments.acquiring.setup.shapes import SetupIntent
from maalem.payments.acquiring.shapes import PaymentIntent
from maalem.payments.events import shapes as events
from maalem.payments.files import shapes as files
from maalem.payments.ledger import shapes as ledger
from maalem.payments.risk import shapes as risk
from maalem.payments.settlement import shapes as settlement
from maalem.payments.settlement.bank import shapes as desk

ROOMS: tuple[ModuleType, ...] = (
    *(accounts, acquiring, desk, disputes, events, files, ledger, risk, settlement, setup),
)


class ErrorDetails(TypedDict):
    """Why a request was refused; the embedded objects are those that it was about."""

    type: Literal["api_error", "card_error", "idempotency_error", "invalid_request_error"]
    message: str
    advice_code: NotRequired[str]
    charge: NotRequired[str]
    code: NotRequired[str]
    decline_code: NotRequired[str]
    param: NotRequired[str]
    payment_intent: NotRequired[PaymentIntent]
    payment_method: NotRequired[PaymentMethod]
    setup_intent: NotRequired[SetupIntent]


class Error(TypedDict):
    """A refusal."""

    error: ErrorDetails


def objects() -> dict[str, type[Any]]:
    """Every object by its name on the wire, what is left of a deleted one as `deleted_…`."""
    found: dict[str, type[Any]] = {}
    for room in ROOMS:
        for _, shape in inspect.getmembers(room, inspect.isclass):
            said = get_type_hints(shape) if shape.__module__ == room.__name__ else {}
            kinds = said.get("object")
            for kind in get_args(kinds) if get_origin(kinds) is Literal else ():
                name = f"deleted_{kind}" if "deleted" in said else kind
                if kind != "list":  # a list inside of an object is one of its parts
                    assert name not in found, name
                    found[name] = shape
    return found
