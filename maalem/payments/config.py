"""What the payment institution is told by its surroundings, read once."""

import base64
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from maalem.kit.rib import NotARib, read_rib

# What the institution's bank account is kept in: what it can settle and pay out, and so all that it
# charges. The ledger could hold others.
CURRENCY = "mad"
# Where the simulated bank keeps the clients' money; no bank of the country has the code 999.
SIMULATED_ACCOUNT = "MA64999780000000000000000105"
# Stands in on a developer's machine where nothing is set; the command line sets real ones.
_DEVELOPMENT_KEY = base64.b64encode(b"maalem development key, not real").decode()


class BadSetting(ValueError):
    """A setting can't be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of the payments service. URLs have no slash at their end.

    `settlement_delay_s`: seconds from a charge to the day its money is available.
    `fee_bps`: the institution's own fee on a charge, in basis points.
    `dispute_fee`: its fee on a chargeback, in minor units; it stays, whoever wins.
    `payout_change_wait_s`: seconds before the first payout to another bank account.
    `payout_approval_above`: a larger payout needs two officers; `payout_minimum`: a scheduled one
    is not smaller; both minor units. `payout_hour`: when scheduled ones are made, in Morocco.
    `holidays`: moving feasts as they were seen.
    `live` says which mode's database and keys these are; `live_…` tell of the live one while the
    test mode's are in their place (docs/decisions/0008-two-books.md).
    `bank_iban`, `bank_bic`: the account that clients' money is kept on, and its bank.
    `bank_message`: which pain.001 that bank takes, `09` (2019) or `03` (2009).
    `institution`: our name as banks print it. `batch_every_s`: seconds between bank files.
    """

    database_url: str
    admin_database_url: str
    payments_url: str
    platform_url: str
    vault_key: bytes
    fingerprint_key: bytes
    settlement_delay_s: int = 172_800
    fee_bps: int = 0
    dispute_fee: int = 0
    rail_deadline_s: float = 10.0
    challenge_ttl_s: int = 900
    hold_ttl_s: int = 7 * 86_400
    payout_change_wait_s: int = 172_800
    payout_approval_above: int = 5_000_000
    payout_minimum: int = 5_000
    payout_hour: int = 6
    holidays: frozenset[date] = frozenset()
    demo: bool = False
    live: bool = False
    live_database_url: str = ""
    live_admin_database_url: str = ""
    live_rails: str = ""
    bank_iban: str = SIMULATED_ACCOUNT
    bank_bic: str = "BSIMMAMC"
    bank_message: str = "09"
    institution: str = "Maalem Paiements"
    batch_every_s: int = 900
    # (balance, month) of each level in centimes, in place of the dated ones.
    level_caps: tuple[tuple[int | None, int | None], ...] = ()

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Config":
        """Read the `MAALEM_…` variables; `BadSetting` names the first that can't be used."""
        database_url = env.get("MAALEM_PAYMENTS_DATABASE_URL", "")
        return cls(
            database_url=database_url,
            admin_database_url=env.get("MAALEM_PAYMENTS_ADMIN_DATABASE_URL", database_url),
            payments_url=env.get("MAALEM_PAYMENTS_URL", "http://localhost:8010").rstrip("/"),
            platform_url=env.get("MAALEM_PLATFORM_URL", "http://localhost:8000").rstrip("/"),
            vault_key=_key(env, "MAALEM_VAULT_KEY"),
            fingerprint_key=_key(env, "MAALEM_FINGERPRINT_KEY"),
            settlement_delay_s=_whole(env, "MAALEM_SETTLEMENT_DELAY_S", default=172_800),
            fee_bps=_whole(env, "MAALEM_FEE_BPS", default=0),
            dispute_fee=_whole(env, "MAALEM_DISPUTE_FEE_MINOR", default=0),
            payout_change_wait_s=_whole(env, "MAALEM_PAYOUT_CHANGE_WAIT_S", default=172_800),
            payout_approval_above=_whole(env, "MAALEM_PAYOUT_APPROVAL_ABOVE", default=5_000_000),
            payout_minimum=_whole(env, "MAALEM_PAYOUT_MINIMUM", default=5_000),
            payout_hour=_whole(env, "MAALEM_PAYOUT_HOUR", default=6, most=23),
            holidays=_days(env, "MAALEM_HOLIDAYS"),
            demo=env.get("MAALEM_DEMO") == "1",
            level_caps=_level_caps(env),
            live_database_url=env.get("MAALEM_PAYMENTS_LIVE_DATABASE_URL", ""),
            live_admin_database_url=env.get("MAALEM_PAYMENTS_LIVE_ADMIN_DATABASE_URL", ""),
            live_rails=_live_rails(env),
            bank_iban=_account(env),
            bank_bic=env.get("MAALEM_BANK_BIC", "BSIMMAMC"),
            bank_message=_one_of(env, "MAALEM_BANK_MESSAGE", ("09", "03")),
            institution=env.get("MAALEM_INSTITUTION", "Maalem Paiements"),
            batch_every_s=_whole(env, "MAALEM_BATCH_EVERY_S", default=900),
        )

    def of_mode(self, *, live: bool) -> "Config":
        """The settings of one mode. What the live mode seals, no key of the test mode opens."""
        if not live:
            return self
        return replace(
            self,
            live=True,
            database_url=self.live_database_url,
            admin_database_url=self.live_admin_database_url or self.live_database_url,
            vault_key=hmac.digest(self.vault_key, b"maalem live mode", "sha256"),
            fingerprint_key=hmac.digest(self.fingerprint_key, b"maalem live mode", "sha256"),
        )


