"""The money paths, each by its name: what stands before, and the steps that are killed.

A path's steps are a good client's or a job's: run again from the beginning they ask the same with
the same keys. `later` is how long after the preparation they are run.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from maalem.kit.rib import rib_key
from maalem.payments import store
from maalem.payments.accounts.records import Account
from maalem.payments.acquiring.chores import expire_attempts, resolve_unknown
from maalem.payments.acquiring.confirm import complete_authentication
from maalem.payments.acquiring.disputes import chores as disputes
from maalem.payments.acquiring.setup import confirm as setting
from maalem.payments.rails.magic import CODE
from maalem.payments.settlement import chores as settlement
from maalem.payments.settlement import reserves
from maalem.payments.settlement.bank import jobs as bank
from maalem.payments.settlement.tests.cast import bank_account, rib
from maalem.payments.tests.crash.hands import Hands

Work = Callable[[Hands], Awaitable[Any]]
PAY = {"amount": 10_000, "currency": "mad", "confirm": "true", "payment_method": "pm_card_visa"}
AT_ONCE = {**PAY, "payment_method": "pm_card_bypassPending"}
HOLD = {
    **PAY,
    "capture_method": "manual",
    "payment_method_options__card__request_multicapture": "if_available",
    "payment_method_options__card__request_incremental_authorization": "if_available",
}
DISPUTED = {**PAY, "payment_method": "pm_card_createDispute"}
CLOSED = {**PAY, "payment_method": "pm_card_refundFail"}
WALLET = {
    "amount": 10_000,
    "currency": "mad",
    "confirm": "true",
    "payment_method_types[]": "wallet",
    "payment_method_data__type": "wallet",
    "payment_method_data__wallet__phone": "+212661000101",
}
PIN = "1234"
CHALLENGED = {**PAY, "payment_method": "pm_card_threeDSecure2Required"}


@dataclass(frozen=True)
class Path:
    """`prepare` is never killed; `act` is, at every statement. Where it is `priced`, payments cost
    something (see `world.price`); in the tables `twice` a second try leaves its own row; in the
    tables `waits` something stays undecided by design.
    """

    prepare: Work
    act: Work
    later: timedelta = timedelta(0)
    priced: bool = False
    twice: frozenset[str] = frozenset()
    waits: frozenset[str] = frozenset()


async def nothing(h: Hands) -> None:
    """Nothing has to be there before."""


def asking(path: str, **data: Any) -> Work:
    """One question to the API; `{name}` in it is what the path remembers."""

    async def ask(h: Hands) -> None:
        filled = {
            name: value.format(**h.state) if isinstance(value, str) else value
            for name, value in data.items()
        }
        await h.ask(path.format(**h.state), **filled)

    return ask


def paid(**fields: Any) -> Work:
    """A payment, remembered with its charge."""

    async def prepare(h: Hands) -> None:
        made = await h.ask("payment_intents", **fields)
        h.state.update(pi=made["id"], ch=made["latest_charge"] or "")

    return prepare


async def seller(h: Hands) -> None:
    h.state["seller"] = (await h.ask("accounts", type="custom"))["id"]


def sold(**fields: Any) -> Work:
    """A destination charge for a seller, 1,200 of it the platform's fee."""

    async def prepare(h: Hands) -> None:
        await seller(h)
        shared = {"transfer_data__destination": h.state["seller"], "application_fee_amount": 1_200}
        await paid(**{**PAY, **shared, **fields})(h)
        charge = await h.row("SELECT application_fee_id, transfer_id FROM charges")
        h.state.update(fee=charge[0] or "", tr=charge[1] or "")

    return prepare


async def _passed_on(h: Hands) -> None:
    await seller(h)
    await paid(**PAY)(h)
    made = await h.ask(
        "transfers",
        amount=9_000,
        currency="mad",
        destination=h.state["seller"],
        source_transaction=h.state["ch"],
    )
    h.state["tr"] = made["id"]


