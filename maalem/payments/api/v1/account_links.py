"""/v1/account_links: a page where somebody tells us herself what her account needs."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from maalem.payments.accounts.links import CURRENTLY, account_link, new_link
from maalem.payments.api import fields
from maalem.payments.api.call import Call, Decided
from maalem.payments.api.routes import route
from maalem.payments.api.v1.accounts import the_account
from maalem.payments.errors import Forbidden, NotFound, Refused
from maalem.payments.units import Unit

Url = Annotated[str, Meta(max_length=2_048)]
Wanted = Literal["currently_due", "eventually_due"]


class CollectionOptions(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`fields`: what is asked for now, or all that the highest level needs."""

    fields: Wanted | None = None
    future_requirements: Literal["include", "omit"] | None = None


class Create(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    account: str
    type: Literal["account_onboarding", "account_update"]
    refresh_url: Url
    return_url: Url
    collect: Wanted | None = None
    collection_options: CollectionOptions | None = None


@route("POST", "/v1/account_links", Create)
async def create(call: Call, params: Create) -> Decided:
    """Make a link for one of the platform's connected accounts. It opens once, within five
    minutes; whoever comes later is sent to `refresh_url`, where a new one is made."""
    if call.account.kind != "platform":
        raise Forbidden("Only a platform makes links for its connected accounts.")
    refresh_url = fields.url(params.refresh_url, param="refresh_url")
    return_url = fields.url(params.return_url, param="return_url")
    try:
        account = await the_account(call, params.account)
    except Forbidden:
        raise NotFound.of("account", params.account, param="account") from None
    if account.parent_id != call.account.id:
        raise Refused("Only a connected account is onboarded.", param="account")
    if account.rejected is not None:
        raise Refused("This account was rejected.", code="account_invalid", param="account")
    options = params.collection_options
    word, link = new_link(
        account_id=account.id,
        platform_id=call.account.id,
        type=params.type,
        collect=(options.fields if options else None) or params.collect or CURRENTLY,
        refresh_url=refresh_url,
        return_url=return_url,
        at=call.now,
    )
    shown = account_link(link, word=word, payments_url=call.payments.config.payments_url)
    return Decided(shown, Unit().put(link))
