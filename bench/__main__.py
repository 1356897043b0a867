"""`python -m bench`: us and the peers, side by side, on one machine in one run.

Prints a table and writes bench/results.json. Everything it makes is under `--home`.
"""

import argparse
import signal
import sys
from pathlib import Path

from bench import books, report, server, shops
from bench.browsing import browse, browse_big
from bench.buying import buy
from bench.hooks import hooks
from bench.ledger import transfers
from bench.paying import pay
from bench.plan import Plan
from bench.quality import quality
from bench.report import Row
from bench.resting import rest
from maalem.cli import postgres


def main() -> None:
    """Read the words, measure, print, save."""
    plan = _plan()
    # Ctrl-C and a polite kill end the run by the same road: every `finally` on it is walked.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    rows: list[Row] = []
    try:
        with server.running(plan.home) as on:
            if plan.fill_only:
                _fill(plan, on=on)
                return
            _measure(plan, on=on, rows=rows)
        if plan.measures("rest"):
            rows += rest(plan)
    except KeyboardInterrupt:
        print("\nStopped; nothing was written.")
        sys.exit(130)
    print("\n" + report.show(rows))
    if plan.save:
        report.save(rows, whole=not plan.only)


def _measure(plan: Plan, *, on: postgres.Server, rows: list[Row]) -> None:
    if plan.measures("shop"):
        for size in plan.sizes:
            both = shops.filled(plan, on=on, size=size, peers=True)
            with shops.open_for_visits(both):
                rows += browse(plan, shops=both)
                rows += buy(plan, shops=both)
                books.check(both[0])
        for size in plan.alone:
            (ours,) = shops.filled(plan, on=on, size=size, peers=False)
            with shops.open_for_visits([ours]):
                rows += browse_big(plan, shop=ours)
    if plan.measures("search-quality"):
        rows += quality(plan, on=on)
    if plan.measures("payments"):
        rows += pay(plan, on=on)
    if plan.measures("hooks"):
        rows += hooks(plan, on=on)
    if plan.measures("ledger"):
        rows += transfers(plan, on=on)


def _fill(plan: Plan, *, on: postgres.Server) -> None:
    for size in (*plan.sizes, *plan.alone):
        shops.filled(plan, on=on, size=size, peers=size in plan.sizes)


def _plan() -> Plan:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--products", type=_sizes, default=(1_000, 10_000), help="sizes, with peers; 0 for none"
    )
    parser.add_argument("--alone", type=_sizes, default=(100_000,), help="sizes without peers")
    parser.add_argument("--rounds", type=int, default=5, help="A B A B …: how often each")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each time")
    parser.add_argument(
        "--only",
        choices=("shop", "search-quality", "payments", "hooks", "ledger", "rest"),
        help="a part of it",
    )
    parser.add_argument("--home", type=Path, default=Path("var/bench"))
    parser.add_argument("--port", type=int, default=18000, help="the first of a hundred")
    parser.add_argument("--fill", action="store_true", help="make and fill the shops, no more")
    parser.add_argument("--dry", action="store_true", help="print only: write no results.json")
    words = parser.parse_args()
    return Plan(
        home=words.home.resolve(),
        sizes=words.products,
        alone=words.alone,
        rounds=words.rounds,
        seconds=words.seconds,
        port=words.port,
        only=words.only or "",
        fill_only=words.fill,
        save=not words.dry,
    )


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(size for size in map(int, text.split(",")) if size)


if __name__ == "__main__":
    main()
