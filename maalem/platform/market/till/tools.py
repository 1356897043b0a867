"""Keys and endpoints as a till shows them to whoever runs programs."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from maalem.platform.ground.gateway import errors
from maalem.platform.ground.gateway import tools as gateway
from maalem.platform.ground.gateway.records import Deliveries, Endpoint, Health, Key

from . import deeds
from . import tool_words as words
from .access import Till
from .models import Deed
from .words import Word

OLD_KEYS = 10


@dataclass(frozen=True)
class Ring:
    """A key with what it may do, in words."""

    key: Key

    @property
    def kind(self) -> Word:
        return words.KINDS[self.key.kind]

    @property
    def state(self) -> Word:
        return words.KEY_STATES[self.key.status]

    @property
    def may(self) -> list[tuple[Word, Word]]:
        """What a restricted key may do: the thing, and look or change."""
        return [
            (words.THINGS.get(thing, thing), words.LEVELS[level])
            for thing, level in sorted(self.key.permissions.items())
        ]

    @property
    def is_ending(self) -> bool:
        ends = self.key.ends_at
        return self.key.status == "active" and ends is not None and ends > timezone.now()


@dataclass(frozen=True)
class Hook:
    """An endpoint and how it does; `health` is None where that could not be asked."""

    endpoint: Endpoint
    health: Health | None

    @property
    def tone(self) -> str:
        """Which of the list's colours says it."""
        if not self.endpoint.is_on or self.health is None:
            return "held"
        return "disputed" if self.health.failing_since else "paid"

    @property
    def word(self) -> Word:
        if not self.endpoint.is_on:
            silent = self.health is not None and self.health.stopped_by == "silence"
            return words.STOPPED if silent else words.OFF
        if self.health is None:
            return words.UNKNOWN
        return words.FAILING if self.health.failing_since else words.WELL


@dataclass(frozen=True)
class Bench:
    """The page for programs."""

    keys: tuple[Ring, ...]
    old_keys: tuple[Ring, ...]
    hooks: tuple[Hook, ...]


@dataclass(frozen=True)
class Watched:
    """One endpoint's page: how it does, and its tries."""

    hook: Hook
    tries: Deliveries
    deeds: list[Deed]


def bench(till: Till) -> Bench:
    """All keys and endpoints of an account. Raises Unavailable."""
    rings = [Ring(one) for one in gateway.keys(till.account)]
    return Bench(
        keys=tuple(one for one in rings if one.key.status == "active"),
        old_keys=tuple(one for one in rings if one.key.status != "active")[:OLD_KEYS],
        hooks=tuple(_hook(till, one) for one in gateway.endpoints(till.account)),
    )


def watched(till: Till, endpoint: str, *, after: str = "") -> Watched:
    """One endpoint with a page of its tries. Raises Refused for another's, or Unavailable."""
    hook = _hook(till, gateway.endpoint(endpoint, account=till.account))
    tries = gateway.deliveries(endpoint, account=till.account, after=after)
    return Watched(hook, tries, deeds.about(endpoint))


def overlap_s(choice: str) -> int:
    """How long the old one lives on, out of the choices that the form has."""
    days = {"now": 0, "day": 1, "week": 7}[choice]
    return int(timedelta(days=days).total_seconds())


def _hook(till: Till, endpoint: Endpoint) -> Hook:
    try:
        return Hook(endpoint, gateway.health(endpoint.id, account=till.account))
    except errors.GatewayError:
        return Hook(endpoint, None)
