"""Two payouts on their way to a bank, file by file: one arrives, the other comes back.

    MAALEM_PAYMENTS_URL=… MAALEM_STRIPE_API_KEY=sk_test_… MAALEM_PAYMENTS_DATABASE_URL=… \
        python examples/payout_to_bank.py

What a merchant does goes through the official stripe SDK. What the institution's worker does (send
a pain.001, take over what the bank answers) is called here, with a clock that is put forward a day
at a time: give it a database of its own, with no worker beside it. What it prints is
examples/payout_to_bank.txt.
"""

import asyncio
import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree import ElementTree

import stripe

from maalem.kit.clock import FixedClock
from maalem.payments import store
from maalem.payments.compose import opened
from maalem.payments.config import Config
from maalem.payments.context import Payments
from maalem.payments.settlement.bank import batches, jobs
from maalem.payments.settlement.bank.records import Batch

# The second one's account is closed at its bank: see docs/test-cards.md.
SELLERS = {
    "Fadma Aït Baha": "011780000000000000120042",
    "Driss Serghini": "011780000000000000010432",
}
DAYS_MAX = 15


async def main() -> None:
    """Earn, pay out, send the file, and let the bank's days pass until both have ended."""
    bank = stripe.StripeClient(
        os.environ["MAALEM_STRIPE_API_KEY"],
        base_addresses={"api": os.environ.get("MAALEM_PAYMENTS_URL", "http://localhost:8010")},
    )
    payouts = [paid_out(bank, name, number) for name, number in SELLERS.items()]
    clock = FixedClock(datetime.now(UTC))
    config = Config.from_env({**os.environ, "MAALEM_BATCH_EVERY_S": "0"})
    async with opened(config, clock=clock, pool_size=2) as payments:
        await jobs.send(payments)
        [batch] = await store.select(payments.pool, Batch, "true ORDER BY id DESC LIMIT 1")
        ours = show_order(await batches.file_of(payments, batch))
        show(bank, payouts, "the bank has the file")
        before: list[str] = []
        position = 0
        for _ in range(DAYS_MAX):
            await take_over(payments)
            for file in await payments.rails.bank.fetch_files(position):
                position = file.position
                show_answer(file.content, ours)
            now = states(bank, payouts)
            if now != before:
                show(bank, payouts, "so the payouts are")
            before = now
            if now == ["paid", "failed"]:
                break
            clock.move(days=1)
    show_end(bank, payouts)


def paid_out(bank: stripe.StripeClient, name: str, number: str) -> tuple[str, str]:
    """An account with 900.00 MAD from a sale, and its payout: (account, payout)."""
    seller = bank.v1.accounts.create(
        params={
            "type": "custom",
            "country": "MA",
            "business_profile": {"name": name},
            "settings": {"payouts": {"schedule": {"interval": "manual"}}},
            "external_account": {
                "object": "bank_account",
                "country": "MA",
                "currency": "mad",
                "account_number": number,
                "account_holder_name": name,
            },
        }
    )
    sale = bank.v1.payment_intents.create(
        params={
            "amount": 100_000,
            "currency": "mad",
            "payment_method": "pm_card_bypassPending",
            "confirm": True,
            "transfer_data": {"destination": seller.id},
            "application_fee_amount": 10_000,
        }
    )
    assert sale.status == "succeeded"
    payout = bank.v1.payouts.create(
        params={"amount": 90_000, "currency": "mad"}, options={"stripe_account": seller.id}
    )
    place = seller.external_accounts.data[0]
    say("a payout", name, f"{place.bank_name} …{place.last4}", payout.amount, payout.status)
    return seller.id, payout.id


async def take_over(payments: Payments) -> None:
    """Everything that lies ready at the bank."""
    while await jobs.receive(payments):
        pass


def show_order(content: bytes) -> set[str]:
    """The payment order as the bank reads it; the names by which its payments will come back."""
    tree = ElementTree.fromstring(content)
    say("the file that goes out", kind(tree), f"{text(tree, 'NbOfTxs')} payments")
    say("its control sum", text(tree, "CtrlSum"))
    for payment in every(tree, "CdtTrfTxInf"):
        say("  to", text(payment, "Cdtr"), text(payment, "InstdAmt"))
    return {text(payment, "EndToEndId") for payment in every(tree, "CdtTrfTxInf")}


def show_answer(content: bytes, ours: set[str]) -> None:
    """What a file of the bank's says of our payments; a day without any is passed over."""
    tree = ElementTree.fromstring(content)
    said = []
    for entry in every(tree, "Ntry"):
        if text(entry, "EndToEndId") in ours:
            reason = text(entry, "RtrInf")
            said.append(f"{text(entry, 'CdtDbtInd')} {text(entry, 'Amt')} {reason}".strip())
    for status in every(tree, "TxInfAndSts"):
        said.append(f"{text(status, 'TxSts')} {text(status, 'StsRsnInf')}".strip())
    of_the_file = text(tree, "GrpSts")
    if said or of_the_file:
        say("the bank answers", kind(tree), *filter(None, [of_the_file]), *sorted(said))


def show(bank: stripe.StripeClient, payouts: list[tuple[str, str]], what: str) -> None:
    """The payouts' states."""
    say(what, *states(bank, payouts))


def states(bank: stripe.StripeClient, payouts: list[tuple[str, str]]) -> list[str]:
    """Each payout's state, as its owner sees it."""
    return [
        bank.v1.payouts.retrieve(payout, options={"stripe_account": account}).status
        for account, payout in payouts
    ]


def show_end(bank: stripe.StripeClient, payouts: list[tuple[str, str]]) -> None:
    """Why the second one failed, and where its money is."""
    account, payout = payouts[1]
    hers = {"stripe_account": account}
    failed = bank.v1.payouts.retrieve(payout, options=hers)
    say("why", failed.failure_code)
    say("and back on the account", bank.v1.balance.retrieve(options=hers).available[0].amount)


def kind(tree: ElementTree.Element) -> str:
    """`pain.001` of a file's name space."""
    return ".".join(tree.tag.partition("}")[0].rpartition(":")[2].split(".")[:2])


def every(tree: ElementTree.Element, name: str) -> Iterable[ElementTree.Element]:
    """The elements of a name, wherever they stand."""
    return (found for found in tree.iter() if found.tag.endswith("}" + name))


def text(tree: ElementTree.Element, name: str) -> str:
    """All that the first element of a name says, or nothing."""
    for found in every(tree, name):
        return " ".join(word.strip() for word in found.itertext() if word.strip())
    return ""


def say(what: str, *facts: object) -> None:
    """One line of the walk."""
    sys.stdout.write(f"{what}: {', '.join(str(fact) for fact in facts)}\n")


if __name__ == "__main__":
    asyncio.run(main())
