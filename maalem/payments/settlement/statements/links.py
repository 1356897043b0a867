"""Links to the files of a statement or a proof: good for an hour, for whoever holds one, for that
file alone."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import NamedTuple

from maalem.payments.config import Config
from maalem.payments.mode import livemode

LIFETIME = timedelta(hours=1)
FORMATS = ("csv", "pdf")
_LIVE = "live_"


class Wanted(NamedTuple):
    """One file of a paper, whose `id` says what it is. `language` is of a PDF; `bom` of a CSV."""

    id: str
    format: str
    language: str
    bom: bool


class BadLink(Exception):
    """The link is not ours, was altered, or is too old."""


def link(
    config: Config, wanted: Wanted, *, now: datetime, of: str = "statements"
) -> tuple[str, datetime]:
    """The file's address, and until when it can be fetched."""
    until = now + LIFETIME
    said = "|".join((*wanted[:3], "bom" if wanted.bom else "", str(int(until.timestamp()))))
    mac = _mac(config, said)
    token = base64.urlsafe_b64encode(said.encode() + mac).decode().rstrip("=")
    prefix = _LIVE if livemode() else ""
    return f"{config.payments_url}/files/{of}/{prefix}{token}", until


def opened(config: Config, token: str, *, now: datetime) -> Wanted:
    """What a link's token names. Raises `BadLink`."""
    token = token.removeprefix(_LIVE)
    try:
        whole = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        said, mac = whole[:-16].decode(), whole[-16:]
        paper, form, language, bom, until = said.split("|")
    except ValueError:
        raise BadLink from None
    if not hmac.compare_digest(mac, _mac(config, said)) or int(until) < now.timestamp():
        raise BadLink
    return Wanted(paper, form, language, bom == "bom")


def _mac(config: Config, said: str) -> bytes:
    key = hashlib.blake2b(b"statement files", key=config.fingerprint_key, digest_size=32).digest()
    mode = b"live" if livemode() else b"test"
    return hmac.new(key, mode + said.encode(), hashlib.sha256).digest()[:16]
