"""May we send something to this address? In live mode only to the public Internet, by TLS.

A merchant chooses the address, so it could name a machine of ours. The name is resolved by us,
every address it has must be public, and the connection goes to the very address that was looked
at, so that a second answer of the name server changes nothing.
"""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit


class Unreachable(Exception):
    """The address may not be sent to, or does not exist."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect, and whom to ask for there."""

    url: str
    host: str
    sni: str | None = None


def plain_target(url: str) -> Target:
    """Test mode: wherever the merchant likes, her own machine above all."""
    return Target(url, urlsplit(url).netloc.rpartition("@")[2])


async def guarded_target(url: str) -> Target:
    """Live mode: a public address behind https, pinned. Raises `Unreachable`."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        raise Unreachable("only https addresses without a login are sent to")
    try:
        port = parts.port or 443
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
    host = parts.hostname if port == 443 else f"{parts.hostname}:{port}"
    return Target(pinned, host, sni=parts.hostname)


def public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Neither private, nor shared, nor local, nor reserved, also when wrapped in IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return public(inner)
    return address.is_global and not address.is_multicast
