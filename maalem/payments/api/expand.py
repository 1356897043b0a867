"""`expand[]`: put the object where its id stands, up to four levels deep."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from maalem.payments import store
from maalem.payments.accounts import wire as accounts_wire
from maalem.payments.accounts.records import Account, Customer, PaymentMethod
from maalem.payments.acquiring import wire
from maalem.payments.acquiring.connect import wire as connected_wire
from maalem.payments.acquiring.connect.records import (
    DestinationPayment,
    FeeRefund,
    PaymentRefund,
)
from maalem.payments.acquiring.records import Charge, Intent, Refund, Reversal, Transfer
from maalem.payments.acquiring.setup import wire as setup_wire
from maalem.payments.acquiring.setup.records import Mandate, SetupAttempt, SetupIntent
from maalem.payments.api.access import may_expand
from maalem.payments.api.bank_accounts import account_shown
from maalem.payments.api.call import Call, Object
from maalem.payments.errors import BadRequest
from maalem.payments.ledger import wire as ledger_wire
from maalem.payments.ledger.records import BalanceTransaction
from maalem.payments.records import Record
from maalem.payments.risk import wire as risk_wire
from maalem.payments.risk.records import Review, Rule, ValueList
from maalem.payments.settlement import wire as settlement_wire
from maalem.payments.settlement.records import ExternalAccount, Payout

DEPTH_MAX = 4
# The fields that name an object by its id. Whatever else looks like an id is a text that somebody
# wrote, and stays one. The shapes say the same (x-expansionResources); a test compares them.
EXPANDABLE = frozenset(
    {
        *("account", "application_fee", "balance_transaction", "cancellation_policy", "charge"),
        *("customer", "customer_communication", "customer_signature", "default_payment_method"),
        *("destination", "destination_payment", "destination_payment_refund", "dispute"),
        *("duplicate_charge_documentation", "failure_balance_transaction", "fee", "front"),
        *("latest_attempt", "latest_charge", "mandate", "on_behalf_of"),
        "originating_transaction",
        *("payment_intent", "payment_method", "receipt", "refund_policy"),
        *("release_balance_transaction", "review", "rule", "service_documentation"),
        *("setup_intent", "shipping_documentation", "source", "source_refund"),
        *("source_transaction", "source_transfer", "source_transfer_reversal", "transfer"),
        *("transfer_reversal", "uncategorized_file"),
    }
)
Loader = Callable[[Call, str], Awaitable[Object | None]]
_loaders: dict[str, Loader] = {}


def loader(prefix: str) -> Callable[[Loader], Loader]:
    """Say how an id with this prefix is expanded."""

    def add(load: Loader) -> Loader:
        _loaders[prefix] = load
        return load

    return add


async def expanded(call: Call, obj: Object, *, paths: list[str]) -> Object:
    """A copy of `obj` with the `paths` filled in. Raises `BadRequest` for what can't be."""
    for path in paths:
        steps = path.split(".")
        depth = len(steps) - (steps[0] == "data")
        if depth > DEPTH_MAX:
            raise BadRequest(
                f"You cannot expand more than {DEPTH_MAX} levels of a property. Property: {path}",
                param="expand",
            )
        obj = await _fill(call, obj, steps=steps, path=path)
    return obj


async def _fill(call: Call, value: Any, *, steps: list[str], path: str) -> Any:
    if isinstance(value, list):
        return list(await asyncio.gather(*(_fill(call, v, steps=steps, path=path) for v in value)))
    if isinstance(value, str):
        value = await _load(call, value, path=path)
    if not steps or value is None:
        return value
    step, rest = steps[0], steps[1:]
    if not isinstance(value, dict) or step not in value:
        raise BadRequest(f"This property cannot be expanded ({path}).", param="expand")
    below = value[step]
    if not rest and not isinstance(below, str | None) and not _is_object(below):
        raise BadRequest(f"This property cannot be expanded ({path}).", param="expand")
    if isinstance(below, str) and step not in EXPANDABLE:
        raise BadRequest(f"This property cannot be expanded ({path}).", param="expand")
    return {**value, step: await _fill(call, below, steps=rest, path=path)}


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and "object" in value


async def _load(call: Call, id: str, *, path: str) -> Object | None:
    prefix, _, rest = id.partition("_")
    may_expand(call.caller, prefix)
    if id in call.fresh:
        return call.fresh[id]
    load = _loaders.get(prefix)
    if load is None or not rest or "_secret_" in rest:
        raise BadRequest(f"This property cannot be expanded ({path}).", param="expand")
    return await load(call, id)


def _plain(kind: type[Record], show: Callable[[Any], Object]) -> Loader:
    async def load(call: Call, id: str) -> Object | None:
        record = await store.get(call.payments.pool, kind, id)
        return show(record) if record is not None and await is_shown(call, record) else None

    return load


async def is_shown(call: Call, record: Any) -> bool:
    """Whoever writes a text, such as a description, could write somebody else's id into it.

    Shown is what the caller owns, what was passed on to her or paid by her, and to a platform
    what its connected accounts own: it may ask for that in their name anyway.
    """
    mine = call.account.id
    if isinstance(record, Account):
        return mine in (record.id, record.parent_id)
    others = (getattr(record, name, None) for name in ("destination_id", "payer_account_id"))
    if mine in (record.account_id, *others):
        return True
    if call.account.parent_id is not None:
        return False
    owner = await store.get(call.payments.pool, Account, record.account_id)
    return owner is not None and owner.parent_id == mine


for _prefix, _kind, _show in (
    ("cus", Customer, accounts_wire.customer),
    ("pm", PaymentMethod, accounts_wire.payment_method),
    ("pi", Intent, wire.intent),
    ("ch", Charge, wire.charge),
    ("seti", SetupIntent, setup_wire.setup_intent),
    ("setatt", SetupAttempt, setup_wire.setup_attempt),
    ("mandate", Mandate, setup_wire.mandate),
    ("re", Refund, wire.refund),
    ("tr", Transfer, wire.transfer),
    ("trr", Reversal, wire.reversal),
    ("py", DestinationPayment, connected_wire.payment),
    ("pyr", PaymentRefund, connected_wire.payment_refund),
    ("fr", FeeRefund, connected_wire.fee_refund),
    ("txn", BalanceTransaction, ledger_wire.balance_transaction),
    ("po", Payout, settlement_wire.payout),
    ("prv", Review, risk_wire.review),
    ("rsl", ValueList, risk_wire.value_list),
    ("ba", ExternalAccount, settlement_wire.external_account),
):
    loader(_prefix)(_plain(_kind, _show))


@loader("acct")
async def _account(call: Call, id: str) -> Object | None:
    """An account with its bank accounts and who stands behind it, as when it is retrieved."""
    record = await store.get(call.payments.pool, Account, id)
    if record is None or not await is_shown(call, record):
        return None
    return await account_shown(call, record)


@loader("rule")
async def _rule(call: Call, id: str) -> Object | None:
    """A rule of the caller's, or of the house: it says why a payment of his was refused."""
    record = await store.get(call.payments.pool, Rule, id)
    if record is None or record.account_id not in (None, call.account.id):
        return None
    return risk_wire.rule(record)
