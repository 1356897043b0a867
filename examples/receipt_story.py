"""All that happened to a payment, asked by the number on the buyer's receipt.

    MAALEM_PAYMENTS_URL=… MAALEM_STRIPE_API_KEY=sk_test_… MAALEM_PAYMENTS_DATABASE_URL=… \
        python examples/receipt_story.py

A buyer proves who she is and pays; the platform keeps its fee and passes the rest on; a part is
given back; what the weaver has is paid out to an account that her bank has closed. Then two
stories are told, as `maalem story` tells them at a terminal. The bank's days are put forward by a
clock: give it a database of its own, with no worker beside it. What it prints is
examples/receipt_story.txt; numbers that are drawn anew each time are replaced by their place.
"""

import asyncio
import os
import re
import sys
from datetime import UTC, datetime, timedelta

import asyncpg
import stripe

from maalem.cli import story as terminal
from maalem.kit.clock import FixedClock
from maalem.payments import story
from maalem.payments.compose import opened
from maalem.payments.config import Config
from maalem.payments.context import Payments
from maalem.payments.settlement.bank import batches, jobs

# What is drawn anew each time, and what it is called here.
DRAWN = (
    (r"\b(?:nt_)?(?:case_)?([a-z]{2,4})_[0-9a-z]{20}(_1)?\b", r"\1_"),
    (r"\bBK\d{16}\b", "BK"),
    (r"\bP[OI]B?01[0-9A-Z]{18}\b", "PO"),
    (r"\breq_\w+", "req_"),
    (r"\bwe_\w+", "we_"),
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "key-"),
    (r"\b[2-9CFGHJKMPQRVWX]{4}-[2-9CFGHJKMPQRVWX]{4}\b", "RECEIPT-"),
)


async def main() -> None:
    """Sell, give a part back, pay out to a closed account, and tell it."""
    bank = stripe.StripeClient(
        os.environ["MAALEM_STRIPE_API_KEY"],
        base_addresses={"api": os.environ.get("MAALEM_PAYMENTS_URL", "http://localhost:8010")},
    )
    receipt, payout = sold(bank)
    clock = FixedClock(datetime.now(UTC))
    config = Config.from_env({**os.environ, "MAALEM_BATCH_EVERY_S": "0"})
    async with opened(config, clock=clock, pool_size=2) as payments:
        for _ in range(6):
            await day(payments)
            clock.move(days=1)
    for word in (receipt, payout):
        await tell(word)


def sold(bank: stripe.StripeClient) -> tuple[str, str]:
    """A sale of which a part was given back, and a payout: its receipt number, the payout's id."""
    weaver = bank.v1.accounts.create(
        params={
            "type": "custom",
            "country": "MA",
            "business_profile": {"name": "Fadma Aït Baha"},
            "settings": {"payouts": {"schedule": {"interval": "manual"}}},
            "external_account": {
                "object": "bank_account",
                "country": "MA",
                "currency": "mad",
                "account_number": "011780000000000000010432",
            },
        }
    )
    sale = bank.v1.payment_intents.create(
        params={
            "amount": 120_000,
            "currency": "mad",
            "payment_method": "pm_card_bypassPending",
            "confirm": True,
            "transfer_data": {"destination": weaver.id},
            "application_fee_amount": 15_000,
            "metadata": {"piece": "tapis de Taznakht"},
            "expand": ["latest_charge"],
        },
        options={"idempotency_key": "the-carpet"},
    )
    bank.v1.refunds.create(
        params={
            "payment_intent": sale.id,
            "amount": 20_000,
            "reverse_transfer": True,
            "refund_application_fee": True,
        }
    )
    payout = bank.v1.payouts.create(
        params={"amount": 50_000, "currency": "mad"}, options={"stripe_account": weaver.id}
    )
    return sale.latest_charge.receipt_number, payout.id


async def day(payments: Payments) -> None:
    """A day of the institution's worker: files go out, files come in."""
    await batches.send_due(payments)
    while await jobs.receive(payments):
        pass


async def tell(word: str) -> None:
    """Print what `maalem story` prints."""
    connection = await asyncpg.connect(os.environ["MAALEM_PAYMENTS_DATABASE_URL"])
    try:
        told = await story.tell(connection, word)
    finally:
        await connection.close()
    text = "\n".join(terminal.lines(told))
    sys.stdout.write(tidy(f"$ maalem story {word}\n{text}\n\n"))


def tidy(text: str) -> str:
    """The text with what is drawn anew each time replaced, each by its place in it."""
    for pattern, name in DRAWN:
        places: dict[str, str] = {}
        for match in re.finditer(pattern, text):
            head = match.expand(name)
            count = sum(1 for known in places.values() if known.startswith(head))
            places.setdefault(match[0], f"{head}{count + 1}")
        for drawn, place in places.items():
            text = text.replace(drawn, place)
    today = datetime.now(UTC).date()
    for ahead in range(-1, 12):
        shown = (today + timedelta(days=ahead)).isoformat()
        text = text.replace(shown, f"day {ahead}").replace(shown.replace("-", ""), f"DAY{ahead}")
    text = re.sub(r"\d\d:\d\d:\d\d(\.\d{3})?", "hh:mm:ss", text)
    text = re.sub(r"arrival date day \d", "arrival date …", text)
    text = re.sub(r"version .*?, since", "version …, since", text)
    return re.sub(r"(authorisation\s+code) \w+", r"\1 …", text)


if __name__ == "__main__":
    asyncio.run(main())
