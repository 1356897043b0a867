"""What the checkout's pages show. Nothing here writes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils import timezone

from maalem.kit.text import fold
from maalem.platform.ground.places.models import Commune
from maalem.platform.ground.places.queries import commune, search_communes
from maalem.platform.market.cart import queries as carts
from maalem.platform.market.cart.models import Cart
from maalem.platform.market.checkout.models import Draft
from maalem.platform.market.checkout.plan import Parcel, Plan, made_in, plan
from maalem.platform.market.orders import capacity
from maalem.platform.market.orders.words import frozen
from maalem.platform.market.shipping import countries, relays
from maalem.platform.market.shipping.border import at_the_border, things
from maalem.platform.market.shipping.relays import Relay
from maalem.platform.rows import row

OFFERED = 8
FEWEST_LETTERS = 2


_TYPED = (
    *("id", "cart_id", "name", "phone", "email", "country", "commune_id", "quarter", "landmark"),
    *("relay", "line1", "line2", "city", "postcode", "note"),
)
_DRAFT = """
SELECT d.id, d.cart_id, d.name, d.phone, d.email, d.country, d.commune_id, d.quarter, d.landmark,
       d.relay, d.line1, d.line2, d.city, d.postcode, d.note,
       c.code, c.name, p.code, p.name, r.code, r.name
  FROM checkout_draft d
  LEFT JOIN places_commune c ON c.code = d.commune_id
  LEFT JOIN places_province p ON p.code = c.province_id
  LEFT JOIN places_region r ON r.code = p.region_id
 WHERE d.cart_id = %(cart)s
   AND NOT (%(guest)s AND EXISTS (SELECT FROM orders_ordergroup g
                                   WHERE g.cart_id = d.cart_id AND g.paid_at >= d.written_at))
"""


def draft_of(cart: Cart) -> Draft | None:
    """What was typed for this cart, with the commune's province and region.

    A guest's is forgotten once it was used for a paid purchase: the next one at this telephone
    may be somebody else.
    """
    found = row(_DRAFT, {"cart": cart.pk, "guest": cart.person_id is None})
    if found is None:
        return None
    draft = Draft.from_db("default", _TYPED, found[: len(_TYPED)])
    if draft.commune_id is not None:
        draft.commune = commune(found[len(_TYPED) :])
    return draft


def whom(draft: Draft) -> dict[str, Any]:
    """Who gets the parcels and how they are reached, as it is frozen in the order."""
    return {
        "name": draft.name,
        "phone": draft.phone,
        "email": draft.email,
        "country": draft.country,
        "address": address(draft),
        "note": draft.note,
    }


def address(draft: Draft) -> dict[str, Any]:
    """The address as it is frozen; places with their names of today in three languages."""
    if draft.commune is None:
        lines = [line for line in (draft.line1, draft.line2) if line]
        return {"lines": lines, "city": draft.city, "postcode": draft.postcode}
    province = draft.commune.province
    relay = draft.relay_point
    return {
        "quarter": relay.address if relay else draft.quarter,
        "landmark": relay.landmark if relay else draft.landmark,
        **({"relay": relay.kept()} if relay else {}),
        "commune": draft.commune.code,
        "commune_name": frozen(draft.commune.name),
        "province_name": frozen(province.name),
        "region": province.region_id,
        "region_name": frozen(province.region.name),
    }


def plan_of(
    contents: carts.Contents, *, draft: Draft, on: date | None = None, lock: bool = False
) -> Plan:
    """The purchase that the buyer is asked to agree to, by the prices and rates of now.

    With `lock` the months in which her pieces are made are hers until the transaction ends.
    """
    day = on or timezone.localdate()
    made = {parcel.seller.pk: made_in(parcel.lines) for parcel in contents.parcels}
    wanted = {pk: pieces for pk, pieces in made.items() if pieces}
    found = plan(
        contents,
        zone=countries.zone(draft.country),
        whom=whom(draft),
        on=day,
        begins=capacity.begins(wanted, on=day, lock=lock) if wanted else None,
    )
    if draft.country == countries.HOME:
        return found
    return replace(
        found, parcels=tuple(_abroad(one, to=draft.country, on=day) for one in found.parcels)
    )


def relay_is_shut(draft: Draft, *, plan: Plan, on: date | None = None) -> bool:
    """Whether the relay point that was chosen takes no parcel now, or not when the last leaves."""
    if not draft.relay:
        return False
    days = [on or timezone.localdate(), *(parcel.leaves_by for parcel in plan.parcels)]
    relay = draft.relay_point
    return relay is None or not all(relay.is_open(day) for day in days)


def relay_regions() -> set[str]:
    """Codes of the regions where a parcel may be collected today."""
    return {relay.region for relay in relays.open_on(timezone.localdate())}


def relays_of(region: str, *, near: Commune | None = None) -> list[tuple[Relay, Commune]]:
    """The relay points of a region that are open today: those of `near` first, then by town."""
    found = [one for one in relays.open_on(timezone.localdate()) if one.region == region]
    if not found:
        return []
    codes = {one.commune for one in found}
    places = Commune.objects.select_related("province__region").in_bulk(codes)
    pairs = [(one, places[one.commune]) for one in found if one.commune in places]
    here = (near.code, near.province_id) if near else ("", "")
    return sorted(
        pairs,
        key=lambda pair: (
            pair[1].code != here[0],
            pair[1].province_id != here[1],
            fold(str(pair[1].name)),
        ),
    )


def _abroad(parcel: Parcel, *, to: str, on: date) -> Parcel:
    items = things((line.piece.hs_code, line.total_minor) for line in parcel.lines)
    border = at_the_border(items, destination=to, shipping_minor=parcel.shipping_minor, on=on)
    return replace(parcel, border=border)


def find_communes(words: str, *, region: str = "") -> list[Commune]:
    """The commune that `words` name, alone in the list; or several it might be; or none.

    `Taznakht (Ouarzazate)` names its province too; a region settles which of two namesakes.
    """
    name, _, rest = words.partition("(")
    province = fold(rest.rstrip(") "))
    found = search_communes(name, limit=60)
    exact = [one for one in found if fold(name) in _spellings(one.name)]
    wanted = exact or found
    for fits in (
        lambda one: province and province in _spellings(one.province.name),
        lambda one: region and one.province.region_id == region,
    ):
        wanted = [one for one in wanted if fits(one)] or wanted
    return wanted[:OFFERED]


def suggested(typed: str) -> list[Commune]:
    """The communes that `typed` may become, likeliest first; none for a single letter.

    What was chosen before, `Taznakht (Ouarzazate)`, is known by its first name again.
    """
    words = fold(typed.partition("(")[0])
    return search_communes(words, limit=OFFERED) if len(words) >= FEWEST_LETTERS else []


def commune_name(commune: Commune, *, language: str) -> str:
    """`Taznakht (Ouarzazate)`: how a page writes it and how `find_communes` reads it back."""
    return f"{commune.name.localize(language)} ({commune.province.name.localize(language)})"


def _spellings(text: Any) -> set[str]:
    names: Mapping[str, str] = frozen(text)
    return {fold(name) for name in names.values()}
