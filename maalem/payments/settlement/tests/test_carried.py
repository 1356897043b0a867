"""Which lines a scheduled payout carried: each line once, and together what was paid."""

from maalem.payments.acquiring.transfer import transfer
from maalem.payments.ledger.balances import release_available
from maalem.payments.settlement.chores import make_scheduled
from maalem.payments.settlement.making import cancel
from maalem.payments.settlement.records import Payout
from maalem.payments.settlement.tests.stage import fund, pay_out, settle_in
from maalem.payments.settlement.tests.test_chores import of, plan, play
from maalem.payments.tests.world import World

_LINES = """
SELECT payout_of_line(b) AS payout, type, source_id, net FROM balance_transactions b
WHERE account_id = $1 ORDER BY id
"""


async def carried(w: World) -> dict[str | None, list[tuple[str, int]]]:
    """The seller's lines by the payout that carried them."""
    found: dict[str | None, list[tuple[str, int]]] = {}
    for row in await w.payments.pool.fetch(_LINES, w.seller.id):
        found.setdefault(row["payout"], []).append((row["type"], row["net"]))
    return found


def own(payout: Payout) -> tuple[str, int]:
    return ("payout", -payout.amount)


def test_each_payout_carries_what_came_since_the_one_before(fresh_payments_dsn):
    async def story(w: World) -> None:
        await settle_in(w)
        await fund(w, 60_000)
        await fund(w, 40_000)
        await make_scheduled(w.payments)
        w.clock.move(days=1)
        await fund(w, 20_000)
        await make_scheduled(w.payments)
        w.clock.move(minutes=1)
        await fund(w, 500)
        first, second = await of(w)
        found = await carried(w)
        assert found[first.id] == [("payment", 60_000), ("payment", 40_000), own(first)]
        assert found[second.id] == [("payment", 20_000), own(second)]
        assert found[None] == [("payment", 500)]

    play(fresh_payments_dsn, story)


def test_what_was_due_and_not_yet_moved_goes_with_the_next(fresh_payments_dsn):
    async def story(w: World) -> None:
        await settle_in(w)
        await fund(w, 60_000)
        paid = await w.pay(40_000)
        passed = await transfer(
            w.payments,
            giver=w.platform,
            destination=w.seller.id,
            amount=40_000,
            currency="mad",
            source_charge=paid.charge,
        )
        await w.payments.writer.commit(passed.unit)
        w.clock.move(days=3)
        await make_scheduled(w.payments)
        await release_available(w.payments)
        w.clock.move(days=1)
        await make_scheduled(w.payments)
        first, second = await of(w)
        found = await carried(w)
        assert found[first.id] == [("payment", 60_000), own(first)]
        assert found[second.id] == [("payment", 40_000), own(second)]

    play(fresh_payments_dsn, story)


def test_payouts_by_hand_and_called_off_ones_are_lines_of_the_next(fresh_payments_dsn):
    async def story(w: World) -> None:
        await settle_in(w)
        await fund(w, 100_000)
        w.clock.move(minutes=1)
        await w.payments.writer.commit(cancel(w.payments, await pay_out(w, 30_000)).unit)
        await pay_out(w, 10_000)
        w.clock.move(minutes=1)
        await make_scheduled(w.payments)
        (made,) = [one for one in await of(w) if one.automatic]
        found = (await carried(w))[made.id]
        assert sum(net for _, net in found) == 0
        assert {kind for kind, _ in found} == {"payment", "payout", "payout_cancel"}

    play(fresh_payments_dsn, story)


def test_a_longer_delay_leaves_the_young_to_a_later_payout(fresh_payments_dsn):
    async def story(w: World) -> None:
        await plan(w, interval="daily", delay_days=7)
        await settle_in(w)
        await fund(w, 60_000)
        w.clock.move(days=7, hours=1)
        await fund(w, 40_000)
        await make_scheduled(w.payments)
        (first,) = await of(w)
        assert (await carried(w))[first.id] == [("payment", 60_000), own(first)]
        w.clock.move(days=7, hours=1)
        await make_scheduled(w.payments)
        second = (await of(w))[-1]
        assert (await carried(w))[second.id] == [("payment", 40_000), own(second)]

    play(fresh_payments_dsn, story)
