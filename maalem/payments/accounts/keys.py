"""API keys: what a caller shows to be let in, and how much that opens.

A secret key opens everything of its account, a restricted one what its permissions say, and a
publishable one, which anybody may read in a web page, only what a payer's browser does. A key is
shown once, when it is made; what is kept is its keyed hash.
"""

import hmac
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from maalem.kit.ids import new_id, secret
from maalem.payments.mode import livemode
from maalem.payments.records import Record, changed, epoch

ROLL_MAX = timedelta(days=7)
SECRET_LENGTH = 32
HINT_TAIL = 4


class Kind(StrEnum):
    """What a key is for."""

    SECRET = "secret"
    PUBLISHABLE = "publishable"
    RESTRICTED = "restricted"


class Level(StrEnum):
    """What a restricted key may do with a kind of object; writing includes reading."""

    NONE = "none"
    READ = "read"
    WRITE = "write"


PREFIXES = {Kind.SECRET: "sk", Kind.PUBLISHABLE: "pk", Kind.RESTRICTED: "rk"}


class ApiKey(Record, kw_only=True, frozen=True):
    """A key. `hint` is what may be shown of it; `permissions` are levels by kind of object.

    `officer_id` is whose it is, where it is an officer's: see officers.py.
    """

    TABLE: ClassVar[str] = "api_keys"

    hash: bytes
    account_id: str
    hint: str
    created_at: datetime
    revoked_at: datetime | None = None
    kind: str = Kind.SECRET
    origin: str = "account"
    name: str | None = None
    permissions: dict[str, str]
    rolled_from: str | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    officer_id: str | None = None

    def status(self, at: datetime) -> str:
        """`active`, `expired` or `revoked`."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= at else "active"

    def allows(self, resource: str, level: Level) -> bool:
        """Whether a restricted key may do that."""
        given = self.permissions.get(resource, Level.NONE)
        return given == Level.WRITE or given == level


def key_hash(key: str, *, fingerprint_key: bytes) -> bytes:
    """What is stored of an API key."""
    return hmac.digest(fingerprint_key, b"api key\x00" + key.encode(), "sha256")


def hint_of(key: str) -> str:
    """Enough of a key to recognise it, such as `sk_test_…x7q2`."""
    return f"{key[:8]}…{key[-HINT_TAIL:]}"


def new_key(
    account_id: str,
    *,
    kind: Kind,
    at: datetime,
    fingerprint_key: bytes,
    name: str | None = None,
    permissions: dict[str, str] | None = None,
    rolled_from: str | None = None,
) -> tuple[str, ApiKey]:
    """A fresh key of the present mode, in clear and as it is kept."""
    mode = "live" if livemode() else "test"
    clear = secret(f"{PREFIXES[kind]}_{mode}_", length=SECRET_LENGTH)
    return clear, ApiKey(
        id=new_id("key"),
        hash=key_hash(clear, fingerprint_key=fingerprint_key),
        account_id=account_id,
        hint=hint_of(clear),
        created_at=at,
        kind=kind,
        name=name,
        permissions=permissions or {},
        rolled_from=rolled_from,
    )


def rolled(
    old: ApiKey, *, at: datetime, lives_on: timedelta, fingerprint_key: bytes
) -> tuple[str, ApiKey, ApiKey]:
    """(new key in clear, as it is kept, the old one with its end)."""
    clear, fresh = new_key(
        old.account_id,
        kind=Kind(old.kind),
        at=at,
        fingerprint_key=fingerprint_key,
        name=old.name,
        permissions=old.permissions,
        rolled_from=old.id,
    )
    end = at + lives_on
    return clear, fresh, changed(old, expires_at=min(end, old.expires_at or end))


def api_key(record: ApiKey, *, at: datetime) -> dict[str, Any]:
    """The `api_key` object. The key itself is added once, by whoever made it."""
    return {
        "id": record.id,
        "object": "api_key",
        "account": record.account_id,
        "created": epoch(record.created_at),
        "expires_at": epoch(record.expires_at),
        "last_used": epoch(record.last_used_at),
        "livemode": livemode(),
        "name": record.name,
        "officer": record.officer_id,
        "permissions": record.permissions,
        "redacted": record.hint,
        "revoked_at": epoch(record.revoked_at),
        "rolled_from": record.rolled_from,
        "status": record.status(at),
        "type": record.kind,
    }
