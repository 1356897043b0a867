"""May we send something to this address? Only to the public Internet, in live mode by TLS.

A service that answers at localhost is a developer's: its test mode sends wherever she likes.

A merchant chooses the address, so it could name a machine of ours. The name is resolved by us,
every address it has must be public, and the connection goes to the very address that was looked
at, so that a second answer of the name server changes nothing.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


class Unreachable(Exception):
    """The address may not be sent to, or does not exist."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect, and whom to ask for there."""

    url: str
    host: str
    sni: str | None = None


async def target_of(url: str, *, live: bool, own: str, shop: str) -> Target:
    """Where an event for `url` is sent. Raises `Unreachable`.

    `own` is the address of the service itself, `shop` that of the platform beside it, which may
    be a machine of ours that no stranger can name.
    """
    if live:
        return await guarded_target(url)
    if _at_home(own) or _origin(url) == _origin(shop):
        return plain_target(url)
    return await guarded_target(url, schemes=("https", "http"))


def _at_home(own: str) -> bool:
    host = urlsplit(own).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    try:
        return parts.scheme, parts.hostname, parts.port
    except ValueError:
        return parts.scheme, None, None


def plain_target(url: str) -> Target:
    """Wherever the merchant likes, her own machine above all."""
    return Target(url, urlsplit(url).netloc.rpartition("@")[2])


async def guarded_target(url: str, *, schemes: Sequence[str] = ("https",)) -> Target:
    """A public address, pinned. Raises `Unreachable`."""
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.password:
        raise Unreachable(f"only {' and '.join(schemes)} addresses without a login are sent to")
    try:
        usual = 443 if parts.scheme == "https" else 80
        port = parts.port or usual
        found = await asyncio.get_running_loop().getaddrinfo(
            parts.hostname, port, type=socket.SOCK_STREAM
        )
    except (OSError, ValueError, UnicodeError) as trouble:
        raise Unreachable("there is no such host") from trouble
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not addresses or not all(public(address) for address in addresses):
        raise Unreachable("the host is not on the public Internet")
    first = addresses[0]
    where = f"[{first}]" if first.version == 6 else str(first)
    pinned = urlunsplit(parts._replace(netloc=f"{where}:{port}"))
    host = parts.hostname if port == usual else f"{parts.hostname}:{port}"
    return Target(pinned, host, sni=parts.hostname)


def public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Neither private, nor shared, nor local, nor reserved, also when wrapped in IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _behind(address)
        if inner is not None:
            return public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _behind(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a translator (NAT64) would make of it."""
    if address not in _TRANSLATED:
        return None
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
