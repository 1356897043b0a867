"""Who is calling: a key, kept only as a keyed hash, and perhaps in whose name."""

import asyncio
import base64
import binascii
import logging
import re
import secrets
from dataclasses import dataclass
from hashlib import blake2b
from time import monotonic

from maalem.payments import store
from maalem.payments.accounts.keys import ApiKey, hint_of
from maalem.payments.accounts.keys import key_hash as key_hash
from maalem.payments.accounts.records import Account
from maalem.payments.context import Modes, Payments
from maalem.payments.errors import Forbidden, Unauthorised

# A revoked key may still be believed for this long.
BELIEVED_S = 5.0
# How often it is noted that a key is in use.
NOTED_EVERY_S = 60.0
_CACHE_MAX = 10_000
_KEY = re.compile(r"(?:sk|pk|rk)_(test|live)_[!-~]+\Z")
_log = logging.getLogger("maalem.payments.api")


@dataclass(frozen=True, slots=True)
class Caller:
    """`key_account` holds the key; `account` is in whose name it acts (Stripe-Account)."""

    key_account: Account
    account: Account
    key: ApiKey
    live: bool

    @property
    def on_behalf(self) -> bool:
        """Whether a platform acts for a connected account."""
        return self.key_account.id != self.account.id


class Gate:
    """Knows keys and accounts for a few seconds without asking the database again."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._known: dict[tuple[bytes, str | None], tuple[float, Caller]] = {}
        self._noted: dict[str, float] = {}
        self._noting: set[asyncio.Task[None]] = set()

    async def caller(
        self, modes: Modes, *, authorization: str | None, account: str | None
    ) -> Caller:
        """The caller, or `Unauthorised` / `Forbidden`."""
        # Keys stand here under a short hash with a secret of this process: never as they are.
        given = blake2b((authorization or "").encode(), key=self._secret, digest_size=32).digest()
        held = self._believed((given, None))
        if held is None:
            key = _key_of(authorization)
            payments = _mode_of(key, modes)
            own = await _holder(payments, key)
            held = self._believe((given, None), own, until=_end_of_belief(payments, own.key))
            self._note(payments, own.key)
        until, own = held
        if not account or account == own.account.id:
            return own
        acting = self._believed((given, account))
        if acting is None:
            caller = await _acting(modes.of(live=own.live), own, account=account)
            acting = self._believe((given, account), caller, until=until)
        return acting[1]

    def _believed(self, place: tuple[bytes, str | None]) -> tuple[float, Caller] | None:
        known = self._known.get(place)
        return known if known is not None and known[0] > monotonic() else None

    def _believe(
        self, place: tuple[bytes, str | None], caller: Caller, *, until: float
    ) -> tuple[float, Caller]:
        if len(self._known) >= _CACHE_MAX:
            self._known.clear()
        self._known[place] = (until, caller)
        return self._known[place]

    def _note(self, payments: Payments, key: ApiKey) -> None:
        """Remember, once a minute and while nobody waits for it, that the key is in use."""
        now = monotonic()
        if now < self._noted.get(key.id, 0.0):
            return
        if len(self._noted) >= _CACHE_MAX:
            self._noted.clear()
        self._noted[key.id] = now + NOTED_EVERY_S
        task = asyncio.get_running_loop().create_task(_write_used(payments, key.id))
        self._noting.add(task)
        task.add_done_callback(self._noting.discard)


def _end_of_belief(payments: Payments, key: ApiKey) -> float:
    """When the database is asked about the key again; in whose name it acts included."""
    believed = BELIEVED_S
    if key.expires_at is not None:
        believed = min(believed, (key.expires_at - payments.clock.now()).total_seconds())
    return monotonic() + believed


async def _write_used(payments: Payments, key_id: str) -> None:
    try:
        await payments.pool.execute(
            "UPDATE api_keys SET last_used_at = $2 WHERE id = $1"
            " AND (last_used_at IS NULL OR last_used_at < $2)",
            key_id,
            payments.clock.now(),
        )
    except Exception as problem:  # a note that can be missed: the next use writes it
        _log.warning("the use of key %s was not noted: %r", key_id, problem)


def _key_of(authorization: str | None) -> str:
    scheme, _, rest = (authorization or "").strip().partition(" ")
    key = rest.strip()
    if scheme.lower() == "basic":
        try:
            key = base64.b64decode(key, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            key = ""
    elif scheme.lower() != "bearer":
        key = ""
    if not key:
        raise Unauthorised(
            "You did not provide an API key. Send it in the Authorization header, using Bearer"
            " auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    return key


def _mode_of(key: str, modes: Modes) -> Payments:
    """The books that a key of this prefix opens."""
    shape = _KEY.match(key)
    if shape is None:
        raise Unauthorised("Invalid API Key provided.", code="api_key_invalid")
    if shape[1] == "test":
        return modes.test
    if modes.live is None:
        raise Unauthorised(
            f"Live mode is not switched on here: the key '{hint_of(key)}' opens nothing. Use a"
            " test key (sk_test_…).",
            code="livemode_mismatch",
        )
    return modes.live


async def _holder(payments: Payments, key: str) -> Caller:
    """The account that holds the key, in its own name."""
    digest = key_hash(key, fingerprint_key=payments.config.fingerprint_key)
    held = await store.first(payments.pool, ApiKey, "hash = $1", digest)
    status = held.status(payments.clock.now()) if held is not None else "unknown"
    if held is None or status == "revoked":
        raise Unauthorised(f"Invalid API Key provided: {hint_of(key)}", code="api_key_invalid")
    if status == "expired":
        raise Unauthorised(f"Expired API Key provided: {hint_of(key)}", code="api_key_expired")
    holder = await store.get(payments.pool, Account, held.account_id)
    assert holder is not None
    return Caller(holder, holder, held, payments.config.live)


async def _acting(payments: Payments, own: Caller, *, account: str) -> Caller:
    """The holder of the key in the name of an account that it has opened."""
    acting = await store.get(payments.pool, Account, account)
    if acting is None or acting.parent_id != own.account.id:
        raise Forbidden(
            f"The provided key '{own.key.hint}' does not have access to account '{account}' (or"
            " that account does not exist). Application access may have been revoked.",
            code="account_invalid",
        )
    return Caller(own.account, acting, own.key, own.live)
