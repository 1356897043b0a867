"""The fees of one payment, from dated rates. Pure: whole minor units, named rounding, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from maalem.kit.clock import MOROCCO
from maalem.kit.money import BASIS, share
from maalem.payments.fees.records import (
    DISPUTE,
    INTERCHANGE,
    SCHEME,
    SERVICE,
    STANDARD,
    FeeLines,
    Line,
    Rate,
    Terms,
)

HOME = "MA"
_LINES = (SCHEME, INTERCHANGE, SERVICE)
# What tells rates apart; where two rates fit, more of these decide, and then the earlier ones.
_SELECTORS = ("merchant_kind", "funding", "origin", "rail", "currency")
_BY_SETTING = "setting"


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """What fees depend on. `origin` and `funding` are None for a wallet and where unknown."""

    account_id: str
    amount: int
    currency: str
    rail: str
    origin: str | None = None
    funding: str | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every rate and every account's terms; `default_bps` is our share where no rate says one, and
    `default_dispute` our fee on a chargeback, in minor units."""

    version: int = 0
    rates: tuple[Rate, ...] = ()
    terms: Mapping[str, tuple[Terms, ...]] = field(default_factory=dict)
    default_bps: int = 0
    default_dispute: int = 0
    # Few kinds of payment come again and again; what was picked for them is picked once.
    picked: dict[tuple[object, ...], tuple[Rate | None, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )


def fee_for(facts: ChargeFacts, schedule: Schedule, *, on: date) -> FeeLines:
    """The fee lines of a payment taken on the day `on`. No line is more than the amount.

    Our own and the scheme's are rounded half up; interchange is rounded down, because the law
    gives it an upper bound.
    """
    terms = _terms(schedule, facts.account_id, on=on)
    key = (facts.rail, facts.origin, facts.funding, facts.currency, terms, on)
    rates = schedule.picked.get(key)
    if rates is None:
        rates = tuple(_pick(schedule, facts, line=line, terms=terms, on=on) for line in _LINES)
        schedule.picked[key] = rates
    return FeeLines(*(None if rate is None else _line(rate, facts.amount) for rate in rates))


def dispute_fee(
    schedule: Schedule, account_id: str, *, currency: str, on: date
) -> tuple[int, str | None]:
    """Our fee on a chargeback of that day, in minor units, and the rate that says so, if any."""
    plan, kind = _terms(schedule, account_id, on=on)
    facts = ChargeFacts(account_id=account_id, amount=0, currency=currency, rail="card")
    rate = _pick(schedule, facts, line=DISPUTE, terms=(plan, kind), on=on)
    if rate is not None:
        return rate.fixed, rate.id
    return schedule.default_dispute, _BY_SETTING if schedule.default_dispute else None


def returned(whole: int, *, amount: int, captured: int, refunded: int, before: int) -> int:
    """How much of the returnable fee `whole` goes back with a refund of `amount`.

    With it, `refunded` of the `captured` amount will have been given back; `before` of the fee
    went back already. The rest goes back with the last centime of the charge.
    """
    return min(max(whole * refunded // captured - before, 0), amount)


def origin_of(country: str | None) -> str | None:
    """Whether a card was issued at home (ISO 3166 alpha-2), as the cap on interchange asks."""
    if country is None:
        return None
    return "domestic" if country == HOME else "foreign"


def day_of(at: datetime) -> date:
    """The institution's day, by which rates are dated."""
    return at.astimezone(MOROCCO).date()


def _line(rate: Rate, amount: int) -> Line | None:
    if rate.line == INTERCHANGE:
        by_share = amount * rate.share_bps // BASIS
    else:
        by_share = share(amount, bps=rate.share_bps)
    due = min(by_share + rate.fixed, amount)
    if rate.cap is not None:
        due = min(due, rate.cap)
    if due == 0:
        return None
    return Line(
        line=rate.line,
        of=amount,
        amount=due,
        rate=rate.id,
        share_bps=rate.share_bps,
        fixed=rate.fixed,
        cap=rate.cap,
        on_refund=rate.on_refund,
    )


def _terms(schedule: Schedule, account_id: str, *, on: date) -> tuple[str, str | None]:
    for terms in schedule.terms.get(account_id, ()):
        if _counts(terms, on):
            return terms.plan_id, terms.merchant_kind
    return STANDARD, None


def _pick(
    schedule: Schedule,
    facts: ChargeFacts,
    /,
    *,
    line: str,
    terms: tuple[str, str | None],
    on: date,
) -> Rate | None:
    plan, kind = terms
    wanted = {
        "merchant_kind": kind,
        "funding": facts.funding,
        "origin": facts.origin,
        "rail": facts.rail,
        "currency": facts.currency,
    }
    fitting = [
        rate
        for rate in schedule.rates
        if rate.line == line
        and rate.plan_id == (plan if line in (SERVICE, DISPUTE) else None)
        and _counts(rate, on)
        and all(getattr(rate, name) in (None, wanted[name]) for name in _SELECTORS)
    ]
    if fitting:
        return max(fitting, key=_exactness)
    if line == SERVICE and schedule.default_bps:
        # The operator's setting stands in for a rate of the standard plan.
        return Rate(
            id=_BY_SETTING, line=SERVICE, share_bps=schedule.default_bps, valid_from=date.min
        )
    return None


def _exactness(rate: Rate) -> tuple[int, tuple[bool, ...]]:
    said = tuple(getattr(rate, name) is not None for name in _SELECTORS)
    return sum(said), said


def _counts(dated: Rate | Terms, on: date) -> bool:
    return dated.valid_from <= on and (dated.valid_until is None or on < dated.valid_until)
