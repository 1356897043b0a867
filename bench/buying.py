"""Whole checkouts: buyers side by side, each one after the other, until the time is over."""

import threading
import time
from collections.abc import Callable

from bench import rounds
from bench.browser import Lost
from bench.browsing import compared
from bench.load import Result
from bench.ours import Maalem
from bench.peers.shop import Item, Shop
from bench.plan import Plan
from bench.report import Row

BUYERS = 8
_DELIVERED_WITHIN_S = 60
_NOTE = (
    "ours: HTML, two sellers, card paid on the institution's page, signed webhook; "
    "peers: their own flow with a dummy payment"
)


def buy(plan: Plan, *, shops: list[Shop]) -> list[Row]:
    """A row per peer. Raises RuntimeError where a purchase that was shown as paid is not."""
    ours = shops[0]
    assert isinstance(ours, Maalem)
    pairs = _pairs(ours)
    before, made = ours.paid(), 0

    def count(result: Result) -> Result:
        nonlocal made
        made += result.answers
        return result

    sides: dict[str, rounds.Measure] = {
        shop.name: _buyers(shop, pairs=pairs, seconds=plan.seconds) for shop in shops
    }
    mine = sides[ours.name]
    sides[ours.name] = lambda: count(mine())
    found = rounds.interleaved(sides, rounds=plan.rounds, seconds=plan.seconds, what="checkouts")
    paid = ours.paid() - before
    if paid < made:
        raise RuntimeError(f"{made} purchases were shown as paid, {paid} are")
    _await_deliveries(ours)
    name = f"whole checkouts, {len(ours.items):,} products"
    return compared(name, found=found, ours=ours.name, note=_NOTE)


def _pairs(ours: Maalem) -> list[tuple[Item, Item]]:
    """Two things of two sellers each, both of which can be bought again and again."""
    able = ours.for_sale()
    items = [item for item in ours.items if item.slug in able]
    half = len(items) // 2
    pairs = zip(items[:half], items[half:], strict=False)
    return [(one, other) for one, other in pairs if one.seller != other.seller]


def _buyers(shop: Shop, *, pairs: list[tuple[Item, Item]], seconds: float) -> rounds.Measure:
    takings = _Takings(pairs)

    def once() -> Result:
        return takings.run(shop.checkout, seconds=seconds)

    return once


class _Takings:
    """What one shop's buyers share: the next pair to buy, and the tally."""

    def __init__(self, pairs: list[tuple[Item, Item]]) -> None:
        self.pairs = pairs
        self.next = 0
        self.lock = threading.Lock()

    def run(self, checkout: Callable[[tuple[Item, Item]], None], *, seconds: float) -> Result:
        times: list[float] = []
        errors: list[str] = []
        began = time.perf_counter()

        def buyer() -> None:
            while (start := time.perf_counter()) - began < seconds:
                with self.lock:
                    pair = self.pairs[self.next]
                    self.next = (self.next + 1) % len(self.pairs)
                try:
                    checkout(pair)
                except (Lost, RuntimeError, KeyError) as trouble:
                    errors.append(str(trouble))
                    continue
                times.append(time.perf_counter() - start)

        crowd = [threading.Thread(target=buyer, daemon=True) for _ in range(BUYERS)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
        times.sort()
        return Result(
            answers=len(times),
            seconds=time.perf_counter() - began,
            errors=len(errors),
            p50_ms=times[len(times) // 2] * 1000 if times else 0.0,
            p99_ms=times[len(times) * 99 // 100] * 1000 if times else 0.0,
            first_error=errors[0] if errors else "",
        )


def _await_deliveries(ours: Maalem) -> None:
    deadline = time.monotonic() + _DELIVERED_WITHIN_S
    while left := ours.undelivered():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{left} signed webhooks are still not acknowledged")
        time.sleep(0.5)
