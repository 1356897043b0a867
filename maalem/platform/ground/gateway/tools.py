"""The verbs for programs: the keys they come in with, the endpoints at which they hear.

`account` is a connected account's id, empty for the platform's own. Reads raise Refused
(`resource_missing` for what is another's) or Unavailable, writes Refused or Unknown. A secret is
in the first answer only: asked again under the same key, the answer is without it.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from .calls import _bank
from .records import Deliveries, Endpoint, Health, Key


def keys(account: str = "") -> tuple[Key, ...]:
    """An account's keys, newest first, the ended ones too."""
    return cast(tuple[Key, ...], _bank().keys(account))


def make_key(
    account: str = "",
    *,
    kind: str,
    name: str,
    key: str,
    permissions: Mapping[str, str] | None = None,
) -> Key:
    """A new key of `kind` secret|publishable|restricted."""
    found = _bank().make_key(account, kind=kind, name=name, permissions=permissions or {}, key=key)
    return cast(Key, found)


def roll_key(which: str, *, lives_on_s: int, key: str, account: str = "") -> Key:
    """Another key in its place; the old one lives on for `lives_on_s` seconds, a week at most."""
    found = _bank().roll_key(which, account=account, lives_on_s=lives_on_s, key=key)
    return cast(Key, found)


def revoke_key(which: str, *, key: str, account: str = "") -> Key:
    """End a key at once."""
    return cast(Key, _bank().revoke_key(which, account=account, key=key))


def endpoints(account: str = "") -> tuple[Endpoint, ...]:
    """Where an account's programs hear of what happens, newest first."""
    return cast(tuple[Endpoint, ...], _bank().endpoints(account))


def endpoint(endpoint: str, *, account: str = "") -> Endpoint:
    """One of them."""
    return cast(Endpoint, _bank().endpoint(endpoint, account=account))


def make_endpoint(
    account: str = "", *, url: str, events: Sequence[str], key: str, words: str = ""
) -> Endpoint:
    """Another place to hear at, with its secret."""
    found = _bank().make_endpoint(account, url=url, events=events, words=words, key=key)
    return cast(Endpoint, found)


def switch_endpoint(endpoint: str, *, is_on: bool, key: str, account: str = "") -> Endpoint:
    """Send there, or not for now."""
    found = _bank().switch_endpoint(endpoint, account=account, is_on=is_on, key=key)
    return cast(Endpoint, found)


def drop_endpoint(endpoint: str, *, key: str, account: str = "") -> None:
    """Forget it; what it was still to hear of is not sent."""
    _bank().drop_endpoint(endpoint, account=account, key=key)


def roll_endpoint(endpoint: str, *, lives_on_s: int, key: str, account: str = "") -> Endpoint:
    """Another secret; the old one signs as well for `lives_on_s` seconds, a week at most."""
    found = _bank().roll_endpoint(endpoint, account=account, lives_on_s=lives_on_s, key=key)
    return cast(Endpoint, found)


def health(endpoint: str, *, account: str = "") -> Health:
    """How it is doing."""
    return cast(Health, _bank().health(endpoint, account=account))


def deliveries(endpoint: str, *, account: str = "", after: str = "", limit: int = 25) -> Deliveries:
    """The tries to reach it, newest first."""
    found = _bank().deliveries(endpoint, account=account, after=after, limit=limit)
    return cast(Deliveries, found)


def tell_again(event: str, *, endpoint: str, key: str, account: str = "") -> None:
    """Send one event there again, now."""
    _bank().tell_again(event, endpoint=endpoint, account=account, key=key)


def tell_missed(endpoint: str, *, since: int, key: str, account: str = "") -> int:
    """Send what it has not heard since a moment (epoch seconds); return how many events go."""
    return int(_bank().tell_missed(endpoint, account=account, since=since, key=key))
