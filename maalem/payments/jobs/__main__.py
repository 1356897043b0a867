"""`python -m maalem.payments.jobs`: run every job until SIGTERM or Ctrl-C."""

import asyncio
import logging
import signal

import uvloop

from maalem.payments import running
from maalem.payments.compose import opened_modes
from maalem.payments.config import Config
from maalem.payments.context import Payments
from maalem.payments.events.deliver import Deliverer
from maalem.payments.jobs.loop import run_jobs
from maalem.payments.jobs.table import table


async def main() -> None:
    """Open the institution, run its jobs, close it."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    # Short statements only, and none asks for a second connection while it holds one.
    async with opened_modes(Config.from_env(), pool_size=2) as modes:
        await running.note(modes, "worker")
        await asyncio.gather(*(_work(payments, stop=stop) for payments in modes.every()))


async def _work(payments: Payments, *, stop: asyncio.Event) -> None:
    """The jobs of one mode."""
    deliverer = Deliverer()
    try:
        await run_jobs(payments, table(deliverer), stop=stop)
    finally:
        # Before the database is left: the last outcomes have to be noted.
        await deliverer.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    uvloop.run(main())
