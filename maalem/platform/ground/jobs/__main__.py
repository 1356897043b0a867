"""`python -m maalem.platform.ground.jobs`: do the shop's work until SIGTERM or Ctrl-C.

A database that goes away ends Procrastinate's worker. Here a new one begins in the same process as
soon as the database answers, so an outage costs its own length and no start of a program. What the
old worker held is put back by `rescue_stalled`.
"""

import asyncio
import contextlib
import logging
import os
import signal
from typing import Any

RECONNECT_S = 1.0
# For the queue's own short statements; tasks use Django's connections. One is enough for a quiet
# worker, the other is closed when nobody needed it for so long.
CONNECTIONS, IDLE_S = 2, 30.0
log = logging.getLogger("maalem.platform.jobs")


async def work(app: Any, *, stop: asyncio.Event) -> None:
    """Work for `app`, a Procrastinate app, until `stop` is set; an outage is waited for."""
    from procrastinate.exceptions import ConnectorException
    from psycopg import OperationalError

    while not stop.is_set():
        try:
            await _until_lost(app, stop=stop)
        except (ConnectorException, OperationalError) as trouble:
            log.warning("the database does not answer (%s); trying again", trouble)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=RECONNECT_S)


async def _until_lost(app: Any, *, stop: asyncio.Event) -> None:
    """One worker with a pool of its own, until it is told to stop or loses the database."""
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django.utils import connector_params

    connector = PsycopgConnector(
        kwargs=connector_params(),
        min_size=1,
        max_size=CONNECTIONS,
        max_idle=IDLE_S,
        timeout=10.0,
    )
    with app.replace_connector(connector):
        async with app.open_async():
            worker = asyncio.create_task(app.run_worker_async(install_signal_handlers=False))
            told = asyncio.create_task(stop.wait())
            await asyncio.wait({worker, told}, return_when=asyncio.FIRST_COMPLETED)
            told.cancel()
            if not worker.done():
                worker.cancel()  # it finishes what is under way first
            with contextlib.suppress(asyncio.CancelledError):
                await worker


async def _main() -> None:
    from procrastinate.contrib.django import app

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    app.perform_import_paths()
    await work(app, stop=stop)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maalem.platform.settings")
    import django

    django.setup()
    asyncio.run(_main())
