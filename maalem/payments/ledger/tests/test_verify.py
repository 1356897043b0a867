"""The auditor finds what somebody with the keys to the database has done."""

import asyncio

import psycopg
import pytest

from maalem.payments.acquiring.refund import refund
from maalem.payments.acquiring.transfer import transfer
from maalem.payments.ledger.balances import release_available
from maalem.payments.ledger.verify import Report, verify
from maalem.payments.tests.world import world

DEEDS = {
    "UPDATE ledger.accounts SET credits_posted = credits_posted + 100 WHERE kind = 'available'": (
        "its transfers add up to"
    ),
    "UPDATE ledger.accounts SET debits_posted = debits_posted + 1 WHERE kind = 'rail_card'": (
        "do not sum to zero"
    ),
    "DELETE FROM ledger.transfers WHERE code = 'charge'": "is booked with 0",
    "UPDATE ledger.transfers SET amount = amount - 1 WHERE code = 'charge'": "is booked with 999",
    "UPDATE charges SET amount_captured = 900, amount_refunded = 300": "is booked with 1000",
    "UPDATE refunds SET amount = 100": "refunded, its refunds are 100",
    "UPDATE refunds SET status = 'failed', balance_transaction_id = NULL": (
        "is booked with 300 reserved, 300 given"
    ),
    "DELETE FROM refunds": "refund",
    "UPDATE transfers SET amount = 401": "is not booked so",
    "UPDATE transfers SET destination_id = account_id || '_x'": "is not booked so",
    "UPDATE balance_transactions SET net = net + 5, amount = amount + 5": "add up to",
    "UPDATE payment_intents SET amount_received = 999": "received 999",
    "DELETE FROM events WHERE type = 'payment_intent.succeeded'": "0 events say so",
    # Copies that no foreign key proves.
    "UPDATE charges SET account_id = 'acct_ghost'": "and account acct_ghost; its attempt",
    "UPDATE charges SET intent_id = 'pi_ghost'": "names payment pi_ghost",
    "UPDATE charges SET payment_method_id = 'pm_ghost'": "method pm_ghost",
    "UPDATE charges SET attempt_id = 'att_ghost'": "its attempt and payment say ,",
    "UPDATE events SET account_id = 'acct_ghost'": "is of the unknown account acct_ghost",
    "INSERT INTO event_deliveries (event_id, endpoint_id, next_at) VALUES"
    " ('evt_ghost', 'we_ghost', now())": "of event evt_ghost (of nobody) is to endpoint we_ghost",
    "INSERT INTO event_deliveries (event_id, endpoint_id, next_at)"
    " SELECT id, 'we_ghost', now() FROM events": "is to endpoint we_ghost (of nobody)",
    "INSERT INTO ledger.transfers SELECT gen_random_uuid(), debit_account, credit_account, amount,"
    " currency, kind, pending_id, timeout_s, code, 'ch_ghost', now() FROM ledger.transfers"
    " WHERE code = 'charge'": "charge ch_ghost (unknown",
}


async def sale(dsn: str) -> None:
    """A sale with everything in it: 1,000 paid, 300 given back, 400 passed on."""
    async with world(dsn) as w:
        paid = await w.pay(1_000)
        w.clock.move(days=3)
        await release_available(w.payments)
        refunded = await refund(w.payments, charge=paid.charge, amount=300)
        passed = await transfer(
            w.payments,
            giver=w.platform,
            destination=w.seller.id,
            amount=400,
            currency="mad",
            source_charge=refunded.charge,
        )
        await w.payments.writer.commit(passed.unit)


def test_an_honest_sale_is_clean(fresh_payments_dsn):
    asyncio.run(sale(fresh_payments_dsn.app))
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert report.clean, report.findings
    assert report.lines()[-1].startswith("The books are right")
    assert report.looked_at["charges are booked, each exactly once"] == 1


@pytest.mark.parametrize("deed", list(DEEDS))
def test_it_finds_what_was_tampered_with(fresh_payments_dsn, deed):
    asyncio.run(sale(fresh_payments_dsn.app))
    with psycopg.connect(fresh_payments_dsn.superuser) as thief:
        thief.execute("SET session_replication_role = replica")
        assert thief.execute(deed).rowcount > 0
    report: Report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert any(DEEDS[deed] in finding for finding in report.findings), report.findings
