"""The shop at the other end of the webhooks: it loses, refuses and repeats, and keeps a copy.

Its copy is made of events alone. Of each object it keeps what the newest event says, by the
event's id, in whatever order they come and however often.
"""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from maalem.kit.signatures import verify
from maalem.payments.tests.simulation.clock import LoopClock
from maalem.payments.tests.simulation.stepped import Schedule

BAD_TRIES = 3
# A delivery is given up after three days; what fails much earlier is heard in the end.
PATIENT_FOR = timedelta(hours=36)


class Receiver:
    """Stands in for the connection that events are posted on. `troubled` as with the line."""

    def __init__(self, schedule: Schedule, clock: LoopClock, *, secrets: tuple[str, ...]) -> None:
        self._schedule, self._clock, self._secrets = schedule, clock, secrets
        self.begin(random.Random(0))

    def begin(self, chooser: random.Random) -> None:
        """A new history."""
        self._chooser, self.troubled = chooser, 0.0
        self.heard: dict[str, int] = {}
        self.events: dict[str, dict[str, Any]] = {}
        self._tries: dict[str, int] = {}
        self.copy: dict[str, tuple[str, dict[str, Any]]] = {}

    async def post(self, target: Any, *, headers: Any, body: bytes) -> int:
        """What a connection does: the answer's status, or an OSError."""
        event = msgspec.json.decode(body)
        await self._schedule.turn(f"post {event['type']}")
        fate = self._fate(event)
        if fate in ("lost", "refused"):
            self._schedule.note(f"  receiver: {event['type']} is {fate}")
            if fate == "lost":
                raise ConnectionResetError
            return 500
        # The platform has two endpoints, its own events' and the connected accounts'. The clock may
        # have leapt since it was signed; that it is too old then is another test's matter.
        header = headers["Stripe-Signature"]
        signed_at = int(header.partition(",")[0].removeprefix("t="))
        verify(body, header=header, secret=self._secrets["account" in event], now=signed_at)
        self._take(event)
        if fate == "fine":
            return 200
        self._schedule.note(f"  receiver: {event['type']} is heard, its answer {fate}")
        await self._schedule.turn(f"answer {event['type']}")
        if fate == "late":
            raise TimeoutError
        return 503

    def close(self) -> None:
        """Nothing is held."""

    def _fate(self, event: dict[str, Any]) -> str:
        tries = self._tries[event["id"]] = self._tries.get(event["id"], 0) + 1
        age = self._clock.now() - datetime.fromtimestamp(event["created"], UTC)
        if tries > BAD_TRIES or age > PATIENT_FOR or self._chooser.random() >= self.troubled:
            return "fine"
        return self._chooser.choice(("lost", "refused", "late", "broken"))

    def _take(self, event: dict[str, Any]) -> None:
        self.heard[event["id"]] = self.heard.get(event["id"], 0) + 1
        self.events[event["id"]] = event
        about = event["data"]["object"]
        name = about.get("id", event.get("account"))
        if name not in self.copy or self.copy[name][0] < event["id"]:
            self.copy[name] = (event["id"], about)
