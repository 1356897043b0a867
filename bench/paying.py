"""Card payments a second at the institution, against localstripe and against pgbench.

Ours: created and confirmed in one call over HTTP, each under its own idempotency key, durable,
posted to the ledger and with its events written, all in the answer's transaction. The worker that
sends the events on is not running meanwhile.
"""

import itertools
import secrets
from collections.abc import Sequence

from bench import books, fees, footprint, load, merchants, rounds, server
from bench.load import Request, Result
from bench.ours import Maalem
from bench.peers.localstripe_api import LocalStripe
from bench.plan import Plan
from bench.report import Row, row
from maalem.cli import postgres

CONNECTIONS = 32
_MANY = 64
_FIRST, _FIRST_MOST_S = 500, 120.0
_NOTE = "idempotent, posted, with events, one fsync a batch"


def pay(plan: Plan, *, on: postgres.Server) -> list[Row]:
    """Against localstripe, fresh and a little later, and against pgbench's TPC-B on the server."""
    ours = Maalem(plan, server=on, size=0, items=())
    ours.install()
    fees.announce(ours, on=on)
    server.prepare_pgbench(on)
    peer = LocalStripe(plan.home, port=plan.port + 40)
    peer.install()
    ours.start_payments()
    fresh, first, crowd = peer.name, f"first {_FIRST}", f"{_MANY} connections"
    sides = {
        ours.name: payments(ours, seconds=plan.seconds),
        crowd: payments(ours, seconds=plan.seconds, connections=_MANY),
        "pgbench TPC-B": lambda: _tpcb(on, seconds=plan.seconds),
        first: payments(ours, seconds=_FIRST_MOST_S, most=_FIRST),
        fresh: _fresh(peer, seconds=plan.seconds),
        f"{fresh}, {first}": _fresh(peer, seconds=_FIRST_MOST_S, most=_FIRST),
    }
    try:
        found = rounds.interleaved(
            sides, rounds=plan.rounds, seconds=plan.seconds, what="card payments"
        )
        told = [*merchants.compare(ours, plan=plan), *footprint.measure(ours, plan=plan)]
        books.check(ours)
    finally:
        ours.stop()
    mine, many, pgbench = found[ours.name], found[crowd], found["pgbench TPC-B"].rate
    plain = "8 clients, prepared, straight to the same PostgreSQL: no HTTP, no key, no event"
    return [
        row(
            "card payments, created and confirmed",
            unit="1/s",
            ours=mine.rate,
            peer=found[fresh].rate,
            peer_name=fresh,
            note=mine.note or f"{CONNECTIONS} connections; {_NOTE}",
        ),
        row(
            f"card payments, the first {_FIRST}",
            unit="1/s",
            ours=found[first].rate,
            peer=found[f"{fresh}, {first}"].rate,
            peer_name=fresh,
            note="as many on both sides, as it slows with each; ours held thousands before",
        ),
        row(
            f"card payments over {CONNECTIONS} connections against plain transactions",
            unit="1/s",
            ours=mine.rate,
            peer=pgbench,
            peer_name="pgbench TPC-B",
            note=plain,
        ),
        row(
            f"card payments over {_MANY} connections against plain transactions",
            unit="1/s",
            ours=many.rate,
            peer=pgbench,
            peer_name="pgbench TPC-B",
            note=many.note or f"p99 {many.p99:.0f} ms",
        ),
        row(
            "card payments, p99",
            unit="ms",
            ours=mine.p99,
            note=f"{CONNECTIONS} connections",
            less_is_better=True,
        ),
        *told,
    ]


def payments(
    ours: Maalem,
    *,
    seconds: float,
    accounts: Sequence[str] = (),
    connections: int = CONNECTIONS,
    most: int = 0,
    warm_s: float = 1.0,
) -> rounds.Measure:
    """A measure of card payments, created and confirmed in one call: `most` of them, or for
    `seconds`. They are the platform's own, or direct charges of `accounts`, one after the other.
    """
    turn = itertools.count()
    head = (
        ("Authorization", f"Bearer {ours.key}"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    )
    owners = itertools.cycle(
        [(*head, ("Stripe-Account", account)) for account in accounts] or [head]
    )

    def take() -> Request:
        amount = 1_000 + next(turn) % 90_000
        body = (
            f"amount={amount}&currency=mad&confirm=true&payment_method=pm_card_visa"
            "&metadata[order]=bench"
        )
        key = ("Idempotency-Key", secrets.token_hex(12))
        return Request("/v1/payment_intents", body.encode(), (*next(owners), key))

    base = ours.place.payments_url
    return lambda: load.run(
        base, take, connections=connections, seconds=seconds, warm_s=warm_s, most=most
    )


def _fresh(peer: LocalStripe, *, seconds: float, most: int = 0) -> rounds.Measure:
    """Started from scratch each time, as it slows with every object that it holds."""

    def once() -> Result:
        peer.start()
        try:
            requests = peer.payment_requests()
            return load.run(
                peer.url, requests, connections=CONNECTIONS, seconds=seconds, warm_s=0, most=most
            )
        finally:
            peer.stop()

    return once


def _tpcb(on: postgres.Server, *, seconds: float) -> Result:
    rate = server.pgbench(on, seconds=seconds)
    return Result(round(rate * seconds), seconds, errors=0, p50_ms=0.0, p99_ms=0.0)