async def _direct(h: Hands) -> None:
    await h.ask("payment_intents", of=h.state["seller"], application_fee_amount=900, **PAY)


def approved(secret: str) -> Work:
    """The payer says yes, to her bank or on her telephone."""

    async def act(h: Hands) -> None:
        attempt = await h.row("SELECT id, challenge FROM payment_attempts")
        await h.payments.rails.desk.respond(attempt["challenge"], secret=secret)
        await complete_authentication(h.payments, attempt=attempt["id"])

    return act


async def _refused(h: Hands) -> None:
    attempt = await h.row("SELECT id, challenge FROM payment_attempts")
    await h.payments.rails.desk.refuse(attempt["challenge"])
    await complete_authentication(h.payments, attempt=attempt["id"])


async def _said(h: Hands) -> None:
    made = await h.ask("test_helpers/confirmation_tokens", payment_method="pm_card_visa")
    h.state["said"] = made["id"]


async def _setup_passed(h: Hands) -> None:
    attempt = await h.row("SELECT id, challenge FROM setup_attempts")
    await h.payments.rails.desk.respond(attempt["challenge"], secret=CODE)
    await setting.complete(h.payments, attempt=attempt["id"])


async def _disputed(h: Hands) -> None:
    await paid(**DISPUTED)(h)
    await disputes.look_after(h.payments)
    h.state["dp"] = (await h.row("SELECT id FROM disputes"))[0]


async def _given_to_a_closed_card(h: Hands) -> None:
    await paid(**CLOSED)(h)
    await h.ask("refunds", payment_intent=h.state["pi"], amount=4_000)


async def feed(h: Hands) -> None:
    await disputes.look_after(h.payments)


def answered(text: str) -> Work:
    """The evidence is handed in and the network decides."""

    async def act(h: Hands) -> None:
        await h.ask(f"disputes/{h.state['dp']}", evidence__uncategorized_text=text)
        await disputes.look_after(h.payments)

    return act


async def _in_debt(h: Hands) -> None:
    """A dispute took what had been passed on; then there is a sale, which has to settle it."""
    await seller(h)
    await paid(**{**DISPUTED, "amount": 5_000})(h)
    await h.ask(
        "transfers",
        amount=5_000,
        currency="mad",
        destination=h.state["seller"],
        source_transaction=h.state["ch"],
    )
    await disputes.look_after(h.payments)
    await h.ask("payment_intents", **AT_ONCE)


def with_bank(*, ends: str = "") -> Work:
    """Money that is there to be paid out, and where to; `ends` picks how the bank behaves."""

    async def prepare(h: Hands) -> None:
        first = rib().digits[:22]
        first = first[:-4] + ends if ends else first
        digits = first + rib_key(first)
        owner = (await h.row("SELECT id FROM accounts WHERE kind = 'platform'"))[0]
        place = {f"external_account__{name}": v for name, v in bank_account(digits).items()}
        await h.ask(f"accounts/{owner}/external_accounts", **place)
        await h.ask("payment_intents", **AT_ONCE)

    return prepare


def paid_out(*, ends: str = "", sent: bool = False) -> Work:
    """A payout; `sent` says that its file is at the bank."""

    async def prepare(h: Hands) -> None:
        await with_bank(ends=ends)(h)
        h.state["po"] = (await h.ask("payouts", amount=4_000, currency="mad"))["id"]
        if sent:
            await bank.send(h.payments)

    return prepare


def job(run: Callable[[Any], Awaitable[Any]]) -> Work:
    """A job of the worker."""

    async def act(h: Hands) -> None:
        await run(h.payments)

    return act


async def _customer(h: Hands) -> None:
    h.state["cus"] = (await h.ask("customers"))["id"]


async def _challenged_setup(h: Hands) -> None:
    await _customer(h)
    await h.ask(
        "setup_intents",
        customer=h.state["cus"],
        payment_method="pm_card_threeDSecure2Required",
        confirm="true",
    )


