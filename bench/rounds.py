"""Sides measured in turn, A B A B, so that a machine that drifts drifts under all of them."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bench import load
from bench.load import Request

# A side that takes this many times longer than it was given is asked once, not every round.
_SLOW = 2.0
_SLOW_ROUNDS = 1
_WARM_S = 1.0


@dataclass
class Figures:
    """What one side showed, a figure a round."""

    per_second: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)
    errors: int = 0
    first_error: str = ""
    slow: bool = False

    @property
    def rate(self) -> float:
        """The median of the rounds; 0 where any answer was wrong: such a run has no figure."""
        return statistics.median(self.per_second) if self.per_second and not self.errors else 0.0

    @property
    def p99(self) -> float:
        """The median of the rounds' 99th percentiles, in ms."""
        return statistics.median(self.p99_ms) if self.p99_ms else 0.0

    @property
    def note(self) -> str:
        """What a reader of the figure must know."""
        if self.errors:
            return f"{self.errors} errors: {self.first_error[:120]}"
        return "the peer was so slow that it had one round" if self.slow else ""

    def add(self, result: load.Result) -> None:
        """Take in one round."""
        self.per_second.append(result.per_second)
        self.p50_ms.append(result.p50_ms)
        self.p99_ms.append(result.p99_ms)
        self.errors += result.errors
        self.first_error = self.first_error or result.first_error


Measure = Callable[[], load.Result]


def interleaved(
    sides: Mapping[str, Measure], *, rounds: int, seconds: float, what: str
) -> dict[str, Figures]:
    """Every side once a round, in the same order; says how it goes."""
    found = {name: Figures() for name in sides}
    for turn in range(rounds):
        for name, measure in sides.items():
            if found[name].slow and turn >= _SLOW_ROUNDS:
                continue
            began = time.monotonic()
            found[name].add(measure())
            if time.monotonic() - began > _SLOW * (seconds + _WARM_S):
                found[name].slow = True
    told = ", ".join(f"{name} {figures.rate:,.1f}/s" for name, figures in found.items())
    print(f"  {what}: {told}", flush=True)
    for name, figures in found.items():
        if figures.errors:
            print(f"    {name}: {figures.note}", flush=True)
    return found


def visits(base: str, requests: list[Request], *, connections: int, seconds: float) -> Measure:
    """A measure that asks for `requests` in turn, going on each round where the last one ended."""
    wheel = _Wheel(requests)

    def once() -> load.Result:
        warm = 0.0 if wheel.turned else _WARM_S
        wheel.turned = True
        return load.run(base, wheel.take, connections=connections, seconds=seconds, warm_s=warm)

    return once


class _Wheel:
    def __init__(self, requests: list[Request]) -> None:
        self.requests = requests
        self.at = 0
        self.turned = False

    def take(self) -> Request:
        request = self.requests[self.at]
        self.at = (self.at + 1) % len(self.requests)
        return request
