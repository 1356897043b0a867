"""Accounts as the wire shows them, with where they are paid and who stands behind them."""

from collections.abc import Sequence
from typing import Any

from maalem.payments import store
from maalem.payments.accounts import wire as accounts_wire
from maalem.payments.accounts.onboarding import representatives
from maalem.payments.accounts.people import Person
from maalem.payments.accounts.people import person as people_wire
from maalem.payments.accounts.records import Account
from maalem.payments.context import Payments
from maalem.payments.records import changed
from maalem.payments.settlement import wire
from maalem.payments.settlement.records import ExternalAccount, Schedule
from maalem.payments.settlement.schedules import schedules_of

_SHOWN = 10
Object = dict[str, Any]


async def accounts_shown(
    payments: Payments,
    accounts: Sequence[Account],
    /,
    *,
    schedule: Schedule | None = None,
    place: ExternalAccount | None = None,
    person: Person | None = None,
) -> list[Object]:
    """Accounts with their bank accounts, payout schedules and who stands behind them; `schedule`,
    `place` and `person` are about to be stored for the one that is shown."""
    pool, ids = payments.pool, [account.id for account in accounts]
    found = await store.select(
        pool,
        ExternalAccount,
        "account_id = ANY($1) AND NOT deleted ORDER BY id DESC",
        ids,
    )
    schedules = await schedules_of(pool, payments.config, accounts=accounts)
    people = [person] if person is not None else await representatives(pool, ids)
    shown = []
    for account in accounts:
        hers = [one for one in found if one.account_id == account.id]
        if place is not None:
            keep = [changed(one, default_for_currency=False) for one in hers]
            hers = [place, *(keep if place.default_for_currency else hers)]
        obj = accounts_wire.account(account)
        if account.deleted:
            shown.append(obj)
            continue
        if account.business_type in (None, "individual"):
            behind = (one for one in people if one.account_id == account.id)
            obj["individual"] = next((people_wire(one) for one in behind), None)
        obj["external_accounts"] |= {
            "data": [wire.external_account(one) for one in hers[:_SHOWN]],
            "has_more": len(hers) > _SHOWN,
        }
        obj["settings"] = {
            **obj.get("settings", {}),
            "payouts": wire.payout_settings(schedule or schedules[account.id]),
        }
        shown.append(obj)
    return shown