async def _reserved(h: Hands) -> None:
    await h.ask("payment_intents", **AT_ONCE)
    account = await store.first(h.payments.pool, Account, "kind = 'platform'")
    assert account is not None
    rule = (await h.row("SELECT id FROM reserve_rules LIMIT 1"))[0]
    kept = await reserves.hold(h.payments, account=account, rule_id=rule, currency="mad")
    await h.payments.writer.commit(kept.unit)


async def _earned(h: Hands) -> None:
    """A seller's money that is available, and a rule by which some of it may be kept back."""
    await seller(h)
    await h.ask("payment_intents", of=h.state["seller"], **AT_ONCE)
    h.state["rule"] = (await h.row("SELECT id FROM reserve_rules LIMIT 1"))[0]


async def _kept_back(h: Hands) -> None:
    await h.ask("reserves", of=h.state["seller"], rule=h.state["rule"], currency="mad")


async def _in_debt_with_bank(h: Hands) -> None:
    """She owes something, and asks for what she has."""
    await _in_debt(h)
    await with_bank()(h)


async def _unanswered(h: Hands) -> None:
    """The network did what it was asked, three times, and its answers were lost."""
    await paid(**HOLD)(h)
    held = h.state["pi"]
    await paid(**PAY)(h)
    await h.payments.pool.execute("UPDATE simulator.conduct SET lose_replies = 3")
    await h.ask("payment_intents", **{**PAY, "amount": 7_000})
    await h.ask("refunds", payment_intent=h.state["pi"], amount=2_000)
    await h.ask(f"payment_intents/{held}/capture")


async def _waits_for_day(h: Hands) -> None:
    """A seller's money, the day after everybody was paid out."""
    await seller(h)
    await settlement.make_scheduled(h.payments)
    place = {f"external_account__{name}": v for name, v in bank_account(rib().digits).items()}
    await h.ask(f"accounts/{h.state['seller']}/external_accounts", **place)
    await h.ask("payment_intents", of=h.state["seller"], **AT_ONCE)


async def _stranded(h: Hands) -> None:
    """Two payouts to one account; the bank has refused the first one, and with it the account."""
    await paid_out(ends="0106", sent=True)(h)
    await h.ask("payouts", amount=3_000, currency="mad")
    h.later(h.clock.now() + timedelta(days=1))
    await bank.receive(h.payments)


async def complained(h: Hands) -> None:
    """The network has a case about the payment, and has not told us yet."""
    await h.payments.rails.disputes.notices(after=0)


def beside(first: Work, then: Work) -> Work:
    """Two things that stand before."""

    async def prepare(h: Hands) -> None:
        await first(h)
        await then(h)

    return prepare


async def _intent(h: Hands) -> None:
    h.state["pi"] = (await h.ask("payment_intents", amount=10_000, currency="mad"))["id"]


TO_CAPTURE = "payment_intents/{pi}/capture"
TO_CANCEL = "payment_intents/{pi}/cancel"
REFUND = {"payment_intent": "{pi}", "amount": 2_000}
DAYS, A_WEEK = timedelta(days=3), timedelta(days=7)

