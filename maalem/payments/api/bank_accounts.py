"""A bank account as the API takes it, and accounts as it shows them, with where they are paid."""

from typing import Literal

import msgspec

from maalem.kit.rib import NotARib, RibProblem, read_rib
from maalem.payments import store
from maalem.payments.accounts.people import Person
from maalem.payments.accounts.records import Account
from maalem.payments.api.call import Call, Object
from maalem.payments.config import CURRENCY
from maalem.payments.errors import BadRequest, NotFound, Refused
from maalem.payments.records import changed
from maalem.payments.settlement import places
from maalem.payments.settlement.accounts import accounts_shown as accounts_shown
from maalem.payments.settlement.records import BankToken, ExternalAccount, Schedule
from maalem.payments.units import Unit

_PROBLEMS = {
    RibProblem.CHARACTERS: "An account number is the 24 digits of a RIB, or an IBAN.",
    RibProblem.LENGTH: "A RIB has 24 digits, a Moroccan IBAN 28 characters.",
    RibProblem.COUNTRY: "Only bank accounts in Morocco can be paid.",
    RibProblem.KEY: "The account number's check digits do not match: a digit is mistyped.",
}
_CODES = {
    RibProblem.LENGTH: "invalid_account_number_length",
    RibProblem.COUNTRY: "country_unsupported",
}


class BankAccountData(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A bank account with its number: a RIB, or the IBAN that holds it."""

    object: Literal["bank_account"] | None = None
    country: str
    account_number: str
    currency: str = CURRENCY
    account_holder_name: str | None = None
    account_holder_type: Literal["individual", "company"] | None = None
    routing_number: str | None = None


async def taken(call: Call, data: BankAccountData, *, param: str) -> BankToken:
    """The account of `data`, its number sealed. `BadRequest` never repeats the number."""
    if data.country.upper() != "MA":
        raise BadRequest(
            "Only bank accounts in Morocco can be paid.",
            code="country_unsupported",
            param=f"{param}[country]",
        )
    if data.currency.lower() != CURRENCY:
        raise BadRequest("Bank accounts in Morocco are paid in mad.", param=f"{param}[currency]")
    try:
        rib = read_rib(data.account_number)
    except NotARib as problem:
        raise BadRequest(
            _PROBLEMS[problem.problem],
            code=_CODES.get(problem.problem, "account_number_invalid"),
            param=f"{param}[account_number]",
        ) from None
    if data.routing_number and data.routing_number not in (rib.bank, rib.bank + rib.place):
        raise BadRequest(
            "The routing number is not the one in the account number.",
            code="routing_number_invalid",
            param=f"{param}[routing_number]",
        )
    return await places.take_token(
        call.payments,
        account_id=call.account.id,
        rib=rib,
        currency=CURRENCY,
        holder_name=data.account_holder_name or None,
        holder_type=data.account_holder_type,
    )


async def token_of(
    call: Call, given: str | BankAccountData, *, param: str = "external_account"
) -> tuple[BankToken, Unit]:
    """The bank account that a request names by a token or describes, and what using it writes."""
    if isinstance(given, BankAccountData):
        return await taken(call, given, param=param), Unit()
    token = await store.get(call.payments.pool, BankToken, given, account_id=call.account.id)
    if token is None:
        raise NotFound.of("token", given, param=param)
    if token.used:
        raise Refused(
            f"You cannot use a Stripe token more than once: {token.id}.",
            code="token_already_used",
            param=param,
        )
    return token, Unit().put(changed(token, used=True))


async def place_in(
    call: Call,
    unit: Unit,
    /,
    *,
    owner: str,
    given: str | BankAccountData,
    default: bool | None = None,
    metadata: dict[str, str] | None = None,
) -> ExternalAccount:
    """Give `owner` the bank account; what it writes goes into `unit`."""
    token, spent = await token_of(call, given)
    placed = await places.add(
        call.payments, owner=owner, token=token, default=default, metadata=metadata, at=call.now
    )
    join(call, unit, spent)
    join(call, unit, placed.unit)
    return placed.place


def join(call: Call, unit: Unit, more: Unit) -> None:
    """Write `more` with `unit`, its events in the name of this request."""
    unit.puts += more.puts
    unit.chain += more.chain
    unit.accounts += more.accounts
    unit.events += [
        told._replace(request_id=call.request_id, idempotency_key=call.idempotency_key)
        for told in more.events
    ]


async def account_shown(
    call: Call,
    account: Account,
    /,
    *,
    schedule: Schedule | None = None,
    place: ExternalAccount | None = None,
    person: Person | None = None,
) -> Object:
    """One account as the wire shows it."""
    shown = await accounts_shown(
        call.payments, [account], schedule=schedule, place=place, person=person
    )
    return shown[0]
