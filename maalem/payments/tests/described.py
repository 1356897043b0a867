"""The service, with every answer held against docs/openapi.json before it goes out.

What is served to the tests' SDKs, to examples and to Schemathesis comes through here. An answer
that is not as described becomes a 500 that says where it differs, so whatever test asked fails.
"""

import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from maalem.payments.api.routes import match
from maalem.payments.app import app as served

_log = logging.getLogger("maalem.payments.tests")
PAGE = Path(__file__).resolve().parents[3] / "docs" / "openapi.json"
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@cache
def described() -> Any:
    """The whole description."""
    return json.loads(PAGE.read_text(encoding="utf-8"))


@cache
def _registry() -> Any:
    shapes = {"components": {"schemas": described()["components"]["schemas"]}}
    return jsonschema_rs.Registry([("urn:described", shapes)])


@cache
def validator(where: str) -> Any:
    """What holds an answer against a schema, given as JSON."""
    schema = json.loads(where.replace('"#/components', '"urn:described#/components'))
    return jsonschema_rs.Draft202012Validator(schema, registry=_registry())


def difference(method: str, path: str, *, status: int, body: bytes) -> str | None:
    """Where an answer differs from its description, or None."""
    found = match(method, path)
    if status != 200 or found is None:
        schema = {"$ref": "#/components/schemas/error"}
    else:
        operation = described()["paths"][found[0].path][method.lower()]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    wrong = next(validator(json.dumps(schema)).iter_errors(json.loads(body)), None)
    if wrong is None:
        return None
    place = ".".join(str(step) for step in wrong.instance_path)
    return f"{method} {path} ({status}), at '{place}': {wrong.message[:600]}"


class Described:
    """The service's app, its answers to `/v1/…` held back until they are complete and checked."""

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await served(scope, receive, send)
            return
        start: MutableMapping[str, Any] = {}

        async def checked(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            is_json = (b"content-type", b"application/json") in start["headers"]
            path, method, status = scope["path"], scope["method"], start["status"]
            if is_json and status < 500 and method != "OPTIONS":
                told = difference(method, path, status=status, body=message["body"])
                if told is not None:
                    _log.error("not as described: %s", told)
                    message["body"] = json.dumps(
                        {"error": {"type": "api_error", "message": f"Not as described: {told}"}}
                    ).encode()
                    start["status"] = 500
                    kept = [pair for pair in start["headers"] if pair[0] != b"content-length"]
                    length = str(len(message["body"])).encode()
                    start["headers"] = [*kept, (b"content-length", length)]
            await send(start)
            await send(message)

        await served(scope, receive, checked)


app = Described()
