"""Any history comes to rest with right books: many seeds, each a history of its own.

`MAALEM_SIMULATION_SEED=17` plays that one alone and prints its whole log (docs/simulation.md).
"""

import os

import pytest

from maalem.payments.tests.simulation.oracle import complaints
from maalem.payments.tests.simulation.seeds import FOUND
from maalem.payments.tests.simulation.world import Stage

NIGHTLY = "MAALEM_NIGHTLY" in os.environ
ONE = os.environ.get("MAALEM_SIMULATION_SEED")
HISTORIES, CHUNK = (10_000, 250) if NIGHTLY else (300, 15)
FIRST = int(os.environ.get("MAALEM_SIMULATION_FIRST", "0"))
CHUNKS = range(FIRST, FIRST + HISTORIES, CHUNK)
SHOWN = 60


def hold(stage: Stage, seed: int) -> None:
    """Play one history; fail with what is wrong, its log's end, and how to play it again."""
    found, log = complaints(stage, seed)
    if ONE is not None:
        print("\n".join(log))  # noqa: T201
    assert not found, "\n".join(
        [
            f"seed {seed}: MAALEM_SIMULATION_SEED={seed} plays it alone, with its whole log",
            *found,
            *log[-SHOWN:],
        ]
    )


@pytest.mark.parametrize("first", [] if ONE is not None else CHUNKS)
def test_any_history_comes_to_rest_with_right_books(stage: Stage, first: int):
    """P1 P3 P12 P14 P15 P18 P22 P29 P30 P31: clients that retry, processes that die, networks that
    lose, double and delay, webhooks in any order, a clock that leaps: no key moves money twice,
    what was acknowledged is there, networks, bank and books agree, and nothing waits for ever."""
    for seed in range(first, first + CHUNK):
        hold(stage, seed)


@pytest.mark.parametrize("seed", [int(ONE)] if ONE is not None else FOUND)
def test_a_history_that_once_went_wrong(stage: Stage, seed: int):
    """P1 P15 P18 P29: each of these seeds found a fault."""
    hold(stage, seed)


def test_a_seed_takes_the_same_decisions_again(stage: Stage):
    """One seed, one history: step by step the same, whatever was played in between."""
    _, once = complaints(stage, 1)
    complaints(stage, 2)
    _, again = complaints(stage, 1)
    assert once == again
