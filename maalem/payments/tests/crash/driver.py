"""A process that is killed on purpose: `python -m maalem.payments.tests.crash.driver`.

It reads orders (JSON, one a line), carries out each in a fork of its own, which is as fresh as a
new process but need not import everything again, and says what became of it. A fork that was told
so counts what it sends to PostgreSQL on any connection, and sends itself SIGKILL right before or
right after a statement.
"""

import asyncio
import gc
import hashlib
import json
import logging
import os
import signal
import sys
from dataclasses import replace
from datetime import datetime
from typing import Any

from asyncpg.connection import Connection

from maalem.kit.clock import FixedClock
from maalem.payments.compose import opened
from maalem.payments.config import Config
from maalem.payments.tests.crash.every import EVERY
from maalem.payments.tests.crash.hands import Answer, Hands

Order = dict[str, Any]


class Countdown:
    """Counts statements while it is armed; kills this process at the one it was told."""

    def __init__(self, at: int, *, after: bool) -> None:
        self.at, self.after, self.count, self.armed = at, after, 0, False

    def before_one(self) -> bool:
        """A statement is about to be sent; whether this process must die once it is through."""
        if not self.armed:
            return False
        self.count += 1
        if self.count == self.at and not self.after:
            die()
        return self.count == self.at


def die() -> None:
    """Nothing is finished, nothing is said."""
    os.kill(os.getpid(), signal.SIGKILL)


def watch(countdown: Countdown) -> None:
    """Count what every connection of this process sends: BEGIN and COMMIT too."""

    def counted(verb: Any, *, whole: bool) -> Any:
        async def run(self: Any, query: str, *args: Any, **named: Any) -> Any:
            if whole and args:  # it goes on through `_execute`
                return await verb(self, query, *args, **named)
            last = countdown.before_one()
            done = await verb(self, query, *args, **named)
            if last:
                die()
            return done

        return run

    Connection.execute = counted(Connection.execute, whole=True)
    Connection._execute = counted(Connection._execute, whole=False)
    Connection._executemany = counted(Connection._executemany, whole=False)


def main() -> None:
    """Serve orders until there are no more."""
    logging.disable(logging.CRITICAL)
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            status = 1
            try:
                asyncio.run(carry_out(order, out=write))
                status = 0
            except BaseException as problem:
                say(write, trouble=f"{type(problem).__name__}: {problem}")
            finally:
                os._exit(status)
        os.close(write)
        with os.fdopen(read) as told:
            lines = [json.loads(one) for one in told]
        _, code = os.waitpid(pid, 0)
        sys.stdout.write(json.dumps({"killed": os.WIFSIGNALED(code), "told": lines}) + "\n")
        sys.stdout.flush()


def say(out: int, **words: Any) -> None:
    """One line to whoever gave the order, at once: the next statement may be the last."""
    os.write(out, json.dumps(words).encode() + b"\n")


async def carry_out(order: Order, *, out: int) -> None:
    """Do one part of a path (`prepare`, `act` or `jobs`) at the time and place that are given."""
    countdown = Countdown(order.get("k", 0), after=order.get("after", False))
    watch(countdown)

    def tell(answer: Answer) -> None:
        say(out, status=answer[0], body=hashlib.sha256(answer[1]).hexdigest())

    config = Config.from_env({"MAALEM_PAYMENTS_DATABASE_URL": order["dsn"]})
    config = replace(config, batch_every_s=0, payout_change_wait_s=0)
    clock = FixedClock(datetime.fromisoformat(order["at"]))
    async with opened(config, clock=clock, pool_size=4) as payments:
        part, state = order["part"], order["state"]
        hands = Hands(payments, clock, part, state, tell)
        countdown.armed = True
        if part == "jobs":
            await hands.jobs()
        else:
            await getattr(EVERY[order["path"]], part)(hands)
        countdown.armed = False
        await hands.api.close()
    say(out, state=hands.state, count=countdown.count)


if __name__ == "__main__":
    main()
