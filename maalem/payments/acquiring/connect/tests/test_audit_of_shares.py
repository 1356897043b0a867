"""The auditor finds what somebody has done to what was shared."""

import asyncio

import psycopg
import pytest

from maalem.payments.acquiring.connect.tests.shared import destination, direct, give_back
from maalem.payments.ledger.verify import verify
from maalem.payments.tests.world import world

DEEDS = {
    "UPDATE transfers SET amount = 9999 WHERE id IN (SELECT transfer_id FROM charges)": (
        "passed 9999 on and earned"
    ),
    "UPDATE application_fees SET amount = 999": "is booked with 1000 from",
    "UPDATE application_fees SET payer_account_id = 'acct_ghost'": "from acct_ghost to",
    "DELETE FROM application_fees": "and earned 0",
    "UPDATE application_fees SET amount_refunded = 499": "says 499 of 1000 given back",
    "UPDATE application_fees SET amount_reserved = 7": "keeps 7 for refunds under way",
    "DELETE FROM application_fee_refunds": "gave 0 of 500 of the fee",
    "UPDATE transfers SET amount_reserved = 3": "keeps 3 for refunds under way",
    "UPDATE destination_payments SET amount_refunded = 1": "does not mirror transfer",
    "UPDATE destination_payments SET account_id = 'acct_ghost'": "for acct_ghost does not mirror",
    "DELETE FROM payment_refunds": "does not mirror reversal",
    "UPDATE refunds SET transfer_part = 4000 WHERE transfer_part > 0": "took 5000 of 4000 back",
    "DELETE FROM ledger.transfers WHERE code = 'application_fee_refund'": "is booked with 0 from",
}


async def sales(dsn: str) -> None:
    """One of each kind, half of it given back with both flags."""
    async with world(dsn) as w:
        for terms in (destination(w, fee=1_000), direct(w, fee=1_000)):
            paid = await w.pay(10_000, **terms)
            back = "transfer_destination" in terms
            await give_back(w, paid, amount=5_000, reverse_transfer=back, refund_fee=True)


@pytest.mark.parametrize("deed", list(DEEDS))
def test_it_finds_what_was_tampered_with(fresh_payments_dsn, deed):
    asyncio.run(sales(fresh_payments_dsn.app))
    assert asyncio.run(verify(fresh_payments_dsn.admin)).clean
    with psycopg.connect(fresh_payments_dsn.superuser) as thief:
        thief.execute("SET session_replication_role = replica")
        assert thief.execute(deed).rowcount > 0
    report = asyncio.run(verify(fresh_payments_dsn.admin))
    assert any(DEEDS[deed] in finding for finding in report.findings), report.findings
