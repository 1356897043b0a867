"""From one word an operator has the whole story: who, what, when, and under which request."""

import asyncio
import json
from typing import Any

import asyncpg
import msgspec
import pytest

from maalem.cli import story as terminal
from maalem.payments import store
from maalem.payments.acquiring.confirm import confirm
from maalem.payments.acquiring.records import Charge
from maalem.payments.acquiring.refund import refund
from maalem.payments.acquiring.transfer import transfer
from maalem.payments.ledger.balances import release_available
from maalem.payments.story import Story, tell
from maalem.payments.tests.world import World, world


async def sold(w: World, order: str) -> dict[str, str]:
    """A refused card, a second one that pays, a part passed on, a part given back."""
    intent = await w.intent(10_000, transfer_group=order)
    await confirm(
        w.payments,
        intent=intent,
        method=await w.method("pm_card_visa_chargeDeclined"),
        request_id="req_first",
        idempotency_key="order-1-first-card",
    )
    paid = await confirm(
        w.payments,
        intent=await w.fresh(intent),
        method=await w.method(),
        request_id="req_second",
        idempotency_key="order-1-second-card",
    )
    w.clock.move(days=3)
    await release_available(w.payments)
    assert paid.charge is not None
    passed = await transfer(
        w.payments,
        giver=w.platform,
        destination=w.seller.id,
        amount=4_000,
        currency="mad",
        source_charge=paid.charge,
    )
    await w.payments.writer.commit(passed.unit)
    charge = await store.get(w.payments.pool, Charge, paid.charge.id)
    assert charge is not None
    given = await refund(w.payments, charge=charge, amount=1_000)
    return {
        "receipt": paid.charge.receipt_number or "",
        "intent": intent.id,
        "charge": paid.charge.id,
        "refund": given.refund.id,
        "secret": intent.client_secret,
    }


async def asked(dsn: str, word: str) -> Story:
    connection = await asyncpg.connect(dsn)
    try:
        return await tell(connection, word)
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def sale(payments_dsn: Any) -> dict[str, str]:
    async def make() -> dict[str, str]:
        async with world(payments_dsn.app) as w:
            made = await sold(w, "M-7K3D-92QF")
            await sold(w, "M-9999-9999")
            return made

    return asyncio.run(make())


@pytest.mark.parametrize("word", ["receipt", "intent", "charge", "refund", "order"])
def test_every_name_of_a_payment_leads_to_the_same_story(payments_dsn, sale, word):
    """P43: from a receipt number, an id or the order's number, one command tells all of it."""
    by = {**sale, "order": "M-7K3D-92QF"}
    told = asyncio.run(asked(payments_dsn.admin, by[word]))
    kinds = [entry.kind for entry in told.entries if entry.moment is None]
    assert kinds.count("payment_intents") == 1
    # Both were answered at once: their charges are what is kept of them.
    assert kinds.count("payment_attempts") == 0
    assert kinds.count("charges") == 2
    assert kinds.count("refunds") == 1
    assert kinds.count("transfers") == 1
    assert [entry.at for entry in told.entries] == sorted(entry.at for entry in told.entries)
    named = {entry.details.get("idempotency_key") for entry in told.entries}
    assert named >= {"order-1-first-card", "order-1-second-card"}
    text = "\n".join(terminal.lines(told))
    for expected in (
        *("req_first", "req_second", sale["receipt"]),
        *("payment_intent.succeeded", "payment_intent.payment_failed", "charge.refunded"),
        *("Souk", "Fadma Aït Baha", "rail_card → Souk pending", "40.00 MAD", "100.00 MAD"),
        "generic_decline",
    ):
        assert expected in text, expected


def test_no_secret_is_told(payments_dsn, sale):
    """P43: a story may be shown to a colleague."""
    told = asyncio.run(asked(payments_dsn.admin, sale["receipt"]))
    text = msgspec.json.encode(told).decode() + "\n".join(terminal.lines(told))
    assert sale["secret"] not in text
    for word in ("client_secret", "whsec_", "vault_token", "fingerprint", "sk_test"):
        assert word not in text
    assert json.loads(msgspec.json.encode(told))["objects"]


def test_of_nothing_there_is_no_story(payments_dsn):
    assert asyncio.run(asked(payments_dsn.admin, "M-0000-0000")).entries == []
    assert asyncio.run(asked(payments_dsn.admin, "ch_unknown")).entries == []


def test_money_is_written_as_people_write_it():
    assert terminal.money(123_456, "mad") == "1,234.56 MAD"
    assert terminal.money(-5, "mad") == "-0.05 MAD"