PATHS = {
    "created and confirmed": Path(nothing, asking("payment_intents", **PAY)),
    "confirmed": Path(
        _intent, asking("payment_intents/{pi}/confirm", payment_method="pm_card_visa")
    ),
    "confirmed by a token": Path(
        _said,
        asking(
            "payment_intents",
            amount=10_000,
            currency="mad",
            confirm="true",
            confirmation_token="{said}",
        ),
    ),
    "wallet asked": Path(nothing, asking("payment_intents", **WALLET)),
    "wallet approved": Path(paid(**WALLET), approved(PIN)),
    "wallet refused": Path(paid(**WALLET), _refused),
    "3-D Secure asked": Path(nothing, asking("payment_intents", **CHALLENGED)),
    "3-D Secure passed": Path(paid(**CHALLENGED), approved(CODE)),
    "held": Path(nothing, asking("payment_intents", **HOLD)),
    "captured": Path(paid(**HOLD), asking(TO_CAPTURE)),
    "captured, a last part": Path(paid(**HOLD), asking(TO_CAPTURE, amount_to_capture=3_000)),
    "captured, one part of several": Path(
        paid(**HOLD), asking(TO_CAPTURE, amount_to_capture=3_000, final_capture="false")
    ),
    "raised": Path(
        paid(**HOLD), asking("payment_intents/{pi}/increment_authorization", amount=15_000)
    ),
    "hold left until its day": Path(paid(**HOLD), job(expire_attempts), timedelta(days=8)),
    "given up": Path(paid(**HOLD), asking(TO_CANCEL)),
    "canceled": Path(_intent, asking(TO_CANCEL)),
    "refunded in part": Path(paid(**PAY), asking("refunds", **REFUND)),
    "refunded": Path(paid(**PAY), asking("refunds", payment_intent="{pi}")),
    "refunded from several": Path(
        sold(),
        asking("refunds", **REFUND, reverse_transfer="true", refund_application_fee="true"),
    ),
    "refund came back": Path(_given_to_a_closed_card, feed),
    "destination charge": Path(
        seller,
        asking(
            "payment_intents",
            **PAY,
            transfer_data__destination="{seller}",
            application_fee_amount=1_200,
        ),
    ),
    "direct charge": Path(seller, _direct),
    "fee given back": Path(sold(), asking("application_fees/{fee}/refunds", amount=500)),
    "transferred": Path(
        _passed_on,
        asking(
            "transfers",
            amount=500,
            currency="mad",
            destination="{seller}",
            source_transaction="{ch}",
        ),
    ),
    "reversed": Path(_passed_on, asking("transfers/{tr}/reversals", amount=1_000)),
    "dispute opened": Path(paid(**DISPUTED), feed),
    "dispute won": Path(_disputed, answered("winning_evidence")),
    "dispute lost": Path(_disputed, answered("losing_evidence")),
    "dispute given up": Path(_disputed, asking("disputes/{dp}/close")),
    "dispute left until its day": Path(_disputed, feed, timedelta(days=30)),
    "debt settled": Path(_in_debt, job(settlement.settle_debts)),
    "payout made": Path(with_bank(), asking("payouts", amount=4_000, currency="mad")),
    "payout canceled": Path(paid_out(), asking("payouts/{po}/cancel")),
    "payout sent": Path(paid_out(), job(bank.send), DAYS),
    "payout paid": Path(paid_out(sent=True), job(bank.receive), timedelta(days=1)),
    "payout refused": Path(paid_out(ends="0106", sent=True), job(bank.receive), timedelta(days=1)),
    "payout returned": Path(paid_out(ends="0104", sent=True), job(bank.receive), timedelta(days=5)),
    "payouts on their day": Path(_waits_for_day, job(settlement.make_scheduled), A_WEEK),
    "payout stranded": Path(_stranded, job(settlement.bury), timedelta(days=1)),
    "card set up": Path(
        _customer,
        asking("setup_intents", customer="{cus}", payment_method="pm_card_visa", confirm="true"),
    ),
    "card set up, 3-D Secure": Path(_challenged_setup, _setup_passed),
    "made available": Path(_passed_on, job(settlement.make_available), DAYS),
    "networks settled": Path(_passed_on, job(bank.receive), DAYS),
    "kept back": Path(_earned, _kept_back),
    "reserve ended": Path(_reserved, job(reserves.release_due), timedelta(days=200)),
    "answers asked for": Path(_unanswered, job(resolve_unknown), timedelta(minutes=5)),
    "refund refused": Path(beside(paid(**DISPUTED), complained), asking("refunds", **REFUND)),
    "refunded to a wallet": Path(
        beside(paid(**WALLET), approved(PIN)), asking("refunds", payment_intent="{pi}")
    ),
    "payout made, a debt before it": Path(
        _in_debt_with_bank, asking("payouts", amount=4_000, currency="mad")
    ),
}
