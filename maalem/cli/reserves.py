"""`maalem reserves`: the rules by which money may be kept back, listed, published and withdrawn."""

from datetime import date
from typing import TYPE_CHECKING, Any

from maalem.cli import desk

if TYPE_CHECKING:
    from maalem.payments.accounts.officers import Officer
    from maalem.payments.context import Payments

_WORDS = {
    "disputed_share_bps": "disputed of what was paid",
    "refunded_share_bps": "given back of what was paid",
    "delivery_days": "days to the delivery",
    "account_closing": "the account is being closed",
}


def reserves(words: Any) -> int:
    """List, publish or withdraw; 1 where it can't be, 2 where something was not said."""
    if words.deed == "list":
        return desk.at_the_desk(_listed, live=words.live, nothing="there is no rule")
    try:
        first, until = _day(words.first), _day(words.until)
    except ValueError as wrong:
        return desk.say(str(wrong), status=2)
    if words.deed == "withdraw":
        return _withdrawn(words, on=until)
    needed = {"NAME": words.rule, "--reason": words.reason, "--measure": words.measure}
    needed |= {"--bps": words.bps, "--days": words.days, "--until": until}
    missing = [flag for flag, value in needed.items() if not value]
    if missing:
        return desk.say(f"say {' and '.join(missing)}", status=2)

    async def done(payments: "Payments", by: "Officer") -> str:
        from maalem.payments.settlement.records import Condition
        from maalem.payments.settlement.reserve_rules import NewRule, publish

        assert until is not None
        begins = first or payments.clock.now().date()
        condition = Condition(words.measure, words.more_than, words.window)
        new = NewRule(
            id=words.rule,
            reason=words.reason,
            condition=condition,
            share_bps=words.bps,
            days=words.days,
            first=begins,
            until=until,
        )
        await publish(payments, new, by=by)
        return f"{new.id} is published from {begins} until {until}."

    return desk.by_her_key(done, words)


def _withdrawn(words: Any, *, on: date | None) -> int:
    if not words.rule or not words.note:
        return desk.say(
            "maalem reserves withdraw NAME --key YOUR_KEY_FILE --note WHY [--until DAY]", status=2
        )

    async def done(payments: "Payments", by: "Officer") -> str:
        from maalem.payments.settlement.reserve_rules import withdraw

        day = on or payments.clock.now().date()
        await withdraw(payments, words.rule, on=day, note=words.note, by=by)
        return f"{words.rule} ends on {day}. What is kept back by it stays so until its own day."

    return desk.by_her_key(done, words)


async def _listed(payments: "Payments") -> str:
    rows = await payments.pool.fetch(
        "SELECT r.*, c.measure, c.more_than, c.window_days, p.name AS publisher,"
        " w.note, w.ends_on, o.name AS ender"
        " FROM reserve_rules r JOIN reserve_conditions c ON c.rule_id = r.id"
        " LEFT JOIN officers p ON p.id = c.officer_id"
        " LEFT JOIN reserve_withdrawals w ON w.rule_id = r.id AND w.ends_on = r.withdrawn_on"
        " LEFT JOIN officers o ON o.id = w.officer_id ORDER BY r.published_on, r.id"
    )
    return "\n".join(_line(row) for row in rows)


def _line(row: Any) -> str:
    until = f" until {row['withdrawn_on']}" if row["withdrawn_on"] else ""
    by = f", by {row['publisher']}" if row["publisher"] else ""
    ended = f"\n    ended by {row['ender']}: {row['note']}" if row["ender"] else ""
    return (
        f"{row['id']}  from {row['published_on']}{until}{by}\n"
        f"    {_percent(row['share_bps'])} for {row['days']} days, if {_when(row)}\n"
        f"    {row['reason']}{ended}"
    )


def _when(row: Any) -> str:
    said = _WORDS[row["measure"]]
    if row["more_than"] is None:
        return said
    if row["window_days"] is None:
        return f"more than {row['more_than']} {said}"
    return f"more than {_percent(row['more_than'])} {said} in {row['window_days']} days"


def _percent(bps: int) -> str:
    return f"{bps / 100:g} %"


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no day: write 2026-03-02.") from None
