"""/v1/api_keys: an account's keys. Stripe has no such endpoints; see docs/api-keys.md."""

from datetime import timedelta
from typing import Literal

import msgspec

from maalem.payments import store
from maalem.payments.accounts.keys import ROLL_MAX, ApiKey, Kind, Level, api_key, new_key, rolled
from maalem.payments.api.access import OFFICER_ONLY, SECRET_ONLY
from maalem.payments.api.call import Call, Decided, NoParams, Object
from maalem.payments.api.lists import ListParams, page
from maalem.payments.api.routes import resources, route
from maalem.payments.errors import BadRequest, NotFound, Refused
from maalem.payments.records import changed
from maalem.payments.units import Unit

NAME_MAX = 100
WITHHELD = "A key is shown once, in the first answer. If that was lost, roll the key."


class Create(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    type: Literal["secret", "publishable", "restricted"] = "secret"
    name: str | None = None
    permissions: dict[str, str] | None = None


class Update(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    name: str | None = None
    permissions: dict[str, str] | None = None


class Roll(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`expires_in`: seconds for which the old key lives on."""

    expires_in: int = 0


@route("GET", "/v1/api_keys", ListParams)
async def listing(call: Call, params: ListParams) -> Object:
    """The account's keys, newest first, the ended ones too."""

    def show(key: ApiKey) -> Object:
        return api_key(key, at=call.now)

    return await page(call, ApiKey, params, where={"account_id": call.account.id}, show=show)


@route("POST", "/v1/api_keys", Create)
async def create(call: Call, params: Create) -> Decided:
    """Make a key; this answer, and no other, holds it."""
    kind = Kind(params.type)
    if kind == Kind.RESTRICTED and not params.permissions:
        raise BadRequest(
            "Say what the restricted key may do.", code="parameter_missing", param="permissions"
        )
    clear, key = new_key(
        call.account.id,
        kind=kind,
        at=call.now,
        fingerprint_key=call.payments.config.fingerprint_key,
        name=_name(params.name),
        permissions=_permissions(kind, {}, params.permissions),
    )
    return _made(call, key, clear=clear, unit=Unit().put(key))


@route("GET", "/v1/api_keys/{id}")
async def retrieve(call: Call, params: NoParams, key_id: str) -> Object:
    """A key as it may be shown: not the key itself."""
    return api_key(await _the_key(call, key_id), at=call.now)


@route("POST", "/v1/api_keys/{id}", Update)
async def update(call: Call, params: Update, key_id: str) -> Decided:
    """Give it another name or, where it is restricted, other permissions."""
    old = await _the_key(call, key_id)
    _no_officers(old)
    new = changed(
        old,
        name=old.name if params.name is None else _name(params.name),
        permissions=_permissions(Kind(old.kind), old.permissions, params.permissions),
    )
    return Decided(api_key(new, at=call.now), Unit().put(new))


@route("POST", "/v1/api_keys/{id}/roll", Roll)
async def roll(call: Call, params: Roll, key_id: str) -> Decided:
    """Put a new key in the place of an old one, which lives on for as long as is asked."""
    if not 0 <= params.expires_in <= ROLL_MAX.total_seconds():
        raise BadRequest(
            f"A rolled key may live on for 0 to {ROLL_MAX.days} days.", param="expires_in"
        )
    old = _ours(call, await _the_key(call, key_id))
    clear, fresh, ending = rolled(
        old,
        at=call.now,
        lives_on=timedelta(seconds=params.expires_in),
        fingerprint_key=call.payments.config.fingerprint_key,
    )
    return _made(call, fresh, clear=clear, unit=Unit().put(fresh, ending))


@route("POST", "/v1/api_keys/{id}/revoke")
async def revoke(call: Call, params: NoParams, key_id: str) -> Decided:
    """End a key at once; another process may believe it for five seconds more."""
    old = _ours(call, await _the_key(call, key_id))
    new = changed(old, revoked_at=call.now)
    return Decided(api_key(new, at=call.now), Unit().put(new))


def _made(call: Call, key: ApiKey, *, clear: str, unit: Unit) -> Decided:
    shown = api_key(key, at=call.now)
    return Decided(
        {**shown, "secret": None, "secret_withheld": WITHHELD},
        unit,
        once={"secret": clear, "secret_withheld": None},
    )


async def _the_key(call: Call, key_id: str) -> ApiKey:
    found = await store.get(call.payments.pool, ApiKey, key_id, account_id=call.account.id)
    if found is None:
        raise NotFound.of("api_key", key_id)
    return found


def _ours(call: Call, key: ApiKey) -> ApiKey:
    """A key that may be ended here."""
    if key.origin == "installation":
        raise Refused(
            "This key is the installation's own: MAALEM_STRIPE_API_KEY sets it, and a new value"
            " there replaces it.",
            code="api_key_in_settings",
        )
    _no_officers(key)
    status = key.status(call.now)
    if status != "active":
        raise Refused(f"This key is {status} already.", code=f"api_key_{status}")
    return key


def _no_officers(key: ApiKey) -> None:
    if key.officer_id is not None:
        raise Refused(
            "This key is an officer's: operators make and end it, with `maalem officers`.",
            code="officers_key",
        )


def _name(given: str | None) -> str | None:
    if given is not None and len(given) > NAME_MAX:
        raise BadRequest(f"A name has up to {NAME_MAX} characters.", param="name")
    return given or None


def _permissions(kind: Kind, old: dict[str, str], given: dict[str, str] | None) -> dict[str, str]:
    """`old` with what is given laid over it; `none` takes a permission away."""
    if given is None:
        return old
    if kind != Kind.RESTRICTED:
        raise BadRequest("Only a restricted key has permissions.", param="permissions")
    for resource, level in given.items():
        if resource not in resources() - SECRET_ONLY - OFFICER_ONLY:
            raise BadRequest(
                f"There is nothing called '{resource}' to be permitted.",
                param=f"permissions[{resource}]",
            )
        if level not in list(Level):
            raise BadRequest(
                f"Invalid level: {level}. It is none, read or write.",
                param=f"permissions[{resource}]",
            )
    laid = {**old, **given}
    return {resource: level for resource, level in laid.items() if level != Level.NONE}
