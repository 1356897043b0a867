"""When an account is paid out by itself.

A connected account is paid out every banking day unless it is told otherwise, as Stripe's are. The
platform's own balance holds what belongs to others until they have delivered, so it is paid out
by hand only.
"""

from collections.abc import Sequence
from typing import Any

from maalem.payments import store
from maalem.payments.accounts.records import Account
from maalem.payments.config import Config
from maalem.payments.db import Pool
from maalem.payments.errors import BadRequest
from maalem.payments.records import changed
from maalem.payments.settlement.days import WEEKDAYS
from maalem.payments.settlement.records import Schedule

DELAY_MAX = 365
_PARAM = "settings[payouts][schedule]"


def shortest_delay(config: Config) -> int:
    """`delay_days` at its least: the days until a charge's money is available."""
    return -(-config.settlement_delay_s // 86_400)


def default_schedule(config: Config, account: Account) -> Schedule:
    """What holds for an account that never chose; not stored (its version is 0)."""
    return Schedule(
        id=account.id,
        version=0,
        interval="daily" if account.kind == "connected" else "manual",
        delay_days=shortest_delay(config),
        minimum_amount=config.payout_minimum,
        created_at=account.created_at,
    )


async def schedules_of(
    pool: Pool, config: Config, /, *, accounts: Sequence[Account]
) -> dict[str, Schedule]:
    """Each account's schedule, chosen or default, by the account's id."""
    chosen = await store.select(
        pool, Schedule, "id = ANY($1)", [account.id for account in accounts]
    )
    return {account.id: default_schedule(config, account) for account in accounts} | {
        schedule.id: schedule for schedule in chosen
    }


def rescheduled(
    old: Schedule,
    config: Config,
    /,
    *,
    interval: str | None = None,
    delay_days: int | str | None = None,
    weekly_anchor: str | None = None,
    monthly_anchor: int | None = None,
    statement_descriptor: str | None = None,
) -> Schedule:
    """`old` with what is given changed. Raises `BadRequest` for what doesn't go together."""
    new: dict[str, Any] = {"interval": interval or old.interval}
    for name, given in (("weekly", weekly_anchor), ("monthly", monthly_anchor)):
        anchor = f"{name}_anchor"
        if new["interval"] != name:
            if given is not None:
                raise BadRequest(
                    f"{anchor} can only be set where interval is {name}.",
                    param=f"{_PARAM}[{anchor}]",
                )
            new[anchor] = None
        else:
            new[anchor] = given if given is not None else getattr(old, anchor)
            if new[anchor] is None:
                raise BadRequest(
                    f"Missing required param: {_PARAM}[{anchor}].",
                    code="parameter_missing",
                    param=f"{_PARAM}[{anchor}]",
                )
    if weekly_anchor is not None and weekly_anchor not in WEEKDAYS:
        raise BadRequest(
            f"Invalid weekly_anchor: must be one of {', '.join(WEEKDAYS)}.",
            param=f"{_PARAM}[weekly_anchor]",
        )
    if monthly_anchor is not None and not 1 <= monthly_anchor <= 31:
        raise BadRequest(
            "Invalid monthly_anchor: must be 1 to 31.", param=f"{_PARAM}[monthly_anchor]"
        )
    if delay_days is not None:
        new["delay_days"] = _delay(delay_days, least=shortest_delay(config))
    if statement_descriptor is not None:
        new["statement_descriptor"] = statement_descriptor or None
    return changed(old, **new)


def _delay(given: int | str, *, least: int) -> int:
    if given == "minimum":
        return least
    if not isinstance(given, int) or not least <= given <= DELAY_MAX:
        raise BadRequest(
            f"Invalid delay_days: must be minimum, or {least} to {DELAY_MAX}.",
            param=f"{_PARAM}[delay_days]",
        )
    return given
