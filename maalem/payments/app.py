"""The payments service over HTTP: the API for machines, the payer's pages, and health."""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from maalem.payments import running
from maalem.payments.api.endpoint import Api, Receive, Scope, Send
from maalem.payments.compose import opened_modes
from maalem.payments.config import Config
from maalem.payments.hosted.routes import routes as hosted_routes

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")


class App:
    """Sends `/v1/…` straight to the API and everything else through Starlette."""

    def __init__(self, config: Config | None = None) -> None:
        self._config = config
        self._api = Api()
        self._pages = Starlette(
            routes=[Route("/health", health), *hosted_routes()],
            lifespan=self._lifespan,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/v1/"):
            await self._api(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    @asynccontextmanager
    async def _lifespan(self, pages: Starlette) -> AsyncIterator[None]:
        async with opened_modes(self._config or Config.from_env()) as modes:
            pages.state.modes = self._api.modes = modes
            await running.note(modes, "service")
            # What stands now stands till the end: the collector need not walk it again and again,
            # nor look for circles every few payments.
            gc.freeze()
            gc.set_threshold(20_000, 50, 100)
            yield
            await self._api.close()


async def health(request: Request) -> Response:
    """200 when the databases answer."""
    for payments in request.app.state.modes.every():
        await payments.pool.fetchval("SELECT 1")
    return JSONResponse({"status": "ok"})


app = App()
