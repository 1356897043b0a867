"""The paths on which payments cost something: their fees move beside them, and are given back."""

from dataclasses import replace

from maalem.payments.acquiring.disputes.tests.stories import comes_back
from maalem.payments.settlement.bank import jobs as bank
from maalem.payments.tests.crash.hands import Hands
from maalem.payments.tests.crash.paths import (
    AT_ONCE,
    DAYS,
    DISPUTED,
    HOLD,
    PAY,
    REFUND,
    TO_CAPTURE,
    Path,
    asking,
    beside,
    complained,
    feed,
    job,
    nothing,
    paid,
    seller,
    sold,
)

AT_HOME = {**PAY, "payment_method": "pm_card_ma"}


async def _contested(h: Hands) -> None:
    """Everything of a payment was passed on before its payer's bank takes it back."""
    await seller(h)
    await paid(**DISPUTED)(h)
    made = await h.row("SELECT net FROM balance_transactions WHERE type = 'charge'")
    await h.ask(
        "transfers",
        amount=made[0],
        currency="mad",
        destination=h.state["seller"],
        source_transaction=h.state["ch"],
    )


async def _given_in_vain(h: Hands) -> None:
    """A refund of a payment with its fees, whose payer's card is closed by then."""
    await paid(**AT_HOME)(h)
    await asking("refunds", **REFUND)(h)
    await comes_back(h.payments, (await h.row("SELECT id FROM refunds"))[0])


async def _costly(h: Hands) -> None:
    """The platform takes all of a sale; our own fee on it is more than what is left."""
    await h.ask("payment_intents", of=h.state["seller"], application_fee_amount=10_000, **PAY)


_PATHS = {
    "refund refused, its fee stays": Path(
        beside(paid(**DISPUTED), complained), asking("refunds", **REFUND)
    ),
    "refund from several refused": Path(
        beside(sold(payment_method="pm_card_createDispute"), complained),
        asking("refunds", **REFUND, reverse_transfer="true", refund_application_fee="true"),
    ),
    "refunded from several, with its fee": Path(
        sold(),
        asking("refunds", **REFUND, reverse_transfer="true", refund_application_fee="true"),
    ),
    "refunded with its fees": Path(paid(**AT_HOME), asking("refunds", **REFUND)),
    "refund came back with its fees": Path(_given_in_vain, feed),
    "paid with its fees": Path(nothing, asking("payment_intents", **AT_HOME)),
    "captured with its fees": Path(paid(**HOLD), asking(TO_CAPTURE)),
    "more taken than there is": Path(seller, _costly),
    "networks settled with their fees": Path(paid(**AT_HOME), job(bank.receive), DAYS),
    "dispute opened, paid at once": Path(
        beside(paid(**{**AT_ONCE, "amount": 50_000}), paid(**DISPUTED)), feed
    ),
    "dispute opened, paid from what is pending": Path(
        beside(paid(**{**PAY, "amount": 50_000}), paid(**DISPUTED)), feed
    ),
    "dispute opened, all of it owed": Path(_contested, feed),
}
PRICED = {name: replace(path, priced=True) for name, path in _PATHS.items()}
