"""Keys and webhook endpoints over the wire: what programs come in with, and hear of."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from .plain import delivery_of, endpoint_of, health_of, key_of, whose
from .records import Deliveries, Endpoint, Health, Key

KEYS, HOOKS = "/v1/api_keys", "/v1/webhook_endpoints"


class Programs:
    """The part of the live gateway for programs. `account` is empty for our own."""

    reading: Any
    writing: Any
    guard: Callable[[], AbstractContextManager[None]]
    write_guard: Callable[[], AbstractContextManager[None]]
    _raw: Callable[..., Any]
    _post: Callable[..., Any]

    def keys(self, account: str) -> tuple[Key, ...]:
        with self.guard():
            found = self._raw(KEYS, account, limit=100)
            return tuple(key_of(one) for one in found["data"])

    def make_key(
        self, account: str, *, kind: str, name: str, permissions: Mapping[str, str], key: str
    ) -> Key:
        said: dict[str, Any] = {"type": kind, "name": name}
        if permissions:
            said["permissions"] = dict(permissions)
        with self.write_guard():
            return key_of(self._post(KEYS, account, key=key, **said))

    def roll_key(self, which: str, *, account: str, lives_on_s: int, key: str) -> Key:
        with self.write_guard():
            path = f"{KEYS}/{which}/roll"
            return key_of(self._post(path, account, key=key, expires_in=lives_on_s))

    def revoke_key(self, which: str, *, account: str, key: str) -> Key:
        with self.write_guard():
            return key_of(self._post(f"{KEYS}/{which}/revoke", account, key=key))

    def endpoints(self, account: str) -> tuple[Endpoint, ...]:
        with self.guard():
            found = self.reading.v1.webhook_endpoints.list({"limit": 100}, whose(account))
            return tuple(endpoint_of(one) for one in found.to_dict()["data"])

    def endpoint(self, endpoint: str, *, account: str) -> Endpoint:
        with self.guard():
            found = self.reading.v1.webhook_endpoints.retrieve(endpoint, {}, whose(account))
            return endpoint_of(found.to_dict())

    def make_endpoint(
        self, account: str, *, url: str, events: Sequence[str], words: str, key: str
    ) -> Endpoint:
        said: dict[str, Any] = {"url": url, "enabled_events": list(events)}
        said |= {"description": words} if words else {}
        with self.write_guard():
            found = self.writing.v1.webhook_endpoints.create(
                said, {"idempotency_key": key, **whose(account)}
            )
            return endpoint_of(found.to_dict())

    def switch_endpoint(self, endpoint: str, *, account: str, is_on: bool, key: str) -> Endpoint:
        with self.write_guard():
            found = self.writing.v1.webhook_endpoints.update(
                endpoint, {"disabled": not is_on}, {"idempotency_key": key, **whose(account)}
            )
            return endpoint_of(found.to_dict())

    def drop_endpoint(self, endpoint: str, *, account: str, key: str) -> None:
        with self.write_guard():
            self.writing.v1.webhook_endpoints.delete(
                endpoint, {}, {"idempotency_key": key, **whose(account)}
            )

    def roll_endpoint(self, endpoint: str, *, account: str, lives_on_s: int, key: str) -> Endpoint:
        with self.write_guard():
            path = f"{HOOKS}/{endpoint}/roll_secret"
            return endpoint_of(self._post(path, account, key=key, expires_in=lives_on_s))

    def health(self, endpoint: str, *, account: str) -> Health:
        with self.guard():
            return health_of(self._raw(f"{HOOKS}/{endpoint}/health", account))

    def deliveries(self, endpoint: str, *, account: str, after: str, limit: int) -> Deliveries:
        said: dict[str, Any] = {"limit": limit}
        said |= {"starting_after": after} if after else {}
        with self.guard():
            found = self._raw(f"{HOOKS}/{endpoint}/deliveries", account, **said)
            tries = tuple(delivery_of(one) for one in found["data"])
            return Deliveries(tries, next_after=tries[-1].id if found["has_more"] else "")

    def tell_again(self, event: str, *, endpoint: str, account: str, key: str) -> None:
        with self.write_guard():
            path = f"/v1/events/{event}/retry"
            self._post(path, account, key=key, webhook_endpoint=endpoint)

    def tell_missed(self, endpoint: str, *, account: str, since: int, key: str) -> int:
        with self.write_guard():
            said = {"created": {"gte": since}, "delivery_success": False}
            found = self._post(f"{HOOKS}/{endpoint}/replay", account, key=key, **said)
            return int(found["events"])
