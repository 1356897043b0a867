"""Who is calling: a secret key, kept only as a keyed hash, and perhaps in whose name."""

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass
from hashlib import blake2b
from time import monotonic

from maalem.payments import store
from maalem.payments.accounts.records import Account
from maalem.payments.context import Payments
from maalem.payments.errors import Forbidden, Unauthorised

# A revoked key may still be believed for this long.
BELIEVED_S = 5.0
_CACHE_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """`key_account` holds the key; `account` is in whose name it acts (Stripe-Account)."""

    key_account: Account
    account: Account

    @property
    def on_behalf(self) -> bool:
        """Whether a platform acts for a connected account."""
        return self.key_account.id != self.account.id


def key_hash(secret_key: str, *, fingerprint_key: bytes) -> bytes:
    """What is stored of an API key."""
    message = b"api key\x00" + secret_key.encode()
    return hmac.digest(fingerprint_key, message, "sha256")


class Gate:
    """Knows keys and accounts for a few seconds without asking the database again."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._known: dict[tuple[bytes, str | None], tuple[float, Caller]] = {}

    async def caller(
        self, payments: Payments, *, authorization: str | None, account: str | None
    ) -> Caller:
        """The caller, or `Unauthorised` / `Forbidden`."""
        # Keys stand here under a short hash with a secret of this process: never as they are.
        given = blake2b((authorization or "").encode(), key=self._secret, digest_size=32).digest()
        place = (given, account or None)
        known = self._known.get(place)
        if known is not None and known[0] > monotonic():
            return known[1]
        digest = key_hash(_key_of(authorization), fingerprint_key=payments.config.fingerprint_key)
        caller = await _look_up(payments, digest, account=account or None)
        if len(self._known) >= _CACHE_MAX:
            self._known.clear()
        self._known[place] = (monotonic() + BELIEVED_S, caller)
        return caller


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
    if key.startswith("pk_"):
        raise Unauthorised(
            "This API call cannot be made with a publishable API key.",
            code="secret_key_required",
        )
    return key


async def _look_up(payments: Payments, digest: bytes, *, account: str | None) -> Caller:
    holder = await payments.pool.fetchval(
        "SELECT account_id FROM api_keys WHERE hash = $1 AND revoked_at IS NULL", digest
    )
    if holder is None:
        raise Unauthorised("Invalid API Key provided.", code="api_key_invalid")
    key_account = await store.get(payments.pool, Account, holder)
    assert key_account is not None
    if account is None or account == holder:
        return Caller(key_account, key_account)
    acting = await store.get(payments.pool, Account, account)
    if acting is None or acting.parent_id != holder:
        raise Forbidden(
            f"The provided key does not have access to account '{account}' (or that account does"
            " not exist).",
            code="account_invalid",
        )
    return Caller(key_account, acting)