def _level_caps(
    env: Mapping[str, str],
) -> tuple[tuple[int | None, int | None], ...]:
    """`200/-,5000/-,20000/100000`: balance and month of the three levels, in whole dirhams."""
    text = env.get("MAALEM_LEVEL_CAPS", "").replace(" ", "")
    if not text:
        return ()
    pairs = [pair.split("/") for pair in text.split(",")]
    words = [word for pair in pairs for word in pair]
    shaped = len(pairs) == 3 and all(len(pair) == 2 for pair in pairs)
    if not shaped or not all(word == "-" or word.isdecimal() for word in words):
        raise BadSetting(
            "MAALEM_LEVEL_CAPS is three pairs of balance/month in dirhams, `-` for none, such as"
            f" 200/-,5000/-,20000/-; it is {text!r}"
        )
    amounts = [None if word == "-" else int(word) * 100 for word in words]
    return tuple(zip(amounts[::2], amounts[1::2], strict=True))


def _live_rails(env: Mapping[str, str]) -> str:
    """The way out of the live mode. Nothing stands in for it unasked."""
    named = env.get("MAALEM_LIVE_RAILS", "")
    if named not in ("", "simulator"):
        raise BadSetting(f"MAALEM_LIVE_RAILS names no rails that there are: {named!r}")
    if env.get("MAALEM_PAYMENTS_LIVE_DATABASE_URL") and not named:
        raise BadSetting(
            "live mode has a database and no way to the networks: set MAALEM_LIVE_RAILS"
            " (`simulator` is for rehearsals)"
        )
    return named


def _key(env: Mapping[str, str], name: str) -> bytes:
    if not env.get(name) and env.get("MAALEM_PAYMENTS_URL", "").startswith("https://"):
        raise BadSetting(f"set {name}: the one in the source is no secret")
    try:
        key = base64.b64decode(env.get(name) or _DEVELOPMENT_KEY, validate=True)
    except ValueError:
        raise BadSetting(f"{name} is not base64") from None
    if len(key) != 32:
        raise BadSetting(f"{name} must be 32 bytes in base64, it is {len(key)}")
    return key


def _account(env: Mapping[str, str]) -> str:
    text = env.get("MAALEM_BANK_IBAN", "")
    if not text:
        return SIMULATED_ACCOUNT
    try:
        return read_rib(text).iban
    except NotARib as problem:
        raise BadSetting(f"MAALEM_BANK_IBAN is no Moroccan account number: {problem}") from None


def _one_of(env: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    text = env.get(name) or allowed[0]
    if text not in allowed:
        raise BadSetting(f"{name} must be one of {', '.join(allowed)}, it is {text!r}")
    return text


def _whole(env: Mapping[str, str], name: str, *, default: int, most: int | None = None) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not text.isdecimal():
        raise BadSetting(f"{name} must be a whole number, it is {text!r}")
    if most is not None and int(text) > most:
        raise BadSetting(f"{name} must be at most {most}, it is {text!r}")
    return int(text)


def _days(env: Mapping[str, str], name: str) -> frozenset[date]:
    try:
        return frozenset(date.fromisoformat(day) for day in env.get(name, "").split(",") if day)
    except ValueError:
        raise BadSetting(f"{name} must be days such as 2026-03-21,2026-03-22") from None
