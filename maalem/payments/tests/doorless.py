"""The API without a socket in between: a request goes in, an answer comes out."""

from typing import Any

from maalem.payments.api.endpoint import Api


async def request(
    api: Api, method: str, path: str, words: bytes, headers: dict[str, str]
) -> tuple[int, bytes]:
    """What the API answers, without a socket in between."""
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"" if method == "POST" else words,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    told: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": words, "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    await api(scope, receive, send)
    return told[0]["status"], b"".join(message.get("body", b"") for message in told[1:])
