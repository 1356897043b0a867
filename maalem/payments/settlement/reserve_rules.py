"""The rules by which money may be kept back: published by an officer, read by all, ended by one.

The database has the last word (sql/1407_reserve_conditions.sql): a rule is never rewritten, is
published for days to come, says on which day it ends, and can only end earlier than it said.
"""

from datetime import date
from typing import Any

import asyncpg
import msgspec

from maalem.payments.accounts.officers import Officer
from maalem.payments.context import Payments
from maalem.payments.db import Pool
from maalem.payments.settlement.bank.desk import NotPossible
from maalem.payments.settlement.records import Condition

SHARES = ("disputed_share_bps", "refunded_share_bps")
MEASURES = (*SHARES, "delivery_days", "account_closing")
_REFUSALS = {
    "measure_known": "a rule measures one of " + ", ".join(MEASURES),
    "measure_has_its_terms": "shares say --more-than and --window, delivery_days --more-than alone,"
    " account_closing neither",
    "reserve_rules_are_announced": "a rule can't begin or end on a day that is over",
    "reserve_rules_end": "a rule says on which day it ends, after it began: --until",
    "reserve_rules_are_not_rewritten": "a rule can only end earlier than it said",
    "reserve_rules_pkey": "a rule of this name is there",
    "reserve_rules_id_check": "a rule's name is small letters and _",
    "reserve_rules_share_bps_check": "--bps is 1 to 10000",
    "reserve_rules_days_check": "--days is 1 to 180",
    "reserve_conditions_more_than_check": "--more-than is not below 0",
    "reserve_conditions_window_days_check": "--window is 1 to 365 days",
    "reserve_withdrawals_pkey": "it ends on that day already",
}


class NewRule(msgspec.Struct, frozen=True, kw_only=True):
    """What an officer publishes: `share_bps` of what is free is kept for `days` days."""

    id: str
    reason: str
    condition: Condition
    share_bps: int
    days: int
    first: date
    until: date


async def publish(payments: Payments, new: NewRule, /, *, by: Officer) -> None:
    """Write a rule down. Raises `NotPossible`."""
    if not 1 <= len(new.reason.strip()) <= 500:
        raise NotPossible("say in 1 to 500 letters why: whoever's money is kept back reads it")
    await _write(
        payments,
        (
            "INSERT INTO reserve_rules (id, reason, share_bps, days, published_on, withdrawn_on)"
            " VALUES ($1, $2, $3, $4, $5, $6)",
            (new.id, new.reason.strip(), new.share_bps, new.days, new.first, new.until),
        ),
        (
            "INSERT INTO reserve_conditions (rule_id, measure, more_than, window_days, officer_id)"
            " VALUES ($1, $2, $3, $4, $5)",
            (new.id, *msgspec.structs.astuple(new.condition), by.id),
        ),
    )


async def withdraw(
    payments: Payments, rule_id: str, /, *, on: date, note: str, by: Officer
) -> None:
    """End a rule earlier than it said: from `on` nothing more is kept back by it.

    What is kept back already stays so until its own day. Raises `NotPossible`.
    """
    if not 1 <= len(note.strip()) <= 500:
        raise NotPossible("say why: --note")
    if not await payments.pool.fetchval("SELECT true FROM reserve_rules WHERE id = $1", rule_id):
        raise NotPossible(f"there is no rule {rule_id}")
    await _write(
        payments,
        ("UPDATE reserve_rules SET withdrawn_on = $2 WHERE id = $1", (rule_id, on)),
        (
            "INSERT INTO reserve_withdrawals (rule_id, officer_id, ends_on, note)"
            " VALUES ($1, $2, $3, $4)",
            (rule_id, by.id, on, note.strip()),
        ),
    )


async def conditions(pool: Pool) -> dict[str, Condition]:
    """When each rule applies, by its name."""
    rows = await pool.fetch("SELECT * FROM reserve_conditions")
    return {
        row["rule_id"]: Condition(row["measure"], row["more_than"], row["window_days"])
        for row in rows
    }


async def _write(payments: Payments, *statements: tuple[str, tuple[Any, ...]]) -> None:
    """All of them or none; a refusal of the database becomes a sentence."""
    try:
        async with payments.pool.acquire() as connection, connection.transaction():
            for text, values in statements:
                await connection.execute(text, *values)
    except asyncpg.IntegrityConstraintViolationError as refused:
        word = refused.constraint_name or ""
        raise NotPossible(_REFUSALS.get(word, word)) from refused
